"""A class of complaints as the city's profile writes it, and the dates that follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from citydesk.contact.complaints.choices import ComplaintState, LetterState, OfferKind, PublicStatus
from citydesk.contact.complaints.rules.authority import Level
from citydesk.contact.service_requests.rules.sla import closing_of_day
from citydesk.kernel.calendars import BusinessCalendar

_S = ComplaintState


@dataclass(frozen=True)
class ComplaintClass:
    """Who handles a kind of complaint, by when, what may be offered, who agrees, how it is appealed.

    Days are open days of `calendar`; `appeal_days` 0 means that there is no appeal. Teams are codes.
    """

    code: str
    names: Mapping[str, str]
    services: tuple[str, ...]
    is_restricted: bool
    team: str
    approvers: str
    appeals: str
    calendar: str
    decide_days: int
    appeal_days: int
    appeal_decide_days: int
    offers: tuple[OfferKind, ...]
    levels: tuple[Level, ...]
    order: int

    def name_in(self, language: str) -> str:
        """The class in a language, else in the first there is."""
        return self.names.get(language) or next(iter(self.names.values()), self.code)


def class_of(code: str, body: Mapping[str, Any]) -> ComplaintClass:
    """A class from the profile's entry."""
    return ComplaintClass(
        code=code,
        names=body["name"],
        services=tuple(body["services"]),
        is_restricted=body["is_restricted"],
        team=body["team"],
        approvers=body["approvers"],
        appeals=body["appeals"],
        calendar=body["calendar"],
        decide_days=int(body["decide_days"]),
        appeal_days=int(body["appeal_days"]),
        appeal_decide_days=int(body["appeal_decide_days"]),
        offers=tuple(OfferKind(one) for one in body["offers"]),
        levels=tuple(Level(one["kind"], Decimal(one["over"]), int(one["people"])) for one in body["approvals"]),
        order=int(body["order"]),
    )


def decide_by(one: ComplaintClass, calendar: BusinessCalendar, received_at: datetime) -> datetime:
    """When the decision is due: the close of the class's last open day after the day of receipt."""
    return closing_of_day(calendar, received_at, one.decide_days)


def appeal_until(one: ComplaintClass, calendar: BusinessCalendar, mailed_at: datetime) -> datetime | None:
    """Until when the decision may be appealed, counted from the day the letter was mailed; None without appeal."""
    return closing_of_day(calendar, mailed_at, one.appeal_days) if one.appeal_days else None


def appeal_due(one: ComplaintClass, calendar: BusinessCalendar, appealed_at: datetime) -> datetime:
    """When the appeal must be decided, counted from the day it came."""
    return closing_of_day(calendar, appealed_at, one.appeal_decide_days)


def is_in_time(until: datetime | None, came_at: datetime) -> bool:
    """Whether an appeal came within the window; a window that was never opened is over."""
    return until is not None and came_at <= until


def public_status(state: str, letter_state: str) -> PublicStatus:
    """What a caller may hear. `letter_state` is that of the newest letter, empty without one.

    A decision is told only when its letter is approved: until then it may still change.
    """
    if state == _S.CLOSED:
        return PublicStatus.CLOSED if letter_state else PublicStatus.WITHDRAWN
    if state in (_S.DECIDED, _S.APPEAL_DECIDED):
        if letter_state == LetterState.MAILED:
            return PublicStatus.LETTER_MAILED
        if letter_state == LetterState.APPROVED:
            return PublicStatus.LETTER_READY
        return PublicStatus.APPEAL if state == _S.APPEAL_DECIDED else PublicStatus.IN_REVIEW
    early = {
        _S.RECEIVED: PublicStatus.RECEIVED,
        _S.OFFERED: PublicStatus.YOUR_ANSWER,
        _S.APPEALED: PublicStatus.APPEAL,
    }
    return early.get(ComplaintState(state), PublicStatus.IN_REVIEW)
