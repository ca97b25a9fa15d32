"""Exports: exactly what is shown, typed, and never a formula."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import parse_qs

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from citydesk.kernel.errors import Invalid
from citydesk.kernel.lists import ListSpec, export_response, list_page
from citydesk.kernel.lists.export import guarded
from citydesk.kernel.models import ReadEntry
from citydesk.kernel.tests.test_lists import ANN, NOW, SPEC, add


def body(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.django_db
def test_the_files_hold_exactly_what_is_shown_in_its_order():
    add(40)
    query = QueryDict("purpose=audit&sort=-who")
    csv_file = body(
        export_response(SPEC, ReadEntry.objects.all(), query, form="csv", name="reads", access=ANN, now=NOW)
    )
    lines = list(csv.reader(io.StringIO(csv_file.decode("utf-8-sig"))))
    response = export_response(SPEC, ReadEntry.objects.all(), query, form="xlsx", name="reads", access=ANN, now=NOW)
    assert response.headers["Content-Disposition"] == 'attachment; filename="reads-2026-11-24.xlsx"'
    sheet = load_workbook(io.BytesIO(body(response))).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    shown, url = [], "?" + query.urlencode()
    while url:
        page = list_page(SPEC, ReadEntry.objects.all(), QueryDict(url[1:]), access=ANN, now=NOW)
        shown += [row["id"] for row in page.rows]
        url = page.next_url
    assert lines[0] == ["Number", "Read at", "Reader", "Why", "Fee"]
    assert [int(line[0]) for line in lines[1:]] == [row[0] for row in rows] == shown
    assert isinstance(rows[0][1], datetime)
    assert all(isinstance(row[4], int | float) for row in rows)
    assert parse_qs(list_page(SPEC, ReadEntry.objects.all(), query, access=ANN, now=NOW).csv_url[1:])["as"] == ["csv"]


@pytest.mark.django_db
@given(
    st.builds(
        str.__add__,
        st.sampled_from(["=", "+", "-", "@", "\t", "\r", " =", "\n@", "＝"]),
        st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    )
)
def test_no_cell_of_a_file_is_a_formula(text):
    ReadEntry.objects.bulk_create(
        [ReadEntry(at=NOW, actor_kind="staff", actor_label=text[:120], object_type="t", object_id=1, purpose="call")]
    )
    rows = ReadEntry.objects.order_by("-id")[:1]
    spec = ListSpec(code="x", columns=SPEC.columns[2:3], sorts=SPEC.sorts, default_sort="at", fields=("actor_label",))
    newest = ReadEntry.objects.filter(id=rows[0].id)
    csv_file = body(export_response(spec, newest, {}, form="csv", name="x", access=ANN, now=NOW)).decode("utf-8-sig")
    cell = list(csv.reader(io.StringIO(csv_file, newline="")))[1][0]
    assert cell[:1] not in tuple("=+-@\t\r")
    assert cell.lstrip()[:1] not in tuple("=+-@")
    book = load_workbook(
        io.BytesIO(body(export_response(spec, newest, {}, form="xlsx", name="x", access=ANN, now=NOW)))
    )
    assert book.active["A2"].data_type in ("s", "n", "inlineStr")  # never "f"


def test_a_negative_amount_is_a_number_and_needs_no_guard():
    assert guarded("-3") == "'-3"
    from citydesk.kernel.lists.export import _csv_cell

    assert _csv_cell(Decimal("-3.50")) == Decimal("-3.50")
    assert _csv_cell(date(2026, 1, 2)) == "2026-01-02"


@pytest.mark.django_db
def test_an_export_without_end_is_refused():
    add(3)
    small = ListSpec(
        code="x", columns=SPEC.columns[:1], sorts=SPEC.sorts, default_sort="at", fields=("id",), export_limit=2
    )
    with pytest.raises(Invalid, match="More than 2 rows"):
        export_response(small, ReadEntry.objects.all(), {}, form="csv", name="x", access=ANN, now=NOW)
