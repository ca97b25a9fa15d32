"""Redaction of text: what is taken out is not there any more, and what stands in its place says by which exemption."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """A stretch of a text that goes out under an exemption."""

    start: int
    end: int
    exemption: str


def stretches(text: str, phrase: str) -> list[tuple[int, int]]:
    """Where a phrase stands in a text, whatever its capitals; an empty phrase is the whole text."""
    if not phrase:
        return [(0, len(text))] if text else []
    found, low, wanted, at = [], text.casefold(), phrase.casefold(), 0
    if len(low) != len(text):  # a letter that folds to two: compare as written
        low, wanted = text, phrase
    while (at := low.find(wanted, at)) >= 0:
        found.append((at, at + len(wanted)))
        at += len(wanted)
    return found


def redacted(text: str, marks: Iterable[Mark]) -> str:
    """The text without what is marked. Marks that overlap or touch become one, which names all their exemptions."""
    out, at = [], 0
    for start, end, exemptions in _joined(len(text), marks):
        out += [text[at:start], f"[{', '.join(exemptions)}]"]
        at = end
    return "".join([*out, text[at:]])


def _joined(length: int, marks: Iterable[Mark]) -> list[tuple[int, int, list[str]]]:
    joined: list[tuple[int, int, list[str]]] = []
    for mark in sorted(marks, key=lambda one: (one.start, one.end)):
        start, end = max(0, mark.start), min(length, mark.end)
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            first, last, names = joined.pop()
            names = names if mark.exemption in names else [*names, mark.exemption]
            joined.append((first, max(last, end), names))
        else:
            joined.append((start, end, [mark.exemption]))
    return joined


def bates(number: str, page: int) -> str:
    """The label of a produced page: the request's number and a running number of six digits."""
    return f"{number.rsplit('-', 1)[0]}-{page:06d}"
