"""The page of a week's schedule: people by days, coverage by slots, cost and bound, broken rules, burdens."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.management.workforce import labels
from citydesk.management.workforce.choices import OPEN_SCHEDULES, SCHEDULE, ScheduleState
from citydesk.management.workforce.models import Gathering, Pin, Schedule, SolveRun
from citydesk.management.workforce.queries.gatherings import gatherings_of
from citydesk.management.workforce.queries.groups import GroupRow
from citydesk.management.workforce.queries.schedules import CoverSlot
from citydesk.management.workforce.queries.seen import may_plan, seen_groups, seen_schedule
from citydesk.management.workforce.queries.skills import skill_names
from citydesk.management.workforce.queries.weeks import PlannedWeek, minute_of, planned_week, roster_of, template_names
from citydesk.management.workforce.rules.planning import hours_short, on_desk
from citydesk.management.workforce.rules.roster.cost import slacks_of
from citydesk.management.workforce.rules.roster.difference import Difference, difference
from citydesk.management.workforce.rules.roster.fairness import Fairness, fairness
from citydesk.management.workforce.rules.roster.people import WEEK
from citydesk.management.workforce.rules.roster.reasons import Candidate, Unmet, explain, unmet
from citydesk.management.workforce.rules.roster.shifts import Assignment
from citydesk.management.workforce.rules.roster.verifier import Breach, verify
from citydesk.management.workforce.rules.skill_needs import SkillStretch, skill_stretches

PERSONAL = {"drift", "wanted", "unwanted", "late", "weekend", "change", "overtime", "split"}


@dataclass(frozen=True)
class Cell:
    """Somebody's day: their shift, whether it is pinned and which rules it was pinned against, or why they are free."""

    user_id: int
    day: date
    shift: Assignment | None
    pin: Pin | None = None
    is_off: bool = False
    rules: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.user_id}-{self.day.isoformat()}"


@dataclass(frozen=True)
class Line:
    """Somebody's week and its paid minutes beside the contract's; `overtime` are those beyond its limit, forecast from
    the shifts as they stand."""

    user_id: int
    name: str
    cells: tuple[Cell, ...]
    minutes: int
    least: int
    most: int
    overtime: int = 0


@dataclass(frozen=True)
class StripDay:
    """A day of the coverage strip: a slot or None for each begin that any day of the week has."""

    day: date
    number: int
    slots: tuple[CoverSlot | None, ...]

    @property
    def short(self) -> int:
        """Slots with too few people."""
        return sum(1 for one in self.slots if one is not None and one.short)


@dataclass(frozen=True)
class Part:
    """One of two parts of a training: the day of the week, and minutes of that day."""

    day: int
    start: int
    end: int


@dataclass(frozen=True)
class InParts:
    """A training that found no place in one piece, or none at which nobody was missed; `price` is what that costs."""

    person: str
    title: str
    parts: tuple[Part, ...]
    price: int


