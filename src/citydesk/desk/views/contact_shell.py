"""The strip of open contacts on every desk page, and its acts."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from citydesk.contact.interactions import labels, queries
from citydesk.contact.interactions.choices import TAKE
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of


def strip_of(request: HttpRequest) -> list[dict[str, Any]]:
    """The clerk's open contacts, the oldest first."""
    access = access_of(request)
    if not access.may(TAKE):
        return []
    found = queries.list_open_contacts(access=access, now=utc_now())
    here = request.path
    return [
        {
            "id": one.id,
            "url": (url := reverse("desk:contact_open", args=[one.id])),
            "channel": one.channel,
            "channel_label": labels.CHANNELS[one.channel],
            "clock": one.active_seconds,
            "name": one.who,
            "summary": one.title or one.number,
            "is_parked": one.is_parked,
            "is_current": here == url,
        }
        for one in found
    ]


def strip_actions_of(request: HttpRequest) -> list[dict[str, Any]]:
    """Park (on an open contact), ask the supervisor, and the panic key."""
    if not access_of(request).may(TAKE):
        return []
    actions: list[dict[str, Any]] = []
    match = request.resolver_match
    if match and match.view_name == "desk:contact_open":
        interaction_id = match.kwargs["interaction_id"]
        actions.append({"text": _("Park"), "url": reverse("desk:contact_park", args=[interaction_id]), "key": "F4"})
    silent = {"hx-swap": "none"}
    ask, panic = (reverse("desk:contact_help", args=[kind]) for kind in ("ask", "panic"))
    actions.append({"text": _("Ask supervisor"), "url": ask, "key": "Shift F1", "attrs": {**silent, "hx-post": ask}})
    actions.append({"text": _("Panic"), "url": panic, "key": "Ctrl F1", "attrs": {**silent, "hx-post": panic}})
    return actions


def new_contact_link(request: HttpRequest) -> str:
    """Where F2 posts to; nothing for who takes no contacts."""
    return reverse("desk:contact_new") if access_of(request).may(TAKE) else ""
