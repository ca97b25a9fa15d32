"""A profile's files as texts, and their parsed forms. Reading the disk is the service's part."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Any

from citydesk.city.profile.rules.lines import Path, nearest_line, toml_lines
from citydesk.city.profile.rules.problems import Problem

_AT_LINE = re.compile(r"line (\d+)")
_FENCE = "+++"


@dataclass(frozen=True)
class TomlText:
    """A parsed TOML text with the line of each key, counted in its file."""

    file: str
    data: dict[str, Any]
    lines: dict[Path, int]
    offset: int = 0

    def line(self, path: Path) -> int:
        return nearest_line(self.lines, path) + self.offset


@dataclass(frozen=True)
class Folder:
    """A profile: relative file name -> text. Parsing mistakes go into the list that each reader is given."""

    name: str
    texts: Mapping[str, str]
    _parsed: dict[str, TomlText | None] = field(default_factory=dict, compare=False, repr=False)

    def digest(self) -> str:
        """SHA-256 over names and texts, in hexadecimal."""
        total = sha256()
        for name in sorted(self.texts):
            total.update(name.encode() + b"\0" + self.texts[name].encode() + b"\0")
        return total.hexdigest()

    def matching(self, *patterns: str) -> list[str]:
        """File names that match one of the glob patterns, sorted. `*` does not cross a folder."""
        return [name for name in sorted(self.texts) if any(_matches(name, one) for one in patterns)]

    def toml(self, file: str, problems: list[Problem]) -> TomlText | None:
        """The parsed file; None if it is no valid TOML, reported once."""
        if file not in self._parsed:
            self._parsed[file] = parse_toml(file, self.texts[file], problems)
        return self._parsed[file]


def _matches(name: str, pattern: str) -> bool:
    return name.count("/") == pattern.count("/") and fnmatchcase(name, pattern)


def parse_toml(file: str, text: str, problems: list[Problem], *, offset: int = 0) -> TomlText | None:
    """Parse with numbers as `Decimal`. A syntax error becomes a problem with its line."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        reason = re.sub(r" \(at .*\)$", "", str(error))
        problems.append(Problem(file, line + offset, f"this is not valid TOML: {reason}"))
        return None
    return TomlText(file, data, toml_lines(text), offset)


def parse_markdown(file: str, text: str, problems: list[Problem]) -> tuple[TomlText, str] | None:
    """Front matter between two `+++` lines, and the text below it without surrounding blank lines."""
    lines = text.split("\n")
    if lines[0].strip() != _FENCE:
        problems.append(Problem(file, 1, "the file must begin with a line +++ and its front matter"))
        return None
    ends = [number for number, line in enumerate(lines[1:], start=1) if line.strip() == _FENCE]
    if not ends:
        problems.append(Problem(file, 1, "the front matter is not ended by a second line +++"))
        return None
    front = parse_toml(file, "\n".join(lines[1 : ends[0]]), problems, offset=1)
    return (front, "\n".join(lines[ends[0] + 1 :]).strip()) if front else None


def parse_geojson(file: str, text: str, problems: list[Problem]) -> list[tuple[int, dict[str, Any]]]:
    """The features of a FeatureCollection with the line each begins on."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        problems.append(Problem(file, error.lineno, f"this is not valid JSON: {error.msg}"))
        return []
    if not isinstance(data, dict) or data.get("type") != "FeatureCollection":
        problems.append(Problem(file, 1, "a FeatureCollection is expected"))
        return []
    starts = [text.count("\n", 0, found.start()) + 1 for found in re.finditer(r'"type"\s*:\s*"Feature"', text)]
    features = data.get("features", [])
    return [(starts[place] if place < len(starts) else 1, feature) for place, feature in enumerate(features)]


def parse_csv(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV with a header, each with its line number."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    for row in reader:
        yield reader.line_num, {key: (value or "").strip() for key, value in row.items() if key is not None}
