"""What waits for whoever plans: swaps with what they would break, open shifts with their bids, missing people."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff.rules import in_language
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.management.workforce.choices import PLAN, OpenState
from citydesk.management.workforce.labels import clock
from citydesk.management.workforce.models import (
    AvailabilityStatement,
    OpenShift,
    ScheduleAmendment,
    Shift,
    SickCall,
    StaffingGroup,
    SwapRequest,
)
from citydesk.management.workforce.queries.availability import waiting_statements
from citydesk.management.workforce.queries.bidding import ranked_bids, seen_open_shifts
from citydesk.management.workforce.queries.calls import seen_calls
from citydesk.management.workforce.queries.life import ShiftRow, published_shifts
from citydesk.management.workforce.queries.published import PublishedPlan, published_plan, week_of
from citydesk.management.workforce.queries.swapping import seen_swaps
from citydesk.management.workforce.queries.weeks import template_names, templates_on
from citydesk.management.workforce.rules.bids import RankedBid
from citydesk.management.workforce.rules.roster.verifier import Breach
from citydesk.management.workforce.rules.swaps import Exchange, Judged, NoSuchShift, SwapState, judge_exchange

_RECENT = 20
Plans = Callable[[int, date], PublishedPlan | None]


@dataclass(frozen=True)
class OpenRow:
    """An open shift with its bids, the best first."""

    row: OpenShift
    bids: tuple[tuple[RankedBid, str], ...]


@dataclass(frozen=True)
class Changes:
    """The page of what waits, and what was changed of late."""

    swaps: tuple[SwapRequest, ...]
    open_shifts: tuple[OpenRow, ...]
    calls: tuple[SickCall, ...]
    amendments: tuple[ScheduleAmendment, ...]
    groups: tuple[tuple[int, str], ...]
    ways: tuple[tuple[str, str], ...]  # "template:start" and its words
    people: tuple[tuple[int, str], ...]  # with a shift today or tomorrow
    statements: tuple[AvailabilityStatement, ...]


def changes(access: Access, *, now: datetime) -> Changes:
    """What waits in the groups one plans for. Raises `NotAllowed`."""
    access.require(PLAN)
    groups = list(StaffingGroup.objects.filter(team_id__in=sorted(access.team_ids), is_active=True))
    plans = _kept_plans(now)
    today = profile.city_today(now)
    swaps = seen_swaps(access).filter(state=SwapState.ACCEPTED, group__in=groups)
    calls = seen_calls(access).filter(group__in=groups, day__gte=today - timedelta(days=1))
    made = ScheduleAmendment.objects.filter(schedule__group__in=groups).select_related("schedule__group", "author")
    return Changes(
        swaps=tuple(swaps.select_related("giver", "taker").order_by("day", "id")),
        open_shifts=tuple(_open_row(one, plans, now) for one in _open(access, groups)),
        calls=tuple(calls.select_related("person").order_by("day", "id")),
        amendments=tuple(made.order_by("-made_at", "-id")[:_RECENT]),
        groups=tuple((one.pk, _words(one.names)) for one in groups),
        ways=tuple(_ways(groups, today)),
        people=tuple(_people(groups, today)),
        statements=tuple(waiting_statements(access, now=now)),
    )


def _kept_plans(now: datetime) -> Plans:
    """Published plans by group and week, each read once."""
    known: dict[tuple[int, date], PublishedPlan | None] = {}

    def plan(group_id: int, monday: date) -> PublishedPlan | None:
        if (group_id, monday) not in known:
            known[group_id, monday] = published_plan(group_id, monday, now=now)
        return known[group_id, monday]

    return plan


def _open(access: Access, groups: list[StaffingGroup]) -> list[OpenShift]:
    rows = seen_open_shifts(access).filter(state=OpenState.OPEN, group__in=groups)
    return list(rows.select_related("group").order_by("starts_at", "id")[:_RECENT])


def _open_row(row: OpenShift, plans: Plans, now: datetime) -> OpenRow:
    plan = plans(row.group_id, week_of(row.day))
    if plan is None:
        return OpenRow(row, ())
    return OpenRow(row, tuple((one, plan.name_of(one.person)) for one in ranked_bids(plan, row, now)))


def _ways(groups: list[StaffingGroup], day: date) -> list[tuple[str, str]]:
    names, found = template_names(day), {}
    for group in groups:
        for one in templates_on(group.code, day):
            words = names.get(one.code, {})
            for start in one.starts:
                found[f"{one.code}:{start}"] = (words, start, one.length)
    return [
        (code, f"{_words(words)} {clock(start)}–{clock(start + length)}")
        for code, (words, start, length) in sorted(found.items(), key=lambda one: (one[1][1], one[0]))
    ]


def _words(names: dict[str, str]) -> str:
    return in_language(names, get_language() or "")


def _people(groups: list[StaffingGroup], today: date) -> list[tuple[int, str]]:
    rows = Shift.objects.filter(
        schedule__group__in=groups, schedule__state="published", day__gte=today, day__lte=today + timedelta(days=1)
    )
    return list(rows.order_by("user__name").values_list("user_id", "user__name").distinct())


@dataclass(frozen=True)
class SwapPage:
    """A swap before whoever decides: both shifts, what the rules say of it, and what it does to coverage."""

    row: SwapRequest
    given: ShiftRow | None
    back: ShiftRow | None
    judged: Judged | None
    names: dict[str, str]
    may_decide: bool
    day_of: Callable[[int], date]

    @property
    def breaches(self) -> list[Breach]:
        """What it would break, each rule once for a person and day."""
        fresh = self.judged.fresh if self.judged else ()
        return list({(one.rule, one.person, one.day): one for one in fresh}.values())


def get_swap(access: Access, swap_id: int, *, now: datetime) -> SwapPage:
    """A swap as its page shows it. Raises `NotFound`."""
    rows = seen_swaps(access).select_related("giver", "taker", "decided_by", "group", "amendment")
    row = rows.filter(pk=swap_id).first()
    if row is None:
        raise NotFound(_("There is no such swap."))
    parties = (row.giver_id, row.taker_id)
    may_decide = access.may(PLAN) and row.group.team_id in access.team_ids and access.actor.staff_id not in parties
    plan = published_plan(row.group_id, week_of(row.day), now=now) if row.state in ("offered", "accepted") else None
    back = _shift_on(row.taker_id, row.back_day) if row.back_day else None
    return SwapPage(
        row=row,
        given=_shift_on(row.giver_id, row.day),
        back=back,
        judged=_judged(plan, row) if plan else None,
        names=plan.week.names if plan else {},
        may_decide=may_decide,
        day_of=plan.date_of if plan else partial(_nowhere, row.day),
    )


def _nowhere(day: date, number: int) -> date:
    return day


def _shift_on(user_id: int, day: date) -> ShiftRow | None:
    return next(iter(published_shifts([user_id], day, day)), None)


def _judged(plan: PublishedPlan, row: SwapRequest) -> Judged | None:
    back = None if row.back_day is None else plan.day_of(row.back_day)
    it = Exchange(plan.code_of(row.giver_id), plan.day_of(row.day), plan.code_of(row.taker_id), back)
    try:
        return judge_exchange(plan.problem, plan.roster, it)
    except NoSuchShift:
        return None
