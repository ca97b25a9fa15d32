"""The transfer directory: which office answers for this, who is there now, whom to call when it is closed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from citydesk.city.profile.queries import calendar, city_today, local_zone
from citydesk.city.profile.rules import UnknownEntry
from citydesk.city.staff.choices import Duty
from citydesk.city.staff.models import Office, OfficePerson, UserSkill
from citydesk.city.staff.queries.people import absences_at
from citydesk.city.staff.rules import in_language, rank_office
from citydesk.kernel.calendars import parse_calendar
from citydesk.kernel.errors import CitydeskError
from citydesk.kernel.telephone import phone_words


@dataclass(frozen=True)
class OnDuty:
    """Somebody to ask for; `user_id` if they sign in here."""

    name: str
    phone: str
    user_id: int | None = None


@dataclass(frozen=True)
class OfficeHit:
    """An office as the transfer directory shows it at a moment.

    `duty` says whether it is open, closed with an after-hours number, or closed; `number` is the one to dial now.
    `opens_at` is the next opening when it is closed, None when it is open or its hours are not known.
    """

    id: int
    code: str
    name: str
    subjects: tuple[str, ...]
    phone: str
    after_hours: str
    emergency: str
    email: str
    address: str
    note: str
    is_city: bool
    knows_hours: bool
    duty: Duty
    number: str
    opens_at: datetime | None
    closes_at: datetime | None
    on_duty: tuple[OnDuty, ...] = field(default=())

    @property
    def number_words(self) -> str:
        return phone_words(self.number)

    @property
    def emergency_words(self) -> str:
        return phone_words(self.emergency)


def find_offices(text: str, now: datetime, *, limit: int = 20) -> list[OfficeHit]:
    """Offices for the caller's words, the best first; all by name when there are no words. Three statements."""
    rows = list(Office.objects.filter(is_active=True))
    if text.strip():
        ranked = [(rank_office(text, row.search_text), row) for row in rows]
        rows = [row for score, row in sorted(ranked, key=lambda one: (-one[0], one[1].name)) if score > 0]
    else:
        rows.sort(key=lambda row: row.name)
    chosen = rows[:limit]
    people = _people_on_duty(chosen, now)
    return [_hit(row, people.get(row.pk, ()), now) for row in chosen]


def get_office(code: str, now: datetime) -> OfficeHit | None:
    """One office of the directory, or None."""
    row = Office.objects.filter(code=code, is_active=True).first()
    return _hit(row, on_duty(row.pk, now), now) if row else None


def office_numbers() -> list[str]:
    """Every number by which offices of the directory are reached, also those it holds no more: calls were put through
    to them."""
    rows = Office.objects.values_list("phone", "after_hours", "emergency")
    people = OfficePerson.objects.exclude(phone="").values_list("phone", flat=True)
    return [one for row in rows for one in row if one] + list(people)


def outside_offices() -> frozenset[str]:
    """The codes of offices of another body: county, utility, state."""
    return frozenset(Office.objects.filter(is_city=False).values_list("code", flat=True))


def on_duty(office_id: int, now: datetime) -> tuple[OnDuty, ...]:
    """Who answers for an office at `now`: its people in their order, then holders of its skill; nobody who is away."""
    return _people_on_duty(list(Office.objects.filter(pk=office_id)), now).get(office_id, ())


def _people_on_duty(offices: list[Office], now: datetime) -> dict[int, tuple[OnDuty, ...]]:
    away = set(absences_at(now).values_list("user_id", flat=True))
    found: dict[int, list[OnDuty]] = {office.pk: [] for office in offices}
    weekday = city_today(now).weekday()
    named = OfficePerson.objects.filter(office__in=offices).select_related("user").order_by("position")
    for row in named:
        is_here = row.user_id not in away and (row.user is None or row.user.is_active)
        if is_here and (not row.weekdays or weekday in row.weekdays):
            found[row.office_id].append(OnDuty(row.name, row.phone, row.user_id))
    skilled = _skilled(offices, away, now)
    for office in offices:
        known = {one.user_id for one in found[office.pk]}
        found[office.pk] += [one for one in skilled.get(office.on_duty_skill, []) if one.user_id not in known]
    return {office_id: tuple(people) for office_id, people in found.items()}


def _skilled(offices: list[Office], away: set[int], now: datetime) -> dict[str, list[OnDuty]]:
    codes = {office.on_duty_skill for office in offices if office.on_duty_skill}
    if not codes:
        return {}
    rows = UserSkill.objects.filter(
        skill__code__in=codes, valid__contains=city_today(now), user__is_active=True
    ).select_related("user", "skill")
    found: dict[str, list[OnDuty]] = {}
    for row in rows.order_by("user__name"):
        if row.user_id not in away:
            found.setdefault(row.skill.code, []).append(OnDuty(row.user.name, row.user.phone, row.user_id))
    return found


def _hit(row: Office, people: tuple[OnDuty, ...], now: datetime) -> OfficeHit:
    language = get_language() or "en"
    hours = _hours(row, now)
    is_open = hours is None or hours.is_open(now)
    if is_open:
        duty, number = Duty.OPEN, row.phone
    elif row.after_hours:
        duty, number = Duty.AFTER_HOURS, row.after_hours
    else:
        duty, number = Duty.CLOSED, row.emergency
    return OfficeHit(
        id=row.pk,
        code=row.code,
        name=row.name_in(language),
        subjects=tuple(row.subjects.get(language.partition("-")[0]) or next(iter(row.subjects.values()), [])),
        phone=row.phone,
        after_hours=row.after_hours,
        emergency=row.emergency,
        email=row.mail,
        address=row.address,
        note=in_language(row.notes, language),
        is_city=row.is_city,
        knows_hours=hours is not None,
        duty=duty,
        number=number,
        opens_at=None if is_open else _next_open(hours, now),
        closes_at=hours.next_close(now) if hours is not None and is_open else None,
        on_duty=people if is_open else (),
    )


def _hours(row: Office, now: datetime) -> Any:
    """The office's calendar; None when nobody knows its hours."""
    if row.hours is not None:
        return parse_calendar({"weekly": row.hours}, str(local_zone()), row.code)
    if not row.calendar_code:
        return None
    try:
        return calendar(row.calendar_code, city_today(now))
    except UnknownEntry:
        return None


def _next_open(hours: Any, now: datetime) -> datetime | None:
    try:
        return hours.next_open(now)
    except CitydeskError:
        return None
