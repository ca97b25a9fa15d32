"""Destruction: pairs with the contacts they are of; legs and agents' states by days; anomalies one by one.

What was counted of legs and states stands: their intervals become final, and are neither thrown away nor counted anew.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import ToldKind
from citydesk.contact.traffic.models import (
    AgentState,
    ContactLeg,
    ImportAnomaly,
    IntervalFact,
    LegMatch,
    NumbersNote,
    StateFact,
    ToldDay,
)
from citydesk.contact.traffic.rules.intervals import Slot, day_bounds
from citydesk.kernel.destruction import Eraser


def destroy_of_contacts(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy the pairs of contacts that are destroyed. A leg names no customer and stays."""
    with transaction.atomic():
        eraser.delete(LegMatch.objects.filter(interaction_id__in=list(ids)))


def destroy_legs(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy the legs of days that sources told, in every revision, with their pairs."""
    with transaction.atomic():
        for source, day in _days(ids, ToldKind.LEGS):
            legs = ContactLeg.objects.filter(source=source, entered_at__gte=day.since, entered_at__lt=day.until)
            facts = IntervalFact.objects.filter(
                queue_id__in=legs.values("queue_id"), starts_at__gte=day.since, starts_at__lt=day.until
            )
            facts.update(is_final=True)
            eraser.record(ContactLeg, list(legs.values_list("pk", flat=True)))
        eraser.record(ToldDay, list(ids))


def destroy_states(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy the agents' states that began on days that sources told and have ended."""
    with transaction.atomic():
        for source, day in _days(ids, ToldKind.STATES):
            states = AgentState.objects.filter(
                agent__source=source, started_at__gte=day.since, started_at__lt=day.until, ended_at__isnull=False
            )
            until = states.aggregate(last=Max("ended_at"))["last"]
            if until is None:
                continue
            facts = StateFact.objects.filter(
                agent_id__in=states.values("agent_id"), starts_at__gte=day.since, starts_at__lt=until
            )
            facts.update(is_final=True)
            eraser.record(AgentState, list(states.values_list("pk", flat=True)))
        eraser.record(ToldDay, list(ids))


def destroy_anomalies(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy anomalies that a person has settled, and what the history says about them."""
    with transaction.atomic():
        eraser.record(ImportAnomaly, list(ids))
        eraser.history("traffic.anomaly", list(ids))


def destroy_notes(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy what people said about their own numbers."""
    with transaction.atomic():
        eraser.record(NumbersNote, list(ids))


def _days(ids: Collection[int], kind: ToldKind) -> Iterator[tuple[str, Slot]]:
    zone = profile.local_zone()
    for source, day in ToldDay.objects.filter(pk__in=list(ids), kind=kind).values_list("source", "day"):
        yield source, day_bounds(day, zone)
