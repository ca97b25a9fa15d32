"""Some weeks of the desk's time: clocked, submitted, approved, paid; leave that waits; a morning somebody came late.

Two weeks are with the pay office, the two of the last pay period wait or were approved, this week is open.
"""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import CitydeskError
from citydesk.management.timekeeping import queries, services
from citydesk.management.timekeeping.choices import LEAVE_SECTION
from citydesk.management.workforce.queries.schedules import shifts_of

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
HOUR = 3600
PEOPLE = 7
# Who of them in the order of the list: overtime, a correction, a week nobody submitted, one sent back, a late morning.
LONG, MENDED, FORGOT, RETURNED, LATE = range(1, 6)


def make_time(year: Any) -> None:
    """Time and leave of the desk, from terms to the payroll file."""
    _Weeks(year).make()


class _Weeks:
    """The weeks before the end of the demo year."""

    def __init__(self, year: Any) -> None:
        self.end, self.zone = year.end, year.zone
        # Chance of its own: what it draws must not move the rest of the year.
        self.chance = random.Random(311)  # noqa: S311 - sample data that repeats, no secret
        self.boss: Access = year.office.supervisor
        self.pay = _somebody("finance", year.end)
        self.people: list[Access] = [*_somebody_all("coordinator", year.end)[:1], *year.office.clerks][:PEOPLE]
        self.shifts = _shifts(self.people, year.end)
        self.today = profile.city_today(year.end)
        self.this_week = queries.week_of(self.today).first_day
        types = profile.entries(LEAVE_SECTION, self.today)
        # The first two kinds of leave of any office: to rest, and to be ill.
        self.leave = sorted(types, key=lambda code: (types[code]["order"], code))[:2]
        # Whoever is away today by the absence entered this morning does not clock in.
        self.away = year.office.clerks[-1].actor

    def make(self) -> None:
        """In the order in which it happened."""
        if self.pay is None:
            return
        last = queries.last_period(self.end)
        paid = queries.span_of_day(last.first_day - DAY)
        self._terms(self.pay, paid.first_day)
        for week in (*paid.weeks, *last.weeks):
            self._week(week)
        for week in paid.weeks:
            for at, person in enumerate(self.people):
                self._submit(person, week, is_comp=at == LONG)
                self._approve(person, week)
        services.export_payroll(period_start=paid.first_day, access=self.pay, now=self._moment(last.first_day, 10))
        self._last_period(last.weeks)
        for week in _weeks_between(last.last_day + DAY, self.this_week):
            self._week(week)
        self._now()
        self._leave()
        self._attendance(last.weeks[-1])

    def _terms(self, pay: Access, since: date) -> None:
        """Everybody's terms, and what they had when leave began to be counted here."""
        for at, person in enumerate(self.people):
            user = person.actor.id or 0
            served = date(since.year - 2 * at - 1, 3, 1 + at)
            services.set_terms(
                user_id=user,
                comp_agreed_on=served if at == LONG else None,
                service_since=served,
                counted_from=since,
                access=pay,
                now=self.end,
            )
            for code, hours in zip(self.leave, (60 + 12 * at, 40 + 25 * at), strict=False):
                services.adjust_balance(
                    user_id=user,
                    leave_type=code,
                    seconds=hours * HOUR,
                    on=since,
                    reason="Balance of the old system",
                    access=pay,
                    now=self.end,
                )
        services.accrue_leave(now=self.end)

    def _week(self, week: date) -> None:
        for at, person in enumerate(self.people):
            for n in range(5):
                late = 22 if at == LATE and week + n * DAY == self._late_day(week) else 0
                self._day(person, week + n * DAY, late, long=at == LONG and n in (1, 3))

    def _day(self, person: Access, day: date, late: int, *, long: bool) -> None:
        """In and out about when it was planned; some stay for the evening's calls. What is to come is left to come."""
        if profile.calendar(profile.city().default_calendar, day).holiday_on(day):
            return
        planned = self._planned(person, day)
        if planned is None:
            return
        begin = planned[0] + timedelta(minutes=self.chance.randint(-6, 3) + late)
        end = planned[1] + timedelta(minutes=self.chance.randint(-2, 7) + (150 if long else 0))
        if begin < self.end and not (day == self.today and person.actor == self.away):
            services.punch(state="work", access=person, now=begin)
        if end < self.end and begin < self.end:
            services.punch(state="out", access=person, now=end)

    def _planned(self, person: Access, day: date) -> tuple[datetime, datetime] | None:
        """Their shift of the day; none on a free day. Eight to half past four where nobody planned their week."""
        monday = day - timedelta(days=day.weekday())
        shifts = self.shifts.get((person.actor.id or 0, monday))
        return shifts.get(day) if shifts else (self._moment(day, 8), self._moment(day, 16, 30))

    def _late_day(self, week: date) -> date:
        """A Wednesday, or the next day the office is open."""
        calendar = profile.calendar(profile.city().default_calendar, week)
        days = (week + n * DAY for n in (2, 3, 1, 4, 0))
        return next(day for day in days if not calendar.holiday_on(day))

    def _submit(self, person: Access, week: date, *, is_comp: bool = False) -> int:
        return services.submit_sheet(
            week_start=week,
            is_attested=True,
            overtime_as="comp" if is_comp else "pay",
            access=person,
            now=self._moment(week + 4 * DAY, 20, 5),
        )

    def _approve(self, person: Access, week: date) -> None:
        sheet = queries.my_week(person, week, now=self.end).sheet
        if sheet is not None:
            services.approve_sheet(sheet_id=sheet.pk, access=self.boss, now=self._moment(week + WEEK, 9, 30))

    def _last_period(self, weeks: list[date]) -> None:
        """The first week is approved; of the second some wait, one was sent back, one was not submitted."""
        first, second = weeks[0], weeks[-1]
        self._correct(self.people[MENDED], second)
        for at, person in enumerate(self.people):
            self._submit(person, first, is_comp=at == LONG)
            self._approve(person, first)
            if second == first or at == FORGOT:
                continue
            sheet = self._submit(person, second, is_comp=at == LONG)
            if at == RETURNED:
                reason = "Thursday says you stayed to the end. You left for the dentist at two."
                services.reject_sheet(
                    sheet_id=sheet, reason=reason, access=self.boss, now=self._moment(second + WEEK, 9)
                )

    def _correct(self, person: Access, week: date) -> None:
        """One clocked out at half past four and came back for a caller."""
        page = queries.my_week(person, week, now=self.end)
        row = next((entries[-1] for _day, entries, _worked, _away in page.days[1:] if entries), None)
        if row is not None:
            services.correct_entry(
                entry_id=row["id"],
                starts_at=row["starts_at"],
                ends_at=row["ends_at"] + timedelta(minutes=25),
                kind="work",
                reason="I took one more call after I had clocked out.",
                access=person,
                now=self._moment(week + 4 * DAY, 16),
            )

    def _now(self) -> None:
        for person in self.people:
            for n in range(5):
                if self.this_week + n * DAY <= self.today:
                    self._day(person, self.this_week + n * DAY, 0, long=False)

    def _leave(self) -> None:
        """Two requests wait, one is granted. A Monday some weeks ahead is a day nobody has reason to refuse."""
        monday = self.this_week + 4 * WEEK
        granted = self._ask(0, self.leave[0], monday, monday + 4 * DAY, "")
        if granted:
            services.approve_leave(request_id=granted, access=self.boss, now=self.end - timedelta(hours=1))
        self._ask(LONG, self.leave[0], monday + 2 * DAY, monday + 4 * DAY, "My sister visits.")
        appointment = self._late_day(self.this_week + WEEK)
        self._ask(MENDED, self.leave[-1], appointment, None, "An appointment I could not get after work.")

    def _ask(self, at: int, code: str, first: date, last: date | None, reason: str) -> int:
        wish = services.LeaveWish(code, first, last or first, reason)
        try:
            return services.ask_leave(wish=wish, access=self.people[at], now=self.end - timedelta(hours=3))
        except CitydeskError:
            # A holiday where the year happens to end: this person asks another time.
            return 0

    def _attendance(self, week: date) -> None:
        """A late morning twice: the first counts, the second waits to be looked at."""
        user = self.people[LATE].actor.id or 0
        for which, back in enumerate((2, 0)):
            day = self._late_day(week - back * WEEK)
            planned = self._planned(self.people[LATE], day)
            if planned is None:
                continue
            found = services.record_attendance(
                user_id=user,
                scheduled_from=planned[0],
                scheduled_to=planned[1],
                source_key=f"demo-{day}",
                actor=self.boss.actor,
                now=self.end,
            )
            for one in found if which == 0 else ():
                services.confirm_occurrence(occurrence_id=one, access=self.boss, now=self.end)

    def _moment(self, day: date, hour: int, minutes: int = 0) -> datetime:
        return datetime.combine(day, time(hour), tzinfo=self.zone) + timedelta(minutes=minutes)


def _shifts(people: list[Access], end: datetime) -> dict[tuple[int, date], dict[date, tuple[datetime, datetime]]]:
    """Published shifts by person and Monday, by day."""
    last = profile.city_today(end)
    found: dict[tuple[int, date], dict[date, tuple[datetime, datetime]]] = {}
    for one in shifts_of([person.actor.id or 0 for person in people], last - 12 * WEEK, last):
        monday = one.day - timedelta(days=one.day.weekday())
        found.setdefault((one.user_id, monday), {})[one.day] = (one.starts_at, one.ends_at)
    return found


def _weeks_between(first: date, until: date) -> list[date]:
    count = max((until - first).days // 7, 0)
    return [first + n * WEEK for n in range(count)]


def _somebody_all(role: str, now: datetime) -> list[Access]:
    people = staff.people_with_role(role, now)
    return [staff.access_for(staff.user_with_rights(one.id, now), now) for one in people]


def _somebody(role: str, now: datetime) -> Access | None:
    return next(iter(_somebody_all(role, now)), None)
