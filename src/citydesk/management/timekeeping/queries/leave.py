"""Leave: balances, projections, the pages of a person and of who decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.city.staff.queries.people import memberships_in_force
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.management.timekeeping.choices import APPROVE, LIVE, OWN, REQUEST, AccrualKind, Refusal, RequestState
from citydesk.management.timekeeping.models import LeaveRequest, LeaveTransaction
from citydesk.management.timekeeping.queries.hours import (
    PersonTerms,
    balances_of,
    terms_of,
    used_of_family_leave,
)
from citydesk.management.timekeeping.queries.policy import blackouts_on, leave_rules, leave_rules_on, policy_on
from citydesk.management.timekeeping.queries.sight import Reach, members_of, reach_of, seen_requests
from citydesk.management.timekeeping.rules import requests as rules_of_requests
from citydesk.management.timekeeping.rules.leave_types import LeaveRules
from citydesk.management.timekeeping.rules.ledger import Projection, Row, project

LINE = (
    "id", "user_id", "user__name", "leave_type__code", "state", "first", "last", "starts_at", "seconds", "made_at",
    "submitted_at", "decided_by__name", "decided_at", "version",
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """One kind of leave of a person: its rules, the balance today, what is granted ahead, the balance on a day."""

    rules: LeaveRules
    name: str
    balance: int
    ahead: int
    projected: int | None


@dataclass(frozen=True)
class MyLeave:
    """A person's leave: a line for each kind, requests from the newest, rows of the ledger from the newest."""

    standings: list[Standing]
    requests: list[dict[str, Any]]
    ledger: list[dict[str, Any]]
    on: date


@dataclass(frozen=True)
class LeavePage:
    """One request with what deciding it asks for. `why_not` says why it is not the reader's to decide.

    `projected` is the balance on the last day with this request in it. `may_read_reason`: it waits for the reader.
    """

    row: LeaveRequest
    rules: LeaveRules
    days: list[tuple[date, int]]
    balance: int
    projected: int
    overlaps: list[dict[str, Any]]
    blackouts: list[str]
    family_left: int | None
    needs_paper: bool
    why_not: Refusal | None
    is_own: bool
    may_read_reason: bool
    history: list[audit.HistoryLine]
    readers: list[dict[str, Any]]


def language() -> str:
    """The reader's language."""
    return (get_language() or "en").split("-")[0]


def projection(
    user_id: int,
    rules: LeaveRules,
    terms: PersonTerms,
    *,
    today: date,
    until: date,
    asked: Sequence[tuple[date, int]] = (),
) -> Projection:
    """A person's balance of one kind at the end of a day: what is there, what will be given, what is granted ahead,
    and the days `asked` for. One statement."""
    rows = LeaveTransaction.objects.filter(user_id=user_id, leave_type__code=rules.code)
    known = [Row(*values) for values in rows.values_list("on", "kind", "seconds", "key")]
    start = sum(one.seconds for one in known if one.on <= today)
    start -= sum(seconds for day, seconds in asked if day <= today)
    # What the calendar will give is projected, also where it was written down ahead.
    ahead = [(one.on, -one.seconds) for one in known if one.on > today and not one.key]
    return project(
        start,
        today,
        until,
        rules,
        policy_on(today),
        # Whoever's service nobody wrote down is given nothing by the calendar.
        service_since=terms.service_since if terms.counted_from and terms.service_since else date.max,
        takes=[*ahead, *((day, seconds) for day, seconds in asked if day > today)],
        weekly=terms.weekly,
    )


def horizon(user_id: int, code: str, last: date) -> date:
    """The last day on which anything of a kind is granted to a person, or `last` where that is later."""
    rows = LeaveTransaction.objects.filter(user_id=user_id, leave_type__code=code, on__gt=last)
    return rows.order_by("-on").values_list("on", flat=True).first() or last


