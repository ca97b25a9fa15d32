"""The filter buttons of the report: what can be chosen, what is."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from citydesk.management.statistics import labels
from citydesk.management.statistics.choices import PERIODS
from citydesk.management.statistics.queries import names
from citydesk.management.statistics.queries.reading import Reading
from citydesk.management.statistics.queries.words import days_words

MOST_NAMED = 2


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_selected: bool


@dataclass(frozen=True)
class FilterBox:
    """One button: `kind` days, one or many; `value` is what it says now."""

    code: str
    label: str
    value: str
    kind: str
    is_on: bool
    choices: tuple[Choice, ...]


def filter_boxes(reading: Reading) -> list[FilterBox]:
    """The buttons in their order. Filters without a button (an hour from a drill) show too while they narrow."""
    asked, today = reading.asked, reading.today
    chosen = asked.selection.filters
    presets = {
        "30d": _("Last 30 days"),
        "12w": _("Last 12 weeks"),
        "12m": _("Last 12 months"),
        "year": _("This year"),
        "all": _("All days"),
    }
    boxes = [
        FilterBox(
            "dates", _("Dates"), days_words(asked.selection), "days", asked.preset != "12w",
            tuple(Choice(code, words, code == asked.preset) for code, words in presets.items()),
        ),
        FilterBox(
            "by", _("By"), str(labels.PERIODS[asked.by]), "one", asked.has_by,
            tuple(Choice(code, str(labels.PERIODS[code]), code == asked.by) for code in PERIODS),
        ),
    ]  # fmt: skip
    tables: dict[str, dict[Any, Any]] = {
        "department": names.department_names(),
        "code": names.code_names(today),
        "district": names.district_names(),
        "channel": dict(labels.CHANNELS),
        "weekday": dict(labels.WEEKDAYS),
    }
    boxes += [_box(code, known, chosen.get(code, ())) for code, known in tables.items() if known]
    boxes += [
        _box(code, {one: one for one in values}, values)
        for code, values in chosen.items()
        if code not in tables and values
    ]
    boxes.append(
        FilterBox(
            "compare", _("Compare"), _("A year ago") if asked.is_compared else _("With nothing"), "one",
            not asked.is_compared,
            (Choice("1", _("A year ago"), asked.is_compared), Choice("0", _("With nothing"), not asked.is_compared)),
        )
    )  # fmt: skip
    return boxes


def _box(code: str, known: dict[Any, Any], values: Any) -> FilterBox:
    rows = sorted(known.items(), key=lambda one: str(one[1]).lower() if code != "weekday" else f"{one[0]}")
    choices = tuple(Choice(str(value), str(words), value in values) for value, words in rows)
    named = [one.label for one in choices if one.is_selected]
    if not named:
        words = _("All %(n)s") % {"n": len(choices)}
    elif len(named) <= MOST_NAMED:
        words = ", ".join(named)
    else:
        words = _("%(n)s of %(all)s") % {"n": len(named), "all": len(choices)}
    return FilterBox(code, str(labels.DIMENSIONS.get(code, code)), words, "many", bool(values), choices)
