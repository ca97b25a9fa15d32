"""Calls received: what came in from outside, and how much of it ended before any queue.

A switch writes several call detail records of one call (each extension that was tried, each stretch between two
people). They are put together by the call's id, in any order and any number of times with the same result, so that no
call is counted twice; the queue it went to is known from its legs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from citydesk.contact.traffic.choices import BEFORE_QUEUE, CallEnd


@dataclass(frozen=True, slots=True)
class Trunk:
    """Where calls from outside arrive: the contexts of the switch's plan that callers walk through, and those in which
    they hear that the desk is closed. Patterns with * are those of files."""

    code: str
    contexts: tuple[str, ...]
    closed: tuple[str, ...] = ()

    def takes(self, context: str) -> bool:
        """Whether a caller in that context came from outside."""
        return _is_one(context, self.contexts) or self.is_closed(context)

    def is_closed(self, context: str) -> bool:
        """Whether the context says that the desk is closed."""
        return _is_one(context, self.closed)


def _is_one(context: str, patterns: Iterable[str]) -> bool:
    known = context.casefold()
    return any(fnmatchcase(known, one.casefold()) for one in patterns)


@dataclass(frozen=True, slots=True)
class CallPart:
    """What one record, or all records so far, tell of a call. `ids` are the channels of its caller, by which a queue's
    leg names it. No number and no name of the caller is in it."""

    call_id: str
    ids: frozenset[str]
    trunk: str
    started_at: datetime
    ended_at: datetime
    is_answered: bool = False
    has_queue: bool = False
    has_person: bool = False
    has_voicemail: bool = False
    is_closed: bool = False
    is_failed: bool = False

    def __add__(self, other: "CallPart") -> "CallPart":
        """Both together; the same whichever comes first, and with itself it stays as it is."""
        first = min(self, other, key=lambda one: (one.started_at, one.trunk))
        return CallPart(
            self.call_id,
            self.ids | other.ids,
            first.trunk,
            first.started_at,
            max(self.ended_at, other.ended_at),
            self.is_answered or other.is_answered,
            self.has_queue or other.has_queue,
            self.has_person or other.has_person,
            self.has_voicemail or other.has_voicemail,
            self.is_closed or other.is_closed,
            self.is_failed or other.is_failed,
        )


def end_of(call: CallPart, *, is_queued: bool) -> CallEnd:
    """Where a call ended; `is_queued`: a leg of it is known. The first that holds, from the desk outwards."""
    if is_queued:
        return CallEnd.QUEUED
    told = (
        (call.has_queue, CallEnd.UNTOLD),
        (call.has_person, CallEnd.PUT_THROUGH),
        (call.has_voicemail, CallEnd.VOICEMAIL),
        (call.is_closed, CallEnd.CLOSED),
        (call.is_answered, CallEnd.MENU),
        (call.is_failed, CallEnd.FAILED),
    )
    return next((end for holds, end in told if holds), CallEnd.HUNG_UP)


@dataclass(frozen=True)
class CallSums:
    """Calls by where they ended; seconds from their first sign to their end, and of those that reached a queue until
    they did."""

    by_end: Mapping[CallEnd, int]
    trunk_s: int = 0
    greeting_s: int = 0

    def __add__(self, other: "CallSums") -> "CallSums":
        by_end = {one: self.by_end.get(one, 0) + other.by_end.get(one, 0) for one in CallEnd}
        return CallSums(by_end, self.trunk_s + other.trunk_s, self.greeting_s + other.greeting_s)

    @property
    def received(self) -> int:
        return sum(self.by_end.values())

    @property
    def sums(self) -> dict[str, int]:
        """By the names that the catalog of metrics uses."""
        ends = {f"calls_{one.value}": self.by_end.get(one, 0) for one in CallEnd}
        before = sum(self.by_end.get(one, 0) for one in BEFORE_QUEUE)
        told = {"received": self.received, "before_queue": before}
        return {**ends, **told, "trunk_s": self.trunk_s, "greeting_s": self.greeting_s}


NO_CALLS = CallSums({})
