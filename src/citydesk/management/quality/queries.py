"""Reads of surveys: the question that waits behind a link, and what the retention schedule asks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from citydesk.kernel.destruction import Due, due_rows
from citydesk.management.quality.choices import Instrument
from citydesk.management.quality.models import Invitation


def has_question(follower_id: int | None, *, now: datetime) -> bool:
    """Whether the holder of a link may still answer. The link is the right."""
    if follower_id is None:
        return False
    asked = Invitation.objects.filter(follower_id=follower_id, instrument=Instrument.FIRST_CONTACT, ends_at__gt=now)
    return asked.filter(response__isnull=True).exists()


def last_asked_at(customer_ids: Collection[int]) -> datetime | None:
    """When any of these customers (one person, however often they are in the book) was last asked anything."""
    asked = Invitation.objects.filter(follower__customer_id__in=list(customer_ids))
    return asked.order_by("-invited_at").values_list("invited_at", flat=True).first()


@dataclass(frozen=True)
class Asked:
    """Somebody who was asked and has not answered: by which link, in which language they are written to."""

    id: int
    follower_id: int
    language: str
    invited_at: datetime


def list_asked() -> list[Asked]:
    """Who was asked and has not answered, whether or not the time is over; the first asked first."""
    rows = Invitation.objects.filter(response__isnull=True).order_by("pk")
    return [Asked(*one) for one in rows.values_list("pk", "follower_id", "follower__language", "invited_at")]


def invitations_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Invitations that ended, answered or not, by when they ended."""
    rows = due_rows(Invitation.objects.all(), "ends_at", before=before, after=after, limit=limit, ids=ids)
    columns = rows.values_list("pk", "request__number", "ends_at", "follower__customer_id")
    return [
        Due(pk, f"{number} {pk}", at, (customer,) if customer else (), numbers=(number,))
        for pk, number, at, customer in columns
    ]
