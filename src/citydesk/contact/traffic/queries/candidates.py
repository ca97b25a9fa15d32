"""What may belong together: contacts for a leg, legs for a contact, each with score and reasons, and a day's pairs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import queries as interactions
from citydesk.contact.traffic.choices import MANAGE, LegOutcome, QueueChannel
from citydesk.contact.traffic.models import ContactLeg, LegMatch
from citydesk.contact.traffic.providers.settings import digits_of
from citydesk.contact.traffic.queries.pairing import contacts_between
from citydesk.contact.traffic.rules import Contact, Spoken
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.contact.traffic.rules.matching import ENOUGH, score_of
from citydesk.kernel.actors import SYSTEM_ACCESS, Access
from citydesk.kernel.errors import NotFound

# Looked at by hand: so long before the answer and after the end. The rule looks at less.
AROUND = timedelta(hours=1)
MOST = 30


@dataclass(frozen=True)
class LegLine:
    """An answered leg."""

    id: int
    queue_code: str
    agent: str
    answered_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class ContactChoice:
    """A contact that may be a leg's, with the rule's points and why. `is_enough`: the rule would pair them."""

    number: str
    taken_by: str
    started_at: datetime
    score: int
    reasons: tuple[str, ...]
    is_enough: bool


@dataclass(frozen=True)
class LegChoice:
    """A leg that may be a contact's, in the same way."""

    leg: LegLine
    score: int
    reasons: tuple[str, ...]
    is_enough: bool


@dataclass(frozen=True)
class PairLine:
    """A pair: the leg, the contact, points and reasons of the rule, or who said so."""

    leg: LegLine
    number: str
    score: int | None
    reasons: tuple[str, ...]
    said_by: str


def get_unpaired_leg(*, access: Access, leg_id: int) -> LegLine:
    """An answered leg without a pair. Raises `NotAllowed`, `NotFound`."""
    access.require(MANAGE)
    rows = _spoken().filter(~Exists(LegMatch.objects.filter(leg=OuterRef("pk"))), pk=leg_id)
    found = [line for line, _spoken_leg in _legs(rows)]
    if not found:
        raise NotFound(_("There is no such leg."))
    return found[0]


def contacts_for(*, access: Access, leg_id: int) -> list[ContactChoice]:
    """Contacts without a pair around a leg that the reader sees, the likeliest first. Raises `NotAllowed`."""
    access.require(MANAGE)
    legs = _legs(_spoken().filter(pk=leg_id))
    if not legs:
        raise NotFound(_("There is no such leg."))
    leg = legs[0][1]
    near = contacts_between(leg.answered_at - AROUND, leg.ended_at + AROUND, leaving=())
    scored = sorted(((score_of(leg, one), one) for one in near), key=lambda one: (-one[0][0], one[1].started_at))[:MOST]
    seen = _contacts(access, [one.id for _score, one in scored])
    return [
        ContactChoice(number, taken_by, one.started_at, points, reasons, points >= ENOUGH)
        for (points, reasons), one in scored
        if (known := seen.get(one.id)) is not None
        for number, taken_by in (known,)
    ]


def legs_for(*, access: Access, number: str, now: datetime) -> list[LegChoice]:
    """Answered legs without a pair around a contact, the likeliest first. Raises `NotAllowed`, `NotFound`."""
    access.require(MANAGE)
    page = interactions.get_contact(access=access, number=number, now=now)
    contact = _contact(page.id)
    rows = _spoken().filter(
        ~Exists(LegMatch.objects.filter(leg=OuterRef("pk"))),
        entered_at__gte=contact.started_at - 3 * AROUND,
        entered_at__lt=contact.started_at + AROUND,
    )
    near = [
        (score_of(leg, contact), line)
        for line, leg in _legs(rows)
        if leg.answered_at - AROUND <= contact.started_at <= leg.ended_at + AROUND
    ]
    near.sort(key=lambda one: (-one[0][0], one[1].answered_at))
    return [LegChoice(line, points, reasons, points >= ENOUGH) for (points, reasons), line in near[:MOST]]


def list_pairs(*, access: Access, day: date, limit: int = 200) -> list[PairLine]:
    """Pairs of legs answered on a day whose contacts the reader sees, in order. Raises `NotAllowed`."""
    access.require(MANAGE)
    bounds = day_bounds(day, profile.local_zone())
    rows = LegMatch.objects.filter(
        leg__is_current=True,
        leg__entered_at__gte=bounds.since - timedelta(days=1),
        leg__entered_at__lt=bounds.until,
        leg__wait_ended_at__gte=bounds.since,
        leg__wait_ended_at__lt=bounds.until,
    ).select_related("leg__queue", "leg__agent__user", "matched_by")
    found = list(rows.order_by("leg__wait_ended_at", "leg_id")[:limit])
    seen = _contacts(access, [one.interaction_id for one in found])
    return [
        PairLine(
            leg=_line(one.leg),
            number=seen[one.interaction_id][0],
            score=one.score,
            reasons=tuple(one.reasons),
            said_by=one.matched_by.name if one.matched_by else "",
        )
        for one in found
        if one.interaction_id in seen
    ]


def _spoken() -> "QuerySet[ContactLeg]":
    return ContactLeg.objects.filter(
        is_current=True,
        outcome=LegOutcome.ANSWERED,
        queue__channel__in=[QueueChannel.VOICE, QueueChannel.CHAT],
        wait_ended_at__isnull=False,
    )


def _legs(rows: "QuerySet[ContactLeg]") -> list[tuple[LegLine, Spoken]]:
    found = []
    for one in rows.select_related("queue", "agent__user"):
        line = _line(one)
        agent = one.agent.user_id if one.agent else None
        ended = one.ended_at or line.answered_at
        found.append((line, Spoken(one.pk, agent, line.answered_at, ended, digits_of(one.caller))))
    return found


def _line(leg: ContactLeg) -> LegLine:
    agent = leg.agent
    who = (agent.user.name if agent.user else agent.name) if agent else ""
    return LegLine(leg.pk, leg.queue.code, who, leg.wait_ended_at or leg.entered_at, leg.ended_at)


def _contacts(access: Access, ids: list[int]) -> dict[int, tuple[str, str]]:
    rows = interactions.list_saved(access).filter(pk__in=ids).values_list("pk", "number", "taken_by__name")
    return {key: (number, name or "") for key, number, name in rows}


def _contact(contact_id: int) -> Contact:
    rows = interactions.list_saved(SYSTEM_ACCESS).filter(pk=contact_id)
    columns = ("id", "taken_by_id", "started_at", "callback_number", "calls__caller_number")
    found = list(rows.values_list(*columns))
    key, user, started = found[0][:3]
    numbers = {digits_of(one) for row in found for one in row[3:] if one}
    return Contact(key, user, started, frozenset(numbers - {""}))
