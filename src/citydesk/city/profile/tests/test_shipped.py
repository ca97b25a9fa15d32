"""Guard 12: every shipped profile loads, is read to the last file, and its worked examples come out as signed."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from citydesk.city.profile import queries, services
from citydesk.city.profile.rules import run_examples
from citydesk.city.profile.tests.factories import NOON, load_shipped
from citydesk.kernel.registries import load_dotted, registries

NAMES = sorted(path.name for path in Path(settings.PROFILES_DIR).iterdir() if path.is_dir())


def read(name):
    return services.read_folder(path=Path(settings.PROFILES_DIR) / name)


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_and_every_file_is_read(name):
    checked = services.check_folder(folder=read(name), with_examples=False)
    assert checked.unread == ()
    assert checked.snapshot().city(date(2026, 11, 24)).languages == ("en", "es")


@pytest.mark.parametrize("name", NAMES)
def test_its_worked_examples_come_out_as_signed(name):
    folder = read(name)
    snapshot = services.check_folder(folder=folder, with_examples=False).snapshot()
    runners = {code: load_dotted(kind.run) for code, kind in registries.example_kinds.items()}
    outcomes, problems = run_examples(folder, snapshot, runners)
    assert [str(problem) for problem in problems] == []
    assert len(outcomes) >= (10 if name == "riverton" else 0)


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_it_loads_and_a_second_time_changes_nothing(name):
    first = load_shipped(name)
    assert first.load_id is not None
    assert load_shipped(name).load_id is None
    assert queries.city().is_loaded
    assert queries.calendar("desk", date(2026, 11, 24)).is_open(NOON)


def test_invented_values_say_so_and_borrowed_ones_name_their_lender():
    day = date(2026, 11, 24)
    sample = services.check_folder(folder=read("riverton"), with_examples=False).snapshot()
    for section in ("teams", "services", "sla", "calendars", "articles", "templates", "people", "kpis"):
        for code, body in sample.entries(section, day).items():
            is_marked = body.get("sample") or body.get("provenance", {}).get("*", {}).get("sample")
            assert is_marked, f"{section} {code} does not say that it is invented"
    real = services.check_folder(folder=read("chattanooga"), with_examples=False).snapshot()
    for section in ("sla", "services", "teams", "directory", "articles", "kpis"):
        for code, body in real.entries(section, day).items():
            given = body.get("provenance", {}).get("*", {})
            assert given.get("source"), f"{section} {code} has no source"
            assert given.get("status") != "borrowed" or given.get("lender")
