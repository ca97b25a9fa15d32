"""Quality of entry: is what was taken down complete, and does it hang together? Rules per code are profile data. Pure.

A rule asks one thing and names what is wrong in the city's words when it does not hold:

- `words`: what the resident said has at least `least` words.
- `place`: there is a point on the map (`least` is not used).
- `person`: there is somebody to tell, unless the reporter wished to stay unknown.
- `answered`: every question in `questions` has an answer.
- `agrees`: where the answers are as in `when`, they are also as in `expect`.
- `fits`: the words suggest no other code more than this one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

KINDS = ("words", "place", "person", "answered", "agrees", "fits")
# What a verifier may find wrong, and what corrections are counted by.
FIELDS = ("code", "place", "answers", "description", "customer")


@dataclass(frozen=True)
class EntryRule:
    """One thing asked of a recorded request; no `services` means every code."""

    code: str
    kind: str
    names: Mapping[str, str]
    services: tuple[str, ...] = ()
    least: int = 0
    questions: tuple[str, ...] = ()
    when: Mapping[str, Sequence[str]] = field(default_factory=dict)
    expect: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A recorded request as the rules see it. `suggested` are the codes its words suggest, best first."""

    service: str
    words: str
    has_point: bool
    has_person: bool
    is_anonymous: bool
    answers: Mapping[str, Any]
    suggested: tuple[str, ...] = ()


def faults(rules: Iterable[EntryRule], entry: Entry) -> tuple[str, ...]:
    """The codes of the rules that do not hold, in their order."""
    asked = (one for one in rules if not one.services or entry.service in one.services)
    return tuple(one.code for one in asked if not holds(one, entry))


def holds(rule: EntryRule, entry: Entry) -> bool:
    """Whether one rule holds. A kind that nobody knows holds: the profile's check has refused it before."""
    checks = {
        "words": lambda: len(entry.words.split()) >= rule.least,
        "place": lambda: entry.has_point,
        "person": lambda: entry.has_person or entry.is_anonymous,
        "answered": lambda: all(entry.answers.get(one) not in (None, "", []) for one in rule.questions),
        "agrees": lambda: not _match(rule.when, entry.answers) or _match(rule.expect, entry.answers),
        "fits": lambda: not entry.suggested or entry.service in entry.suggested,
    }
    check = checks.get(rule.kind)
    return True if check is None else check()


def _match(wanted: Mapping[str, Sequence[str]], answers: Mapping[str, Any]) -> bool:
    """Whether every question named has one of its wanted answers; an empty condition matches everything."""
    return all(set(_listed(answers.get(question))) & set(values) for question, values in wanted.items())


def _listed(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [] if value in (None, "") else [str(value)]


def field_of(what: str) -> str:
    """The field a correction counts under: "answer:lanes" is "answers"."""
    return "answers" if what.startswith("answer:") else what
