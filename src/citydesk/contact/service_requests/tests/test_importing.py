"""Importing another system's past: New York's real export with its known figures, and files that do not hold."""

import csv
import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from citydesk.city.correspondence import queries as correspondence
from citydesk.contact.service_requests import commands
from citydesk.contact.service_requests.models import RequestFact, ServiceCode, ServiceRequest
from citydesk.contact.service_requests.rules.importing import ImportMapping
from citydesk.contact.service_requests.services import importing
from citydesk.contact.service_requests.tests.factories import MORNING, load_city
from citydesk.contact.service_requests.tests.open311 import SHARED
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.audit import history_of
from citydesk.kernel.command_line import Console
from citydesk.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
NEW_YORK = SHARED / "data/311/nyc311_animals_2025q1_4969rows.csv"
SAMPLE = SHARED / "data/311/nyc311_sample_100rows.csv"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="no ../shared on this machine")

MAPPING = """
source = "legacy"
zone = "America/Chicago"
epsg = 2263
[columns]
external_id = "Nr"
received_at = "Opened"
closed_at = "Closed"
code = "Type"
status = "Status"
description = "Words"
address = "Where"
x = "X"
y = "Y"
[codes]
"Loch in der Strasse" = "pothole"
[status]
closed = ["erledigt"]
"""
HEADER = "Nr;Opened;Closed;Type;Status;Words;Where;X;Y"


@pytest.fixture(autouse=True)
def _city():
    load_city()


def run(file: Path, **more):
    mapping = more.pop("mapping", None) or importing.choose_mapping(file=file)
    return importing.import_requests(file=file, mapping=mapping, actor=SYSTEM, now=MORNING, **more)


def own(tmp_path: Path, *lines: str) -> tuple[Path, ImportMapping]:
    (tmp_path / "own.toml").write_text(MAPPING)
    file = tmp_path / "old.csv"
    file.write_text("\n".join([HEADER, *lines]) + "\n")
    return file, importing.load_mapping(which=str(tmp_path / "own.toml"))


@needs_shared
def test_new_yorks_export_gives_its_figures_and_twice_adds_nothing():
    result = run(NEW_YORK, create_codes=True)
    assert (result.read, result.added, result.known, result.bad) == (4969, 4969, 0, 0)
    assert len(result.created_codes) == 9
    again = run(NEW_YORK, create_codes=True)
    assert (again.added, again.known) == (0, 4969)
    assert ServiceRequest.objects.count() == RequestFact.objects.count() == 4969
    assert ServiceRequest.objects.filter(is_open=False).count() == 4692
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY elapsed_seconds) "
            "FROM service_requests_requestfact WHERE NOT is_open"
        )
        median, ninety = (round(one / 3600, 2) for one in cursor.fetchone()[0])
    assert (median, ninety) == (4.48, 73.08)
    row = ServiceRequest.objects.get(external_id="64345465")
    assert row.received_at == datetime(2025, 3, 14, 5, 20, tzinfo=UTC) and row.state == "in_progress"
    assert (row.zip, row.block_label, row.council, row.districts) == ("11207", "200 block of COZINE AVENUE", "", {})
    # Clock times are those of New York, on both sides of the change to daylight-saving time.
    assert ServiceRequest.objects.get(external_id="64349550").received_at == datetime(2025, 3, 14, 4, 44, tzinfo=UTC)
    assert not correspondence.list_messages("service_requests.request", row.pk) and row.due_at is None
    assert history_of("service_requests.request", row.pk)[0].code == "service_requests.imported"


@needs_shared
def test_the_other_dialect_is_known_by_its_headers_and_reads_from_a_sheet(tmp_path):
    assert importing.choose_mapping(file=SAMPLE).name == "New York 311 export, interface names"
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "sample.xlsx")
    sheet = book.add_worksheet()
    with SAMPLE.open() as opened:
        for place, cells in enumerate(csv.reader(opened)):
            sheet.write_row(place, 0, cells)
    book.close()
    assert run(tmp_path / "sample.xlsx", create_codes=True).added == 100
    assert run(SAMPLE, create_codes=True).known == 100
    assert ServiceRequest.objects.filter(is_open=False).count() == 66


