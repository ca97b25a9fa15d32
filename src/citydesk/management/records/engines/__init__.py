"""Drawing and reading of pages: redaction of PDFs and pictures, numbered packages with their tags."""

from citydesk.management.records.engines.packages import Part, joined, stamped, told_by
from citydesk.management.records.engines.pages import (
    Box,
    boxes_of_phrase,
    page_count,
    page_picture,
    picture_as_pdf,
    picture_with_marks,
    redact_pdf,
    text_of,
)

__all__ = [
    "Box",
    "Part",
    "boxes_of_phrase",
    "joined",
    "page_count",
    "page_picture",
    "picture_as_pdf",
    "picture_with_marks",
    "redact_pdf",
    "stamped",
    "text_of",
    "told_by",
]
