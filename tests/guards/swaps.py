"""Exchanges of a part of a page: what asks for one, as templates and views write it, and what `swaps.toml` says of it.

A swap is known by the file it stands in, what is asked (the name of the address, or the words of the template that give
it) and where the answer goes. A part that is sent along out of band is known by its file and its id.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.guards.house import SOURCE

REGISTRY = Path(__file__).with_suffix(".toml")
# Where the focus is afterwards. `stays`: it was elsewhere, or `kernel/js/focus.js` finds the same control again;
# `marked`: on what the answer marks `data-focus`; `named`: on what the view's header names; `script`: a script of the
# room puts it there.
FOCUS = ("stays", "marked", "named", "script")
ASK = re.compile(r"""["']?(?<![\w\[.,-])(?:data-)?hx-(get|post)["']?\s*[:=]\s*""")
OOB = re.compile(r"""id="([\w{} .-]+)"(?:(?!id=|>).)*hx-swap-oob""")
LIVE = re.compile(r"""role=["']?(?:status|alert)|aria-live|ui\.error_summary|"role": *"(?:status|alert)\"""")
URL_NAME = re.compile(r"""url\(["']([\w:]+)["']""")


@dataclass(frozen=True, order=True)
class Swap:
    """One exchange: `file` from the source folder on, `asks`, and `into` as a selector, "this" or "none"."""

    file: str
    asks: str
    into: str


def found_in(source: Path) -> Iterator[Swap]:
    """Every exchange that templates and Python files ask for, in the order of files."""
    for path in sorted([*source.rglob("*.jinja"), *source.rglob("*.py")]):
        if {"tests", "migrations", "styles"} & set(path.parts):
            continue
        text, file = path.read_text(encoding="utf-8"), short(path)
        for ask in ASK.finditer(text):
            around = _around(text, ask.start())
            yield Swap(file, _asked(text, ask.end()), _into(around))
        for part in OOB.findall(text):
            yield Swap(file, "along", f"#{part}")


def short(path: Path) -> str:
    """A template by its name, a Python file by hall and room on."""
    parts = path.parts
    if "jinja2" in parts:
        return "/".join(parts[len(parts) - 1 - parts[::-1].index("jinja2") + 1 :])
    return "/".join(parts[parts.index("citydesk") + 1 :]) if "citydesk" in parts else path.name


def _around(text: str, at: int) -> str:
    """The tag or the dictionary that an attribute stands in."""
    tag, brace = text.rfind("<", 0, at), text.rfind("{", 0, at)
    while brace > 0 and (text[brace - 1] == "{" or text[brace + 1] in "%{#"):
        brace = text.rfind("{", 0, brace)
    return _balanced(text, brace, "{", "}") if brace > tag else _tag(text, tag)


def _tag(text: str, at: int) -> str:
    depth = 0
    for place in range(at, len(text)):
        two = text[place : place + 2]
        depth += two in ("{{", "{%")
        depth -= two in ("}}", "%}")
        if text[place] == ">" and not depth:
            return text[at : place + 1]
    return text[at:]


def _balanced(text: str, at: int, begin: str, end: str) -> str:
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == begin) - (text[place] == end)
        if not depth:
            return text[at : place + 1]
    return text[at:]


def _asked(text: str, at: int) -> str:
    """The name of the address, else the words that give it."""
    rest = re.split(r"""["']?(?:\s+hx-|,\s*["']hx-|\}\}["']|>|\n)""", text[at : at + 200], maxsplit=1)[0]
    name = URL_NAME.search(rest)
    if name:
        return name.group(1)
    words, _close, part = rest.strip("\"'{ ,").partition("}")
    return words.split("|")[0].strip() + "".join(re.findall(r"\?[\w=]+", part)[:1])


def _into(around: str) -> str:
    target = re.search(r"""hx-target["']?\s*[:=]\s*["']([^"']+)["']""", around)
    if target:
        into = target.group(1)
        return into.partition("{{")[0] if into.startswith("#") else into
    # `**silent` is `{"hx-swap": "none"}` under a name.
    return "none" if re.search(r"""hx-swap["']?\s*[:=]\s*["']none|\*\*silent""", around) else "this"


@cache
def registry(path: Path = REGISTRY) -> dict[Swap, dict[str, str]]:
    """What is said of each exchange."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))["swap"]
    return {Swap(one["file"], one["asks"], one["into"]): one for one in said}


if __name__ == "__main__":
    for one in sorted(set(found_in(SOURCE))):
        print(f"{one.file:60} {one.asks:40} {one.into}")
