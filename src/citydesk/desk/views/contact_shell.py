"""The strip of open contacts on every desk page, and its acts."""

from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.translation import gettext as _

from citydesk.contact.interactions import queries
from citydesk.contact.interactions.choices import SUPERVISE, TAKE, Channel
from citydesk.contact.interactions.queries import words
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of


def strip_of(request: HttpRequest) -> list[dict[str, Any]]:
    """The clerk's open contacts, the oldest first."""
    access = access_of(request)
    if not access.may(TAKE):
        return []
    found = _open_contacts(request)
    here = request.path
    return [
        {
            "id": one.id,
            "url": (url := reverse("desk:contact_open", args=[one.id])),
            "channel": one.channel,
            "channel_label": words.CHANNELS[Channel(one.channel)],
            "clock": one.active_seconds,
            "name": one.who,
            "summary": one.title or one.number,
            "is_parked": one.is_parked,
            "is_current": here == url,
        }
        for one in found
    ]


def _open_contacts(request: HttpRequest) -> list[queries.OpenContact]:
    """Read once a page: the strip and its acts ask for the same."""
    if not hasattr(request, "open_contacts"):
        request.open_contacts = queries.list_open_contacts(  # type: ignore[attr-defined]  # kept on the request
            access=access_of(request), now=utc_now()
        )
    return request.open_contacts  # type: ignore[attr-defined]  # kept on the request


def strip_actions_of(request: HttpRequest) -> list[dict[str, Any]]:
    """Park (on an open contact), ask the supervisor, and the panic key."""
    if not access_of(request).may(TAKE):
        return []
    actions: list[dict[str, Any]] = []
    match, interaction_id = request.resolver_match, 0
    if match and match.view_name == "desk:contact_open":
        interaction_id = match.kwargs["interaction_id"]
    if any(one.id == interaction_id and not one.is_parked for one in _open_contacts(request)):
        park, dropped = (reverse(f"desk:contact_{act}", args=[interaction_id]) for act in ("park", "dropped"))
        actions.append({"text": _("Park"), "url": park, "key": "F4"})
        actions.append({"text": _("Dropped call"), "url": dropped, "key": "Shift F4"})
    silent = {"hx-swap": "none"}
    ask, panic = (reverse("desk:contact_help", args=[kind]) for kind in ("ask", "panic"))
    actions.append({"text": _("Ask supervisor"), "url": ask, "key": "Shift F1", "attrs": {**silent, "hx-post": ask}})
    actions.append({"text": _("Panic"), "url": panic, "key": "Ctrl F1", "attrs": {**silent, "hx-post": panic}})
    return actions


def notices_of(request: HttpRequest) -> list[dict[str, Any]]:
    """What supervisors wrote on the clerk's open contacts and is not read; no statement beside the strip's."""
    if not access_of(request).may(TAKE):
        return []
    return [
        {
            "id": note["id"],
            "title": _("%(name)s writes:") % {"name": note["author"]},
            "text": note["text"],
            "url": url if (url := reverse("desk:contact_open", args=[one.id])) != _page_of(request) else "",
            "url_text": one.title or one.number,
            "ack_url": reverse("desk:advice_read", args=[note["id"]]),
        }
        for one in _open_contacts(request)
        for note in one.advice
    ]


def _page_of(request: HttpRequest) -> str:
    """The page the reader has before them; a part of a page says which page asked for it."""
    asked = getattr(request, "htmx", None)
    return urlsplit(asked.current_url or "").path if asked else request.path


# Where the shell's own controls lead; a page that does not exist (yet) leaves its control out.
_LINKS = {
    "home": "desk:home",
    "find": "desk:search",
    "keys": "staff:account",
    "sign_out": "account_logout",
    "language": "set_language",
    "portal": "portal:home",
    "bulletins": "knowledge:bulletin_strip",
}
_LINKS_OF_CLERKS = {"new_contact": "desk:contact_new", "notices": "desk:notices", "printed_form": "desk:printed_form"}


def links_of(request: HttpRequest) -> dict[str, str]:
    """Addresses of the shell's controls: home, find, new contact, keys, language, sign-out."""
    access = access_of(request)
    return _links(access.may(TAKE), access.may(SUPERVISE), get_urlconf(), get_script_prefix())


@lru_cache(maxsize=64)
def _links(may_take: bool, may_supervise: bool, _urlconf: Any, _prefix: str) -> dict[str, str]:
    found = {}
    for part, name in _LINKS.items():
        with suppress(NoReverseMatch):
            found[part] = reverse(name)
    if may_take:
        found |= {part: reverse(name) for part, name in _LINKS_OF_CLERKS.items()}
    if may_supervise:
        found["alerts"] = reverse("interactions:alerts")
        found["take_contact"] = reverse("desk:contact_take")
    return found
