"""A small desk with a published week, for tests of what becomes of schedules: five people, two of whom plan."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from citydesk.city.staff.tests.factories import access_of, make_role, make_team, make_user
from citydesk.kernel.actors import Access
from citydesk.management.timekeeping.rules.spans import at_local
from citydesk.management.timekeeping.tests import factories as timekeeping
from citydesk.management.workforce.choices import PLAN
from citydesk.management.workforce.models import (
    Activity,
    Contract,
    Requirement,
    Schedule,
    Shift,
    ShiftTemplate,
    StaffingGroup,
)

ZONE = ZoneInfo("America/New_York")
# A Monday morning before the desk opens; its week is published.
MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)
TEMPLATES = """
[template.day]
name = {en = "Day", es = "Día"}
length = 510
first = "08:00"
last = "10:00"
every = 60
breaks = [15, 15]
weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday"]
sample = true
[template.day.meal]
minutes = 30
first = 180
last = 300
"""
EIGHT, TEN = 480, 600
# Who works which days, and from when.
WEEK = {
    "dana": ((0, EIGHT), (1, EIGHT), (2, EIGHT)),
    "osei": ((1, EIGHT), (2, TEN), (3, EIGHT)),
    "rosa": ((0, TEN), (1, TEN), (4, EIGHT)),
    "theo": ((2, EIGHT), (3, EIGHT), (4, EIGHT)),
}


@dataclass(frozen=True)
class Desk:
    """Who is there, and what is published."""

    dana: Access
    osei: Access
    rosa: Access
    theo: Access
    priscilla: Access
    pedro: Access
    stranger: Access
    auditor: Access
    admin: Access
    group: StaffingGroup
    schedule: Schedule

    def id_of(self, name: str) -> int:
        found: Access = getattr(self, name)
        return int(found.actor.id)


def at(day: date, minute: int) -> datetime:
    """A moment of the city's clock."""
    return at_local(day, minute, ZONE)


def extra() -> dict[str, str]:
    """The files of the profile that this desk reads."""
    return {**timekeeping.extra(), "shift_templates.toml": TEMPLATES, "monitoring.toml": MONITORING}


MONITORING = """
[monitor.adherence]
is_on = true
own_first_days = 0
agreement = {en = "Article 9", es = "Artículo 9"}
"""


def load(now: datetime = NOW) -> None:
    """The small city with its shifts."""
    from citydesk.city.profile.tests.factories import have_small

    have_small(extra(), now=now)


def desk(*, monday: date = MONDAY, now: datetime = NOW, required: int = 1, team_code: str = "desk_311") -> Desk:
    """The people with contracts, and the week of `monday` published. `required` people are asked for in each slot."""
    team, other = make_team(team_code), make_team("water_desk")

    def access(name: str, role: str, where=team) -> Access:
        duties = [role, make_role("planner", [PLAN])] if role == "supervisor" else [role]
        return access_of(make_user(name, roles=duties, teams=[where] if where else []), now)

    who = {name: access(name, "representative") for name in WEEK}
    boss, second = access("priscilla", "supervisor"), access("pedro", "supervisor")
    group, _made = StaffingGroup.objects.get_or_create(
        code="desk", defaults={"names": {"en": "Desk", "es": "Ventanilla"}, "team": team, "calendar_code": "office"}
    )
    for one in who.values():
        Contract.objects.create(
            user_id=one.actor.id, first=date(2026, 1, 1), min_minutes=0, max_minutes=2400, weekdays=[0, 1, 2, 3, 4],
            earliest=420, latest=1200, overtime_after=2400, made_at=now,
        )  # fmt: skip
    schedule = publish(group, monday, {name: who[name].actor.id for name in WEEK}, boss.actor.id, now, required)
    return Desk(
        **who,
        priscilla=boss,
        pedro=second,
        stranger=access("stranger", "supervisor", other),
        auditor=access("auditor", "auditor", None),
        admin=access("admin", "administrator", None),
        group=group,
        schedule=schedule,
    )


def publish(group, monday: date, ids: dict[str, int], by: int, now: datetime, required: int = 1) -> Schedule:
    """The week of `WEEK`, written as published."""
    row = Schedule.objects.create(
        group=group, week_start=monday, version=1, made_at=now, made_by_id=by, published_at=now, published_by_id=by
    )
    template, _made = ShiftTemplate.objects.get_or_create(code="day", defaults={"names": {"en": "Day", "es": "Día"}})
    for name, days in WEEK.items():
        for number, start in days:
            write_shift(row, template, ids[name], monday + timedelta(days=number), start)
    require(group, monday, required)
    row.state = "published"
    row.save(update_fields=["state"])
    return row


def write_shift(row: Schedule, template: ShiftTemplate, user_id: int, day: date, start: int) -> Shift:
    """A shift of eight and a half hours with two breaks and a meal."""
    shift = Shift.objects.create(
        schedule=row, user_id=user_id, day=day, template=template, starts_at=at(day, start),
        ends_at=at(day, start + 510), paid_minutes=480, origin="solver",
    )  # fmt: skip
    inside = (
        (0, 120, "work"), (120, 135, "break"), (135, 240, "work"), (240, 270, "meal"), (270, 390, "work"),
        (390, 405, "break"), (405, 510, "work"),
    )  # fmt: skip
    Activity.objects.bulk_create(
        Activity(shift=shift, kind=kind, starts_at=at(day, start + a), ends_at=at(day, start + b))
        for a, b, kind in inside
    )
    return shift


def require(group, monday: date, people: int) -> None:
    """So many people in each half-hour from eight to half past four, Monday to Friday."""
    from decimal import Decimal

    Requirement.objects.bulk_create(
        Requirement(
            group=group, day=day, starts_at=at(day, minute), minutes=30, required=people, scheduled=people,
            is_overridden=False, contacts=Decimal(10), high=Decimal(14), handle_s=Decimal(180), required_high=people,
            shrinkage=Decimal(0), made_at=at(monday, 0),
        )
        for day in (monday + timedelta(days=n) for n in range(5))
        for minute in range(480, 990, 30)
    )  # fmt: skip
