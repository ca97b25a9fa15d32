"""Daily lists of a supervisor: answered without a record, a record without a call, anomalies, agents without a name."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import queries as interactions
from citydesk.contact.interactions.choices import Channel, Direction
from citydesk.contact.traffic.choices import DESK, VIEW, LegOutcome, QueueChannel
from citydesk.contact.traffic.models import ContactLeg, ImportAnomaly, LegMatch, SourceAgent
from citydesk.contact.traffic.queries.pairing import told_by_desk
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.kernel.actors import Access


@dataclass(frozen=True)
class AnsweredLine:
    """A call that was answered and has no contact at the desk."""

    leg_id: int
    queue_code: str
    agent: str
    answered_at: datetime
    seconds: int | None


@dataclass(frozen=True)
class RecordLine:
    """A contact by telephone for which the switch told no call."""

    number: str
    taken_by: str
    started_at: datetime


@dataclass(frozen=True)
class Conservation:
    """Legs answered = paired + without record; contacts = paired + without call."""

    answered: int
    paired: int
    recorded: int


def answered_without_record(*, access: Access, day: date, limit: int = 200) -> list[AnsweredLine]:
    """Calls and chats answered on a day that no contact was paired with, in order. Raises `NotAllowed`."""
    access.require(VIEW)
    rows = _answered(day).filter(~Exists(LegMatch.objects.filter(leg=OuterRef("pk")))).order_by("wait_ended_at", "id")
    columns = ("id", "queue__code", "agent__user__name", "agent__name", "wait_ended_at", "talk_s", "ended_at")
    return [
        AnsweredLine(key, queue, person or agent or "", at, talk if ended else None)
        for key, queue, person, agent, at, talk, ended in rows.values_list(*columns)[:limit]
    ]


def record_without_call(*, access: Access, day: date, limit: int = 200) -> list[RecordLine]:
    """Contacts by telephone recorded for a day that no leg was paired with, in order. Raises `NotAllowed`."""
    access.require(VIEW)
    rows = _recorded(access, day).filter(~Exists(LegMatch.objects.filter(interaction=OuterRef("pk"))))
    found = rows.order_by("started_at", "id").values_list("number", "taken_by__name", "started_at")[:limit]
    return [RecordLine(number, name or "", at) for number, name, at in found]


def count_day(*, access: Access, day: date) -> Conservation:
    """How a day's legs and contacts come together. Raises `NotAllowed`."""
    access.require(VIEW)
    answered = _answered(day)
    return Conservation(
        answered=answered.count(),
        paired=answered.filter(Exists(LegMatch.objects.filter(leg=OuterRef("pk")))).count(),
        recorded=_recorded(access, day).count(),
    )


def list_anomalies(*, access: Access, limit: int = 200) -> list[dict[str, Any]]:
    """Anomalies nobody has settled, the newest first. Raises `NotAllowed`."""
    access.require(VIEW)
    fields = ("id", "source", "code", "line", "happened_at", "about", "detail")
    rows = ImportAnomaly.objects.filter(settled_at=None).order_by("-happened_at", "-id")
    return [dict(row) for row in rows.values(*fields)[:limit]]


def list_unnamed_agents(*, access: Access, limit: int = 200) -> list[dict[str, Any]]:
    """Agents of switches of whom nobody has said which person they are. Raises `NotAllowed`."""
    access.require(VIEW)
    rows = SourceAgent.objects.filter(user=None).order_by("source", "name")
    return [dict(row) for row in rows.values("id", "source", "name")[:limit]]


def _answered(day: date) -> "QuerySet[ContactLeg]":
    bounds = day_bounds(day, profile.local_zone())
    return ContactLeg.objects.exclude(source=DESK).filter(
        is_current=True,
        outcome=LegOutcome.ANSWERED,
        queue__channel__in=[QueueChannel.VOICE, QueueChannel.CHAT],
        # By the moment of entry too: that has the index, and nobody waits longer than a day.
        entered_at__gte=bounds.since - timedelta(days=1),
        entered_at__lt=bounds.until,
        wait_ended_at__gte=bounds.since,
        wait_ended_at__lt=bounds.until,
    )


def _recorded(access: Access, day: date) -> "QuerySet[Any]":
    bounds = day_bounds(day, profile.local_zone())
    return interactions.list_saved(access).filter(
        ~Exists(told_by_desk()),
        channel__in=[Channel.PHONE, Channel.CHAT],
        direction=Direction.IN,
        started_at__gte=bounds.since,
        started_at__lt=bounds.until,
    )
