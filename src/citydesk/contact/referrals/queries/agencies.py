"""Agencies and departments a request can be referred to, with their office of the directory and agreements."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.referrals import labels
from citydesk.contact.referrals.choices import OPEN_STATES
from citydesk.contact.referrals.models import Agency, Referral
from citydesk.kernel.actors import Access
from citydesk.kernel.calendars import BusinessCalendar
from citydesk.kernel.errors import NotFound


@dataclass(frozen=True)
class Agreement:
    """What was agreed, since when, until when; `is_over` and `ends_soon` (in 60 days) for the day asked about."""

    name: str
    signed_on: date | None
    ends_on: date | None
    is_over: bool
    ends_soon: bool


@dataclass(frozen=True)
class AgencyView:
    code: str
    name: str
    kind: str
    way: str
    email: str
    acknowledge_hours: int
    finish_hours: int
    reminders: int
    link_days: int
    closes: bool
    subjects: tuple[str, ...] = ()
    office: Any = None
    people: tuple[dict[str, Any], ...] = ()
    agreements: tuple[Agreement, ...] = ()
    open_count: int = field(default=0)


def calendar_of(agency: Agency, now: datetime) -> BusinessCalendar:
    """The hours in which an agency's promises run: its own, else the city's."""
    city = profile.city()
    return profile.calendar(agency.calendar_code or city.default_calendar, profile.city_today(now))


def agency_choices() -> list[tuple[str, str]]:
    """Code and name of everybody a request can be referred to, by name."""
    rows = [(one.code, labels.in_language(one.names)) for one in Agency.objects.filter(is_active=True)]
    return sorted(rows, key=lambda one: one[1])


def list_agencies(access: Access, now: datetime) -> list[AgencyView]:
    """All agencies with their offices and how many referrals are open. Four statements."""
    offices = {one.code: one for one in staff.find_offices("", now, limit=500)}
    opened: dict[int, int] = {}
    for agency_id in Referral.objects.filter(state__in=OPEN_STATES).values_list("agency_id", flat=True):
        opened[agency_id] = opened.get(agency_id, 0) + 1
    views = [
        _view(row, offices.get(row.office_code), opened.get(row.pk, 0), now)
        for row in Agency.objects.filter(is_active=True)
    ]
    return sorted(views, key=lambda one: one.name)


def get_agency(access: Access, code: str, now: datetime) -> AgencyView:
    """One agency. Raises `NotFound`."""
    row = Agency.objects.filter(code=code).first()
    if row is None:
        raise NotFound(_("There is no such agency."))
    office = staff.get_office(row.office_code, now) if row.office_code else None
    count = Referral.objects.filter(agency=row, state__in=OPEN_STATES).count()
    return _view(row, office, count, now)


def _view(row: Agency, office: Any, open_count: int, now: datetime) -> AgencyView:
    today = profile.city_today(now)
    return AgencyView(
        code=row.code,
        name=labels.in_language(row.names),
        kind=row.kind,
        way=row.way,
        email=row.email,
        acknowledge_hours=row.acknowledge_hours,
        finish_hours=row.finish_hours,
        reminders=row.reminders,
        link_days=row.link_days,
        closes=row.closes,
        subjects=office.subjects if office else (),
        office=office,
        people=tuple({**one, "subjects": labels.in_language(one.get("subjects"))} for one in row.people),
        agreements=tuple(_agreement(one, today) for one in row.agreements),
        open_count=open_count,
    )


def _agreement(body: dict[str, Any], today: date) -> Agreement:
    signed = date.fromisoformat(body["signed_on"]) if body.get("signed_on") else None
    ends = date.fromisoformat(body["ends_on"]) if body.get("ends_on") else None
    is_over = ends is not None and ends < today
    soon = ends is not None and not is_over and (ends - today).days <= 60
    return Agreement(labels.in_language(body["name"]), signed, ends, is_over, soon)
