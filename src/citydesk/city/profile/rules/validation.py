"""Checking a whole profile: every section reads its files, then what they say of each other is compared."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from citydesk.city.profile.rules.fields import Notes, unknown_word
from citydesk.city.profile.rules.folder import Folder
from citydesk.city.profile.rules.periods import Span, overlaps, span_of
from citydesk.city.profile.rules.problems import Item, Problem
from citydesk.city.profile.rules.reading import Reading
from citydesk.city.profile.rules.snapshot import Snapshot
from citydesk.kernel.registries import ProfileSection

# Read by other means: worked examples, notes to people, sources of generated files.
NOT_SECTIONS = ("expected/*.toml", "*.md", "sources.toml")


@dataclass(frozen=True)
class Checked:
    """A profile that was read: its items by section, what is wrong, and files that no room reads."""

    folder: Folder
    items: Mapping[str, list[Item]]
    problems: tuple[Problem, ...]
    unread: tuple[str, ...] = ()

    def spans(self) -> dict[tuple[str, str], list[Span]]:
        """Periods by (section, code)."""
        found: dict[tuple[str, str], list[Span]] = defaultdict(list)
        for section, items in self.items.items():
            for item in items:
                found[section, item.code].append(span_of(item))
        return found

    def snapshot(self) -> Snapshot:
        return Snapshot((section, code, span) for (section, code), spans in self.spans().items() for span in spans)


@dataclass
class _Run:
    folder: Folder
    notes: Notes
    claimed: dict[str, set[str]] = field(default_factory=dict)
    items: dict[str, list[Item]] = field(default_factory=dict)


def validate(folder: Folder, sections: Sequence[ProfileSection]) -> Checked:
    """Read and check everything; nothing is written and nothing raised."""
    notes = Notes(languages=declared_languages(folder))
    run = _Run(folder, notes)
    for section in sections:
        reading = Reading(section.code, section.files, folder, notes, run.claimed)
        run.items[section.code] = list(section.parse(reading))
        if section.required and not run.items[section.code]:
            notes.problems.append(Problem(section.files[0], 1, f"the section {section.code} must not be empty"))
    _check_periods(run)
    _check_references(run)
    _check_top_level(run)
    for section in sections:
        if section.check is not None:
            notes.problems.extend(section.check(run.items))
    return Checked(folder, run.items, tuple(sorted(set(notes.problems))), tuple(_unread(run, sections)))


def declared_languages(folder: Folder) -> tuple[str, ...]:
    """The languages of `city.toml`; English if it does not say (its reader reports that)."""
    source = folder.toml("city.toml", []) if "city.toml" in folder.texts else None
    city: Any = source.data.get("city", {}) if source else {}
    languages = city.get("languages") if isinstance(city, dict) else None
    if isinstance(languages, list) and languages and all(isinstance(one, str) for one in languages):
        return tuple(languages)
    return ("en",)


def _check_periods(run: _Run) -> None:
    for items in run.items.values():
        by_code: dict[str, list[Item]] = defaultdict(list)
        for item in items:
            by_code[item.code].append(item)
        for same in by_code.values():
            run.notes.problems.extend(_doubles(same))


def _doubles(same: list[Item]) -> list[Problem]:
    """A code given twice without dates is a double; with dates, the periods must not overlap."""
    undated = [item for item in same if item.valid_from is None and item.valid_until is None]
    if len(undated) > 1:
        first = undated[0]
        return [
            Problem(one.file, one.line, f"{one.code} is given twice, first at {first.file}:{first.line}")
            for one in undated[1:]
        ]
    return overlaps(same)


def _check_references(run: _Run) -> None:
    codes = {section: {item.code for item in items} for section, items in run.items.items()}
    for one in run.notes.references:
        known = codes.get(one.section)
        if known is not None and one.code not in known:
            reason = f"{one.key} names {one.code}, which is not in {one.section}{unknown_word(one.code, known)}"
            run.notes.problems.append(Problem(one.file, one.line, reason))


def _check_top_level(run: _Run) -> None:
    for file, kinds in run.claimed.items():
        if not file.endswith(".toml"):
            continue
        source = run.folder.toml(file, run.notes.problems)
        for key in source.data if source else ():
            if key not in kinds:
                line = source.line((key,)) if source else 1
                run.notes.problems.append(Problem(file, line, f"{key} is not known here{unknown_word(key, kinds)}"))


def _unread(run: _Run, sections: Sequence[ProfileSection]) -> list[str]:
    patterns = [pattern for section in sections for pattern in section.files]
    read = {*run.folder.matching(*patterns, *NOT_SECTIONS), *run.claimed}
    return [file for file in sorted(run.folder.texts) if file not in read]
