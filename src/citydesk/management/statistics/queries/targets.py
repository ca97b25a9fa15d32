"""What was promised and what was special: target hours of a code, days with hours of their own and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import get_language

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.choices import StopEvent
from citydesk.contact.service_requests.queries import policy

HOURS_A_DAY = 24


@dataclass(frozen=True)
class SpecialDays:
    """Days in a row that the city's calendars name: a storm, an early closing."""

    first: date
    last: date
    label: str


def target_hours(code: str, today: date) -> float | None:
    """Hours a request of a code may take until it is closed, by its class of service; None without a class.

    A target in working days stands as 24 hours for each: nights and weekends lie between, as in the hours to close.
    """
    found = policy.services(today).get(code)
    sla_class = policy.sla_class(found.sla, today) if found else None
    if sla_class is None or not sla_class.targets:
        return None
    closing = [one for one in sla_class.targets if one.ends == StopEvent.CLOSED]
    target = (closing or sorted(sla_class.targets, key=lambda one: not one.is_promised))[0]
    return target.hours if target.hours is not None else float((target.days or 0) * HOURS_A_DAY)


def special_days(first: date | None, last: date | None, today: date) -> list[SpecialDays]:
    """Named exceptions of the city's calendars from `first` to `last`, days in a row with one name joined."""
    language = (get_language() or "en").split("-")[0]
    named = {
        (one["date"] if isinstance(one["date"], date) else date.fromisoformat(one["date"])): _in(one["name"], language)
        for body in profile.entries("calendars", today).values()
        for one in body.get("exceptions", ())
        if one.get("name")
    }
    return _joined(
        (day, words) for day, words in named.items() if (not first or day >= first) and (not last or day <= last)
    )


def _in(names: dict[str, str], language: str) -> str:
    return names.get(language) or next(iter(names.values()), "")


def _joined(days: Iterable[tuple[date, str]]) -> list[SpecialDays]:
    found: list[SpecialDays] = []
    for day, words in sorted(days):
        if found and found[-1].label == words and day - found[-1].last == timedelta(days=1):
            found[-1] = SpecialDays(found[-1].first, day, words)
        else:
            found.append(SpecialDays(day, day, words))
    return found
