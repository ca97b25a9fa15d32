"""What the pages about a schedule's life have in common: their tabs, words, and that no browser keeps them."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Refusal, private_page
from citydesk.kernel.pages import access_of
from citydesk.management.workforce import labels
from citydesk.management.workforce.choices import ADHERENCE, OWN, PLAN


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    now: datetime,
    refusal: Refusal | None = None,
    fragment: str = "",
) -> HttpResponse:
    """A page; a refused act comes back with what was typed."""
    words = {"tabs": _tabs(access_of(request)), "labels": labels, "dayname": labels.dayname, "at": now}
    return private_page(request, f"workforce/{template}", {**words, **context}, refusal, fragment=fragment)


def _tabs(access: Access) -> list[tuple[str, str]]:
    known = (
        ("mine", _("My schedule"), access.may(OWN)),
        ("my_hours", _("When I can work"), access.may(OWN)),
        ("my_adherence", _("My adherence"), access.may(OWN)),
        ("changes", _("Changes"), access.may(PLAN)),
        ("adherence", _("Adherence"), access.may(ADHERENCE)),
    )
    return [(reverse(f"workforce:{name}"), words) for name, words, is_there in known if is_there]


def chosen_day(text: str, usual: date) -> date:
    """A day of this century as addresses write it; the usual one for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return usual
    return found if 2000 <= found.year < 2100 else usual


def number(text: str) -> int:
    """An id as forms send it; 0 for anything else."""
    return int(text) if text.isdecimal() and len(text) < 18 else 0
