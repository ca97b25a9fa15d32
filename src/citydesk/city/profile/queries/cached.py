"""The process's copy of the profile, renewed when another process has loaded a new one."""

import time
from dataclasses import dataclass
from datetime import date
from threading import Lock

from citydesk.city.profile.models import ProfileEntry, ProfileState
from citydesk.city.profile.rules import ALWAYS, NEVER, Snapshot, Span

CHECK_SECONDS = 2.0


@dataclass(frozen=True)
class _Copy:
    stamp: str
    version: int
    in_force_on: date | None
    snapshot: Snapshot


_EMPTY = _Copy("", 0, None, Snapshot([]))
_lock = Lock()
_copy = _EMPTY
_checked_at = 0.0


def refresh() -> None:
    """Look at the database at the next question, instead of within two seconds."""
    global _checked_at
    _checked_at = 0.0


def snapshot() -> Snapshot:
    """The profile over all time, as of at most two seconds ago."""
    return current().snapshot


def version() -> int:
    """How many loads this database has seen; 0 before the first."""
    return current().version


def in_force_on() -> date | None:
    """The day whose values the rooms' tables mirror; None before the first load."""
    return current().in_force_on


def current() -> _Copy:
    """The copy, renewed if it is due and has changed. The monotonic clock only paces the look."""
    global _copy, _checked_at
    if time.monotonic() - _checked_at < CHECK_SECONDS and _checked_at:
        return _copy
    with _lock:
        state = ProfileState.objects.values_list("stamp", "version", "in_force_on").first()
        if state is None:
            _copy = _EMPTY
        elif (state[0], state[2]) != (_copy.stamp, _copy.in_force_on):
            known = _copy.snapshot if state[0] == _copy.stamp else _read()
            _copy = _Copy(state[0], state[1], state[2], known)
        _checked_at = time.monotonic()
        return _copy


def _read() -> Snapshot:
    rows = (
        ProfileEntry.objects.exclude(valid__isempty=True)
        .order_by("section", "code")
        .values_list("id", "section", "code", "valid", "body", "source_file", "line")
    )
    return Snapshot(
        (section, code, Span(valid.lower or ALWAYS, valid.upper or NEVER, body, row, file, line))
        for row, section, code, valid, body, file, line in rows
    )
