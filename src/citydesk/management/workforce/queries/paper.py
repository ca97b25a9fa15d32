"""What the printed week holds."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.management.workforce import labels
from citydesk.management.workforce.choices import ScheduleState
from citydesk.management.workforce.queries.editor import Cell, EditorPage


def paper_of_week(page: EditorPage, now: datetime) -> dict[str, Any]:
    """The data of `workforce/week.typ`: a row a person, a column a day, and each day's coverage."""
    days = [one for one in range(7) if any(line.cells[one].shift for line in page.lines)] or list(range(5))
    heads = [_("Name"), *(labels.dayname(page.week.day(one)) for one in days), _("Hours")]
    rows = [
        [line.name, *(_words(page, line.cells[one]) for one in days), labels.hours(line.minutes)] for line in page.lines
    ]
    return {
        "title": f"{page.group.name}, {labels.week_named(page.row.week_start)}",
        "city": profile.city().name,
        "summary": _("Version %(version)s, %(state)s. Printed %(when)s.")
        % {
            "version": page.row.version,
            "state": str(labels.STATES[ScheduleState(page.row.state)]).lower(),
            "when": date_format(timezone.localtime(now), "DATETIME_FORMAT"),
        },
        "columns": [{"label": one} for one in heads[:-1]] + [{"label": heads[-1], "align": "right"}],
        "rows": rows,
        "short_title": _("Too few people"),
        "short": _short(page),
        "none_short": _("Every half-hour has the people it asks for."),
        "foot": _("Who works when; not for the public."),
    }


def _words(page: EditorPage, cell: Cell) -> str:
    if cell.shift is None:
        return "–"
    pattern = cell.shift.pattern
    return f"{labels.clock(pattern.start)}–{labels.clock(pattern.end)}"


def _short(page: EditorPage) -> list[str]:
    """A sentence for each day on which somebody is missing."""
    found = []
    for day in page.strip:
        missing = [
            (start, one.short)
            for start, one in zip(page.starts, day.slots, strict=True)
            if one is not None and one.short
        ]
        if missing:
            words = ", ".join(f"{labels.clock(start)} (−{short})" for start, short in missing)
            found.append(f"{labels.dayname(day.day)}: {words}")
    return found
