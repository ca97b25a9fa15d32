"""Codes and authors as people read them: what a service is called, and who wrote what came with the city profile."""

from collections.abc import Callable, Iterable
from datetime import date

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel.texts import in_language

# What `citydesk profile load` signs with.
_BY_PROFILE = "command line ("


def service_names(codes: Iterable[str], on: date) -> list[str]:
    """Names of service codes in the reader's language; a code that the profile does not have stays as it is."""
    known = profile.entries("services", on)
    return [in_language((known.get(code) or {}).get("name") or {}, default=code) for code in codes]


def author(label: str) -> str:
    """Who wrote a text; what the profile brought was written by nobody at a desk."""
    return _("the city profile") if label.startswith(_BY_PROFILE) else label


def words_for_pages(on: date) -> dict[str, Callable[..., object]]:
    """What the room's pages say of codes and authors, as of a day."""
    return {"named": lambda codes: service_names(codes, on), "author": author, "in_language": in_language}
