"""Customers from a CSV: bad rows are named, twice adds nothing, a dry run writes nothing."""

import json

import pytest

from citydesk.city.customers.choices import PointKind
from citydesk.city.customers.models import ContactPoint, Customer
from citydesk.city.customers.services import NewPoint, add_contact_point
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.clock import utc_now
from config.cli.main import main

FILE = """Nr;First;Last;Firm;Mail;Tel;Lang
1;Ana;Ñuñez;;ana@example.org;(423) 555-0101;es
2;;;Riverside Bakery;;423-555-0102;en
3;Bob;Stone;;not an address;;en
;No;Number;;;;en

4;Dee;Poe;;;;not one
5;;;;;;en
"""
NAMES = {"id": "Nr", "given_name": "First", "family_name": "Last", "organization_name": "Firm"}
COLUMNS = NAMES | {"email": "Mail", "phone": "Tel", "language": "Lang"}


@pytest.fixture
def file(tmp_path):
    place = tmp_path / "people.csv"
    place.write_bytes(FILE.encode("cp1252"))
    return place


def bring(capsys, file, *more):
    columns = [word for ours, theirs in COLUMNS.items() for word in ("--column", f"{ours}={theirs}")]
    code = main(["import", "customers", str(file), "--source", "old_crm", "--json", *columns, *more])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out else said.err


@pytest.mark.django_db
def test_customers_come_over_once_and_bad_rows_are_named(capsys, file):
    before = Customer.objects.count()
    code, dry = bring(capsys, file, "--dry-run")
    assert code == 1 and dry["added"] == 2 and Customer.objects.count() == before

    code, told = bring(capsys, file)
    assert code == 1 and (told["read"], told["added"], told["known"]) == (6, 2, 0)
    assert [(one["line"], one["external_id"], one["field"]) for one in told["bad_rows"]] == [
        (4, "3", "email"),
        (5, "", "id"),
        (7, "4", "language"),
        (8, "5", told["bad_rows"][3]["field"]),
    ]
    assert all(one["reason"] for one in told["bad_rows"])
    ana = Customer.objects.get(family_name="Ñuñez")
    assert ana.language == "es"
    assert sorted(ContactPoint.objects.filter(customer=ana).values_list("kind", flat=True)) == ["email", "phone"]

    code, again = bring(capsys, file)
    assert (again["added"], again["known"], again["differing"]) == (0, 2, 0)
    file.write_text(FILE.replace("Ana;", "Anna;"))
    code, other = bring(capsys, file)
    assert (other["added"], other["known"], other["differing"]) == (0, 2, 1)
    assert Customer.objects.count() == before + 2


@pytest.mark.django_db
def test_a_file_without_the_named_columns_is_refused(capsys, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("a,b\n1,2\n")
    assert bring(capsys, file)[0] == 3
    assert bring(capsys, tmp_path / "none.csv")[0] == 3
    assert main(["import", "customers", str(file), "--source", "x", "--column", "shoe_size=a"]) == 3


@pytest.mark.django_db
def test_a_run_is_listed_and_taken_back_while_nothing_happened_to_its_people(capsys, file):
    before = Customer.objects.count()
    run = bring(capsys, file)[1]["run"]
    assert main(["import", "runs", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["runs"][0]
    assert (listed["id"], listed["kind"], listed["rows_added"], listed["rows_bad"]) == (run, "customers", 2, 4)
    ana = Customer.objects.get(family_name="Ñuñez")
    phone = NewPoint(PointKind.PHONE, "(423) 555-0190")
    add_contact_point(customer_id=ana.pk, new=phone, actor=SYSTEM, now=utc_now())
    undo = ["import", "undo", str(run), "--reason", "the wrong export", "--json"]
    assert main(undo) == 1
    assert [one["label"] for one in json.loads(capsys.readouterr().out)["used"]] == [ana.number]
    assert main([*undo, "--leave-used"]) == 0 and Customer.objects.count() == before + 1
    capsys.readouterr()
    assert bring(capsys, file)[1]["added"] == 1
