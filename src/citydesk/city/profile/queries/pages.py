"""What the profile's own pages show: sections, the entries of one, the periods of one code."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from citydesk.city.profile.queries.cached import snapshot
from citydesk.city.profile.queries.loads import Provenance, list_provenance
from citydesk.city.profile.rules import ALWAYS, NEVER, Span
from citydesk.kernel.errors import NotFound, marked


@dataclass(frozen=True)
class EntryLine:
    """One entry in a list. `since` and `until` (last day) are None where the period is open."""

    code: str
    name: str
    since: date | None
    until: date | None
    file: str
    line: int
    is_sample: bool
    provenance: tuple[Provenance, ...]

    @property
    def is_to_confirm(self) -> bool:
        return any(one.is_to_confirm for one in self.provenance)


@dataclass(frozen=True)
class PeriodLine:
    """One period of a code and what it says: (key, text) pairs; `changed`: keys that differ from the one before."""

    since: date | None
    until: date | None
    file: str
    line: int
    facts: tuple[tuple[str, str], ...]
    changed: frozenset[str]


def list_entries(section: str, on: date, language: str) -> list[EntryLine]:
    """The entries of a section in force on a day. Raises `NotFound` for a section the profile does not have."""
    whole = snapshot()
    if section not in whole.sections():
        raise NotFound(marked("The profile has no such section."))
    sources: dict[str, list[Provenance]] = {}
    for one in list_provenance(on):
        if one.section == section:
            sources.setdefault(one.code, []).append(one)
    found = []
    for code, body in whole.entries(section, on).items():
        span = next(one for one in whole.spans(section, code) if one.start <= on < one.end)
        since, until = _shown(span)
        is_sample = bool(body.get("provenance", {}).get("*", {}).get("sample"))
        name = name_of(body, language)
        found.append(EntryLine(code, name, since, until, span.file, span.line, is_sample, tuple(sources.get(code, ()))))
    return found


def list_periods(section: str, code: str, language: str) -> list[PeriodLine]:
    """Every period of one code, newest first. Raises `NotFound`."""
    spans = snapshot().spans(section, code)
    if not spans:
        raise NotFound(marked("The profile has no such entry."))
    found = []
    before: dict[str, Any] = {}
    for span in spans:
        changed = {key for key in {*before, *span.body} if before.get(key) != span.body.get(key)} if before else set()
        facts = tuple((key, said(value, language)) for key, value in span.body.items() if key != "provenance")
        found.append(PeriodLine(*_shown(span), span.file, span.line, facts, frozenset(changed)))
        before = span.body
    return found[::-1]


def name_of(body: dict[str, Any], language: str) -> str:
    """What a person calls the entry: its name, title, subject or question."""
    for key in ("name", "question"):
        value = body.get(key)
        if value:
            return said(value, language)
    texts = body.get("texts", {}).get(language, {})
    return str(texts.get("title") or texts.get("subject") or "") if isinstance(texts, dict) else ""


def said(value: Any, language: str) -> str:
    """A stored value as a line of text; translated texts in the reader's language."""
    if isinstance(value, dict):
        if language in value and all(isinstance(key, str) and len(key) == 2 for key in value):
            return said(value[language], language)
        return "; ".join(f"{key}: {said(one, language)}" for key, one in value.items() if one not in (None, "", [], {}))
    if isinstance(value, list):
        return ", ".join(said(one, language) for one in value)
    return "" if value is None else str(value)


def _shown(span: Span) -> tuple[date | None, date | None]:
    since = None if span.start == ALWAYS else span.start
    return since, None if span.end == NEVER else span.end - timedelta(days=1)
