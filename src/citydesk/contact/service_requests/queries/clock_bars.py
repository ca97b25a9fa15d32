"""Clocks as the page draws them: a bar, its words, and what every pause did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import sla
from citydesk.kernel.texts import clock, day_and_clock


@dataclass(frozen=True)
class ClockBar:
    """One clock. `used` and `total` are minutes of service time; `pauses` are (start, length) on the same scale."""

    target: str
    name: str
    due_at: datetime | None
    end: str
    text: str
    used: float
    total: float
    pauses: list[tuple[float, float]]
    tone: str
    is_stopped: bool
    is_met: bool | None
    pause_lines: list[str]


def bars_of(
    row: ServiceRequest, clocks: Sequence[Any], pauses: Sequence[Any], now: datetime, language: str
) -> list[ClockBar]:
    """The clocks of the current round, in order."""
    reasons = policy.hold_reasons(policy.today(now))
    names = {code: labels.in_language(one.names, language) for code, one in reasons.items()}
    return [_bar(row, one, pauses, now, language, names) for one in clocks if one.round == row.reopen_count]


def _bar(
    row: ServiceRequest, one: Any, pauses: Sequence[Any], now: datetime, language: str, names: Mapping[str, str]
) -> ClockBar:
    name = labels.in_language(one.names, language) or one.target
    if one.started_at is None:
        text = _("starts when somebody has it")
        return ClockBar(one.target, name, None, "", text, 0, 1, [], "", False, None, [])
    on = datetime.fromisoformat(one.policy_date).date() if isinstance(one.policy_date, str) else one.policy_date
    calendar = policy.calendar(one.calendar_code, on)
    mine = [p for p in pauses if p.stops_clocks and (one.hold_reasons is None or p.reason in one.hold_reasons)]
    counted = [sla.Pause(p.started_at, p.ended_at, p.reason) for p in mine]
    allowed, until = timedelta(seconds=one.allowed_seconds), one.stopped_at or now
    used = sla.elapsed(calendar, one.started_at, until, counted)
    segments = sla.bar(calendar, one.started_at, allowed, counted, until=until)
    total = (allowed + _paused(calendar, counted, one.started_at, until)) / timedelta(minutes=1) or 1
    return ClockBar(
        target=one.target,
        name=name,
        due_at=one.due_at,
        end=_end(one, now),
        text=_text(row, one, used, allowed),
        used=min(sum(piece.width for piece in segments), 1.0) * total,
        total=total,
        pauses=[(piece.start * total, piece.width * total) for piece in segments if piece.kind == "paused"],
        tone=_tone(one, now, counted),
        is_stopped=one.stopped_at is not None,
        is_met=one.is_met,
        pause_lines=[_pause_line(p, names, now) for p in mine],
    )


def _paused(calendar: Any, pauses: Sequence[sla.Pause], start: datetime, until: datetime) -> timedelta:
    return sum(
        (
            calendar.business_between(max(begin, start), min(end, until))
            for begin, end in sla.stretches(pauses, until=until)
            if max(begin, start) < min(end, until)
        ),
        timedelta(0),
    )


def _end(one: Any, now: datetime) -> str:
    if one.stopped_at is not None:
        words = _("met %(at)s") if one.is_met else _("missed, ended %(at)s")
        return words % {"at": day_and_clock(one.stopped_at, now)}
    same_day = one.due_at and abs((one.due_at - now).total_seconds()) < 12 * 3600
    return _("due %(at)s") % {"at": clock(one.due_at) if same_day else day_and_clock(one.due_at, now)}


def _text(row: ServiceRequest, one: Any, used: timedelta, allowed: timedelta) -> str:
    days = one.allowance.get("days")
    whole = _("%(n)s days") % {"n": days} if days else hours_words(allowed)
    text = _("%(used)s of %(whole)s used") % {"used": hours_words(used), "whole": whole}
    if one.is_promised and row.promised_at:
        text = _("%(text)s, told: before %(at)s") % {"text": text, "at": day_and_clock(row.promised_at)}
    return text


def _tone(one: Any, now: datetime, pauses: Sequence[sla.Pause]) -> str:
    if one.is_met is False:
        return "late"
    if one.stopped_at is None and one.due_at and one.due_at < now and all(pause.end for pause in pauses):
        return "late"
    return ""


def _pause_line(pause: Any, names: Mapping[str, str], now: datetime) -> str:
    reason = names.get(pause.reason) or (_("waiting for resident") if pause.reason == "resident" else pause.reason)
    if pause.ended_at is None:
        return _("Stands since %(at)s, %(reason)s") % {"at": day_and_clock(pause.started_at, now), "reason": reason}
    length = hours_words(pause.ended_at - pause.started_at)
    return _("Paused %(length)s from %(at)s, %(reason)s") % {
        "length": length,
        "at": day_and_clock(pause.started_at, now),
        "reason": reason,
    }


def hours_words(length: timedelta) -> str:
    """ "45 min", "1 h 45 min", "36 h"."""
    minutes = int(length.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(n)s min") % {"n": rest}
    return _("%(h)s h %(m)s min") % {"h": hours, "m": rest} if rest else _("%(n)s h") % {"n": hours}