def my_leave(access: Access, *, on: date, now: datetime) -> MyLeave:
    """The reader's own leave, with balances projected to a day. Raises `NotFound` without the right."""
    access.require_sight(OWN)
    person = access.actor.staff_id or 0
    return MyLeave(standings(person, on=on, now=now), _own_requests(person), _ledger(person), on)


def standings(person: int, *, on: date, now: datetime) -> list[Standing]:
    """Each kind of leave a person may have, in order."""
    today = profile.city_today(now)
    known = leave_rules_on(today)
    terms = terms_of([person])[person]
    balances, whole = balances_of([person], today), balances_of([person])
    found = []
    for code, rules in known.items():
        if not rules.needs_balance:
            continue
        level = balances.get((person, code), 0)
        ahead = level - whole.get((person, code), 0)
        is_shown = level or ahead or terms.counted_from or rules.accrual == AccrualKind.NONE
        if rules.accrual == AccrualKind.EARNED and not (level or terms.comp_agreed_on):
            is_shown = False
        if is_shown:
            end = projection(person, rules, terms, today=today, until=on).balance if on > today else None
            found.append(Standing(rules, rules.name_in(language()), level, ahead, end))
    return found


def _own_requests(person: int) -> list[dict[str, Any]]:
    rows = LeaveRequest.objects.filter(user_id=person).order_by("-first", "-id").values(*LINE, "reason", "decision")
    return with_names(rows[:50])


def _ledger(person: int) -> list[dict[str, Any]]:
    rows = LeaveTransaction.objects.filter(user_id=person).order_by("-on", "-id")
    columns = ("on", "kind", "seconds", "reason", "leave_type__code")
    return with_names(rows.values(*columns)[:60])


