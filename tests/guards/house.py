"""How guards see the house: its files as syntax trees, and its order, read from the import contracts.

A guard is a function from a source tree to sentences, one for each violation. It runs on the real tree, and on a small
planted one to show that it bites.
"""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
SHELL = ("desk", "portal")


@dataclass(frozen=True)
class File:
    """One Python file of the house: its place, the room it belongs to, its place on the room's shelf."""

    path: Path
    source: Path

    @property
    def parts(self) -> tuple[str, ...]:
        return self.path.relative_to(self.source).with_suffix("").parts

    @property
    def room(self) -> str:
        """Such as "service_requests", "kernel", "desk", "config"; empty for the halls' own files."""
        return room_of(self.parts)

    @property
    def shelf(self) -> str:
        """Such as "services", also for services/closing.py; "tests", "migrations"; empty outside rooms."""
        depth = shelf_depth(self.parts)
        return self.parts[depth] if len(self.parts) > depth else ""

    @property
    def shown(self) -> str:
        return str(self.path.relative_to(self.source.parent))

    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"), str(self.path))


def shelf_depth(parts: tuple[str, ...]) -> int:
    """How many names lead to a room's shelf: citydesk/city/staff is three, citydesk/desk two, config one."""
    if parts[:1] != ("citydesk",):
        return 1
    return 2 if len(parts) > 1 and parts[1] in ("kernel", *SHELL) else 3


def room_of(parts: tuple[str, ...]) -> str:
    depth = shelf_depth(parts)
    return parts[depth - 1] if len(parts) > depth else ""


def files(source: Path = SOURCE, *, tests: bool = False) -> list[File]:
    """Every Python file below `source`; tests and migrations only when asked for."""
    found = [File(path, source) for path in sorted(source.rglob("*.py"))]
    return found if tests else [file for file in found if not {"tests", "migrations"} & set(file.parts)]


def shelf_files(source: Path, *shelves: str) -> Iterator[File]:
    """The files of all rooms (not the kernel, not config) that stand on the given shelves."""
    for file in files(source):
        if file.parts[0] == "citydesk" and file.room not in ("", "kernel") and file.shelf in shelves:
            yield file


def at(file: File, node: ast.AST) -> str:
    return f"{file.shown}:{getattr(node, 'lineno', 1)}"


def called(node: ast.Call) -> str:
    """The dotted name of what is called, as written: "Model.objects.create", "reverse"; "()" stands for a call."""
    return dotted(node.func)


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Call):
        return f"{dotted(node.func)}()"
    return "?"


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def imports(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Every imported module or name, dotted, wherever it stands in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module or ''}.{alias.name}") for alias in node.names)


def texts(tree: ast.AST) -> Iterator[ast.Constant]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


@cache
def layers() -> dict[str, list[list[str]]]:
    """The layers of the contracts in pyproject.toml, lowest first: {"citydesk": [["kernel"], ["city"], ...], ...}."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    found = {}
    for contract in contracts:
        if contract["type"] == "layers" and len(contract["containers"]) == 1:
            rows = [[name.strip(" ()") for name in row.split("|")] for row in contract["layers"]]
            found[contract["containers"][0]] = rows[::-1]
    return found


@cache
def ranks() -> dict[str, tuple[int, int, str]]:
    """Every room's place: hall's rank, rank inside the hall, hall. Rooms need not exist yet."""
    found = {}
    for hall_rank, row in enumerate(layers()["citydesk"]):
        for hall in row:
            inner = layers().get(f"citydesk.{hall}", [[hall]])
            for rank, names in enumerate(inner):
                found |= {name: (hall_rank, rank, hall) for name in names}
    return found


def may_use(room: str, other: str) -> bool:
    """Whether a room may name another: itself, or one below it. Desk and portal may name any."""
    if room == other or room in SHELL or room == "config":
        return True
    here, there = ranks().get(room), ranks().get(other)
    if here is None or there is None:
        return False
    if here[2] == there[2]:
        return there[1] < here[1]
    return there[0] < here[0]


def plant(folder: Path, **sources: str) -> Path:
    """A small tree of given files, `plant(tmp, citydesk__city__staff__rules="...")`; returns its source folder."""
    source = folder / "src"
    for name, text in sources.items():
        path = source / (name.replace("__", "/") + ("" if "." in name else ".py"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return source


def none_of(violations: list[str]) -> None:
    """Fail with every violation on a line of its own."""
    assert not violations, "\n" + "\n".join(violations)
