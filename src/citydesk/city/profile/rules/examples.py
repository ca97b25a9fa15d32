"""Worked examples of a profile: what the city's clerk would sign, computed and compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from citydesk.city.profile.rules.fields import unknown_word
from citydesk.city.profile.rules.folder import Folder, TomlText
from citydesk.city.profile.rules.problems import Problem
from citydesk.city.profile.rules.snapshot import Snapshot
from citydesk.kernel.errors import CitydeskError

EXAMPLES = "expected/*.toml"
_KEYS = {"name", "given", "expect", "signed", "source"}
Runner = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class ExampleOutcome:
    """One example that was computed."""

    kind: str
    name: str
    file: str
    line: int
    differences: tuple[str, ...] = ()


def run_examples(
    folder: Folder, snapshot: Snapshot, runners: Mapping[str, Runner]
) -> tuple[list[ExampleOutcome], list[Problem]]:
    """Compute every example of the profile. What differs from the signed answer is a problem with its line."""
    problems: list[Problem] = []
    outcomes: list[ExampleOutcome] = []
    for file in folder.matching(EXAMPLES):
        source = folder.toml(file, problems)
        for kind, examples in (source.data if source else {}).items():
            if source is None:
                continue
            if kind not in runners:
                reason = f"{kind} is no kind of example{unknown_word(kind, runners)}"
                problems.append(Problem(file, source.line((kind,)), reason))
                continue
            for at, example in enumerate(examples if isinstance(examples, list) else []):
                outcomes.append(_run_one(source, kind, at, example, snapshot, runners[kind], problems))
    return outcomes, problems


def _run_one(
    source: TomlText,
    kind: str,
    at: int,
    example: dict[str, Any],
    snapshot: Snapshot,
    run: Runner,
    problems: list[Problem],
) -> ExampleOutcome:
    line = source.line((kind, at))
    name = str(example.get("name", f"{kind} {at + 1}"))
    differences: list[str] = []
    for key in example:
        if key not in _KEYS:
            differences.append(f"{key} is not known here{unknown_word(key, _KEYS)}")
    try:
        answer = run(given=example.get("given", {}), profile=snapshot)
        differences.extend(_differences(example.get("expect", {}), answer))
    except (CitydeskError, KeyError, ValueError) as error:
        differences.append(f"could not be computed: {error}")
    problems.extend(Problem(source.file, line, f"{name}: {one}") for one in differences)
    return ExampleOutcome(kind, name, source.file, line, tuple(differences))


def _differences(expect: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    if not expect:
        return ["nothing is expected"]
    return [
        f"{key} should be {_words(value)} and is {_words(answer.get(key))}"
        for key, value in expect.items()
        if not _same(value, answer.get(key))
    ]


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, datetime) and isinstance(found, datetime):
        return expected.replace(tzinfo=None) == found.replace(tzinfo=None)
    if isinstance(expected, int | Decimal) and isinstance(found, int | Decimal | str) and found != "":
        return Decimal(expected) == Decimal(found)
    return bool(expected == found)


def _words(value: Any) -> str:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")
    return "missing" if value is None else str(value)
