"""Hours, leave and lines of workweeks, for one person or many, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo

from django.db.models import Sum

from citydesk.city.profile import queries as profile
from citydesk.management.timekeeping.choices import GRANTED, OvertimeAs
from citydesk.management.timekeeping.models import LeaveRequest, LeaveTransaction, MealCancellation, Terms, TimeEntry
from citydesk.management.timekeeping.queries.policy import leave_rules, policy_on
from citydesk.management.timekeeping.rules import comp_time, sheets
from citydesk.management.timekeeping.rules.comp_time import CompSplit
from citydesk.management.timekeeping.rules.entries import Entry
from citydesk.management.timekeeping.rules.hours import WeekHours, week_hours
from citydesk.management.timekeeping.rules.policy import TimePolicy
from citydesk.management.timekeeping.rules.weeks import Week, week_from, week_of_day

COMP = "comp"  # the profile's kind of leave that compensatory time is kept in
_DAY = timedelta(days=1)
PersonWeek = tuple[int, date]


@dataclass(frozen=True)
class PersonTerms:
    """What of a person's employment decides; the defaults are those of somebody nobody wrote anything down about."""

    is_exempt: bool = False
    comp_agreed_on: date | None = None
    is_safety: bool = False
    week_seconds: tuple[int, ...] = (28_800,) * 5 + (0, 0)
    service_since: date | None = None
    counted_from: date | None = None

    @property
    def weekly(self) -> int:
        return sum(self.week_seconds)

    def hours_of_weekdays(self) -> dict[int, int]:
        return dict(enumerate(self.week_seconds))

    def cap(self, policy: TimePolicy) -> int:
        """The cap of compensatory time in seconds."""
        return policy.comp_cap_safety if self.is_safety else policy.comp_cap


@dataclass(frozen=True)
class LeaveOfDay:
    """Leave granted on a day: its kind, the pay office's code, seconds."""

    day: date
    code: str
    pay_code: str
    seconds: int
    is_paid: bool


@dataclass(frozen=True)
class WeekFacts:
    """One person's workweek: the rows, what they come to, and the leave in it."""

    user_id: int
    week: Week
    policy: TimePolicy
    hours: WeekHours
    entries: tuple[Entry, ...]
    leave: tuple[LeaveOfDay, ...]
    terms: PersonTerms
    cancelled: frozenset[date] = field(default_factory=frozenset)

    @property
    def leave_seconds(self) -> int:
        return sum(one.seconds for one in self.leave if one.is_paid)

    def may_bank(self) -> bool:
        """Whether this week's overtime may be compensatory time."""
        return comp_time.may_bank(self.terms.comp_agreed_on, self.week.first_day)

    def split(self, overtime_as: str, comp_balance: int) -> CompSplit:
        """What of the overtime is banked and what is paid."""
        if overtime_as != OvertimeAs.COMP or not self.may_bank():
            return CompSplit(0, 0, self.hours.overtime)
        return comp_time.split(self.hours.overtime, balance=comp_balance, cap=self.terms.cap(self.policy))

    def lines(self, split: CompSplit) -> tuple[sheets.Line, ...]:
        """What the pay office gets for the week."""
        sums: dict[str, int] = defaultdict(int)
        for one in self.leave:
            if one.is_paid:
                sums[one.pay_code] += one.seconds
        return sheets.lines_of(self.hours, split, sorted(sums.items()), self.policy.pay_codes)


def terms_of(user_ids: Collection[int]) -> dict[int, PersonTerms]:
    """The terms of people; the usual ones for whom nothing was written down. One statement."""
    found = {
        row.user_id: PersonTerms(
            row.is_exempt, row.comp_agreed_on, row.is_safety, tuple(row.week_seconds), row.service_since,
            row.counted_from,
        )
        for row in Terms.objects.filter(user_id__in=list(user_ids))
    }  # fmt: skip
    return {one: found.get(one, PersonTerms()) for one in user_ids}


def weeks_of(asked: Collection[PersonWeek]) -> dict[PersonWeek, WeekFacts]:
    """Facts of workweeks by (person, first day). The same number of statements for one and for many."""
    if not asked:
        return {}
    zone = profile.local_zone()
    people = sorted({user for user, _day in asked})
    weeks = {day: week_from(day, policy_on(day), zone) for _user, day in asked}
    first, last = min(weeks.values(), key=_begins), max(weeks.values(), key=_begins)
    entries = _entries(people, first, last)
    cancelled = _cancelled(people, first, last)
    leave = leave_between(people, first.first_day, last.last_day)
    terms = terms_of(people)
    return {
        (user, day): _facts(user, weeks[day], zone, entries[user], cancelled[user], leave[user], terms[user])
        for user, day in asked
    }


