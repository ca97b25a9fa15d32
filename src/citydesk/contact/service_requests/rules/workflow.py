"""One table of what may happen to a request, from where, by whose right and with what said. Screens read it as data."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import CloseReason, RequestState
from citydesk.kernel.errors import Conflict, Invalid, marked

_S = RequestState
_ALL_OPEN = frozenset(choices.OPEN_STATES)


@dataclass(frozen=True)
class Move:
    """One thing that can be done with a request. `needs` names the fields without which it is refused.

    `to` is None where the state does not change. `key` is the letter that does it on the request page.
    """

    code: str
    sources: frozenset[RequestState]
    to: RequestState | None
    permission: str
    needs: tuple[str, ...] = ()
    key: str = ""
    is_main: bool = False


def _from(*states: RequestState) -> frozenset[RequestState]:
    return frozenset(states)


MOVES: tuple[Move, ...] = (
    Move("accept", _from(_S.OPEN), None, choices.EDIT, key="Y"),
    Move("start", _from(_S.OPEN), _S.IN_PROGRESS, choices.EDIT, key="S"),
    Move("resume", _from(_S.ON_HOLD), _S.IN_PROGRESS, choices.EDIT, key="U", is_main=True),
    Move("answered", _from(_S.WAITING), _S.IN_PROGRESS, choices.EDIT, key="U", is_main=True),
    Move("back", _from(_S.REFERRED), _S.IN_PROGRESS, choices.EDIT, ("answer",), key="U", is_main=True),
    Move("close_done", _ALL_OPEN, _S.CLOSED, choices.CLOSE, key="D", is_main=True),
    Move("hold", _from(_S.OPEN, _S.IN_PROGRESS), _S.ON_HOLD, choices.EDIT, ("reason", "review_at"), key="H"),
    Move("refer", _ALL_OPEN - {_S.REFERRED}, _S.REFERRED, choices.EDIT, ("to", "reason"), key="R"),
    Move("assign", _ALL_OPEN, None, choices.ASSIGN, key="A"),
    Move("ask", _from(_S.OPEN, _S.IN_PROGRESS), _S.WAITING, choices.EDIT, ("question",), key="Q"),
    Move("return", _ALL_OPEN, None, choices.EDIT, ("reason",), key="B"),
    Move("close_other", _ALL_OPEN, _S.CLOSED, choices.CLOSE, ("reason",), key="C"),
    Move("made_safe", _from(_S.OPEN, _S.IN_PROGRESS), _S.IN_PROGRESS, choices.EDIT, key="F"),
    Move("reopen", _from(_S.CLOSED), _S.OPEN, choices.EDIT, ("reason",), key="O", is_main=True),
)
_BY_CODE = {move.code: move for move in MOVES}


def move(code: str) -> Move:
    """The move with a code. `KeyError` for one that is not in the table."""
    return _BY_CODE[code]


def next_moves(state: str, permissions: Collection[str]) -> list[tuple[Move, bool]]:
    """What the table has for a state, each with whether the right is held: a missing right is said, not hidden."""
    return [(one, one.permission in permissions) for one in MOVES if state in one.sources]


def require_move(code: str, state: str) -> Move:
    """The move, or `Conflict` when the request's state does not have it."""
    found = move(code)
    if state not in found.sources:
        raise Conflict(marked("The request has changed: this is not possible now."), move=code, state=state)
    return found


def require_given(found: Move, **given: object) -> None:
    """Raise `Invalid` at the first field the move needs and that is empty."""
    for name in found.needs:
        value = given.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise Invalid(marked("This must be filled in."), field=name)


def state_after_pause(*, is_started: bool) -> RequestState:
    """Where a request goes when a hold or a wait ends: back to work if there was work."""
    return RequestState.IN_PROGRESS if is_started else RequestState.OPEN


def reopen_until(closed_at: datetime, days: int) -> datetime:
    """Until when a closed request may be reopened; later a new request is recorded instead."""
    return closed_at + timedelta(days=days)


def require_reopenable(*, closed_at: datetime, now: datetime, days: int, reason: str) -> None:
    """Raise `Conflict` when the window is over or the closing cannot be reopened (a joined duplicate)."""
    if reason == CloseReason.DUPLICATE:
        raise Conflict(marked("This one was joined to another request. Reopen that one."), because="duplicate")
    if now > reopen_until(closed_at, days):
        raise Conflict(marked("The time to reopen is over. Record a new request."), because="too_late", days=days)


def require_review_in_limit(*, review_at: datetime, now: datetime, limit_at: datetime | None) -> None:
    """A hold is reviewed in the future and before its limit; a longer one is a supervisor's to allow."""
    if review_at <= now:
        raise Invalid(marked("The review must be in the future."), field="review_at")
    if limit_at is not None and review_at > limit_at:
        raise Invalid(marked("The review must be before the limit of this hold."), field="review_at")


def says_done(reason: str) -> bool:
    """Whether a closing may be told as work done. Only `done` may."""
    return reason == CloseReason.DONE
