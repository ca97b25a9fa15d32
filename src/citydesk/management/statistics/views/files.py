"""A table of the report as a file: CSV or XLSX, guarded against formulas like every export of the house."""

import csv
import io
from datetime import date, datetime
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from citydesk.kernel.errors import Invalid
from citydesk.kernel.lists.export import guarded
from citydesk.management.statistics.queries.tables import Table

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(table: Table, *, form: str, now: datetime) -> HttpResponse:
    """The download. Raises `Invalid` for another form than csv or xlsx."""
    if form not in ("csv", "xlsx"):
        raise Invalid(_("Choose CSV or XLSX."), field="as")
    name = f"report-{table.code}-{timezone.localtime(now):%Y-%m-%d}.{form}"
    content, kind = (_csv(table), "text/csv; charset=utf-8") if form == "csv" else (_xlsx(table), SHEET)
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _csv(table: Table) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([guarded(str(column.label)) for column in table.columns])
    for row in table.rows:
        writer.writerow([_plain(row.get(column.code)) for column in table.columns])
    return ("\ufeff" + out.getvalue()).encode()


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | float) else guarded(str(value))


def _xlsx(table: Table) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(table.code[:31])
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for at, column in enumerate(table.columns):
            sheet.write_string(0, at, str(column.label), bold)
        for line, row in enumerate(table.rows, 1):
            for at, column in enumerate(table.columns):
                value = row.get(column.code)
                if isinstance(value, date):
                    sheet.write_datetime(line, at, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
                elif isinstance(value, int | float):
                    sheet.write_number(line, at, value)
                elif value is not None:
                    sheet.write_string(line, at, guarded(str(value)))
    return out.getvalue()
