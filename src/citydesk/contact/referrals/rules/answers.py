"""What the other side may answer, from which state, with what said."""

from dataclasses import dataclass

from citydesk.contact.referrals.choices import LONGEST_TEXT, OPEN_STATES, EntryKind, ReferralState


@dataclass(frozen=True)
class Answer:
    """One thing the other side can say. `to` is None where the state stays; `needs_text` where words are required."""

    code: str
    sources: frozenset[ReferralState]
    to: ReferralState | None
    kind: EntryKind
    needs_text: bool = True


ANSWERS = {
    one.code: one
    for one in (
        Answer("accept", frozenset({ReferralState.SENT}), ReferralState.ACCEPTED, EntryKind.ACCEPTED, needs_text=False),
        Answer("message", OPEN_STATES, None, EntryKind.MESSAGE),
        Answer("return", OPEN_STATES, ReferralState.RETURNED, EntryKind.RETURNED),
        Answer("done", OPEN_STATES, ReferralState.DONE, EntryKind.DONE),
    )
}


def problem_of(code: str, *, state: str, name: str, text: str) -> str:
    """Why an answer is not taken, as a code; empty when it is: act, ended, taken, name, message, return, done, long."""
    answer = ANSWERS.get(code)
    if answer is None:
        return "act"
    if state not in OPEN_STATES:
        return "ended"
    if state not in answer.sources:
        return "taken"
    if not name.strip():
        return "name"
    if answer.needs_text and not text.strip():
        return code
    return "long" if len(text) > LONGEST_TEXT else ""
