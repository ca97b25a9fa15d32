"""Typed readers of one table: each takes a key, checks it, notes a problem with its line, and goes on."""

import re
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import date as Day  # noqa: N812 - `date` is a reader below
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from citydesk.city.profile.choices import PERIOD_KEYS, PROVENANCE_KEYS, SourceStatus
from citydesk.city.profile.rules.folder import TomlText
from citydesk.city.profile.rules.lines import Path
from citydesk.city.profile.rules.problems import Item, Problem, Reference

CODE = re.compile(r"^[a-z0-9][a-z0-9_-]{0,39}$")
_LISTED = 10  # longer lists of known words are not printed
_DIGITS = re.compile(r"^\+?[0-9][0-9 ()-]{1,20}$")


@dataclass
class Notes:
    """What readers of one profile write down together."""

    languages: tuple[str, ...] = ("en",)
    problems: list[Problem] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)


def unknown_word(word: str, known: Iterable[str]) -> str:
    """ " (did you mean x?)" for the nearest known word, or empty text."""
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f" (did you mean {near[0]}?)" if near else ""


class Fields:
    """A table of a profile. Readers return a neutral value after a problem, so that all problems are found at once."""

    def __init__(self, notes: Notes, source: TomlText, path: Path, table: Any, code: str = "") -> None:
        self.notes = notes
        self.source = source
        self.path = path
        self.code_of_entry = code
        self.is_required = True
        self.children: list[Fields] = []
        self.taken: set[str] = set()
        self.provenance: dict[str, dict[str, Any]] = {}
        self.raw: dict[str, Any] = table if isinstance(table, dict) else {}
        if not isinstance(table, dict):
            self.problem("a table is expected here")

    # --- about the table -------------------------------------------------------------------------------------------

    @property
    def file(self) -> str:
        return self.source.file

    @property
    def key(self) -> str:
        """The entry's code."""
        return self.code_of_entry

    @property
    def optional(self) -> "Fields":
        """The same readers for keys that may be left out; they take `default=`."""
        twin = copy(self)
        twin.is_required = False
        return twin

    def has(self, key: str) -> bool:
        return key in self.raw

    def line(self, *path: str | int) -> int:
        return self.source.line((*self.path, *path))

    def problem(self, reason: str, key: str = "") -> None:
        """Note a mistake at the key's line, or at the table's."""
        where = f"{self._label()}: " if self.path else ""
        self.notes.problems.append(
            Problem(self.file, self.line(key) if key else self.line(), f"{where}{key + ' ' if key else ''}{reason}")
        )

    def _label(self) -> str:
        return ".".join(str(part) for part in self.path)

    def _take(self, key: str) -> Any:
        """The raw value, taken out of `{value = …, source = …}` if it carries its own provenance; None if missing."""
        self.taken.add(key)
        if key not in self.raw:
            if self.is_required:
                self.problem("is missing", key)
            return None
        value = self.raw[key]
        if isinstance(value, dict) and "value" in value:
            self.provenance[key] = self._provenance({k: v for k, v in value.items() if k != "value"}, key)
            return value["value"]
        return value

    def _typed(self, key: str, kinds: type | tuple[type, ...], words: str, default: Any) -> Any:
        value = self._take(key)
        if value is None:
            return default
        is_stray_flag = isinstance(value, bool) and kinds is not bool
        if is_stray_flag or not isinstance(value, kinds):
            self.problem(f"must be {words}", key)
            return default
        return value

    # --- plain values ----------------------------------------------------------------------------------------------

    def text(self, key: str, default: str = "") -> str:
        value = self._typed(key, str, "a text", default)
        if self.is_required and key in self.raw and isinstance(value, str) and not value.strip():
            self.problem("must not be empty", key)
        return value

    def phone(self, key: str, default: str = "") -> str:
        """A telephone number in digits, with + and country where it is a full one: "+14235550100", "911"."""
        value = self.text(key, default)
        if value and not _DIGITS.match(value):
            self.problem(f"is no telephone number: {value}", key)
        return value

    def boolean(self, key: str, default: bool = False) -> bool:
        return self._typed(key, bool, "true or false", default)

    def whole(
        self, key: str, default: int | None = None, *, at_least: int | None = None, at_most: int | None = None
    ) -> int | None:
        value = self._typed(key, int, "a whole number", default)
        self._bounds(key, value, at_least, at_most)
        return value

    def decimal(
        self, key: str, default: Any = None, *, at_least: int | None = None, at_most: int | None = None
    ) -> Decimal | None:
        value = self._typed(key, (int, Decimal), "a number", default)
        self._bounds(key, value, at_least, at_most)
        return None if value is None else Decimal(value)

    def _bounds(self, key: str, value: Any, at_least: Any, at_most: Any) -> None:
        if value is None:
            return
        if at_least is not None and value < at_least:
            self.problem(f"must be at least {at_least}", key)
        if at_most is not None and value > at_most:
            self.problem(f"must be at most {at_most}", key)

    def date(self, key: str, default: Day | None = None) -> Day | None:
        value = self._typed(key, Day, "a date such as 2026-11-22", default)
        return value.date() if isinstance(value, datetime) else value

    def choice(self, key: str, known: Iterable[str], default: str = "") -> str:
        value = self._typed(key, str, "a word", default)
        if value and value != default:
            self._known(key, value, known)
        return value

    def _known(self, key: str, value: str, known: Iterable[str]) -> None:
        words = [str(one) for one in known]
        if value not in words:
            listed = f"not one of {', '.join(words)}" if len(words) <= _LISTED else "which is not known"
            self.problem(f"is {value}, {listed}{unknown_word(value, words)}", key)

    # --- lists -----------------------------------------------------------------------------------------------------

    def words(self, key: str, default: tuple[str, ...] = ()) -> list[str]:
        """A list of texts."""
        value = self._typed(key, list, "a list of texts", list(default))
        if not all(isinstance(one, str) and one.strip() for one in value):
            self.problem("must be a list of texts", key)
            return []
        return list(value)

    def numbers(self, key: str, count: int) -> list[Decimal]:
        """A list of exactly `count` numbers."""
        value = self._typed(key, list, f"a list of {count} numbers", [])
        if not value:
            return []
        if len(value) != count or not all(isinstance(one, int | Decimal) for one in value):
            self.problem(f"must be a list of {count} numbers", key)
            return []
        return [Decimal(one) for one in value]

    def choices(self, key: str, known: Iterable[str], default: tuple[str, ...] = ()) -> list[str]:
        words = self.words(key, default)
        for word in words:
            self._known(key, word, known)
        return words

    # --- texts in each language ------------------------------------------------------------------------------------

    def translated(self, key: str) -> dict[str, str]:
        """A text in every declared language: `{"en": …, "es": …}`; empty if optional and left out."""
        return self._per_language(key, str, "a text")

    def translated_list(self, key: str) -> dict[str, list[str]]:
        """A list of texts in every declared language."""
        found = self._per_language(key, list, "a list of texts")
        for language, texts in found.items():
            if not all(isinstance(one, str) and one.strip() for one in texts):
                self.problem(f"must be a list of texts in {language}", key)
        return found

    def _per_language(self, key: str, kind: type, words: str) -> dict[str, Any]:
        value = self._typed(key, dict, "a table with one text per language", {})
        if key not in self.raw or not isinstance(value, dict):
            return {}
        found: dict[str, Any] = {}
        for language in self.notes.languages:
            text = value.get(language)
            if text is None or text == "" or text == []:
                self.problem(f"has no text in {language}", key)
            elif not isinstance(text, kind):
                self.problem(f"must be {words} in {language}", key)
            else:
                found[language] = text
        for language in value:
            if language not in self.notes.languages:
                self.problem(f"has a text in {language}, which the city does not declare", key)
        return found

    # --- references ------------------------------------------------------------------------------------------------

    def code(self, key: str, *, of: str, default: str = "") -> str:
        """A code of another section, checked when everything has been read."""
        value = self._typed(key, str, f"a code of {of}", default)
        if value:
            self.refer(key, of, value)
        return value

    def codes(self, key: str, *, of: str, default: tuple[str, ...] = ()) -> list[str]:
        values = self.words(key, default)
        for value in values:
            self.refer(key, of, value)
        return values

    def refer(self, key: str, section: str, code: str) -> None:
        """Note that `code` must exist in `section`."""
        self.notes.references.append(Reference(self.file, self.line(key), f"{self._label()}: {key}", section, code))

    def answers(self, key: str) -> dict[str, list[str]]:
        """`{lanes = ["all"]}`: question -> accepted answers."""
        value = self._typed(key, dict, 'a table such as {lanes = ["all"]}', {})
        found: dict[str, list[str]] = {}
        for name, accepted in value.items():
            texts = accepted if isinstance(accepted, list) else [accepted]
            if not texts or not all(isinstance(one, str) for one in texts):
                self.problem(f"needs a list of answers for {name}", key)
            else:
                found[name] = texts
        return found

    # --- nested tables ---------------------------------------------------------------------------------------------

    def table(self, key: str) -> "Fields":
        """A table inside; when optional and left out, an empty one whose readers are optional too."""
        self.taken.add(key)
        value = self.raw.get(key)
        if value is None and self.is_required:
            self.problem("is missing", key)
        child = Fields(self.notes, self.source, (*self.path, key), {} if value is None else value)
        child.is_required = value is not None
        self.children.append(child)
        return child

    def tables(self, key: str) -> list["Fields"]:
        """A list of tables inside: `[[service.x.questions]]`."""
        values = self._typed(key, list, "a list of tables", [])
        found = [Fields(self.notes, self.source, (*self.path, key, at), one) for at, one in enumerate(values)]
        self.children.extend(found)
        return found

    def each(self, key: str) -> list[tuple[str, "Fields"]]:
        """A table of tables by code inside: `[role.x.limits.y]`."""
        inner = self.table(key)
        inner.taken.update(inner.raw)
        found = [
            (code, Fields(self.notes, self.source, (*inner.path, code), value, code))
            for code, value in inner.raw.items()
        ]
        self.children.extend(child for _, child in found)
        return found

    # --- the end ---------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Report keys nobody asked for, here and in the tables inside."""
        known = {*self.taken, *PROVENANCE_KEYS, *PERIOD_KEYS}
        for key in self.raw:
            if key not in known:
                self.problem(f"is not known here{unknown_word(key, known)}", key)
        for child in self.children:
            child.finish()

    def item(self, body: dict[str, Any], *, bulk: Any = None) -> Item:
        """The entry: checks what is left over, adds provenance and period."""
        self.finish()
        provenance = self._all_provenance()
        starts, ends = self._period()
        return Item(
            code=self.code_of_entry,
            body=as_json({**body, "provenance": provenance} if provenance else body),
            file=self.file,
            line=self.line(),
            valid_from=starts,
            valid_until=ends,
            bulk=bulk,
        )

    def _period(self) -> tuple[Day | None, Day | None]:
        twin = self.optional
        starts, ends = twin.date("valid_from"), twin.date("valid_until")
        if starts and ends and ends < starts:
            self.problem("is before valid_from", "valid_until")
            return None, None
        return starts, ends

    def _all_provenance(self) -> dict[str, dict[str, Any]]:
        free = {*PROVENANCE_KEYS} - (self.taken - {"sample"})
        own = {key: self.raw[key] for key in PROVENANCE_KEYS if key in self.raw and key in free}
        found = {"*": self._provenance(own)} if own else {}
        found.update(self.provenance)
        for child in self.children:
            name = ".".join(str(part) for part in child.path[len(self.path) :])
            for key, value in child._all_provenance().items():
                found[name if key == "*" else f"{name}.{key}"] = value
        return found

    def _provenance(self, given: dict[str, Any], key: str = "") -> dict[str, Any]:
        for name in given:
            if name not in PROVENANCE_KEYS:
                self.problem(f"carries {name}, which is not known here{unknown_word(name, PROVENANCE_KEYS)}", key)
        status = given.get("status")
        words = [one.value for one in SourceStatus]
        if status is not None and status not in words:
            self.problem(f"has status {status}, not one of {', '.join(words)}{unknown_word(str(status), words)}", key)
        if status == SourceStatus.BORROWED and not given.get("lender"):
            self.problem("is borrowed but names no lender", key)
        return dict(given)


def as_json(value: Any) -> Any:
    """The value as the profile stores it: decimals and dates as text, everything else as JSON has it."""
    if isinstance(value, dict):
        return {str(key): as_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
