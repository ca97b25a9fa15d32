"""CSV and XLSX of exactly what is shown: same columns, filters and order, every page of it.

A cell that begins like a formula gets an apostrophe in front (spreadsheets run formulas from files); numbers, dates and
times are typed, so a negative amount is a number and needs none.
"""

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, TextIO

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid
from citydesk.kernel.limits import long_statements
from citydesk.kernel.lists.page import _total
from citydesk.kernel.lists.paging import _order, keys_of
from citydesk.kernel.lists.spec import Column, ListSpec, lists_of

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CHUNK = 1000
_XLSX_CELL = 32_767
Given = QueryDict | Mapping[str, list[str]]


def guarded(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS) else text


def _columns(spec: ListSpec, access: Access) -> list[Column]:
    return [column for column in spec.columns_for(access) if column.is_exported]


def rows_shown(spec: ListSpec, rows: Any, given: Given, *, access: Access, now: datetime) -> Iterator[list[Any]]:
    """The values of every matching row, column by column, in the order shown; read in chunks.

    Raises `Invalid` at once where a filter is not understood or more rows match than `spec.export_limit`.
    """
    lists = lists_of(given)
    values, problems = spec.parse(lists, access, now)
    if problems:
        raise problems[0]
    narrowed = spec.narrow(rows, values)
    if _total(narrowed, spec.export_limit).is_capped:
        raise Invalid(
            _("More than %(n)s rows match.") % {"n": spec.export_limit}, hint=_("Narrow the list before exporting it.")
        )
    keys = keys_of(spec.sort_given(lists), spec.id_field)
    if spec.fields:
        narrowed = narrowed.values(*spec.fields)
    return _values(spec, narrowed.order_by(*[_order(key) for key in keys]), access)


def _values(spec: ListSpec, ordered: Any, access: Access) -> Iterator[list[Any]]:
    columns = _columns(spec, access)
    chunk: list[Any] = []

    def flush() -> Iterator[list[Any]]:
        for row in spec.prepare(chunk, access) if spec.prepare else chunk:
            yield [column.exported(row) for column in columns]

    for row in ordered.iterator(chunk_size=_CHUNK):
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield from flush()
            chunk = []
    yield from flush()


def csv_lines(spec: ListSpec, values: Iterator[list[Any]], access: Access) -> Iterator[str]:
    """The file line by line; begins with a byte order mark, without which Excel misreads accents."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("﻿")
    writer.writerow([guarded(str(column.label)) for column in _columns(spec, access)])
    for row in values:
        writer.writerow([_csv_cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def write_csv(file: TextIO, spec: ListSpec, rows: Any, given: Given, *, access: Access, now: datetime) -> None:
    """Write the list to an open text file, for a job."""
    file.writelines(csv_lines(spec, rows_shown(spec, rows, given, access=access, now=now), access))


def write_xlsx(file: BinaryIO, spec: ListSpec, rows: Any, given: Given, *, access: Access, now: datetime) -> None:
    """Write the list as a workbook; memory does not grow with the rows."""
    _write_workbook(file, spec, rows_shown(spec, rows, given, access=access, now=now), access)


def _write_workbook(file: BinaryIO, spec: ListSpec, values: Iterator[list[Any]], access: Access) -> None:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd hh:mm",
    }
    book = xlsxwriter.Workbook(file, options)
    head = book.add_format({"bold": True, "bottom": 1})
    formats = {
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    sheet = book.add_worksheet()
    columns = _columns(spec, access)
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, 18 if column.kind in ("moment", "text") else 12)
        sheet.write_string(0, at, guarded(str(column.label)), head)
    for line, row in enumerate(values, start=1):
        for at, value in enumerate(row):
            _xlsx_cell(sheet, line, at, value, formats.get(columns[at].kind))
    book.close()


def _xlsx_cell(sheet: Any, line: int, at: int, value: Any, style: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, at, value)
    elif isinstance(value, int | float | Decimal) and abs(float(value)) < 1e15:
        sheet.write_number(line, at, float(value), style)  # a cell is a double in the file format
    elif isinstance(value, datetime):
        sheet.write_datetime(line, at, timezone.localtime(value).replace(tzinfo=None), style)
    elif isinstance(value, date):
        sheet.write_datetime(line, at, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001
    else:
        sheet.write_string(line, at, guarded(str(value))[:_XLSX_CELL])


def _csv_cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return guarded(str(value).replace("\0", ""))


def export_response(
    spec: ListSpec, rows: Any, given: Given, *, form: str, name: str, access: Access, now: datetime
) -> HttpResponseBase:
    """The download of a list; `form` is csv or xlsx, `name` the file's name without ending. Raises `Invalid`."""
    with long_statements():
        values = rows_shown(spec, rows, given, access=access, now=now)
    return values_response(spec, values, form=form, name=name, access=access, now=now)


def values_response(
    spec: ListSpec, values: Iterator[list[Any]], *, form: str, name: str, access: Access, now: datetime
) -> HttpResponseBase:
    """The download of rows that no table holds, column by column; cells are guarded and typed as those of a list."""
    if form not in ("csv", "xlsx"):
        raise Invalid(_("Choose CSV or XLSX."), field="as")
    filename = f"{name}-{timezone.localtime(now):%Y-%m-%d}.{form}"
    if form == "csv":
        return StreamingHttpResponse(
            _encoded(csv_lines(spec, values, access)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{filename}"'},
        )
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    with long_statements():
        _write_workbook(file, spec, values, access)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=filename)


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    """The file line by line; the statements behind it are made while it is read, when the view has long ended."""
    with long_statements():
        for line in lines:
            yield line.encode()
