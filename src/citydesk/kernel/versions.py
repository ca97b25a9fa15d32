"""Optimistic row versions: a form carries the version it was drawn from; who saves second sees both texts."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from citydesk.kernel.errors import StaleVersion

# Longer texts are shown whole, without marks: comparing them word by word would take seconds.
_MOST_WORDS = 2_000
Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Difference:
    """One field that differs: what the reader typed and what stands there now, each also as pieces of text of which
    the true ones are not in the other."""

    field: str
    label: str
    mine: Any
    theirs: Any
    mine_pieces: Pieces = ()
    theirs_pieces: Pieces = ()


def difference(field: str, label: str, mine: Any, theirs: Any) -> Difference:
    """One field of two texts, with the words in which they differ."""
    said, stands = str("" if mine is None else mine), str("" if theirs is None else theirs)
    mine_pieces, theirs_pieces = pieces(said, stands)
    return Difference(field, label, mine, theirs, mine_pieces, theirs_pieces)


def pieces(one: str, other: str) -> tuple[Pieces, Pieces]:
    """Both texts in pieces, true where the words are not those of the other; joined they are the texts again."""
    ours, others = _words(one), _words(other)
    if len(ours) > _MOST_WORDS or len(others) > _MOST_WORDS:
        return ((one, True),), ((other, True),)
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for kind, a, b, c, d in SequenceMatcher(None, ours, others, autojunk=False).get_opcodes():
        left.append(("".join(ours[a:b]), kind != "equal"))
        right.append(("".join(others[c:d]), kind != "equal"))
    return tuple(piece for piece in left if piece[0]), tuple(piece for piece in right if piece[0])


def _words(text: str) -> list[str]:
    """Words and what stands between them, nothing lost."""
    found: list[str] = []
    for char in text:
        if found and found[-1][-1].isspace() == char.isspace():
            found[-1] += char
        else:
            found.append(char)
    return found


def mark_of(values: Mapping[str, Any]) -> str:
    """A version of a row that counts none: the same values give the same mark."""
    said = json.dumps(dict(values), sort_keys=True, default=str)
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


def check_version(
    row: Any,
    given: int,
    *,
    mine: Mapping[str, Any] | None = None,
    theirs: Mapping[str, Any] | None = None,
    changed_by: str = "",
) -> None:
    """Raise `StaleVersion` unless `row.version` (a locked row) is the version the form was drawn from.

    `mine` are the values sent; `theirs` defaults to the row's values of the same fields. Equal values are no conflict:
    two people who wrote the same agree.
    """
    if row.version == given:
        return
    sent = dict(mine or {})
    now = dict(theirs) if theirs is not None else {name: getattr(row, name) for name in sent}
    if sent and all(now.get(name) == value for name, value in sent.items()):
        return
    raise StaleVersion(
        _("Somebody else changed this while you were writing."),
        hint=_("Compare the two texts, take over what you need and save again."),
        mine=sent,
        theirs=now,
        version=row.version,
        changed_by=changed_by,
    )


def two_texts(
    error: StaleVersion,
    labels: Mapping[str, Any] | None = None,
    *,
    in_words: Callable[[str, Any], Any] = lambda _field, value: value,
) -> dict[str, Any]:
    """What `ui.stale` draws: `differences`, the `version` to send next, and who changed it.

    `labels` name the fields; `in_words(field, value)` says a value as people read it.
    """
    mine, theirs = error.facts.get("mine", {}), error.facts.get("theirs", {})
    names = labels or {}
    return {
        "differences": [
            difference(name, str(names.get(name, name)), in_words(name, mine[name]), in_words(name, theirs.get(name)))
            for name in mine
            if mine[name] != theirs.get(name)
        ],
        "version": error.facts.get("version"),
        "changed_by": error.facts.get("changed_by", ""),
        "message": str(error.message),
        "hint": str(error.hint),
    }
