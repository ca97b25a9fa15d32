"""PDFs are opened and every object in them looked at: nothing that runs, starts or carries another file is taken."""

import io
from typing import Any

import pikepdf
from django.utils.translation import gettext as _

from citydesk.kernel.errors import Invalid

MOST_OBJECTS = 200_000
# Keys and action types of the PDF standard (ISO 32000, 12.6 and 7.11) that make a document do something.
_ACTIVE = {
    "/JS",
    "/JavaScript",
    "/Launch",
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/RichMedia",
    "/XFA",
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/GoToR",
}


def check_pdf(content: bytes) -> None:
    """Raise `Invalid` for a damaged, protected or active PDF."""
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as document:
            if document.is_encrypted:
                raise Invalid(_("This PDF is protected by a password."), field="file", hint=_("Print it to a new PDF."))
            if len(document.pages) == 0:
                raise Invalid(_("This PDF has no pages."), field="file")
            for at, thing in enumerate(document.objects):
                if at > MOST_OBJECTS or _is_active(thing):
                    raise Invalid(
                        _("This PDF contains scripts, attached files or forms that act, and is refused."),
                        field="file",
                        hint=_("Print it to a new PDF and send that."),
                    )
    except pikepdf.PasswordError as error:
        raise Invalid(_("This PDF is protected by a password."), field="file") from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise Invalid(_("This PDF is damaged."), field="file", hint=_("Print it to a new PDF.")) from error


def _is_active(thing: Any, depth: int = 0) -> bool:
    """Whether an object, with what is written inside it directly, has an active key or action."""
    if depth > 50:
        return True
    if isinstance(thing, pikepdf.Array):
        return any(_is_active(part, depth + 1) for part in thing if _is_direct(part))
    if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return False
    entries = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
    names = {str(key) for key in entries.keys()}  # noqa: SIM118 - a pikepdf object is no dict
    kinds = {
        str(entries[key])
        for key in ("/S", "/Type", "/Subtype")
        if key in names and isinstance(entries[key], pikepdf.Name)
    }
    if (names | kinds) & _ACTIVE:
        return True
    return any(_is_active(entries[key], depth + 1) for key in names if _is_direct(entries[key]))


def _is_direct(part: Any) -> bool:
    return isinstance(part, pikepdf.Array | pikepdf.Dictionary) and not part.is_indirect
