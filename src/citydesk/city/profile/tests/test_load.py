"""Loading: idempotent, effective-dated, old rows closed and never edited."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from citydesk.city.profile import queries, services
from citydesk.city.profile.models import ProfileEntry, ProfileLoad
from citydesk.city.profile.tests.factories import CITY, KPIS, NOON, load_small, small_folder
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.errors import Conflict

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _fresh():
    queries.refresh()
    yield
    queries.refresh()


def target_on(day: date) -> str:
    return queries.entry("kpis", "on_time", day)["target"]


def test_the_first_load_holds_since_always():
    result = load_small()
    assert result.plan.counts() == {"added": 5, "changed": 0, "closed": 0}
    assert queries.city().name == "Smallville"
    assert target_on(date(2019, 1, 1)) == "90"
    assert queries.city_today(NOON.replace(hour=3)) == date(2026, 11, 23)


def test_loading_twice_changes_nothing():
    load_small()
    rows = list(ProfileEntry.objects.order_by("id").values())
    version = queries.version()
    again = load_small()
    assert again.load_id is None
    assert list(ProfileEntry.objects.order_by("id").values()) == rows
    assert ProfileLoad.objects.count() == 1
    assert queries.version() == version


def test_last_years_value_is_served_on_last_years_day():
    load_small(now=NOON - timedelta(days=400))
    load_small({"kpis.toml": KPIS.replace("90", "92.5")})
    assert target_on(TODAY - timedelta(days=1)) == "90"
    assert target_on(TODAY) == "92.5"
    old, new = ProfileEntry.objects.filter(section="kpis").order_by("id")
    assert (old.valid.lower, old.valid.upper) == (None, TODAY)
    assert (new.valid.lower, new.valid.upper) == (TODAY, None)
    assert old.closed_by_id == new.load_id


def test_a_removed_entry_is_closed_and_stays_readable_in_the_past():
    load_small()
    result = load_small({"kpis.toml": ""})
    assert result.plan.counts() == {"added": 0, "changed": 0, "closed": 1}
    assert target_on(TODAY - timedelta(days=1)) == "90"
    assert queries.entries("kpis", TODAY) == {}


def test_a_second_change_on_the_same_day_replaces_the_first_and_keeps_its_row():
    load_small()
    load_small({"kpis.toml": KPIS.replace("90", "91")})
    load_small({"kpis.toml": KPIS.replace("90", "92")})
    assert target_on(TODAY) == "92"
    assert target_on(TODAY - timedelta(days=1)) == "90"
    never = ProfileEntry.objects.get(section="kpis", body__target="91")
    assert never.valid.isempty


def test_a_load_for_later_waits_for_its_day_and_then_comes_into_force():
    load_small()
    load_small({"kpis.toml": KPIS.replace("90", "95")}, effective=date(2027, 1, 1))
    assert target_on(date(2026, 12, 31)) == "90"
    assert target_on(date(2027, 1, 1)) == "95"
    later = NOON + timedelta(days=60)
    assert services.bring_into_force(on=date(2027, 1, 1), actor=SYSTEM, now=later) == [("kpis", "on_time")]
    assert services.bring_into_force(on=date(2027, 1, 1), actor=SYSTEM, now=later) == []


def test_a_planned_value_is_not_lost_unless_asked():
    load_small()
    load_small({"kpis.toml": KPIS.replace("90", "95")}, effective=date(2027, 1, 1))
    checked = services.check_folder(folder=small_folder({"kpis.toml": KPIS.replace("90", "88")}))
    with pytest.raises(Conflict, match="kpis on_time from 2027-01-01"):
        services.load_profile(checked=checked, effective=None, actor=SYSTEM, now=NOON)
    services.load_profile(checked=checked, effective=None, actor=SYSTEM, now=NOON, drop_planned=True)
    assert target_on(date(2027, 1, 1)) == "88"


def test_another_citys_profile_is_refused():
    load_small()
    with pytest.raises(Conflict, match="belongs to smallville, the profile to elsewhere"):
        load_small({"city.toml": CITY.replace('"smallville"', '"elsewhere"')})


def test_periods_written_in_the_file_hold_on_their_days():
    dated = "\n".join(
        KPIS.replace("[kpi.on_time]", "[[kpi.on_time]]").replace("90", str(value)) + dates
        for value, dates in ((85, "valid_until = 2025-06-30"), (90, "valid_from = 2025-07-01"))
    )
    load_small({"kpis.toml": dated})
    assert [target_on(date(2025, 6, 30)), target_on(date(2025, 7, 1))] == ["85", "90"]


def test_the_database_itself_refuses_an_edit_a_deletion_and_an_overlap():
    load_small()
    row = ProfileEntry.objects.get(section="kpis")
    for act in (
        lambda: ProfileEntry.objects.filter(id=row.id).update(body={"target": "1"}),
        lambda: ProfileEntry.objects.filter(id=row.id).delete(),
        lambda: ProfileEntry.objects.create(
            section=row.section, code=row.code, valid=row.valid, body={}, source_file="x", line=1, load=row.load
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_the_calendar_is_the_one_of_the_day():
    load_small()
    office = queries.calendar("office", TODAY)
    assert office.is_open(NOON.replace(hour=15))
    assert not office.is_open(NOON.replace(hour=17, minute=30))  # 12:30 local, lunch
    assert office.holiday_on(date(2026, 11, 26)) == "Thanksgiving Day"
    assert queries.calendar("always", TODAY).is_open(NOON.replace(hour=8))
