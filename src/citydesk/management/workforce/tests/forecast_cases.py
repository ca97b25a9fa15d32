"""A desk with a past: a queue of calls and one of mail, sixteen weeks of half-hours, and who plans."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from citydesk.city.profile.tests.factories import have_small
from citydesk.city.staff.tests.factories import access_with
from citydesk.contact.traffic.tests.factories import make_facts
from citydesk.kernel.actors import Access
from citydesk.management.workforce.choices import FORECAST, VIEW

ZONE = ZoneInfo("America/New_York")
# A Tuesday in the week of Thanksgiving, ten o'clock in the city.
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
TODAY, THANKSGIVING = date(2026, 11, 24), date(2026, 11, 26)
QUEUES = """
[queue.calls]
name = {en = "Calls", es = "Llamadas"}
channel = "voice"
formula = "net_of_short"
sl_target = 0.80
sl_threshold = 20
short_abandon = 5
acw_max = 60
calendar = "office"
order = 1
[queue.mail]
name = {en = "Mail", es = "Correo"}
channel = "email"
formula = "strict"
sl_target = 0.90
sl_threshold = 86400
short_abandon = 0
acw_max = 0
calendar = "office"
order = 2
"""
STAFFING = """
[staffing.desk]
name = {en = "Desk", es = "Centro"}
team = "desk"
calendar = "office"
shrinkage = {planned = 0.20, unplanned = 0.10}
hourly_cost = 30
[[staffing.desk.shrinkage_by]]
weekdays = ["friday"]
planned = 0.50
[[staffing.desk.queues]]
queue = "calls"
handle = 240
patience = 180
[[staffing.desk.queues]]
queue = "mail"
work = "can_wait"
handle = 600
due_hours = 4
[flag.bills]
name = {en = "Bills", es = "Facturas"}
kind = "bill_drop"
monthly = 10
factor = 1.5
author = "Ann"
"""
TEAMS = """
[department.desk]
name = {en = "Desk", es = "Centro"}
phone = "+14235550199"
email = "desk@smallville.example"
[team.desk]
name = {en = "Desk", es = "Centro"}
department = "desk"
kind = "office"
calendar = "office"
"""
FILES = {"queues.toml": QUEUES, "staffing.toml": STAFFING, "departments.toml": TEAMS}


def load_desk(changes: dict[str, str] | None = None, *, now: datetime = NOW) -> None:
    """The small city with a group that takes two queues."""
    have_small({**FILES, **(changes or {})}, now=now)


def planner() -> Access:
    """Somebody who reads forecasts and may put their own word in."""
    return access_with(VIEW, FORECAST)


def calls_at(day: date, slot: int) -> int:
    """What came: more on Mondays, most before noon, nothing that chance made."""
    level = (60, 40, 42, 44, 50)[day.weekday()]
    return round(level * (1 - ((slot - 22) / 14) ** 2)) + (day.toordinal() + slot) % 3


def fill(queue: str, *, until: date = TODAY, weeks: int = 16, count=calls_at) -> None:
    """Facts of every working day of some weeks before a day."""
    rows = []
    for back in range(7 * weeks, 0, -1):
        day = until - timedelta(days=back)
        if day.weekday() < 5:
            rows += [(at(day, slot), count(day, slot)) for slot in range(16, 34) if slot not in (24, 25)]
    make_facts(queue, [row for row in rows if row[1]])


def at(day: date, slot: int) -> datetime:
    """The beginning of a half-hour of a day of the city."""
    return datetime(day.year, day.month, day.day, slot // 2, slot % 2 * 30, tzinfo=ZONE).astimezone(UTC)
