"""What a file is, by its content: the extension, the first bytes and a full reading must agree, or it is refused."""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

import puremagic
from django.utils.translation import gettext as _

from citydesk.kernel.errors import Invalid
from citydesk.kernel.files.images import clean_image, make_thumbnail
from citydesk.kernel.files.pdfs import check_pdf

# Extension -> content type; what is not here is not taken.
TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "jfif": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
}
KINDS = {
    "image/jpeg": "image",
    "image/png": "image",
    "image/webp": "image",
    "image/gif": "image",
    "application/pdf": "pdf",
    "text/plain": "text",
    "text/csv": "text",
    TYPES["docx"]: "office",
    TYPES["xlsx"]: "office",
    TYPES["odt"]: "office",
}
# What staff may attach to a record; residents send photos and PDFs.
DOCUMENTS = ("image", "pdf", "text", "office")
# A document of a few pages unpacks to a few megabytes; a bomb to gigabytes.
_UNPACKED = 100 * 1024 * 1024
_RATIO = 100
_PARTS = 5000
# What a package that is broken, locked or packed in a way of its own raises on reading.
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError)
# A reader that looks for markup looks past blanks and comments first.
_MARKUP = re.compile(r"<(!doctype|!--|html|head|body|svg|script|\?xml|\?php)", re.IGNORECASE)
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:\"/\\|?*]+")


@dataclass(frozen=True)
class Inspected:
    """A file found sound. `content` is what is stored: images are drawn anew, so only their picture survives."""

    content: bytes
    content_type: str
    kind: str
    name: str
    width: int | None = None
    height: int | None = None
    thumbnail: bytes = b""


def inspect(content: bytes, name: str, *, allowed: tuple[str, ...], max_bytes: int) -> Inspected:
    """The file, checked and cleaned. `allowed` are kinds: image, pdf, text, office. Raises `Invalid`, field "file"."""
    if not content:
        raise Invalid(_("This file is empty."), field="file")
    if len(content) > max_bytes:
        raise Invalid(
            _("This file is too large: at most %(mb)s MB.") % {"mb": max_bytes // (1024 * 1024)}, field="file"
        )
    content_type = _type_of(content, name)
    kind = KINDS[content_type]
    if kind not in allowed:
        raise Invalid(
            _("This kind of file is not taken here."),
            field="file",
            hint=_("Send: %(kinds)s.") % {"kinds": _kinds(allowed)},
        )
    if kind == "image":
        picture = clean_image(content)
        shown = safe_name(name, picture.extension)
        thumbnail = make_thumbnail(picture.content)
        return Inspected(picture.content, picture.content_type, kind, shown, picture.width, picture.height, thumbnail)
    if kind == "pdf":
        check_pdf(content)
        if zipfile.is_zipfile(io.BytesIO(content)):  # another program would open it as a package
            raise Invalid(_("The content of this file is not what its name says."), field="file")
    elif kind == "office":
        _check_office(content)
    else:
        _check_text(content)
    return Inspected(content, content_type, kind, safe_name(name, _extension(name) or "bin"))


def safe_name(name: str, extension: str) -> str:
    """The sender's name of the file without folders and control characters, with the extension its content has."""
    stem = PurePosixPath(name.replace("\\", "/")).name
    stem = _UNSAFE_NAME.sub(" ", stem.rsplit(".", 1)[0]).strip(" .")
    return f"{stem[:120] or 'file'}.{extension}"


def _extension(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lstrip(".").lower()


def _type_of(content: bytes, name: str) -> str:
    extension = _extension(name)
    if extension and extension not in TYPES:
        raise Invalid(
            _("Files ending in .%(extension)s are not taken.") % {"extension": extension[:10]},
            field="file",
            hint=_("Photos as JPEG or PNG and documents as PDF always work."),
        )
    found = _magic(content)
    if not found and extension in ("txt", "csv"):
        return TYPES[extension]
    claimed = TYPES.get(extension, found)
    if not found or claimed != found:
        raise Invalid(
            _("The content of this file is not what its name says."),
            field="file",
            hint=_("Open it, save it again as JPEG, PNG or PDF, and send that."),
        )
    return found


def _magic(content: bytes) -> str:
    """The content type by the first bytes, if it is one we take."""
    head = content[:4096]
    if head.startswith(b"PK\x03\x04"):
        return _office_type(content)
    try:
        found = [match.mime_type for match in puremagic.magic_string(head)]
    except puremagic.PureError:
        return ""
    mime = next((one for one in found if one in KINDS), "")
    if mime == "image/webp" and head[8:12] != b"WEBP":
        return ""
    # Readers accept a PDF that begins later; then it may be something else too.
    return "" if mime == "application/pdf" and not head.startswith(b"%PDF-") else mime


def _office_type(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
            if "mimetype" in names and package.getinfo("mimetype").file_size < 100:
                return TYPES["odt"] if package.read("mimetype").decode("ascii", "replace") == TYPES["odt"] else ""
    except _BROKEN_ZIP:
        return ""
    if "[Content_Types].xml" not in names:
        return ""
    if "word/document.xml" in names:
        return TYPES["docx"]
    return TYPES["xlsx"] if "xl/workbook.xml" in names else ""


def _check_office(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = package.infolist()
    if b"%PDF-" in content[:1024]:  # where readers of PDF look for their beginning
        raise Invalid(_("The content of this file is not what its name says."), field="file")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _PARTS or unpacked > _UNPACKED or unpacked > _RATIO * len(content):
        raise Invalid(_("This file unpacks to far more than it should and is refused."), field="file")
    names = [part.filename.lower() for part in parts]
    has_macros = any("vbaproject" in name or name.startswith(("basic/", "scripts/")) for name in names)
    if has_macros or any(part.flag_bits & 1 for part in parts):
        raise Invalid(_("Files with macros or a password are refused."), field="file")


def _check_text(content: bytes) -> None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(_("This text file is not in UTF-8."), field="file") from error
    if "\0" in text or _MARKUP.match(text.lstrip()):
        raise Invalid(_("The content of this file is not what its name says."), field="file")


def _kinds(allowed: tuple[str, ...]) -> str:
    words = {"image": _("photos"), "pdf": "PDF", "text": _("text"), "office": "DOCX, XLSX, ODT"}
    return ", ".join(str(words[kind]) for kind in allowed)
