"""Files people send and the house makes: checked by content, cleaned, stored by SHA-256, opened by token and guard."""

from citydesk.kernel.files.inspection import Inspected, inspect
from citydesk.kernel.files.pdfium import opened_pdf
from citydesk.kernel.files.store import (
    FileLink,
    NoRoom,
    content_of,
    link_to,
    links_to,
    store_made,
    store_upload,
    sweep_orphans,
    thumbnail_of,
)
from citydesk.kernel.files.words import NoText, files_saying, index_words, text_of

__all__ = [
    "FileLink",
    "Inspected",
    "NoRoom",
    "NoText",
    "content_of",
    "files_saying",
    "index_words",
    "inspect",
    "link_to",
    "links_to",
    "opened_pdf",
    "store_made",
    "store_upload",
    "sweep_orphans",
    "text_of",
    "thumbnail_of",
]