def with_names(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each row with the name of its kind of leave in the reader's language."""
    found = list(rows)
    for row in found:
        day = row.get("first") or row["on"]
        row["leave_name"] = leave_rules(row["leave_type__code"], day).name_in(language())
    return found


def get_request(access: Access, request_id: int, *, now: datetime) -> LeavePage:
    """One request the reader sees; reading another's is logged. Raises `NotFound`."""
    rows = seen_requests(access, now).select_related("user", "leave_type", "decided_by")
    row = rows.filter(pk=request_id).first()
    if row is None:
        raise NotFound(_("There is no such request."))
    is_own = row.user_id == access.actor.staff_id
    reach = reach_of(access, now)
    why_not = reach.why_not(row.user_id) if access.may(APPROVE) else Refusal.OUT_OF_REACH
    if not is_own:
        audit.record_read(object_type=REQUEST, object_id=row.pk, purpose="page", actor=access.actor, now=now)
    today = profile.city_today(now)
    rules = leave_rules(row.leave_type.code, row.first)
    terms = terms_of([row.user_id])[row.user_id]
    days = [(date.fromisoformat(text), seconds) for text, seconds in row.days]
    is_waiting = row.state in (RequestState.SUBMITTED, RequestState.DRAFT)
    asked = days if is_waiting and rules.needs_balance else []
    end = projection(row.user_id, rules, terms, today=today, until=max(row.last, today), asked=asked)
    return LeavePage(
        row=row,
        rules=rules,
        days=days,
        balance=balances_of([row.user_id], today).get((row.user_id, rules.code), 0),
        projected=end.balance,
        overlaps=overlapping_leave(row.user_id, row.first, row.last, reach, now) if not is_own else [],
        blackouts=[one.name_in(language()) for one in blackouts_of(row.user_id, row.first, row.last, now)],
        family_left=_family_left(row, rules, terms),
        needs_paper=rules_of_requests.needs_paper(rules, (row.last - row.first).days + 1),
        why_not=why_not,
        is_own=is_own,
        may_read_reason=bool(row.reason) and (is_own or _is_to_decide(row, why_not)),
        history=audit.history_of(REQUEST, row.pk),
        readers=audit.readers_of(REQUEST, row.pk) if is_own else [],
    )


def _is_to_decide(row: LeaveRequest, why_not: Refusal | None) -> bool:
    return why_not is None and row.state == RequestState.SUBMITTED


def reason_of(access: Access, request_id: int, *, now: datetime) -> str:
    """Why somebody asks for leave: for the person, and, logged, for who is to decide while they have to.

    Raises `NotFound` for everybody else, and once it is decided.
    """
    row = seen_requests(access, now).filter(pk=request_id).first()
    if row is None:
        raise NotFound(_("There is no such request."))
    if row.user_id == access.actor.staff_id:
        return row.reason
    why_not = reach_of(access, now).why_not(row.user_id) if access.may(APPROVE) else Refusal.OUT_OF_REACH
    if not row.reason or not _is_to_decide(row, why_not):
        raise NotFound(_("There is nothing here."))
    audit.record_read(object_type=REQUEST, object_id=row.pk, purpose="reason", actor=access.actor, now=now)
    return row.reason


def _family_left(row: LeaveRequest, rules: LeaveRules, terms: PersonTerms) -> int | None:
    if not rules.is_fmla:
        return None
    codes = [code for code, one in leave_rules_on(row.first).items() if one.is_fmla]
    used = used_of_family_leave(row.user_id, codes, row.last)
    return rules_of_requests.fmla_left(used, row.last, terms.weekly)


def blackouts_of(user_id: int, first: date, last: date, now: datetime) -> list[rules_of_requests.Blackout]:
    """Days without leave that a person's days fall into."""
    known = list(blackouts_on(profile.city_today(now)))
    if not known:
        return []
    codes = {staff.get_team(one).code for one in _teams_of(user_id, now)} if any(one.teams for one in known) else set()
    return rules_of_requests.blackouts_hit(known, first, last, codes)


def _teams_of(user_id: int, now: datetime) -> list[int]:
    return list(memberships_in_force(now).filter(user_id=user_id).values_list("team_id", flat=True))


def overlapping_leave(user_id: int, first: date, last: date, reach: Reach, now: datetime) -> list[dict[str, Any]]:
    """Leave of colleagues of a person's teams that shares days, as far as the reader approves for them."""
    colleagues = members_of(frozenset(_teams_of(user_id, now)), now) & reach.people - {user_id}
    rows = LeaveRequest.objects.filter(
        user_id__in=sorted(colleagues), state__in=sorted(LIVE), first__lte=last, last__gte=first
    )
    return [*map(dict, rows.order_by("first", "user__name").values("id", "user__name", "first", "last", "state"))]


def approved_leave(user_ids: Iterable[int], first: date, last: date) -> list[dict[str, Any]]:
    """Leave granted to people that shares days with a span, for schedules: person, days, moment and seconds of a part.

    For rooms above, which have authorised; neither kind nor reason is handed out. One statement.
    """
    rows = LeaveRequest.objects.filter(
        user_id__in=list(user_ids), state__in=["approved", "taken"], first__lte=last, last__gte=first
    )
    columns = ("id", "user_id", "first", "last", "starts_at", "seconds", "days")
    return [*map(dict, rows.order_by("first", "id").values(*columns))]


@dataclass(frozen=True)
class AskedLeave:
    """Whose leave, from which through which day; `starts_at` and `ends_at` where it is a part of one day."""

    user_id: int
    first: date
    last: date
    starts_at: datetime | None
    ends_at: datetime | None


def asked_leave(request_id: int) -> AskedLeave | None:
    """The days a request asks for, for panels beside it, whose page has authorised. Neither kind nor reason."""
    row = LeaveRequest.objects.filter(pk=request_id).values("user_id", "first", "last", "starts_at", "seconds").first()
    if row is None:
        return None
    starts = row["starts_at"]
    ends = starts + timedelta(seconds=row["seconds"]) if starts else None
    return AskedLeave(row["user_id"], row["first"], row["last"], starts, ends)