@dataclass(frozen=True)
class EditorPage:
    """A version of a week with everything its page shows."""

    row: Schedule
    group: GroupRow
    week: PlannedWeek
    lines: tuple[Line, ...]
    starts: tuple[int, ...]
    strip: tuple[StripDay, ...]
    breaches: tuple[Breach, ...]
    personal_cost: int
    asked: int
    allowed: int
    fairness: Fairness
    change: Difference | None
    published: Schedule | None
    run: SolveRun | None
    gatherings: list[Gathering]
    versions: list[dict[str, Any]]
    history: list[audit.HistoryLine]
    may_plan: bool
    names_of_templates: dict[str, dict[str, str]]

    @property
    def is_open(self) -> bool:
        return self.row.state in OPEN_SCHEDULES and self.row.state != ScheduleState.SOLVING

    @property
    def is_outdated(self) -> bool:
        """Whether the staff required has changed since the version was solved: its cost and bound are of before."""
        now = [[one.day, one.start, one.target, one.minimum] for one in self.week.problem.slot_needs]
        return self.row.bound is not None and self.row.asked != now

    @property
    def gap(self) -> float | None:
        """How far the cost lies above what none can go below, as a share of the cost."""
        cost, bound = self.row.cost, self.row.bound
        if cost is None or bound is None:
            return None
        return (cost - min(bound, cost)) / cost if cost else 0.0

    @property
    def is_proven(self) -> bool:
        """Whether no schedule can cover better: what is left of the cost is all of people's own rules."""
        row = self.row
        if self.is_outdated:
            return False
        return row.cost is not None and row.bound is not None and row.cost - self.personal_cost <= row.bound

    @property
    def unmet(self) -> int:
        """People missing, over all slots."""
        return sum(one.short for day in self.strip for one in day.slots if one is not None)

    @property
    def planned(self) -> int:
        """Paid minutes of the week."""
        return sum(one.minutes for one in self.lines)

    @property
    def overtime(self) -> int:
        """Minutes of the week beyond people's limits of overtime, each by itself."""
        return sum(one.overtime for one in self.lines)

    @property
    def skills(self) -> tuple[SkillStretch, ...]:
        """How the skills that slots need are covered; nothing where none is asked for."""
        return skill_stretches(self.week.problem, self.week.roster)

    @property
    def skill_names(self) -> dict[str, str]:
        """Names of skills in the reader's language."""
        return skill_names(self.week.monday)

    @property
    def in_parts(self) -> tuple[InParts, ...]:
        """Trainings that lie in two parts, by whose they are and their first one's time."""
        found: dict[tuple[str, str], list[Part]] = defaultdict(list)
        for one in sorted(self.week.roster, key=lambda it: (it.person, it.day)):
            for it in one.activities:
                if it.part:
                    found[one.person, it.label or it.kind.value].append(Part(one.day, it.start, it.end))
        price = self.week.problem.weights.split
        return tuple(InParts(person, title, tuple(parts), price) for (person, title), parts in found.items())

    def name(self, code: str) -> str:
        return self.week.names.get(code, code)

    def template(self, code: str) -> str:
        """A shift's name in the reader's language."""
        return labels.template_name(self.names_of_templates, code)


def get_editor(access: Access, schedule_id: int, *, now: datetime) -> EditorPage:
    """A version the reader may see. Raises `NotFound`. A fixed number of statements."""
    row, group = seen_schedule(access, schedule_id)
    week = planned_week(group, row.week_start, schedule=row, now=now)
    found = tuple(verify(week.problem, week.roster))
    starts, strip = strip_of(week)
    published = _published(row)
    asked, allowed = hours_short(week.problem)
    return EditorPage(
        row=row,
        group=group,
        week=week,
        lines=_lines(week, found),
        starts=starts,
        strip=strip,
        breaches=found,
        personal_cost=sum(one.cost for one in slacks_of(week.problem, week.roster) if one.kind in PERSONAL),
        asked=asked,
        allowed=allowed,
        fairness=fairness(week.problem, week.roster),
        change=_change(week, published) if published else None,
        published=published,
        run=SolveRun.objects.filter(schedule=row).order_by("-id").first(),
        gatherings=gatherings_of(group.id, row.week_start),
        versions=_versions(row),
        history=audit.history_of(SCHEDULE, row.pk),
        may_plan=may_plan(access, group),
        names_of_templates=template_names(row.week_start),
    )


def _published(row: Schedule) -> Schedule | None:
    """The version that this one is compared with: what is in force, or what was before it."""
    rows = Schedule.objects.filter(group_id=row.group_id, week_start=row.week_start, version__lt=row.version)
    return rows.filter(published_at__isnull=False).order_by("-version").first()


def _change(week: PlannedWeek, before: Schedule) -> Difference:
    given, _ids, _pins = roster_of(before, week.monday)
    return difference(week.problem, given, week.roster)


def _versions(row: Schedule) -> list[dict[str, Any]]:
    rows = Schedule.objects.filter(group_id=row.group_id, week_start=row.week_start).order_by("-version")
    return [*map(dict, rows.values("id", "version", "state", "published_at", "cost"))]


def _lines(week: PlannedWeek, found: Iterable[Breach]) -> tuple[Line, ...]:
    held = {(one.person, one.day): one for one in week.roster}
    rules: dict[tuple[str, int], set[str]] = defaultdict(set)
    for breach in found:
        rules[breach.person, breach.day].add(breach.rule)
    codes = dict.fromkeys([*(one.code for one in week.problem.people), *(one.person for one in week.roster)])
    return tuple(_line(week, code, held, rules) for code in sorted(codes, key=lambda one: week.names.get(one, one)))


