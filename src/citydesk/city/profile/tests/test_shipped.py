"""Guard 12: every shipped profile holds, is read to the last file, and its worked examples come out as signed.

That they load and their pages open: tests/guards/test_every_profile.py.
"""

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from citydesk.city.profile import services
from citydesk.city.profile.rules import run_examples
from citydesk.kernel.registries import load_dotted, registries

SOURCED = (
    "sla",
    "services",
    "teams",
    "departments",
    "directory",
    "articles",
    "kpis",
    "routing",
    "queues",
    "leave_types",
)
NAMES = sorted(path.name for path in Path(settings.PROFILES_DIR).iterdir() if path.is_dir())


def read(name):
    return services.read_folder(path=Path(settings.PROFILES_DIR) / name)


@cache
def checked_of(name):
    """Read once for all tests that only look."""
    return services.check_folder(folder=read(name), with_examples=False)


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_and_every_file_is_read(name):
    checked = checked_of(name)
    assert checked.unread == ()
    assert checked.snapshot().city(date(2026, 11, 24)).languages == ("en", "es")


@pytest.mark.parametrize("name", NAMES)
def test_its_worked_examples_come_out_as_signed(name):
    folder, snapshot = read(name), checked_of(name).snapshot()
    runners = {code: load_dotted(kind.run) for code, kind in registries.example_kinds.items()}
    outcomes, problems = run_examples(folder, snapshot, runners)
    assert [str(problem) for problem in problems] == []
    assert len(outcomes) >= 9


def test_invented_values_say_so_and_borrowed_ones_name_their_lender():
    day = date(2026, 11, 24)
    sample = checked_of("riverton").snapshot()
    for section in ("teams", "services", "sla", "calendars", "articles", "templates", "people", "kpis"):
        for code, body in sample.entries(section, day).items():
            is_marked = body.get("sample") or body.get("provenance", {}).get("*", {}).get("sample")
            assert is_marked, f"{section} {code} does not say that it is invented"


@pytest.mark.parametrize("name", [one for one in NAMES if one != "riverton"])
def test_values_of_a_real_office_name_their_page_or_say_that_they_are_samples(name):
    day = date(2026, 11, 24)
    real = checked_of(name).snapshot()
    for section in SOURCED:
        for code, body in real.entries(section, day).items():
            given = body.get("provenance", {}).get("*", {})
            is_marked = given.get("source") or given.get("sample") or body.get("sample")
            assert is_marked, f"{section} {code} has no source and does not say that it is a sample"
            assert given.get("status") != "borrowed" or given.get("lender"), f"{section} {code} names no lender"
    people = real.entries("people", day).values()
    assert all(body["provenance"]["*"]["sample"] for body in people)


def test_offices_of_each_kind_are_planned_for():
    """Queues, staff, shifts, leave and what may be measured: each office has its own, and its own questions."""
    day = date(2026, 11, 24)
    for name in NAMES:
        city = checked_of(name).snapshot()
        for section in ("queues", "staffing", "shift_templates", "leave_types", "timekeeping", "monitoring"):
            assert city.entries(section, day), f"{name} has no {section}"
        staffed = {row["queue"] for body in city.entries("staffing", day).values() for row in body["queues"]}
        queues = city.entries("queues", day)
        assert {code for code, body in queues.items() if body["channel"] == "voice"} <= staffed, name
        assert len(city.entries("ask_office", day)) >= (0 if name == "riverton" else 20)


def test_an_office_is_called_as_it_calls_itself():
    day = date(2026, 11, 24)
    named = {name: checked_of(name).snapshot().city(day) for name in NAMES}
    assert {one.desk_name("en") for name, one in named.items() if name != "oneida_water"} == {"311"}
    assert named["oneida_water"].desk_name("es") == "Atención al Cliente"
