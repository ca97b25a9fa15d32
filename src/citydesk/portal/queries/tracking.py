"""A tracking page: what happened, what may be done, in a resident's words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.queries.tracked import Tracked, get_tracked
from citydesk.management.quality.queries import has_question


@dataclass(frozen=True)
class Moment:
    """One step of the progress line."""

    text: str
    at: datetime | None
    is_done: bool
    is_current: bool


@dataclass(frozen=True)
class TrackPage:
    """A tracked request with its progress and what its holder may do now."""

    request: Tracked
    moments: tuple[Moment, ...]
    reopen_until: datetime | None
    may_answer: bool
    may_withdraw: bool
    is_told: bool
    # Whether one question about the first contact waits for an answer.
    is_asked: bool = False


def track_page(token: str, *, language: str, now: datetime) -> TrackPage:
    """The page behind a link. Raises `NotFound`."""
    found = get_tracked(token, language=language)
    until = found.reopen_until(profile.city().reopen_days) if found.is_reporter else None
    return TrackPage(
        request=found,
        moments=_moments(found),
        reopen_until=until if until is not None and until >= now else None,
        may_answer=found.is_reporter and found.is_open,
        may_withdraw=found.is_reporter and found.is_open,
        is_told=found.follower_id is not None and found.channel in ("email", "sms"),
        is_asked=found.is_reporter and not found.is_open and has_question(found.follower_id, now=now),
    )


def _moments(found: Tracked) -> tuple[Moment, ...]:
    is_working = found.started_at is not None or found.state in ("in_progress", "on_hold")
    steps = [
        (_("Received"), found.received_at, True),
        (_("Somebody works on it"), found.started_at, is_working or not found.is_open),
        (_("It is closed"), found.closed_at, not found.is_open),
    ]
    current = max(place for place, (_text, _at, is_done) in enumerate(steps) if is_done)
    if not found.is_open and found.started_at is None:
        steps.pop(1)
        current = len(steps) - 1
    return tuple(Moment(text, at, done, place == current) for place, (text, at, done) in enumerate(steps))
