"""Time of another clock: dates with times, moments, their words; bad rows by line and reason; again adds nothing."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import read_columns
from citydesk.kernel.imports.undo import StillUsed, undo_run
from citydesk.kernel.models import ImportRun
from citydesk.management.timekeeping import services
from citydesk.management.timekeeping.models import TimeEntry, Timesheet
from citydesk.management.timekeeping.rules import imported
from citydesk.management.timekeeping.services.importing import import_time
from citydesk.management.timekeeping.tests import factories
from citydesk.management.timekeeping.tests.factories import LAST_WEEK, NOW, work

MAPPING = """
source = "kimai"
zone = "America/New_York"
date_formats = ["%m/%d/%Y"]
[columns]
person = "User"
date = "Date"
start = "In"
end = "Out"
kind = "Activity"
note = "Description"
[kinds]
meal = ["lunch"]
work = ["telephone"]
[people]
dana = ["D. Whitfield"]
"""
FILE = """User,Date,In,Out,Activity,Description
D. Whitfield,11/16/2026,8:00 AM,12:00 PM,Telephone,=cmd
dana,11/16/2026,12:00,12:30,Lunch,
dana,11/17/2026,22:00,06:00,,Storm desk
nobody,11/17/2026,08:00,09:00,,
dana,11/18/2026,8:00,quarter past,,
dana,11/16/2026,11:00,11:30,,
osei,11/16/2026,08:00,16:00,telephone,
"""


def columns(**given):
    return read_columns({}, fields=imported.FIELDS, words={imported.KINDS: ["work", "meal"]}, source="x", given=given)


def test_a_row_says_who_and_when():
    found = imported.read_time(columns(), {
        "person": " Dana ", "starts_at": "2026-11-16 08:00", "ends_at": "2026-11-16T09:30:00", "on_duty": "yes",
        "id": "7",
    })  # fmt: skip
    assert (found.id, found.person, found.kind, found.is_relieved) == ("7", "dana", "work", False)
    assert found.span.seconds == 5400 and found.span.start == datetime(2026, 11, 16, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"person": ""}, "person"),
        ({"person": "dana", "starts_at": "2026-11-16 08:00"}, "ends_at"),
        ({"person": "dana", "starts_at": "2026-11-16 08:00", "ends_at": "2026-11-16 08:00"}, "ends_at"),
        ({"person": "dana", "date": "2026-11-16", "start": "25:00", "end": "9:00"}, "start"),
        ({"person": "dana", "date": "soon", "start": "8:00", "end": "9:00"}, "date"),
        ({"person": "dana", "date": "2026-11-16", "start": "8:00", "end": "9:00", "kind": "nap"}, "kind"),
    ],
)
def test_what_a_row_lacks_is_named(row, field):
    with pytest.raises(Invalid) as error:
        imported.read_time(columns(), row)
    assert error.value.field == field


def test_a_night_over_the_change_of_the_clocks_counts_what_elapsed():
    """1 November 2026, New York: from 22:00 to 6:00 are nine hours."""
    mapping = read_columns({"zone": "America/New_York"}, fields=imported.FIELDS, source="x")
    row = {"person": "dana", "date": "2026-10-31", "start": "22:00", "end": "6:00"}
    found = imported.read_time(mapping, row)
    assert found.span.seconds == 9 * 3600
    assert found.span.end.astimezone(ZoneInfo("America/New_York")).hour == 6


@pytest.fixture
def who(db):
    factories.load_city()
    return factories.people()


@pytest.fixture
def brought(who, tmp_path):
    file, mapping = tmp_path / "kimai.csv", tmp_path / "kimai.toml"
    file.write_text(FILE)
    mapping.write_text(MAPPING)

    def run(**more):
        return import_time(file=file, mapping=mapping, actor=SYSTEM, now=NOW, **more)

    run.file = file
    return run


@pytest.mark.django_db
def test_a_file_is_brought_over_once(who, brought):
    dry = brought(is_dry=True)
    assert (dry.added, dry.bad, TimeEntry.objects.count()) == (4, 3, 0)
    result = brought()
    assert (result.read, result.added, result.known, result.bad) == (7, 4, 0, 3)
    told = {one.line: (one.field, one.reason) for one in result.bad_rows}
    assert set(told) == {5, 6, 7}
    assert told[5][0] == "person" and "nobody" in told[5][1]
    assert told[6][0] == "end" and "quarter past" in told[6][1]
    assert "overlaps" in told[7][1]
    rows = TimeEntry.objects.filter(user_id=who.dana.actor.id).order_by("starts_at")
    assert [(one.kind, one.source) for one in rows] == [("work", "import"), ("meal", "import"), ("work", "import")]
    assert rows[0].reason == "kimai: =cmd" and rows[2].ends_at - rows[2].starts_at == timedelta(hours=8)
    again = brought()
    assert (again.added, again.known, again.bad, TimeEntry.objects.count()) == (0, 4, 3, 4)


@pytest.mark.django_db
def test_what_was_changed_or_is_submitted_is_not_overwritten(who, brought):
    brought()
    changed = FILE.replace("8:00 AM,12:00 PM", "8:00 AM,12:45 PM").replace("08:00,16:00", "8:00,15:00")
    brought.file.write_text(changed)
    result = brought()
    assert result.added == 0 and result.bad == 5
    assert sum("something else then" in one.reason for one in result.bad_rows) == 2
    factories.submitted(who.osei)
    brought.file.write_text(FILE.splitlines()[0] + "\nosei,11/17/2026,08:00,09:00,,\n")
    assert "submitted or paid" in brought().bad_rows[0].reason


@pytest.mark.django_db
def test_a_run_is_taken_back_unless_somebody_worked_on_it(who, brought):
    brought()
    run = ImportRun.objects.get()
    entry = TimeEntry.objects.get(user_id=who.osei.actor.id)
    services.remove_entry(entry_id=entry.pk, reason="Was away", access=who.osei, now=NOW)
    with pytest.raises(StillUsed):
        undo_run(run_id=run.pk, reason="Wrong file", actor=SYSTEM, now=NOW)
    undone = undo_run(run_id=run.pk, reason="Wrong file", leave_used=True, actor=SYSTEM, now=NOW)
    assert undone.taken_back == 3 and not TimeEntry.objects.filter(user_id=who.dana.actor.id).exists()
    work(who.dana, LAST_WEEK)
    assert Timesheet.objects.filter(user_id=who.dana.actor.id).exists()
