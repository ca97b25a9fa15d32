"""Files people send and the house makes: checked by content, cleaned, stored by SHA-256, opened by token and guard."""

from citydesk.kernel.files.inspection import Inspected, inspect
from citydesk.kernel.files.store import (
    FileLink,
    content_of,
    link_to,
    links_to,
    store_made,
    store_upload,
    sweep_orphans,
    thumbnail_of,
)

__all__ = [
    "FileLink",
    "Inspected",
    "content_of",
    "inspect",
    "link_to",
    "links_to",
    "store_made",
    "store_upload",
    "sweep_orphans",
    "thumbnail_of",
]
