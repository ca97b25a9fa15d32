"""Small files of figures: CSV that no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from citydesk.kernel.lists.export import guarded


def csv_file(name: str, head: Iterable[Any], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """A file to take out; begins with a byte order mark, without which Excel misreads accents."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    for row in (head, *rows):
        writer.writerow([one if isinstance(one, int | float) else guarded(str(one)) for one in row])
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store, private"}
    return HttpResponse(buffer.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
