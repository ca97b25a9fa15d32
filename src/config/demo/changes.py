"""What changes the week to come in the demo city: two swaps, a shift nobody has, somebody who cannot come."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import CitydeskError
from citydesk.management.workforce import services
from citydesk.management.workforce.queries.schedules import shifts_of
from citydesk.management.workforce.queries.seen import monday_of
from config.demo import told
from config.demo.schedules import desk_clerks

DAY = timedelta(days=1)


def make_changes(year: Any) -> None:
    """Each as the person whose matter it is; what does not fit the week that was published is left out."""
    monday = monday_of(profile.city_today(year.end)) + 7 * DAY
    clerks = desk_clerks(year)
    rows = shifts_of([one.actor.staff_id or 0 for one in clerks], monday, monday + 6 * DAY)
    works = {(row.user_id, row.day) for row in rows}
    if not rows:
        return
    # Not a holiday: a day on which the desk was planned.
    days = sorted({day for _person, day in works})
    _if_it_fits(lambda: _swaps(year, clerks, rows))
    _if_it_fits(lambda: _open_shift(year, clerks, rows[0].group_id, days[-1]))
    ill = next((one for one in reversed(clerks) if (one.actor.staff_id, days[0]) in works), None)
    if ill is not None:
        _if_it_fits(lambda: services.call_in_sick(day=days[0], access=ill, now=year.end))


def _swaps(year: Any, clerks: list[Access], rows: list[Any]) -> None:
    """An early shift for a late one of the same day: one waits for the colleague, another for the supervisor."""
    # A shift with a meeting in it is not given away.
    free = defaultdict(list)
    for row in rows:
        if all(kind in ("work", "break", "meal") for kind, _begin, _end, _label in row.activities):
            free[row.day].append(row)
    access = {one.actor.staff_id or 0: one for one in clerks}
    now = year.end - timedelta(minutes=50)
    notes = ("My daughter's school play is that evening.", "The dentist had no other hour.")
    asked = 0
    for day, shifts in sorted(free.items()):
        first = min(shifts, key=lambda row: (row.starts_at, row.user_id))
        last = max(shifts, key=lambda row: (row.starts_at, row.user_id))
        if first.user_id == last.user_id or asked == len(notes):
            continue
        key = services.offer_swap(
            day=day,
            taker_id=first.user_id,
            back_day=day,
            note=notes[asked],
            access=access[last.user_id],
            now=now,
        )
        if not asked:
            services.answer_swap(swap_id=key, is_accepted=True, access=access[first.user_id], now=year.end)
        asked += 1


def _open_shift(year: Any, clerks: list[Access], group_id: int, day: date) -> None:
    """An early one, with somebody who would take it."""
    templates = profile.entries("shift_templates", day)
    code = min(templates, key=lambda one: (templates[one]["order"], one))
    key = services.open_shift(
        group_id=group_id,
        day=day,
        template=code,
        start=templates[code]["starts"][0],
        reason=told.story("week").get("busy", ""),
        access=year.office.supervisor,
        now=year.end - timedelta(hours=2),
    )
    for clerk in clerks:
        _if_it_fits(partial(services.place_bid, open_shift_id=key, access=clerk, now=year.end))


def _if_it_fits(act: Callable[[], Any]) -> None:
    try:
        act()
    except CitydeskError:
        return  # a holiday, or the rules of the week that was solved
