"""A shared procedure as one department does it: its accepted text with its own differences, step by step."""

import difflib
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from citydesk.city.knowledge.choices import DifferenceKind

_PIECES = re.compile(r"\s+|[^\W_]+|[\W_]", re.UNICODE)
# A department is asked again after this many reminders no more: then it stands on the owner's page.
MOST_REMINDERS = 4


@dataclass(frozen=True)
class Way:
    """What a department does otherwise at a step. `seen` is the digest of the shared step it was written against."""

    step: str
    kind: str
    text: Mapping[str, str]
    reason: str
    seen: str


@dataclass(frozen=True)
class Step:
    """A step beside its shared text. `text` is what the department does (empty: nothing); `pieces` marks what differs:
    `(kept|removed|added, words)`. `is_stale`: the shared step changed since the difference was written. `is_gone`: the
    shared text has no such step any more."""

    number: int
    key: str
    title: str
    shared: str
    text: str
    more: str = ""
    kind: str = ""
    reason: str = ""
    is_stale: bool = False
    is_gone: bool = False
    pieces: tuple[tuple[str, str], ...] = ()


def text_in(texts: Mapping[str, str] | None, language: str) -> str:
    """A text in the language asked for, else in the first there is."""
    if not texts:
        return ""
    return texts.get(language.split("-")[0]) or next((one for one in texts.values() if one), "")


def step_digest(step: Mapping[str, Any]) -> str:
    """The digest of a shared step: of its title and text in every language."""
    facts = json.dumps([step["title"], step["text"]], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(facts.encode()).hexdigest()


def shown_steps(steps: Sequence[Mapping[str, Any]], ways: Sequence[Way], language: str) -> list[Step]:
    """The steps of the accepted version, each as the department does it; then what hangs on steps that went."""
    by_step = {one.step: one for one in ways}
    shown = [_shown(at, step, by_step.get(step["key"]), language) for at, step in enumerate(steps, 1)]
    known = {step["key"] for step in steps}
    gone = [one for one in ways if one.step not in known]
    return shown + [
        Step(len(steps) + at, one.step, "", "", text_in(one.text, language), kind=one.kind, reason=one.reason,
             is_stale=True, is_gone=True)
        for at, one in enumerate(gone, 1)
    ]  # fmt: skip


def _shown(number: int, step: Mapping[str, Any], way: Way | None, language: str) -> Step:
    title, shared = text_in(step["title"], language), text_in(step["text"], language)
    if way is None:
        return Step(number, step["key"], title, shared, shared, pieces=(("kept", shared),))
    own = text_in(way.text, language)
    text = {DifferenceKind.OWN: own, DifferenceKind.MORE: shared, DifferenceKind.WITHOUT: ""}[DifferenceKind(way.kind)]
    return Step(
        number,
        step["key"],
        title,
        shared,
        text,
        more=own if way.kind == DifferenceKind.MORE else "",
        kind=way.kind,
        reason=way.reason,
        is_stale=way.seen != step_digest(step),
        pieces=changed_words(shared, text),
    )


def changed_words(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """What stays, goes and comes from one text to another, word by word; joined, `kept` and `added` are the second."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    pieces: list[tuple[str, str]] = []
    for what, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(("kept", "".join(old[i:j])))
            continue
        if j > i:
            pieces.append(("removed", "".join(old[i:j])))
        if m > k:
            pieces.append(("added", "".join(new[k:m])))
    return tuple(pieces)


def is_reminder_due(
    *, asked_at: datetime, reminded_at: datetime | None, count: int, every_days: int, now: datetime
) -> bool:
    """Whether a department that has not accepted is asked again: every so many days, at most four times."""
    if count >= MOST_REMINDERS:
        return False
    return now - (reminded_at or asked_at) >= timedelta(days=every_days)
