"""Pages of a record's files as pictures, with what is taken out in black."""

import io

from PIL import Image

from citydesk.kernel import files
from citydesk.kernel.errors import NotFound, marked
from citydesk.management.records import engines
from citydesk.management.records.models import Redaction, ResponsiveRecord


def page_with_marks(one: ResponsiveRecord, file_id: int, page: int) -> bytes:
    """A PNG of a page (from 1). Raises `NotFound`. The caller has authorised."""
    file = next((part for part in one.files if part["id"] == file_id), None)
    if file is None or not 1 <= page <= int(file["pages"]):
        raise NotFound(marked("There is no such page."))
    marks = Redaction.objects.filter(record=one, file_id_of=file_id, page=page).values_list("box", flat=True)
    boxes: list[engines.Box] = [(left, top, right, bottom) for left, top, right, bottom in marks]
    content = files.content_of(file_id)
    if file["kind"] == "pdf":
        return engines.page_picture(content, page, boxes)
    with Image.open(io.BytesIO(content)) as opened:
        return engines.picture_with_marks(opened, boxes)
