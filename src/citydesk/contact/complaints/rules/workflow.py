"""One table of what may happen to a complaint, from where and by whose right."""

from collections.abc import Collection
from dataclasses import dataclass

from citydesk.contact.complaints.choices import APPEAL, APPROVE, BEFORE_DECISION, HANDLE, ComplaintState

_S = ComplaintState


@dataclass(frozen=True)
class Move:
    """One thing that can be done. `to` is None where the state stays, or is decided by what was done."""

    code: str
    sources: frozenset[ComplaintState]
    to: ComplaintState | None
    permission: str


def _from(*states: ComplaintState) -> frozenset[ComplaintState]:
    return frozenset(states)


_TALKS = BEFORE_DECISION - {_S.RECEIVED} | {_S.APPEALED}
MOVES: tuple[Move, ...] = (
    Move("take_up", _from(_S.RECEIVED), _S.UNDER_REVIEW, HANDLE),
    Move("hand_over", frozenset(_S) - {_S.CLOSED}, None, HANDLE),
    Move("plan", _from(_S.UNDER_REVIEW, _S.PLAN_PROPOSED, _S.REFUSED), _S.PLAN_PROPOSED, HANDLE),
    Move("submit", _from(_S.PLAN_PROPOSED), _S.AWAITING_APPROVAL, HANDLE),
    Move("approve", _from(_S.AWAITING_APPROVAL), _S.APPROVED, APPROVE),
    Move("send_back", _from(_S.AWAITING_APPROVAL), _S.PLAN_PROPOSED, APPROVE),
    Move("offer", _from(_S.APPROVED), _S.OFFERED, HANDLE),
    Move("accept", _from(_S.OFFERED), _S.ACCEPTED, HANDLE),
    Move("refuse", _from(_S.OFFERED), _S.REFUSED, HANDLE),
    Move("log", _TALKS, None, HANDLE),
    Move("decide", _from(_S.UNDER_REVIEW, _S.ACCEPTED, _S.REFUSED), _S.DECIDED, HANDLE),
    Move("rewrite", _from(_S.DECIDED), None, HANDLE),
    Move("approve_letter", _from(_S.DECIDED, _S.APPEAL_DECIDED), None, APPROVE),
    Move("print_letter", _from(_S.DECIDED, _S.APPEAL_DECIDED, _S.CLOSED, _S.APPEALED), None, HANDLE),
    Move("keep", _from(_S.ACCEPTED, _S.DECIDED, _S.APPEALED, _S.APPEAL_DECIDED, _S.CLOSED), None, HANDLE),
    Move("appeal", _from(_S.DECIDED, _S.CLOSED), _S.APPEALED, HANDLE),
    Move("decide_appeal", _from(_S.APPEALED), _S.APPEAL_DECIDED, APPEAL),
    Move("rewrite_appeal", _from(_S.APPEAL_DECIDED), None, APPEAL),
    Move("close", _from(_S.DECIDED, _S.APPEAL_DECIDED), _S.CLOSED, HANDLE),
    Move("withdraw", BEFORE_DECISION, _S.CLOSED, HANDLE),
)
_BY_CODE = {one.code: one for one in MOVES}


def move(code: str) -> Move:
    """The move with a code. `KeyError` for one that is not in the table."""
    return _BY_CODE[code]


def may_move(code: str, state: str) -> bool:
    """Whether the table has the move for a state."""
    return state in _BY_CODE[code].sources


def next_moves(state: str, permissions: Collection[str]) -> frozenset[str]:
    """Codes of the moves a state has and the rights allow."""
    return frozenset(one.code for one in MOVES if state in one.sources and one.permission in permissions)
