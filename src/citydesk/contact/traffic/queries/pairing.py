"""Legs and contacts as the pairing rule takes them."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from citydesk.contact.interactions import queries as interactions
from citydesk.contact.interactions.choices import Channel, Direction
from citydesk.contact.traffic.choices import DESK, LegOutcome, QueueChannel
from citydesk.contact.traffic.models import ContactLeg, LegMatch
from citydesk.contact.traffic.providers.settings import digits_of
from citydesk.contact.traffic.rules import Contact, Spoken
from citydesk.kernel.actors import SYSTEM_ACCESS

# Legs of these channels are spoken; written work has no leg of a switch.
_SPOKEN = {QueueChannel.VOICE: Channel.PHONE, QueueChannel.CHAT: Channel.CHAT}


def spoken_between(since: datetime, until: datetime) -> list[Spoken]:
    """Legs answered in a stretch of time that no person has paired. One of the desk is a contact already."""
    by_hand = LegMatch.objects.filter(leg=OuterRef("pk"), matched_by__isnull=False)
    rows = ContactLeg.objects.filter(
        ~Exists(by_hand),
        ~Q(source=DESK),
        is_current=True,
        outcome=LegOutcome.ANSWERED,
        queue__channel__in=list(_SPOKEN),
        wait_ended_at__gte=since,
        wait_ended_at__lt=until,
    )
    found = rows.values_list("id", "agent__user_id", "wait_ended_at", "ended_at", "caller")
    return [Spoken(key, user, at, ended or at, digits_of(caller)) for key, user, at, ended, caller in found if at]


def told_by_desk() -> "QuerySet[ContactLeg]":
    """The leg that a contact itself is, where the desk is the source: it needs no pair."""
    return ContactLeg.objects.filter(source=DESK, source_id=OuterRef("number"), is_current=True)


def contacts_between(since: datetime, until: datetime, *, leaving: Collection[int]) -> list[Contact]:
    """Saved contacts by telephone or chat whose draft was opened in a stretch of time, without a pair.

    `leaving` are legs whose pairs by rule are being found anew: their contacts are free.
    """
    taken = LegMatch.objects.filter(interaction=OuterRef("pk")).exclude(leg_id__in=leaving, matched_by__isnull=True)
    rows = (
        interactions.list_saved(SYSTEM_ACCESS)
        .filter(~Exists(taken), ~Exists(told_by_desk()), channel__in=list(_SPOKEN.values()), direction=Direction.IN)
        .filter(started_at__gte=since, started_at__lt=until)
    )
    found: dict[int, tuple[int | None, datetime, set[str]]] = {}
    columns = ("id", "taken_by_id", "started_at", "callback_number", "calls__caller_number")
    for key, user, started, callback, caller in rows.values_list(*columns):
        numbers = found.setdefault(key, (user, started, set()))[2]
        numbers |= {digits_of(one) for one in (callback, caller) if one}
    return [Contact(key, user, at, frozenset(numbers - {""})) for key, (user, at, numbers) in found.items()]