def _line(
    week: PlannedWeek, code: str, held: dict[tuple[str, int], Assignment], rules: dict[tuple[str, int], set[str]]
) -> Line:
    person = week.problem.person_of.get(code)
    cells = tuple(
        Cell(
            int(code),
            week.day(day),
            held.get((code, day)),
            week.pins.get(week.shift_ids.get((code, day), 0)),
            person is None or day in person.days_off or day not in person.contract.weekdays,
            tuple(sorted(rules.get((code, day), ()))),
        )
        for day in range(WEEK)
    )
    minutes = sum(one.shift.pattern.paid for one in cells if one.shift)
    terms = person.contract if person else None
    return Line(
        int(code),
        week.names.get(code, code),
        cells,
        minutes,
        terms.min_minutes if terms else 0,
        terms.max_minutes if terms else 0,
        max(0, minutes - terms.overtime_after) if terms and terms.overtime_after is not None else 0,
    )


def strip_of(week: PlannedWeek) -> tuple[tuple[int, ...], tuple[StripDay, ...]]:
    """Coverage of a version: the begins of slots that any day has, and each day with its slots in that order."""
    zone, there = profile.local_zone(), on_desk(week.roster, week.problem.slot)
    found: dict[tuple[int, int], CoverSlot] = {}
    for one in week.slots:
        day = one.starts_at.astimezone(zone).date()
        key = (week.number(day), minute_of(one.starts_at, day, zone))
        required = max(one.required, one.scheduled)
        if required or one.forecast or there.get(key):
            found[key] = CoverSlot(
                one.starts_at, one.minutes, required, there.get(key, 0), one.high, one.forecast, one.required
            )
    starts = tuple(sorted({start for _day, start in found}))
    return starts, tuple(
        StripDay(week.day(day), day, tuple(found.get((day, start)) for start in starts))
        for day in range(WEEK)
        if any((day, start) in found for start in starts)
    )


@dataclass(frozen=True)
class Why:
    """A slot with too few people: how many are missing, and of everybody why they do not come. `given` is the shift
    of those who could."""

    hole: Unmet
    day: date
    start: int
    candidates: tuple[Candidate, ...]


def why_short(page: EditorPage, day: int, start: int, skill: str = "") -> Why:
    """Why nobody more takes a slot, or nobody more with a skill. Raises `NotFound` for a slot that has enough."""
    week = page.week
    holes = unmet(week.problem, week.roster)
    hole = next((one for one in holes if (one.day, one.start, one.skill) == (day, start, skill)), None)
    if hole is None:
        raise NotFound(_("Nobody is missing there."))
    return Why(hole, week.day(day), start, tuple(explain(week.problem, week.roster, hole)))


@dataclass(frozen=True)
class WeekLine:
    """A week of a group on the list: its newest versions, and what was asked of it."""

    group: GroupRow
    monday: date
    open: dict[str, Any] | None
    published: dict[str, Any] | None
    may_plan: bool


def list_weeks(access: Access, mondays: Iterable[date]) -> list[WeekLine]:
    """The weeks of every group in the reader's sight, newest first. Raises `NotFound`. Two statements."""
    groups, days = seen_groups(access), list(mondays)
    rows = Schedule.objects.filter(group_id__in=[one.id for one in groups], week_start__in=days).exclude(
        state=ScheduleState.SUPERSEDED
    )
    columns = ("id", "group_id", "week_start", "version", "state", "cost", "bound", "published_at")
    held: dict[tuple[int, date, bool], dict[str, Any]] = {}
    for one in rows.values(*columns):
        held[one["group_id"], one["week_start"], one["state"] == ScheduleState.PUBLISHED] = dict(one)
    return [
        WeekLine(group, day, held.get((group.id, day, False)), held.get((group.id, day, True)), may_plan(access, group))
        for group in groups
        for day in sorted(days, reverse=True)
    ]


def get_run(access: Access, schedule_id: int) -> tuple[Schedule, SolveRun | None]:
    """How far the solver is with a version. Raises `NotFound`."""
    row, _group = seen_schedule(access, schedule_id)
    return row, SolveRun.objects.filter(schedule=row).order_by("-id").first()
