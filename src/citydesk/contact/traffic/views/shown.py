"""What the pages of traffic have in common: their tabs, names in the reader's language, forms that come back."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.contact.traffic.choices import MANAGE, NUMBERS, REPORT, TEAM_NUMBERS, VIEW
from citydesk.contact.traffic.queries import list_queues
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Refusal, private_page
from citydesk.kernel.pages import access_of


def name_in(names: Mapping[str, str], code: str) -> str:
    """A name of the profile in the reader's language; the code where there is none."""
    language = (get_language() or "en").split("-")[0]
    return names.get(language) or next(iter(names.values()), code)


def queue_names() -> dict[str, str]:
    """Every queue's name in the reader's language, by its code."""
    return {one.code: name_in(one.name, one.code) for one in list_queues()}


def show(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refusal | None = None) -> HttpResponse:
    """A page of traffic; a refused act comes back with what was typed."""
    words = {"tabs": tabs_of(access_of(request))}
    return private_page(request, f"traffic/{template}", {**words, **context}, refusal)


def tabs_of(access: Access) -> list[tuple[str, str]]:
    """The pages of traffic this reader may open: (address, words)."""
    known = (
        ("board", _("Board"), VIEW),
        ("day", _("Day"), VIEW),
        ("month", _("Month"), VIEW),
        ("pairing", _("Pairing"), MANAGE),
        ("agents", _("Agents"), MANAGE),
        ("sources", _("Switches"), MANAGE),
        ("malfunctions", _("Malfunctions"), VIEW),
        ("malfunction_report", _("Report a malfunction"), REPORT),
        ("numbers", _("My numbers"), NUMBERS),
        ("team_numbers", _("Numbers of my team"), TEAM_NUMBERS),
    )
    return [(reverse(f"traffic:{name}"), words) for name, words, right in known if access.may(right)]
