"""What the printed week holds."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel.texts import full_time
from citydesk.management.workforce import labels
from citydesk.management.workforce.choices import ScheduleState
from citydesk.management.workforce.queries.editor import Cell, EditorPage, StripDay

WORKDAYS = 5  # Monday to Friday are always columns, a weekend where somebody works


def paper_of_week(page: EditorPage, now: datetime) -> dict[str, Any]:
    """The data of `workforce/week.typ`: a row a person, a column a day, and each day's coverage."""
    days = [one for one in range(7) if one < WORKDAYS or any(line.cells[one].shift for line in page.lines)]
    heads = [_("Name"), *(labels.dayname(page.week.day(one)) for one in days), _("Hours")]
    rows = [
        [line.name, *(_words(page, line.cells[one]) for one in days), labels.hours(line.minutes)] for line in page.lines
    ]
    return {
        "title": f"{page.group.name}, {labels.week_named(page.row.week_start)}",
        "city": profile.city().name,
        "summary": _("Version %(version)s, %(state)s. Printed: %(when)s")
        % {
            "version": page.row.version,
            "state": str(labels.STATES[ScheduleState(page.row.state)]).lower(),
            "when": full_time(now),
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
    times = f"{labels.clock(pattern.start)}–{labels.clock(pattern.end)}"
    if pattern.meal_start is None:
        return times
    return times + "\n" + _("meal %(time)s") % {"time": labels.clock(pattern.meal_start)}


def _short(page: EditorPage) -> list[str]:
    """A sentence for each day on which somebody is missing: from when until when, and how many at most."""
    found = []
    for day in page.strip:
        words = [
            _("%(start)s–%(end)s up to %(n)s missing")
            % {"start": labels.clock(start), "end": labels.clock(end), "n": most}
            for start, end, most in _stretches(page.starts, day)
        ]
        if words:
            found.append(f"{labels.dayname(day.day)}: {', '.join(words)}")
    return found


def _stretches(starts: tuple[int, ...], day: StripDay) -> list[tuple[int, int, int]]:
    """Slots with too few people that follow each other, as one: begin, end, and the most that are missing."""
    found: list[tuple[int, int, int]] = []
    for start, one in zip(starts, day.slots, strict=True):
        if one is None or not one.short:
            continue
        end = start + one.minutes
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end, max(found[-1][2], one.short))
        else:
            found.append((start, end, one.short))
    return found
