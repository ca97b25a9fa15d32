"""Promises and drafts that lie with people: for the supervisor who must move them when they are away."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count

from citydesk.contact.interactions.choices import PromiseState, State
from citydesk.contact.interactions.models import Interaction, Promise
from citydesk.contact.interactions.queries.sealed import is_in_confidence


def count_promises(user_ids: Sequence[int]) -> dict[int, tuple[int, datetime, str]]:
    """Open promises of each person with the next one: `{user_id: (count, due_at, text)}`. One statement."""
    rows = Promise.objects.filter(owner_id__in=list(user_ids), state=PromiseState.OPEN).order_by("due_at")
    found: dict[int, tuple[int, datetime, str]] = {}
    for owner_id, due_at, text in rows.values_list("owner_id", "due_at", "text")[:500]:
        count, first_at, first = found.get(owner_id, (0, due_at, text))
        found[owner_id] = (count + 1, first_at, first)
    return found


def count_sealed_drafts(user_id: int, now: datetime) -> int:
    """Unfinished contacts a person holds in confidence: they stay with them."""
    rows = Interaction.objects.filter(holder_id=user_id, state__in=(State.DRAFT, State.PARKED))
    columns = ("is_confidential", "code", "requests")
    found = rows.values_list(*(f"draft__{name}" for name in columns))
    return sum(is_in_confidence(dict(zip(columns, one, strict=True)), now) for one in found)


def count_drafts(user_ids: Sequence[int]) -> dict[int, int]:
    """Unfinished contacts each person holds. One statement."""
    rows = (
        Interaction.objects.filter(holder_id__in=list(user_ids), state__in=(State.DRAFT, State.PARKED))
        .values("holder_id")
        .annotate(all=Count("id"))
        .order_by()
    )
    return {row["holder_id"]: row["all"] for row in rows}