def test_bad_rows_are_named_with_line_and_reason_and_the_others_loaded(tmp_path):
    file, mapping = own(
        tmp_path,
        '1;2025-01-02 10:00;2025-01-02 12:00;Loch in der Strasse;ERLEDIGT;"two\nlines";12 Main St;997000;210000',
        "2;2025-01-02 10:00;;Pothole;erledigt;;;;",
        "3;yesterday;;Pothole;open;;;;",
        "4;2025-01-02 10:00;2025-01-01 10:00;Pothole;Closed;;;;",
        "5;2025-01-02 10:00;;Unknown thing;Open;;;;",
        "6;2025-01-02 10:00;;Pothole;lost;;;;",
        ";2025-01-02 10:00;;Pothole;Open;;;;",
        "8;2025-01-02 10:00;;Pothole;Open;;;5;5;too;many",
        "1;2025-01-02 10:00;;Pothole;Open;;;;",
        "9;2025-11-02 01:30;;Pothole;in progress;;;;",
    )
    result = run(file, mapping=mapping)
    assert (result.read, result.added, result.known, result.bad) == (10, 2, 1, 7)
    assert [(one.line, one.field) for one in result.bad_rows] == [
        (4, "closed_at"), (5, "received_at"), (6, "closed_at"), (7, "code"), (8, "status"),
        (9, "external_id"), (10, ""),
    ]  # fmt: skip
    row = ServiceRequest.objects.get(external_id="1")
    assert row.service.code == "pothole" and row.close_reason == "done" and row.team.code == "public_works"
    assert row.received_at == datetime(2025, 1, 2, 16, tzinfo=UTC) and 40 < row.lat < 41.5 and -75 < row.lon < -73
    # The hour that comes twice: the first one is meant.
    assert ServiceRequest.objects.get(external_id="9").received_at == datetime(2025, 11, 2, 6, 30, tzinfo=UTC)


def test_strict_refuses_the_whole_file_and_a_dry_run_writes_nothing(tmp_path):
    file, mapping = own(tmp_path, "1;2025-01-02;;Pothole;Open;;;;", "2;never;;New thing;Open;;;;")
    assert run(file, mapping=mapping, is_strict=True).is_refused
    dry = run(file, mapping=mapping, is_dry=True, create_codes=True)
    assert (dry.added, dry.bad, dry.is_refused) == (1, 1, False)
    assert not ServiceRequest.objects.exists() and not ServiceCode.objects.filter(is_from_profile=False).exists()


def command(*words: str) -> int:
    parser = ArgumentParser()
    commands.register(parser.add_subparsers())
    given = parser.parse_args(["import", "requests", *words])
    return int(given.run(given, Console(as_json=True)))


def test_the_commands_exit_codes(tmp_path, capsys):
    good, _mapping = own(tmp_path, "1;2025-01-02;;Pothole;Open;;;;")
    mapping = str(tmp_path / "own.toml")
    assert command(str(good), "--mapping", mapping, "--strict") == 0
    assert json.loads(capsys.readouterr().out)["added"] == 1
    bad = tmp_path / "bad.csv"
    bad.write_text(good.read_text() + "2;never;;Pothole;Open;;;;\n")
    assert command(str(bad), "--mapping", mapping) == 1
    assert command(str(bad), "--mapping", mapping, "--strict") == 3
    with pytest.raises(Invalid):
        command(str(bad))


@pytest.mark.parametrize(
    "words",
    [
        'source = "x"',
        'source = "x"\nextra = 1',
        "[columns",
        'source="x"\nzone="Mars"\n[columns]\nexternal_id="a"\nreceived_at="b"\ncode="c"',
    ],
)  # fmt: skip
def test_a_broken_mapping_is_refused(tmp_path, words):
    (tmp_path / "m.toml").write_text(words)
    with pytest.raises(Invalid):
        importing.load_mapping(which=str(tmp_path / "m.toml"))


def test_a_file_that_is_no_sheet_is_refused(tmp_path):
    (tmp_path / "x.xlsx").write_bytes(b"PK nothing")
    with pytest.raises(Invalid):
        importing.choose_mapping(file=tmp_path / "x.xlsx")


def test_who_reported_is_found_among_the_imported_customers_but_not_of_what_is_confidential(tmp_path):
    from citydesk.city.customers.services.importing import import_customers

    (tmp_path / "people.csv").write_text("id,given_name,family_name\nC1,Ana,Ruiz\n")
    people = {"source": "people_of_legacy", "columns": {}, "is_dry": False, "actor": SYSTEM, "now": MORNING}
    import_customers(file=tmp_path / "people.csv", **people)
    mapping = MAPPING.replace("[columns]", 'customers = "people_of_legacy"\n[columns]\ncustomer = "Words"')
    file, _mapping = own(
        tmp_path, "1;2025-01-02;;Pothole;Open;C1;;;", "2;2025-01-02;;Pothole;Open;C9;;;", "3;2025-01-02;;odd;Open;C1;;;"
    )
    (tmp_path / "own.toml").write_text(mapping)
    ServiceCode.objects.create(code="odd", name="Odd", is_confidential=True, projected_at=MORNING)
    assert run(file, mapping=importing.load_mapping(which=str(tmp_path / "own.toml"))).added == 3
    found = {row.external_id: row for row in ServiceRequest.objects.all()}
    assert found["1"].customer.family_name == "Ruiz" and not found["1"].is_anonymous
    assert [(one.name, one.channel) for one in found["1"].followers.all()] == [("Ana Ruiz", "none")]
    assert found["2"].is_anonymous and found["2"].customer is None
    assert found["3"].is_confidential and found["3"].customer is None and not found["3"].followers.exists()
