"""Shifts set by hand. The verifier says of each change which rules it breaks; who means it anyway keeps it, named."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.management.workforce import labels
from citydesk.management.workforce.models import Pin, Schedule, Shift
from citydesk.management.workforce.queries.groups import GroupRow
from citydesk.management.workforce.queries.weeks import PlannedWeek
from citydesk.management.workforce.rules.planning import STEP, new_breaches, with_breaks
from citydesk.management.workforce.rules.roster.people import DAY, WEEK
from citydesk.management.workforce.rules.roster.shifts import Assignment, Pattern
from citydesk.management.workforce.rules.roster.verifier import Breach, Rule
from citydesk.management.workforce.services.schedules import (
    keep,
    note,
    refresh_cost,
    take_away,
    take_schedule,
    tidy,
    week_of_row,
    write_shifts,
)

SHORTEST, LONGEST = 60, 16 * 60


class RulesBroken(Conflict):
    """A change by hand breaks rules that nobody accepted; `rules` names them."""

    def __init__(self, rules: Iterable[Breach]) -> None:
        self.rules = tuple(rules)
        words = sorted({str(labels.RULES[one.rule]) for one in self.rules})
        super().__init__(
            _("This breaks rules: %(rules)s.") % {"rules": "; ".join(words)},
            field="anyway",
            hint=_("Tick “keep it anyway” to set it all the same; the rules stay named beside it."),
        )


@dataclass(frozen=True)
class HandShift:
    """A shift as somebody sets it: minutes after the day's midnight. `meal` None: where the template usually has it, 0
    without one."""

    user_id: int
    day: date
    template: str
    start: int
    length: int
    meal: int | None = None


def set_shift(
    *,
    schedule_id: int,
    shift: HandShift,
    is_anyway: bool = False,
    reason: str = "",
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Give somebody a shift on a day, in place of what they had. It is pinned: the solver leaves it.

    Raises `RulesBroken` for new breaches unless `is_anyway`, `Invalid` beside the field for a shift that cannot be,
    `NotFound`, `NotAllowed`, `Conflict`, `StaleVersion`.
    """
    with transaction.atomic():
        row, group = take_schedule(schedule_id, access, version)
        week = week_of_row(row, group, now)
        given = _assignment(shift, week)
        found = _replace(row, week, given.person, given.day, given, is_anyway)
        _pin(row, given, found, reason, access, now)
        _after(row, group, "shift_set", given.person, week, access, now)


def _assignment(shift: HandShift, week: PlannedWeek) -> Assignment:
    """The shift as the rules know it, with its meal and breaks. Raises `Invalid`."""
    template = week.problem.template_of.get(shift.template)
    if template is None:
        raise Invalid(_("Choose the shift."), field="template")
    if str(shift.user_id) not in week.names:
        raise Invalid(_("Choose somebody of the group."), field="user")
    number = week.number(shift.day)
    if not 0 <= number < WEEK:
        raise Invalid(_("That day lies in another week."), field="day")
    if not 0 <= shift.start < DAY or shift.start % STEP:
        raise Invalid(_("A shift begins on a quarter hour."), field="start")
    if not SHORTEST <= shift.length <= LONGEST or shift.length % STEP:
        raise Invalid(_("A shift lasts from 1 to 16 hours, in quarter hours."), field="length")
    meal, length = _meal(shift, week)
    pattern = Pattern(shift.template, shift.start, shift.length, meal, length)
    return with_breaks(Assignment(str(shift.user_id), number, pattern, origin="manual"), template.breaks)


