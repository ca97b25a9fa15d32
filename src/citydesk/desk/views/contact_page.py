"""What every drawing of the contact form needs beside its parts."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from citydesk.city.staff import queries as staff
from citydesk.contact.interactions.queries import words as contact_words
from citydesk.desk.queries import contact as parts
from citydesk.desk.views.supervised import beside_context
from citydesk.kernel.pages import access_of


def page_context(
    request: HttpRequest,
    interaction_id: int,
    now: datetime,
    *,
    typed: Mapping[str, Any] | None = None,
    errors: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The whole screen. Raises `NotFound`."""
    screen = parts.screen_of(
        access=access_of(request), interaction_id=interaction_id, typed=typed or {}, now=now, errors=errors
    )
    own = access_of(request).actor.staff_id
    names = tuple(name for name in parts.PARTS if name != "offices")
    return {
        **form_context(request, screen, names),
        **beside_context(request, interaction_id),
        "oob": False,
        "colleagues": [(one.id, one.name) for one in staff.list_people() if one.id != own],
    }


def form_context(request: HttpRequest, screen: parts.Screen, names: tuple[str, ...]) -> dict[str, Any]:
    """The context of some parts, with the makers of their attributes."""
    interaction_id = screen.draft.id
    return {
        **parts.build(screen, names),
        "live": _live(reverse("desk:contact_parts", args=[interaction_id])),
        "noting": posting(reverse("desk:contact_note", args=[interaction_id])),
        "forgetting": _forgetting(reverse("desk:contact_forget", args=[interaction_id])),
        "channel_names": contact_words.CHANNELS,
        "direction_names": contact_words.DIRECTIONS,
        "ending_names": contact_words.ENDINGS,
        "transfer_kinds": contact_words.TRANSFER_KINDS,
        "transfer_outcomes": contact_words.TRANSFER_OUTCOMES,
        "outcome_names": contact_words.OUTCOMES,
        "settled_names": contact_words.SETTLED,
    }


def _live(url: str) -> Callable[..., dict[str, str]]:
    """`live(part, trigger)`: attributes of a control whose change redraws parts; the focus stays where it is."""

    def attributes(part: str, trigger: str = "change") -> dict[str, str]:
        return {
            "hx-post": url,
            "hx-trigger": trigger,
            "hx-include": "#contact",
            "hx-swap": "none",
            "hx-vals": json.dumps({"part": part}),
            "hx-sync": "this:replace",
        }

    return attributes


def posting(url: str) -> Callable[[Mapping[str, Any]], dict[str, str]]:
    """`noting(facts)`: attributes of a button that notes an outcome."""

    def attributes(facts: Mapping[str, Any]) -> dict[str, str]:
        values = {f"note.{name}": value for name, value in facts.items()}
        return {"hx-post": url, "hx-include": "#contact", "hx-swap": "none", "hx-vals": json.dumps(values)}

    return attributes


def _forgetting(url: str) -> Callable[[str], dict[str, str]]:
    """`forgetting(key)`: attributes of the cross that takes an outcome off."""

    def attributes(key: str) -> dict[str, str]:
        return {"hx-post": url, "hx-include": "#contact", "hx-swap": "none", "hx-vals": json.dumps({"key": key})}

    return attributes
