"""Where a key of a TOML text stands: tomllib keeps no lines, a clerk needs them."""

import re
from bisect import bisect_right

Path = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'',
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]\}#\n]+")
_KEY = re.compile(r'[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'')
_DOT = re.compile(r"[ \t]*\.[ \t]*")


def toml_lines(text: str) -> dict[Path, int]:
    """Line numbers (from 1) of every table, key and array element of a valid TOML text.

    Elements of arrays are numbered from 0: `("team", "forestry", "email")`, `("sla", "fast", "targets", 1, "hours")`.
    """
    scanner = _Scanner(text)
    scanner.scan()
    return scanner.lines


def nearest_line(lines: dict[Path, int], path: Path) -> int:
    """The line of `path`, or of the closest table above it that is known; 1 if none."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


class _Scanner:
    """One pass over a text that tomllib has already accepted."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.here: Path = ()
        self.lines: dict[Path, int] = {}
        self.arrays: dict[Path, int] = {}
        self.newlines = [found.start() for found in re.finditer("\n", text)]

    def scan(self) -> None:
        while self.skip():
            if self.text[self.at] == "[":
                self.header()
            else:
                self.pair(self.here)

    def skip(self) -> bool:
        """Move over space and comments; False at the end of the text."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at < len(self.text)

    def note(self, path: Path, at: int) -> None:
        self.lines.setdefault(path, bisect_right(self.newlines, at - 1) + 1)

    def header(self) -> None:
        start = self.at
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        self.skip()
        path: Path = ()
        names = self.names()
        for place, name in enumerate(names):
            path = (*path, name)
            is_last = place == len(names) - 1
            if is_last and is_array:
                self.arrays[path] = self.arrays.get(path, -1) + 1
            self.note(path, start)
            if path in self.arrays:
                path = (*path, self.arrays[path])
                self.note(path, start)
        self.here = path
        self.at = self.text.index("]", self.at) + (2 if is_array else 1)

    def names(self) -> list[str]:
        found: list[str] = []
        while match := _KEY.match(self.text, self.at):
            found.append(match.group().strip("\"'"))
            self.at = match.end()
            dot = _DOT.match(self.text, self.at)
            if not dot:
                break
            self.at = dot.end()
        return found

    def pair(self, inside: Path) -> None:
        start = self.at
        path = inside
        for name in self.names():
            path = (*path, name)
            self.note(path, start)
        self.at = self.text.index("=", self.at) + 1
        self.value(path)

    def value(self, path: Path) -> None:
        self.skip()
        opener = self.text[self.at]
        if opener in "[{":
            self.group(path, closer="]" if opener == "[" else "}")
            return
        found = _STRING.match(self.text, self.at) or _SCALAR.match(self.text, self.at)
        self.at = found.end() if found else self.at + 1

    def group(self, path: Path, *, closer: str) -> None:
        """An array or an inline table, up to its closing bracket."""
        self.at += 1
        count = 0
        while self.skip() and self.text[self.at] != closer:
            if self.text[self.at] == ",":
                self.at += 1
            elif closer == "]":
                self.note((*path, count), self.at)
                self.value((*path, count))
                count += 1
            else:
                self.pair(path)
        self.at += 1