def _meal(shift: HandShift, week: PlannedWeek) -> tuple[int | None, int]:
    """When the meal begins and how long it is: as asked, else in the middle of when it may, on a slot."""
    rule = week.problem.template_of[shift.template].meal
    if shift.meal == 0 or (shift.meal is None and rule is None):
        return None, 0
    minutes = rule.length if rule else 30
    if shift.meal is not None:
        if shift.meal % STEP or not shift.start <= shift.meal <= shift.start + shift.length - minutes:
            raise Invalid(_("The meal lies inside the shift, on a quarter hour."), field="meal")
        return shift.meal, minutes
    middle = shift.start + (rule.first + rule.last) // 2 if rule else shift.start
    slot = week.problem.slot
    at = min(middle // slot * slot, (shift.start + shift.length - minutes) // slot * slot)
    return (at, minutes) if at >= shift.start else (None, 0)


def _replace(
    row: Schedule, week: PlannedWeek, person: str, day: int, given: Assignment | None, is_anyway: bool
) -> list[Breach]:
    """Write what stands in a person's day; returns the new breaches of that person and of the desk."""
    rest = tuple(one for one in week.roster if (one.person, one.day) != (person, day))
    after = (*rest, replace(given, is_pinned=True)) if given else rest
    free = replace(week.problem, pinned=())
    found = [one for one in new_breaches(free, week.roster, after) if one.person in (person, "")]
    if [one for one in found if one.rule != Rule.UNKNOWN] and not is_anyway:
        raise RulesBroken(found)
    held = week.shift_ids.get((person, day))
    if held is not None:
        take_away([held])
    if given is not None:
        write_shifts(row, [given])
    return found


def _pin(row: Schedule, given: Assignment, found: list[Breach], reason: str, access: Access, now: datetime) -> None:
    day = date.fromordinal(row.week_start.toordinal() + given.day)
    shift = Shift.objects.get(schedule=row, user_id=int(given.person), day=day)
    Pin.objects.create(
        shift=shift,
        reason=tidy(reason),
        breaches=[{"rule": one.rule.value, "text": one.text} for one in found],
        pinned_at=now,
        pinned_by_id=access.actor.staff_id,
    )


def _after(
    row: Schedule, group: GroupRow, code: str, person: str, week: PlannedWeek, access: Access, now: datetime
) -> None:
    refresh_cost(row, group, now)
    keep(row, ["cost"])
    note(row, code, access.actor, now, after={"name": week.names.get(person, "")})


def remove_shift(
    *,
    schedule_id: int,
    user_id: int,
    day: date,
    is_anyway: bool = False,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Leave somebody free on a day. Raises as `set_shift`."""
    with transaction.atomic():
        row, group = take_schedule(schedule_id, access, version)
        week = week_of_row(row, group, now)
        person, number = str(user_id), week.number(day)
        if (person, number) not in week.shift_ids:
            raise NotFound(_("There is no such shift."))
        _replace(row, week, person, number, None, is_anyway)
        _after(row, group, "shift_removed", person, week, access, now)


Step = Callable[[Pattern, int], Pattern]


def _earlier(pattern: Pattern, slot: int) -> Pattern:
    return _moved(pattern, -slot)


def _later(pattern: Pattern, slot: int) -> Pattern:
    return _moved(pattern, slot)


def _moved(pattern: Pattern, by: int) -> Pattern:
    meal = pattern.meal_start + by if pattern.meal_start is not None else None
    return replace(pattern, start=pattern.start + by, meal_start=meal)


def _longer(pattern: Pattern, slot: int) -> Pattern:
    return replace(pattern, length=pattern.length + slot)


def _shorter(pattern: Pattern, slot: int) -> Pattern:
    return replace(pattern, length=pattern.length - slot)


STEPS: dict[str, Step] = {"earlier": _earlier, "later": _later, "longer": _longer, "shorter": _shorter}


def step_shift(
    *,
    schedule_id: int,
    user_id: int,
    day: date,
    step: str,
    is_anyway: bool = False,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Move a shift by one slot, or make it a slot longer or shorter. Raises as `set_shift`."""
    with transaction.atomic():
        row, group = take_schedule(schedule_id, access, version)
        week = week_of_row(row, group, now)
        held = _held(week, user_id, day)
        pattern = STEPS[step](held.pattern, week.problem.slot) if step in STEPS else held.pattern
        shift = HandShift(user_id, day, pattern.template, pattern.start, pattern.length, pattern.meal_start or 0)
        given = _assignment(shift, week)
        found = _replace(row, week, given.person, given.day, given, is_anyway)
        _pin(row, given, found, "", access, now)
        _after(row, group, "shift_set", given.person, week, access, now)


def _held(week: PlannedWeek, user_id: int, day: date) -> Assignment:
    key = (str(user_id), week.number(day))
    found = next((one for one in week.roster if (one.person, one.day) == key), None)
    if found is None:
        raise NotFound(_("There is no such shift."))
    return found


def pin_shift(
    *,
    schedule_id: int,
    user_id: int,
    day: date,
    reason: str = "",
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Leave a shift where it is, whatever the solver would do. Pinning twice changes nothing. Raises `NotFound`, …"""
    with transaction.atomic():
        row, group = take_schedule(schedule_id, access, version)
        week = week_of_row(row, group, now)
        held = _held(week, user_id, day)
        if held.is_pinned:
            return
        _pin(row, held, [], reason, access, now)
        _after(row, group, "shift_pinned", held.person, week, access, now)


def unpin_shift(
    *, schedule_id: int, user_id: int, day: date, access: Access, now: datetime, version: int | None = None
) -> None:
    """Let the solver move a shift again. Raises as `pin_shift`."""
    with transaction.atomic():
        row, group = take_schedule(schedule_id, access, version)
        week = week_of_row(row, group, now)
        held = _held(week, user_id, day)
        Pin.objects.filter(shift_id=week.shift_ids[held.person, held.day]).delete()
        _after(row, group, "shift_unpinned", held.person, week, access, now)
