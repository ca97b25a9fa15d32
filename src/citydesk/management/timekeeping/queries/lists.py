"""What waits for whoever approves, who has not submitted, the attendance queue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel.actors import Access
from citydesk.management.timekeeping.choices import APPROVE, OccurrenceState, RequestState, SheetState
from citydesk.management.timekeeping.models import AttendanceOccurrence, Delegation, LeaveRequest, Timesheet
from citydesk.management.timekeeping.queries.hours import balances_of, week_of, weeks_of
from citydesk.management.timekeeping.queries.leave import LINE, with_names
from citydesk.management.timekeeping.queries.policy import leave_rules, policy_on
from citydesk.management.timekeeping.queries.report import expected_since, people_of
from citydesk.management.timekeeping.queries.sight import Reach, reach_of, seen_occurrences
from citydesk.management.timekeeping.rules.attendance import Occurrence, points_on, rolls_off_on, step_reached

_MOST = 100


@dataclass(frozen=True)
class WaitingSheet:
    """A submitted sheet of somebody the reader approves for."""

    id: int
    person: str
    week_start: date
    submitted_at: datetime
    worked: int
    overtime: int
    leave: int


@dataclass(frozen=True)
class Approvals:
    """What waits for the reader, and the delegations they gave and have."""

    sheets: list[WaitingSheet]
    requests: list[dict[str, Any]]
    given: list[dict[str, Any]]
    had: list[dict[str, Any]]


def approvals(access: Access, now: datetime) -> Approvals:
    """Sheets and leave that wait for the reader's yes or no, the oldest first."""
    reach = reach_of(access, now)
    people = sorted(reach.people)
    sheets = Timesheet.objects.filter(user_id__in=people, state=SheetState.SUBMITTED).order_by("submitted_at", "id")
    requests = LeaveRequest.objects.filter(user_id__in=people, state=RequestState.SUBMITTED)
    rows = with_names(requests.order_by("submitted_at", "id").values(*LINE)[:_MOST])
    held = balances_of({one["user_id"] for one in rows}, profile.city_today(now))
    for one in rows:
        needs = leave_rules(one["leave_type__code"], one["first"]).needs_balance
        one["balance"] = held.get((one["user_id"], one["leave_type__code"]), 0) if needs else None
    me = access.actor.staff_id or 0
    return Approvals(_waiting(sheets.select_related("user")[:_MOST]), rows, *_delegations(me, now))


def _waiting(rows: Iterable[Timesheet]) -> list[WaitingSheet]:
    found = list(rows)
    facts = weeks_of([(one.user_id, one.week_start) for one in found])
    waiting = []
    for one in found:
        hours = facts[one.user_id, one.week_start]
        if one.submitted_at is None:
            raise ValueError(f"sheet {one.pk} waits for approval but has no moment of submission")
        waiting.append(
            WaitingSheet(
                one.pk, one.user.name, one.week_start, one.submitted_at,
                hours.hours.worked, hours.hours.overtime,
                hours.leave_seconds,
            )
        )  # fmt: skip
    return waiting


def _delegations(me: int, now: datetime) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows = Delegation.objects.filter(last__gte=profile.city_today(now), ended_at=None).order_by("first", "id")
    given = rows.filter(principal_id=me).values("id", "delegate__name", "first", "last")
    had = rows.filter(delegate_id=me).values("id", "principal__name", "first", "last")
    return [*map(dict, given)], [*map(dict, had)]


def count_waiting(access: Access, now: datetime) -> dict[str, int]:
    """How many sheets and requests wait for the reader; for opening pages."""
    people = sorted(reach_of(access, now).people)
    if not people:
        return {"sheets": 0, "requests": 0}
    return {
        "sheets": Timesheet.objects.filter(user_id__in=people, state=SheetState.SUBMITTED).count(),
        "requests": LeaveRequest.objects.filter(user_id__in=people, state=RequestState.SUBMITTED).count(),
    }


def may_delegate_to(access: Access, now: datetime) -> list[tuple[int, str]]:
    """Colleagues of the reader's teams who may approve, by name."""
    found: dict[int, str] = {}
    for team in sorted(access.team_ids):
        for one in staff.people_of_team(team, now):
            if one.id != access.actor.staff_id and one.id not in found:
                other = staff.access_for(staff.user_with_rights(one.id, now), now)
                found |= {one.id: one.name} if other.may(APPROVE) else {}
    return sorted(found.items(), key=lambda one: one[1])


def unsubmitted(access: Access, week_start: date, now: datetime) -> list[tuple[str, str]]:
    """People the reader approves for whose sheet of a week is not submitted: (name, state), by name.

    Somebody who wrote nothing in the week counts as open: they say so by submitting. Weeks before a person's first are
    not expected of them.
    """
    since = expected_since(people_of(access, now))
    people = [one for one, first in since.items() if first <= week_start]
    rows = Timesheet.objects.filter(user_id__in=people, week_start=week_start).values_list("user_id", "state")
    states = dict(rows)
    open_ones = {one: states.get(one, SheetState.OPEN) for one in people}
    names = staff.names_of(one for one, state in open_ones.items() if state == SheetState.OPEN)
    return sorted((name, open_ones[one]) for one, name in names.items())


def last_week(now: datetime) -> date:
    """The first day of the workweek that ended last."""
    return week_of(profile.city_today(now) - timedelta(days=7)).first_day


def attendance(access: Access, now: datetime, *, state: str = "") -> list[dict[str, Any]]:
    """Exceptions the reader sees, the newest first, with the day each rolls off and the person's points today."""
    rows = seen_occurrences(access, now)
    if state:
        rows = rows.filter(state=state)
    columns = (
        "id", "user_id", "user__name", "on", "kind", "seconds", "points", "state", "version", "reason",
        "scheduled_from", "scheduled_to", "decided_by__name",
    )  # fmt: skip
    found = list(rows.order_by("-on", "id").values(*columns)[:_MOST])
    points = points_of({one["user_id"] for one in found}, now)
    reach = reach_of(access, now)
    policy = policy_on(profile.city_today(now))
    for one in found:
        one["rolls_off"] = rolls_off_on(one["on"], policy.rolls_off_days)
        one["person_points"] = points[one["user_id"]]
        one["review"] = step_reached(points[one["user_id"]], policy.review_at)
        one["may_decide"] = _may_decide(reach, access, one["user_id"])
        one["reason"] = one["reason"] if one["may_decide"] or one["user_id"] == reach.me else ""
    return found


def _may_decide(reach: Reach, access: Access, user_id: int) -> bool:
    return access.may(APPROVE) and reach.why_not(user_id) is None


def points_of(user_ids: Iterable[int], now: datetime) -> dict[int, Decimal]:
    """Points that count today, by person. One statement."""
    today = profile.city_today(now)
    days = policy_on(today).rolls_off_days
    people = sorted(set(user_ids))
    counted = AttendanceOccurrence.objects.filter(user_id__in=people, state=OccurrenceState.CONFIRMED)
    found: dict[int, list[Occurrence]] = {one: [] for one in people}
    for user, on, points in counted.values_list("user_id", "on", "points"):
        found[user].append(Occurrence(on, points))
    return {user: points_on(rows, today, days) for user, rows in found.items()}
