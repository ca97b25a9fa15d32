"""Contacts in the JSON API: what was taken down, how, and what came of it. What was said in confidence is not there."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from citydesk.contact.interactions import queries
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid, NotAllowed
from citydesk.kernel.programs import page_by_key

router = Router(tags=["interactions"])
SCOPE = "interactions.read"


class Refusal(Schema):
    """Why something was refused."""

    code: str
    message: str
    field: str = ""
    hint: str = ""


class InteractionRow(Schema):
    """A saved contact in a line. Times in seconds: with the resident in front, and parked."""

    number: str
    channel: str
    direction: str
    received_at: datetime
    recorded_at: datetime | None
    language: str
    active_seconds: int | None
    parked_seconds: int | None


class InteractionPage(Schema):
    """A page of contacts, newest first; `next` is the mark of the following page, empty on the last."""

    rows: list[InteractionRow]
    next: str


class OutcomeOut(Schema):
    """What a contact led to."""

    kind: str
    target_number: str


class InteractionOut(InteractionRow):
    """A contact with what was said and what came of it."""

    words: str
    place_label: str
    outcomes: list[OutcomeOut]


_REFUSALS = {code: Refusal for code in (400, 401, 403, 404, 429)}
_SEEN = ("id", *InteractionRow.model_fields)


@router.get("interactions", response={200: InteractionPage, **_REFUSALS}, operation_id="list_interactions")
def list_interactions(
    request: HttpRequest, after: str = "", limit: int = 50, received_since: datetime | None = None
) -> Any:
    """Saved contacts, newest first. `received_since` takes a time with its zone."""
    rows = queries.list_saved(access=_access(request))
    if received_since is not None:
        if received_since.tzinfo is None:
            raise Invalid(_("Write the time with its zone."), field="received_since")
        rows = rows.filter(received_at__gte=received_since)
    found, mark = page_by_key(rows.values(*_SEEN), name="interactions", after=after, limit=limit)
    return {"rows": found, "next": mark}


@router.get("interactions/{number}", response={200: InteractionOut, **_REFUSALS}, operation_id="interaction")
def interaction(request: HttpRequest, number: str) -> Any:
    """One contact; the reading is logged."""
    page = queries.get_contact(access=_access(request), number=number.replace("\x00", ""), now=utc_now())
    same = {name: getattr(page, name) for name in (*InteractionRow.model_fields, "words", "place_label")}
    outcomes = [{"kind": str(one.kind), "target_number": one.target_number} for one in page.outcomes]
    return {**same, "outcomes": outcomes}


def _access(request: HttpRequest) -> Access:
    partner = request.auth  # type: ignore[attr-defined]  # ninja puts the partner there
    if not partner.may(SCOPE):
        raise NotAllowed(_("This key may not do this."), hint=SCOPE)
    # All that was saved, but nothing said in confidence: that needs a person and a reason.
    return Access(partner.actor, frozenset({"interactions.view"}))