def week_facts(user_id: int, week_start: date) -> WeekFacts:
    """Facts of one person's workweek."""
    return weeks_of([(user_id, week_start)])[user_id, week_start]


def _begins(week: Week) -> date:
    return week.first_day


def _facts(
    user: int,
    week: Week,
    zone: tzinfo,
    entries: list[Entry],
    cancelled: frozenset[date],
    leave: list[LeaveOfDay],
    terms: PersonTerms,
) -> WeekFacts:
    policy = policy_on(week.first_day)
    # The day around the week is there so that a shift over its edge is seen whole.
    near = [one for one in entries if one.end > week.span.start - _DAY and one.start < week.span.end + _DAY]
    hours = week_hours(near, week, policy, zone, cancelled=cancelled, is_exempt=terms.is_exempt)
    inside = tuple(one for one in near if one.span.overlaps(week.span))
    there = tuple(one for one in leave if week.first_day <= one.day <= week.last_day)
    return WeekFacts(user, week, policy, hours, inside, there, terms, cancelled)


def _entries(people: list[int], first: Week, last: Week) -> dict[int, list[Entry]]:
    rows = TimeEntry.objects.filter(
        user_id__in=people, is_effective=True, ends_at__gt=first.span.start - _DAY, starts_at__lt=last.span.end + _DAY
    )
    found: dict[int, list[Entry]] = defaultdict(list)
    columns = ("user_id", "id", "starts_at", "ends_at", "kind", "is_relieved")
    for user, pk, start, end, kind, is_relieved in rows.values_list(*columns):
        found[user].append(Entry(pk, start, end, kind, is_relieved=is_relieved))
    return found


def _cancelled(people: list[int], first: Week, last: Week) -> dict[int, frozenset[date]]:
    rows = MealCancellation.objects.filter(
        user_id__in=people, day__gte=first.first_day - _DAY, day__lte=last.last_day + _DAY
    )
    newest: dict[int, dict[date, bool]] = defaultdict(dict)
    for user, day, is_cancelled in rows.order_by("id").values_list("user_id", "day", "is_cancelled"):
        newest[user][day] = is_cancelled
    return defaultdict(
        frozenset, {user: frozenset(day for day, said in days.items() if said) for user, days in newest.items()}
    )


def leave_between(people: Iterable[int], first: date, last: date) -> dict[int, list[LeaveOfDay]]:
    """Leave granted to people on days from `first` through `last`. One statement."""
    rows = LeaveRequest.objects.filter(
        user_id__in=list(people), state__in=sorted(GRANTED), first__lte=last, last__gte=first
    )
    found: dict[int, list[LeaveOfDay]] = defaultdict(list)
    for user, code, days in rows.order_by("first").values_list("user_id", "leave_type__code", "days"):
        rules = leave_rules(code, first)
        for text, seconds in days:
            day = date.fromisoformat(text)
            if first <= day <= last:
                found[user].append(LeaveOfDay(day, code, rules.pay_code, seconds, rules.is_paid))
    return found


def week_of(day: date) -> Week:
    """The city's workweek of a day."""
    return week_of_day(day, policy_on(day), profile.local_zone())


def balances_of(user_ids: Collection[int], on: date | None = None) -> dict[tuple[int, str], int]:
    """Balances of leave by (person, kind), the sum of the ledger, through a day where one is given. One statement."""
    rows = LeaveTransaction.objects.filter(user_id__in=list(user_ids))
    if on is not None:
        rows = rows.filter(on__lte=on)
    sums = rows.values_list("user_id", "leave_type__code").annotate(total=Sum("seconds")).order_by()
    return {(user, code): total for user, code, total in sums}


def used_of_family_leave(user_id: int, codes: Collection[str], until: date) -> list[tuple[date, int]]:
    """Days and seconds of family and medical leave that was granted, through a day. One statement."""
    rows = LeaveRequest.objects.filter(
        user_id=user_id, leave_type__code__in=list(codes), state__in=sorted(GRANTED), first__lte=until
    )
    found = [
        (date.fromisoformat(text), seconds) for days in rows.values_list("days", flat=True) for text, seconds in days
    ]
    return [(day, seconds) for day, seconds in found if day <= until]
