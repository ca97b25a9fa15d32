"""Promises of a week beside the requests their contacts were about."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from citydesk.contact.interactions import queries as interactions
from citydesk.contact.interactions.queries import PromiseLine, WeekOfPromises
from citydesk.contact.service_requests.models import RequestContact
from citydesk.contact.service_requests.queries.queue import list_queue
from citydesk.kernel.actors import Access

_FURTHEST = date(2100, 1, 1)


@dataclass(frozen=True)
class PromiseWeek:
    """The promises due from Monday to Sunday, by owner; `numbers` are the requests of a contact, by its id."""

    monday: date
    people: list[WeekOfPromises]
    numbers: dict[int, list[str]]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def before(self) -> date:
        return self.monday - timedelta(days=7)

    @property
    def after(self) -> date:
        return self.monday + timedelta(days=7)

    @property
    def lines(self) -> list[PromiseLine]:
        return [line for one in self.people for line in one.lines]


def promises_of_week(access: Access, *, day: str, now: datetime) -> PromiseWeek:
    """The week of a day ("2026-11-24"; this week when it is none), requests out of sight left out. Two statements."""
    monday = _monday(day, now)
    since = timezone.make_aware(datetime.combine(monday, time()))
    until = timezone.make_aware(datetime.combine(monday + timedelta(days=7), time()))
    people = interactions.list_promises_due(access=access, since=since, until=until, now=now)
    contacts = {line.interaction_id for one in people for line in one.lines}
    seen = list_queue(access).values("pk")
    numbers: dict[int, list[str]] = {}
    links = RequestContact.objects.filter(interaction_id__in=contacts, request__in=seen).order_by("request_id")
    for contact, number in links.values_list("interaction_id", "request__number").distinct():
        numbers.setdefault(contact, []).append(number)
    return PromiseWeek(monday, people, numbers)


def _monday(day: str, now: datetime) -> date:
    today = timezone.localtime(now).date()
    try:
        chosen = date.fromisoformat(day) if day else today
    except ValueError:
        chosen = today
    chosen = chosen if date(2000, 1, 10) <= chosen <= _FURTHEST else today
    return chosen - timedelta(days=chosen.weekday())
