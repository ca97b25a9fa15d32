"""The columns of the queue: which there are, which a reader sees, in which order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from citydesk.kernel.lists import ColumnsFilter

NAMES: Mapping[str, Any] = {
    "due": lazy("Due"),
    "status": lazy("Status"),
    "number": lazy("Number"),
    "service": lazy("Code"),
    "place": lazy("Place"),
    "district": lazy("District"),
    "owner": lazy("Owner"),
    "channel": lazy("Came by"),
    "age": lazy("Age"),
    "followers": lazy("Followers"),
    "marks": lazy("Marks"),
    "team": lazy("Team"),
    "received": lazy("Received"),
    "closed": pgettext_lazy("when", "Closed"),
}
USUAL = tuple(NAMES)[:11]
# A row is opened by its number: it stays.
ALWAYS = "number"
FILTER = ColumnsFilter(code="cols", label=lazy("Columns"), known=tuple(NAMES))


@dataclass(frozen=True)
class Choice:
    """A column in the panel that chooses them; `place` counts from 1, 0 where it is not shown."""

    code: str
    name: Any
    place: int
    is_fixed: bool


def columns_shown(asked: tuple[str, ...] | None, own: str) -> tuple[str, ...]:
    """What the address asks for, else what the reader keeps (`own`, as an address), else the usual."""
    kept = FILTER.chosen((parse_qs(own).get(FILTER.code) or [""])[-1])
    return with_number(asked or kept or USUAL)


def with_number(codes: Iterable[str]) -> tuple[str, ...]:
    """The columns, with the number first where it was left out."""
    chosen = tuple(codes)
    return chosen if ALWAYS in chosen else (ALWAYS, *chosen)


def columns_posted(places: Mapping[str, str]) -> tuple[str, ...]:
    """The columns of a form that gives each its place; an empty place hides it. Equal places stay in usual order."""
    wanted = [
        (int(text), at, code) for at, code in enumerate(NAMES) if (text := places.get(code, "").strip()).isdecimal()
    ]
    return with_number(code for place, _at, code in sorted(wanted) if place)


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 3


def choices_of(shown: tuple[str, ...]) -> list[Choice]:
    """Every column for the panel: those shown in their order, then the others."""
    listed = [*shown, *(code for code in NAMES if code not in shown)]
    return [Choice(one, NAMES[one], shown.index(one) + 1 if one in shown else 0, one == ALWAYS) for one in listed]
