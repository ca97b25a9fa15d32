"""What stands before a scripted week of staffing: a desk with its queue and past, people with contracts, a log.

The week planned is Thanksgiving's, so that a holiday lies in it; the office is closed from noon to one.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from sys import modules

from citydesk.city.profile.tests.factories import load_small
from citydesk.city.staff.models import User
from citydesk.city.staff.tests.factories import access_of, make_role, make_team, make_user
from citydesk.contact.traffic.tests import factories as traffic
from citydesk.kernel.actors import Access
from citydesk.management.timekeeping.tests import factories as timekeeping
from citydesk.management.workforce import services
from citydesk.management.workforce.choices import PLAN
from citydesk.management.workforce.models import Shift
from citydesk.management.workforce.tests import forecast_cases, life_cases

MONDAY, THURSDAY = date(2026, 11, 23), date(2026, 11, 26)
LOGGED = date(2026, 11, 16)
# The Tuesday before, ten o'clock in the city.
PLANNING = datetime(2026, 11, 17, 15, 0, tzinfo=UTC)
STAFFING = """
[staffing.desk]
name = {en = "Desk", es = "Ventanilla"}
team = "desk_311"
calendar = "office"
shrinkage = {planned = 0.05, unplanned = 0.05}
hourly_cost = 30
[[staffing.desk.queues]]
queue = "calls"
handle = 240
patience = 180
"""
TEAMS = """
[department.desk]
name = {en = "Desk", es = "Ventanilla"}
phone = "+14235550199"
email = "desk@smallville.example"
[team.desk_311]
name = {en = "Desk", es = "Ventanilla"}
department = "desk"
kind = "office"
calendar = "office"
"""
PACKAGES = (
    "citydesk.kernel.acts",
    "citydesk.contact.traffic.views",
    "citydesk.management.workforce.views",
    "citydesk.management.workforce.tasks",
    "citydesk.management.timekeeping.views",
)


@dataclass(frozen=True)
class Desk:
    """Who is there: those who take calls, who plans, and the pay office."""

    users: dict[str, User]

    def access(self, name: str, now: datetime) -> Access:
        return access_of(self.users[name], now)

    def shifts(self, name: str) -> dict[date, Shift]:
        """Somebody's shifts of the week as published."""
        rows = Shift.objects.filter(user=self.users[name], schedule__state="published")
        return {one.day: one for one in rows}


def open_desk() -> Desk:
    """The city with twelve weeks of calls, four people with contracts, their supervisor and the pay office."""
    files = {**timekeeping.extra(), **traffic.extra(), "departments.toml": TEAMS, "staffing.toml": STAFFING}
    load_small({**files, "shift_templates.toml": life_cases.TEMPLATES}, now=PLANNING)
    team = make_team("desk_311")
    users = {
        name: make_user(name, roles=["representative"], teams=[team], language="es" if name == "rosa" else "en")
        for name in ("dana", "osei", "rosa", "theo")
    }
    users["priscilla"] = make_user("priscilla", roles=["supervisor", make_role("planner", [PLAN])], teams=[team])
    users["pay"] = make_user("pay", roles=["finance"])
    desk = Desk(users)
    boss = desk.access("priscilla", PLANNING)
    for name, days in (("dana", 5), ("osei", 3), ("rosa", 5), ("theo", 3)):
        new = services.NewContract(date(2026, 1, 1), 0, 2400, days, (0, 1, 2, 3, 4), 420, 1200)
        services.set_contract(user_id=users[name].pk, new=new, access=boss, now=PLANNING)
    forecast_cases.fill("calls", until=LOGGED, weeks=12, count=calls_at)
    return desk


def calls_at(day: date, slot: int) -> int:
    """What came in a half-hour of the past: seven or so, more on Mondays."""
    return 6 + (day.toordinal() + slot) % 3 + (2 if day.weekday() == 0 else 0)


def queue_log(day: date = LOGGED) -> str:
    """A day of the switch: a call every four minutes, every fifteenth hangs up, one answer without a call."""
    lines, at = [], int(forecast_cases.at(day, 16).timestamp())
    for number in range(120):
        began, call = at + 240 * number, f"c{number}"
        lines.append(f"{began}|{call}|calls|NONE|ENTERQUEUE||4235550{100 + number}|1")
        if number % 15 == 14:
            lines.append(f"{began + 70}|{call}|calls|NONE|ABANDON|1|1|70")
            continue
        wait = 30 if number % 6 == 5 else 8
        lines.append(f"{began + wait}|{call}|calls|PJSIP/dana|CONNECT|{wait}|r{number}|4")
        lines.append(f"{began + wait + 200}|{call}|calls|PJSIP/dana|COMPLETECALLER|{wait}|200|1")
    lines.append(f"{at + 240 * 121}|ghost|calls|PJSIP/dana|COMPLETECALLER|9|60|1")
    return "\n".join(lines) + "\n"


def stand_at(monkeypatch, now: datetime) -> None:
    """Every page and job of traffic, shifts and time takes this moment for the present one."""
    for package in PACKAGES:
        import_module(package)
    for name, module in list(modules.items()):
        if name.startswith(PACKAGES) and hasattr(module, "utc_now"):
            monkeypatch.setattr(module, "utc_now", lambda: now)


def swap_of(desk: Desk) -> tuple[str, str, date, date | None]:
    """Two who may swap: giver, taker, the day given, and the one got for it; without one where it is taken over."""
    people, most = ("osei", "theo", "dana", "rosa"), {"dana": 5, "osei": 3, "rosa": 5, "theo": 3}
    has = {name: desk.shifts(name) for name in people}
    pairs = [(one, other) for one in people for other in people if one != other]
    for one, other in pairs:
        gives = [day for day in has[one] if day > MONDAY and day not in has[other]]
        gets = [day for day in has[other] if day > MONDAY and day not in has[one]]
        if gives and gets:
            return one, other, min(gives), min(gets)
        if gives and len(has[other]) < most[other]:
            return one, other, min(gives), None
    raise AssertionError(f"Nobody can swap: {has}")


def later(days: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the planned week by the city's clock, days after its Monday."""
    return life_cases.at(MONDAY + timedelta(days=days), 60 * hour + minute)
