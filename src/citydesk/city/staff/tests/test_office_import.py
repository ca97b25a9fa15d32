"""Offices from another directory: hours checked, once, the profile's left alone, taken back as they were."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.profile.tests.factories import load_small
from citydesk.city.staff import queries
from citydesk.city.staff.models import Office, OfficePerson
from citydesk.city.staff.rules.imported_offices import read_hours, read_people, read_phone
from citydesk.city.staff.services.importing import import_offices
from citydesk.city.staff.tests.factories import make_office, make_user
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.calendars import parse_windows
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.undo import undo_run

# Monday 23 November 2026: 09:10, 12:30 and 20:00 in New York.
MORNING, NOON = datetime(2026, 11, 23, 14, 10, tzinfo=UTC), datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
FILE = """Office,Unit,Who,Topics,Open,Tel,Night,Urgent
Dog Pound,,pat;Ana Ruiz 423 555 0109,stray dog;lost cat,"mon-fri 08:00-12:00, 13:00-17:00; sat 9:00-12:00",{phone},,911
Gas,,,,24/7,423-555-9999,,
Bad hours,,,,whenever,423-555-9999,,
Bad phone,,,,,none,,
,,,,,423-555-9999,,
Bad unit,Nowhere,,,,423-555-9999,,
"""
FILE = FILE.replace("{phone}", "(423) 555-0160")
COLUMNS = {
    "office": "Office", "department": "Unit", "people": "Who", "subjects": "Topics", "hours": "Open", "phone": "Tel",
    "after_hours": "Night", "emergency": "Urgent",
}  # fmt: skip


def bring(tmp_path, text=FILE, **more):
    (tmp_path / "o.csv").write_text(text)
    return import_offices(file=tmp_path / "o.csv", source="old", columns=COLUMNS, actor=SYSTEM, now=MORNING, **more)


@pytest.mark.django_db
def test_offices_come_once_and_the_profiles_stay(tmp_path):
    load_small({})
    make_user("pat", name="Pat Doe")
    make_office("gas", name="Gas", phone="+14235550173")
    assert bring(tmp_path, is_dry=True).added == 1 and not Office.objects.filter(code="dog_pound").exists()
    first = bring(tmp_path)
    assert (first.read, first.added, first.bad) == (6, 1, 5)
    assert [(one.line, one.field) for one in first.bad_rows] == [
        (3, "code"), (4, "hours"), (5, "phone"), (6, "office"), (7, "department"),
    ]  # fmt: skip
    assert "differs: phone" in first.bad_rows[0].reason and Office.objects.get(code="gas").phone == "+14235550173"
    again = bring(tmp_path)
    assert (again.added, again.changed, again.known) == (0, 0, 1)
    hit = queries.get_office("dog_pound", MORNING)
    assert (hit.duty, hit.number) == ("open", "+14235550160")
    assert [one.name for one in hit.on_duty] == ["Pat Doe", "Ana Ruiz"]
    assert queries.get_office("dog_pound", NOON).duty == "closed"
    assert queries.get_office("dog_pound", NIGHT).number == "911"
    assert queries.find_offices("somebody's stray dog", MORNING)[0].code == "dog_pound"


@pytest.mark.django_db
def test_a_changed_office_is_changed_and_given_back(tmp_path):
    load_small({})
    began = bring(tmp_path).run
    changed = bring(tmp_path, FILE.replace("0160", "0161").replace("Ana Ruiz", "Bo Stone"))
    assert changed.changed == 1 and Office.objects.get(code="dog_pound").phone == "+14235550161"
    undo_run(run_id=changed.run, reason="old file", actor=SYSTEM, now=MORNING)
    assert Office.objects.get(code="dog_pound").phone == "+14235550160"
    assert OfficePerson.objects.filter(name="Ana Ruiz").exists()
    undo_run(run_id=began, reason="all of it", actor=SYSTEM, now=MORNING)
    assert not Office.objects.filter(code="dog_pound").exists()


@pytest.mark.parametrize(
    ("said", "day", "windows"),
    [
        ("Mon - Fri 8:00-17:00", "fri", "08:00-17:00"),
        ("monday, wednesday: 08:00-12:00", "wed", "08:00-12:00"),
        ("sat-mon 10:00-11:00", "sun", "10:00-11:00"),
        ("lun-vie 08:00-17:00; sáb closed", "sat", None),
        ("24/7", "sun", "00:00-24:00"),
    ],
)
def test_hours_are_read(said, day, windows):
    assert read_hours(said, ())[0].get(day) == windows


@pytest.mark.parametrize("said", ["whenever", "mon-fri", "mon 17:00-08:00", "mon 8-17", "foo 08:00-09:00",
                                  "mon 08:00-09:00; mon 10:00-11:00"])  # fmt: skip
def test_wrong_hours_are_refused(said):
    with pytest.raises(Invalid) as refused:
        read_hours(said, ())
    assert refused.value.field == "hours"


@given(st.text(max_size=60))
def test_any_text_is_hours_or_refused(said):
    try:
        hours, _calendar = read_hours(said, ())
    except Invalid:
        return
    assert hours is None or all(parse_windows(one) for one in hours.values())


def test_people_and_numbers():
    assert read_people("Ana Ruiz (423) 555-0109; bo") == (("Ana Ruiz", "+14235550109"), ("bo", ""))
    read = [read_phone(one, "phone") for one in ("911", "1 423 555 0100", "+49 30 1")]
    assert read == ["911", "+14235550100", "+49301"]
