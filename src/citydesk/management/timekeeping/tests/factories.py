"""A small city with rules of time and leave, its people, and weeks taken as far as a test needs."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from citydesk.city.profile.tests.factories import have_small
from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.kernel.actors import Access
from citydesk.management.timekeeping import services
from citydesk.management.timekeeping.models import LeaveTransaction, LeaveType, Timesheet
from citydesk.management.timekeeping.rules.policy import HOUR
from citydesk.management.timekeeping.rules.spans import at_local

ZONE = ZoneInfo("America/New_York")
# A Tuesday morning; the week before is over, and Thursday of this one is a holiday.
NOW = datetime(2026, 11, 24, 14, 10, tzinfo=UTC)
LAST_WEEK, THIS_WEEK = date(2026, 11, 16), date(2026, 11, 23)
TIME = """
[timekeeping.default]
week_starts = "monday"
weeks_per_period = 2
first_period = 2024-01-01
comp_cap_hours = 10
grace_minutes = 5
review_at = [3]
pay_codes = {regular = "REG", overtime = "OT15", comp = "COMP"}
points = [{kind = "late", points = 0.5}, {kind = "no_show", points = 2}]
sample = true
"""
SKILLS = """
[absence_kind.sick]
name = {en = "Sick", es = "Enfermedad"}
is_planned = false
[absence_kind.vacation]
name = {en = "Vacation", es = "Vacaciones"}
is_planned = true
"""
LEAVE = """
[leave.vacation]
name = {en = "Vacation", es = "Vacaciones"}
pay_code = "VAC"
absence_kind = "vacation"
accrual = "per_period"
steps = [{years = 0, hours = 4}]
cap_hours = 40
carry_over_hours = 16
order = 10
[leave.sick]
name = {en = "Sick leave", es = "Permiso por enfermedad"}
pay_code = "SICK"
absence_kind = "sick"
accrual = "per_hour"
steps = [{hours = 1}]
per_hours = 20
documented_after_days = 1
order = 20
[leave.comp]
name = {en = "Compensatory time", es = "Tiempo compensatorio"}
pay_code = "CTU"
absence_kind = "vacation"
accrual = "earned"
order = 30
[leave.family]
name = {en = "Family leave", es = "Permiso familiar"}
pay_code = "FMLA"
absence_kind = "sick"
needs_balance = false
is_paid = false
is_fmla = true
order = 40
[blackout.budget]
name = {en = "Week of the budget", es = "Semana del presupuesto"}
first = 2027-05-10
last = 2027-05-14
"""


@dataclass(frozen=True)
class People:
    """A desk with its supervisors, another team's, and those of the house who read or pay."""

    dana: Access
    osei: Access
    priscilla: Access
    pedro: Access
    rosa: Access
    stranger: Access
    pay: Access
    auditor: Access
    admin: Access
    director: Access


def extra() -> dict[str, str]:
    """The files of the profile that timekeeping reads."""
    return {"timekeeping.toml": TIME, "leave.toml": LEAVE, "skills.toml": SKILLS}


def load_city(*, now: datetime = NOW) -> None:
    """The small city with its rules of time and leave, in force since always."""
    have_small(extra(), now=now)


def people() -> People:
    """Everybody, with their real duties: two supervisors of the desk, a coordinator, one of another team."""
    desk, other = make_team("desk_311"), make_team("water_desk")
    return People(
        dana=person("dana", "representative", desk),
        osei=person("osei", "representative", desk),
        priscilla=person("priscilla", "supervisor", desk),
        pedro=person("pedro", "supervisor", desk),
        rosa=person("rosa", "coordinator", desk),
        stranger=person("stranger", "supervisor", other),
        pay=person("pay", "finance"),
        auditor=person("auditor", "auditor"),
        admin=person("admin", "administrator"),
        director=person("director", "director"),
    )


def person(username: str, role: str, *teams) -> Access:
    """The access of a new person with a standard duty."""
    return access_of(make_user(username, roles=[role], teams=list(teams)), NOW)


def at(day: date, clock: str) -> datetime:
    """A moment by the city's clock: "08:00"."""
    hour, minute = map(int, clock.split(":"))
    return at_local(day, hour * 60 + minute, ZONE)


def work(access: Access, day: date, start: str = "08:00", end: str = "16:00", *, now: datetime = NOW, **more) -> int:
    """Time written by hand; the id of its (first) row."""
    given = {"reason": "Clock was down", **more}
    return services.add_entry(starts_at=at(day, start), ends_at=at(day, end), access=access, now=now, **given)[0]


def full_week(access: Access, *, end: str = "16:00", week: date = LAST_WEEK, now: datetime = NOW) -> None:
    """Five days from eight o'clock."""
    for n in range(5):
        work(access, week + timedelta(days=n), "08:00", end, now=now)


def submitted(access: Access, *, week: date = LAST_WEEK, now: datetime = NOW, **more) -> Timesheet:
    """One's own week, submitted."""
    pk = services.submit_sheet(week_start=week, is_attested=True, access=access, now=now, **more)
    return Timesheet.objects.get(pk=pk)


def approved(access: Access, by: Access, **more) -> Timesheet:
    """One's own week, approved by somebody."""
    sheet = submitted(access, **more)
    services.approve_sheet(sheet_id=sheet.pk, access=by, now=more.get("now", NOW))
    return Timesheet.objects.get(pk=sheet.pk)


def grant(
    access: Access, code: str, hours: int, *, by: Access, on: date = date(2026, 1, 1), now: datetime = NOW
) -> None:
    """An opening balance."""
    services.adjust_balance(
        user_id=access.actor.id, leave_type=code, seconds=hours * HOUR, on=on, reason="Opening", access=by, now=now
    )


def balance(access: Access, code: str) -> int:
    """The sum of the ledger in seconds."""
    rows = LeaveTransaction.objects.filter(user_id=access.actor.id, leave_type=LeaveType.objects.get(code=code))
    return sum(rows.values_list("seconds", flat=True))


def ask(access: Access, first: date, last: date | None = None, code: str = "vacation", *, now: datetime = NOW, **more):
    """A request for leave; its id."""
    wish = services.LeaveWish(code, first, last or first, **more)
    return services.ask_leave(wish=wish, access=access, now=now)
