"""The text of a document: what a reader of the file would read, without its layout, pictures, formulas and history.

Tracked deletions, field codes and comments of an office document are left out: they are not what the paper says.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import Any

from defusedxml import ElementTree
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import QuerySet, Value

from citydesk.kernel.files.pdfium import opened_pdf
from citydesk.kernel.models import StoredFile

MOST_LETTERS = 400_000
_MOST_PART = 30 * 1024 * 1024
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
# Body first, then what stands around it on the paper.
_DOCX_PARTS = ("word/document", "word/header", "word/footer", "word/footnotes", "word/endnotes")
_DICTIONARY = "simple"


class NoText(Exception):
    """The file holds no text that can be read: a picture inside a document, a damaged file."""


def text_of(content: bytes, content_type: str) -> str:
    """The text of a file by its content type, at most 400,000 letters. Raises `NoText`."""
    kind = content_type.rsplit(".", 1)[-1].rsplit("/", 1)[-1]
    read = _READERS.get(kind)
    if read is None:
        raise NoText(content_type)
    try:
        text = read(content).replace("\x00", "").strip()[:MOST_LETTERS]
    except Exception as error:  # a damaged file fails in the readers' own ways
        raise NoText(type(error).__name__) from error
    if not text:
        raise NoText("empty")
    return text


def index_words(*, file_id: int) -> bool:
    """Make a stored document findable by its words; whether it has any. Pictures have none."""
    from citydesk.kernel.files.store import content_of

    row = StoredFile.objects.filter(pk=file_id).values("content_type").first()
    if row is None:
        return False
    try:
        text = text_of(content_of(file_id), row["content_type"])
    except NoText:
        return False
    words = SearchVector(Value(text), config=_DICTIONARY)
    return bool(StoredFile.objects.filter(pk=file_id).update(words=words))


def files_saying(text: str) -> "QuerySet[StoredFile, int]":
    """Ids of stored documents whose text has all the words, as a sub-select for rows that point to files."""
    asked = SearchQuery(text, config=_DICTIONARY, search_type="websearch")
    return StoredFile.objects.filter(words=asked).values_list("pk", flat=True)


def _plain(content: bytes) -> str:
    return content.decode("utf-8-sig", errors="replace")


def _csv(content: bytes) -> str:
    rows = csv.reader(io.StringIO(_plain(content), newline=""))
    return "\n".join(" | ".join(cell.strip() for cell in row) for row in rows)


def _pdf(content: bytes) -> str:
    with opened_pdf(content) as document:
        return "\n\n".join(page.get_textpage().get_text_bounded() for page in document)


def _part(package: zipfile.ZipFile, name: str) -> Any:
    """A part of a package as XML; one that unpacks to too much is refused."""
    if package.getinfo(name).file_size > _MOST_PART:
        raise NoText(name)
    return ElementTree.fromstring(package.read(name))


def _docx(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = sorted(name for name in package.namelist() if name.endswith(".xml"))
        wanted = [name for part in _DOCX_PARTS for name in names if name.startswith(part)]
        return "\n\n".join(filter(None, ("\n".join(_docx_lines(_part(package, name))) for name in wanted)))


def _docx_lines(node: Any) -> Iterator[str]:
    """Paragraphs in order; a row of a table is one line."""
    for child in node:
        if child.tag == f"{_W}tr":
            cells = [" ".join(_docx_lines(cell)) for cell in child.iter(f"{_W}tc")]
            yield " | ".join(cells)
        elif child.tag == f"{_W}p":
            line = "".join(_docx_words(child)).strip()
            if line:
                yield line
        elif child.tag not in (f"{_W}del", f"{_W}moveFrom"):
            yield from _docx_lines(child)


def _docx_words(node: Any) -> Iterator[str]:
    for child in node:
        if child.tag in (f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText"):
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            yield "\t" if child.tag == f"{_W}tab" else "\n"
        else:
            yield from _docx_words(child)


def _xlsx(content: bytes) -> str:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    parts = []
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=True)
        lines = [" | ".join("" if cell is None else str(cell) for cell in row) for row in rows]
        parts.append("\n".join([name, *(line for line in lines if line.strip(" |"))]))
    return "\n\n".join(parts)


def _odt(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        body = _part(package, "content.xml").find(f"{_OFFICE}body")
    return "\n".join(_odt_lines(body))


def _odt_lines(node: Any) -> Iterator[str]:
    for child in node:
        if child.tag == f"{_TABLE}table-row":
            yield " | ".join(" ".join(_odt_lines(cell)) for cell in child.iter(f"{_TABLE}table-cell"))
        elif child.tag in (f"{_T}p", f"{_T}h"):
            line = "".join(_odt_words(child)).strip()
            if line:
                yield line
        elif child.tag not in (f"{_T}tracked-changes", f"{_OFFICE}annotation"):
            yield from _odt_lines(child)


def _odt_words(node: Any) -> Iterator[str]:
    yield node.text or ""
    for child in node:
        if child.tag in (f"{_T}tab", f"{_T}line-break"):
            yield "\t" if child.tag == f"{_T}tab" else "\n"
        elif child.tag == f"{_T}s":
            yield " " * int(child.get(f"{_T}c", "1"))
        elif child.tag != f"{_OFFICE}annotation":
            yield from _odt_words(child)
        yield child.tail or ""


_READERS = {
    "plain": _plain,
    "csv": _csv,
    "pdf": _pdf,
    "document": _docx,
    "sheet": _xlsx,
    "text": _odt,
}
