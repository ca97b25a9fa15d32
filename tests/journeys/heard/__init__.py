"""What a screen reader is told in the thirty tasks by keyboard, kept in this folder: one file for a task.

At its beginning and its end, and where `Hands.hear` is called between, Playwright writes the tree of roles, names and
states of `main`. What moves with the clock or the day (times, dates, numbers) is written alike each time. A page that
says something else fails its task with the difference; whoever meant it writes the files anew, reads the difference in
git and commits both:

    HEARD=new DRILL_SIZE=full .venv/bin/python -m pytest tests/journeys/test_keyboard_*.py
"""

import difflib
import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

FOLDER = Path(__file__).parent
ANEW = "HEARD=new DRILL_SIZE=full .venv/bin/python -m pytest tests/journeys/test_keyboard_*.py"
# Parts that a page asks for by itself when it comes are there, whether they had something to say or not.
WHOLE = """() => [...document.querySelectorAll("main [hx-trigger='load']")].every(
  (one) => one["htmx-internal-data"]?.loaded && !one.classList.contains("htmx-request"))"""

_DAYS = "Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun"
_MONTHS = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    "|Nov(?:ember)?|Dec(?:ember)?"
)
# In this order: what has a shape of its own before the digits that are left.
_ALIKE = (
    (re.compile(r"\b([A-Z]{2})[- ]\d\d[- ]\d{3}[- ]?\d{3}[- ][A-Z0-9]\b"), r"\1 number"),
    (re.compile(r"\b[A-Z] as in [A-Z][a-z]+"), "letter"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "date"),
    (re.compile(rf"\b(?:(?:{_DAYS})(?:day)?,? )?\d{{1,2}} (?:{_MONTHS})(?: \d{{4}})?\b"), "date"),
    (re.compile(rf"\b(?:{_MONTHS}) \d{{1,2}}(?:, \d{{4}})?\b"), "date"),
    (re.compile(rf"\b(?:{_DAYS})(?:day)?\b"), "day"),
    (re.compile(r"\b\d{1,2}(?::\d\d)+(?: ?[AaPp]\.?[Mm]\.?)?"), "time"),
    (re.compile(r"\b(?:date|day),? time\b"), "time"),
    (re.compile(r"\btime [A-Z]{2,4}\b"), "time"),
    (re.compile(r"\bin \d+ (?:s|min|h|d)\b|\b\d+ (?:s|min|h|d)(?: ago)?\b"), "span"),
    (re.compile(r'(- row(?:header)? "date)\b[^"]*'), r"\1"),  # the city's own days have names: in a month, or no more
    (re.compile(r"(?<![=\w])\d+(?:[.,]\d+)*"), "#"),
)

# No job runs beside these tests: on a slow machine the panel tells the supervisor so, as it should.
_STANDING_STILL = re.compile(r'^( *)- heading "Standing still"[^\n]*\n(?:\1(?!- heading)[^\n]*\n)*', re.M)

# What says nothing to somebody who hears it alone; axe asks for the names of most of these, not of all.
_NAMELESS = re.compile(r"^ *- (?:button|checkbox|combobox|dialog|form|img|link|radio|radiogroup|region|textbox)$", re.M)


def alike(tree: str) -> str:
    """A tree without what differs from one run to the next: addresses, numbers, dates, times, the drawing of a chart
    (its table says the same), how many rows alike follow one another."""
    lines = [line.rstrip() for line in tree.splitlines() if not re.match(r"\s*- (?:/url:|status: live$)", line)]
    text = "\n".join(lines)
    text = _STANDING_STILL.sub("", f"{text}\n")
    for what, word in _ALIKE:
        text = what.sub(word, text)
    return "".join(_without_repeats(re.sub(r":$", "", text, flags=re.M).splitlines()))


def _without_repeats(lines: list[str]) -> Iterator[str]:
    """The parts of one level, each with what it holds; a part that repeats the one before it is left out."""
    before = ""
    starts = [at for at, line in enumerate(lines) if _depth(line) == _depth(lines[0])]
    for at, end in pairwise([*starts, len(lines)]):
        inside = [] if re.match(r" *- '?figure", lines[at]) else lines[at + 1 : end]
        part = f"{lines[at]}\n{''.join(_without_repeats(inside))}"
        if part != before:
            yield part
        before = part


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def place_of(task: str) -> Path:
    """The file of a task."""
    return FOLDER / f"{re.sub(r'[^a-z]+', '-', task.lower()).strip('-')}.txt"


class Heard:
    """The states of one task."""

    def __init__(self, task: str) -> None:
        self.task, self.states = task, [f"# {task}\n"]

    def take(self, page, state: str) -> None:
        """The page as it stands, under the name of the state; what was said last is not said twice."""
        page.wait_for_function(WHOLE)
        tree = alike(page.locator("main").aria_snapshot())
        assert not (nameless := _NAMELESS.findall(tree)), f"{state}: told without a name: {nameless}"
        if not self.states[-1].endswith(f"\n{tree}"):
            self.states.append(f"## {state}\n{tree}")

    def compare(self) -> None:
        """Raises `AssertionError` with the difference to what is kept; with HEARD=new it is kept from now on."""
        told, place = "\n".join(self.states), place_of(self.task)
        if os.environ.get("HEARD") == "new":
            place.write_text(told, encoding="utf-8")
        kept = place.read_text(encoding="utf-8") if place.exists() else ""
        assert told == kept, difference(kept, told, place.name)


def difference(kept: str, told: str, name: str) -> str:
    """What is told otherwise, and what to do about it."""
    lines = difflib.unified_diff(kept.splitlines(), told.splitlines(), f"kept in {name}", "told now", lineterm="")
    return "\n".join(["A screen reader is told something else:", *lines, "", f"If it is meant so: {ANEW}"])
