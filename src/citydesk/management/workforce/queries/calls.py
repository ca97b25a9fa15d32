"""Sick calls: who may know of which, the hole each leaves, three ways to fill it by hand, what the solver found."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.management.workforce.choices import OWN, PLAN, CallState
from citydesk.management.workforce.models import SickCall
from citydesk.management.workforce.queries.groups import notice_days_on
from citydesk.management.workforce.queries.published import PublishedPlan, published_plan, week_of
from citydesk.management.workforce.rules.replans import Weighed, gone, taken, weighed
from citydesk.management.workforce.rules.roster.options import Option, options
from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.reasons import Candidate, Unmet, explain, unmet
from citydesk.management.workforce.rules.roster.shifts import Assignment, Pattern, Roster

_WHY = 12  # people whose reasons are listed


@dataclass(frozen=True)
class Short:
    """From a minute of the day until another, so many people fewer than are needed."""

    start: int
    end: int
    missing: int
    skill: str = ""


@dataclass(frozen=True)
class Way:
    """A way to fill the hole by hand, and what the week then is."""

    option: Option
    weighed: Weighed


@dataclass(frozen=True)
class CallPage:
    """A call with its hole: needs of the lost shift's time that are not met, the worst first."""

    row: SickCall
    may_decide: bool
    shift: Pattern
    slot: int = 30
    holes: tuple[Unmet, ...] = ()
    ways: tuple[Way, ...] = ()
    stays: Weighed | None = None  # what the week is if nobody comes
    unable: tuple[Candidate, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    proposal: dict[str, Any] | None = None
    is_stale: bool = False  # the week has changed since the solver looked

    @property
    def stretches(self) -> list[Short]:
        """The missing intervals in order, those that follow one another with the same number as one stretch."""
        found: list[Short] = []
        for one in sorted(self.holes, key=lambda it: (it.skill, it.start or 0)):
            start = one.start if one.start is not None else self.shift.start
            end = start + self.slot if one.start is not None else self.shift.end
            last = found[-1] if found else None
            if last and (last.end, last.missing, last.skill) == (start, one.missing, one.skill):
                found[-1] = Short(last.start, end, last.missing, last.skill)
            else:
                found.append(Short(start, end, one.missing, one.skill))
        return found

    def day_of(self, number: int) -> date:
        """The date of a day of the call's week."""
        return week_of(self.row.day) + timedelta(days=number)


def seen_calls(access: Access) -> QuerySet[SickCall]:
    """One's own calls, and those of the teams one plans for."""
    me = access.actor.staff_id or 0
    own = Q(person_id=me) if access.may(OWN) else Q(pk=0)
    planned = Q(group__team_id__in=sorted(access.team_ids)) if access.may(PLAN) else Q(pk=0)
    return SickCall.objects.filter(own | planned)


def get_call(access: Access, call_id: int, *, now: datetime) -> CallPage:
    """A call as its page shows it. Raises `NotFound`."""
    row = seen_calls(access).select_related("group", "person", "amendment", "settled_by").filter(pk=call_id).first()
    if row is None:
        raise NotFound(_("There is no such call."))
    may_decide = access.may(PLAN) and row.group.team_id in access.team_ids
    shift = lost_shift(row)
    plan = published_plan(row.group_id, week_of(row.day), now=now)
    if plan is None or not may_decide:
        return CallPage(row, may_decide, shift)
    found = holes_of(plan, row)
    problem, left = left_of(plan, row, now)
    why = tuple(one for one in _explained(plan, row, now, found) if not one.is_able)[:_WHY]
    return CallPage(
        row=row,
        may_decide=True,
        shift=shift,
        slot=plan.problem.slot,
        holes=tuple(found),
        ways=tuple(_ways(plan, row, now)),
        stays=weighed(problem, left, left),
        unable=why,
        names=plan.week.names,
        proposal=row.proposal,
        is_stale=row.proposal is not None and row.proposal.get("schedule") != plan.schedule_id,
    )


def lost_shift(row: SickCall) -> Pattern:
    """The shift that fell out."""
    told = row.shift
    return Pattern(told["template"], told["start"], told["length"], told["meal_start"], told["meal_length"])


def holes_of(plan: PublishedPlan, row: SickCall) -> list[Unmet]:
    """Needs within the lost shift's time that are not met now, the worst first."""
    day, shift = plan.day_of(row.day), lost_shift(row)
    found = [
        one
        for one in unmet(plan.problem, plan.roster)
        if one.day == day and (one.start is None or shift.start <= one.start < shift.end)
    ]
    return sorted(found, key=lambda one: (-one.missing, one.start or 0, one.skill))


def options_for(plan: PublishedPlan, row: SickCall, now: datetime) -> list[Option]:
    """Three ranked ways to fill the worst hole by changing one person's day; fewer where fewer keep every rule."""
    found = holes_of(plan, row)
    if not found:
        return []
    return options(*left_of(plan, row, now), found[0])


def _ways(plan: PublishedPlan, row: SickCall, now: datetime) -> Iterator[Way]:
    problem, left = left_of(plan, row, now)
    for one in options_for(plan, row, now):
        given = Assignment(one.person, plan.day_of(row.day), one.pattern)
        yield Way(one, weighed(problem, left, taken(left, given)))


def get_progress(access: Access, call_id: int) -> SickCall:
    """A call alone, without its week: how far the solver is. Raises `NotFound`. One statement."""
    access.require(PLAN)
    row = seen_calls(access).filter(pk=call_id, group__team_id__in=sorted(access.team_ids)).first()
    if row is None:
        raise NotFound(_("There is no such call."))
    return row


def is_stopped(call_id: int) -> bool:
    """Whether the solver's work is wanted no more: somebody stopped it, or settled the call. For the worker."""
    return not SickCall.objects.filter(pk=call_id, state=CallState.SOLVING, stop_asked_at=None).exists()


def _explained(plan: PublishedPlan, row: SickCall, now: datetime, found: list[Unmet]) -> list[Candidate]:
    return explain(*left_of(plan, row, now), found[0]) if found else []


def left_of(plan: PublishedPlan, row: SickCall, now: datetime, *, notice_days: int = 0) -> tuple[Problem, Roster]:
    """The problem and the roster without who called in: days before today are past and stay. So do the shifts of so
    many days from today on as people are told of before: who works then comes when they were told."""
    stays = plan.day_of(profile.city_today(now)) + notice_days
    return gone(plan.problem, plan.roster, plan.code_of(row.person_id), [plan.day_of(row.day)], stays)


@dataclass(frozen=True)
class Lost:
    """A published week without whoever called in, as the solver takes it."""

    schedule_id: int
    problem: Problem
    roster: Roster


def lost_plan(call_id: int, *, now: datetime) -> Lost | None:
    """What the worker plans again; None where the call is settled or nothing is published. For the worker."""
    row = SickCall.objects.filter(pk=call_id, state=CallState.SOLVING).first()
    plan = published_plan(row.group_id, week_of(row.day), now=now) if row else None
    if row is None or plan is None:
        return None
    notice = notice_days_on(plan.week.group.code, row.day)
    return Lost(plan.schedule_id, *left_of(plan, row, now, notice_days=notice))
