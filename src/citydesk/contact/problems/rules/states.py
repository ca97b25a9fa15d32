"""One table of what may happen to a problem, an action and a research task."""

from collections.abc import Collection
from dataclasses import dataclass

from citydesk.contact.problems.choices import ActionState, ProblemState, ResearchState

P = ProblemState
_OPEN = frozenset({P.ANALYSIS, P.ACTION, P.WATCHING})


@dataclass(frozen=True)
class Move:
    """What can be done with a problem in which states. `needs` must be written on the problem before."""

    code: str
    sources: frozenset[ProblemState]
    needs: tuple[str, ...] = ()


MOVES: dict[str, Move] = {
    one.code: one
    for one in (
        Move("write", _OPEN),
        Move("link", _OPEN),
        Move("ask", _OPEN, ("analysis", "recommendation")),
        Move("watch", frozenset({P.ANALYSIS, P.ACTION})),
        Move("close", _OPEN, ("analysis",)),
        Move("reopen", frozenset({P.CLOSED})),
    )
}
ACTION_MOVES: dict[str, frozenset[ActionState]] = {
    "accept": frozenset({ActionState.ASKED}),
    "decline": frozenset({ActionState.ASKED, ActionState.ACCEPTED}),
    "done": frozenset({ActionState.ASKED, ActionState.ACCEPTED}),
    "withdraw": frozenset({ActionState.ASKED, ActionState.ACCEPTED}),
}
RESEARCH_MOVES: dict[str, frozenset[ResearchState]] = {
    "answer": frozenset({ResearchState.OPEN}),
    "move": frozenset({ResearchState.OPEN}),
    "withdraw": frozenset({ResearchState.OPEN}),
    "publish": frozenset({ResearchState.ANSWERED}),
}


def may_move(state: str, move: str) -> bool:
    """Whether a problem's state has the move."""
    return state in MOVES[move].sources


def missing_for(move: str, **written: str) -> str:
    """The first field that must be written before the move; empty when nothing is missing."""
    return next((name for name in MOVES[move].needs if not written.get(name, "").strip()), "")


def state_after_actions(state: str, actions: Collection[str]) -> ProblemState:
    """Where a problem stands, given how its actions stand. A closed one stays closed.

    While a department owes an answer or the work, it waits for that. When one is done and none is owed, the effect is
    measured. When all were declined or withdrawn, it is looked into again.
    """
    if state == P.CLOSED:
        return P.CLOSED
    if any(one in (ActionState.ASKED, ActionState.ACCEPTED) for one in actions):
        return P.ACTION
    if any(one == ActionState.DONE for one in actions):
        return P.WATCHING
    return P.WATCHING if state == P.WATCHING else P.ANALYSIS
