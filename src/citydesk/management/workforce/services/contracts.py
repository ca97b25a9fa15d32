"""Contracts and availability of the people one plans for, and the shifts the profile knows."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel import audit
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid, ManyInvalid, NotFound
from citydesk.management.workforce.choices import CONTRACT, PLAN, TEMPLATE_SECTION, AvailabilityKind
from citydesk.management.workforce.models import Availability, Contract, ShiftTemplate
from citydesk.management.workforce.queries.contracts import planned_people
from citydesk.management.workforce.rules.roster.people import DAY, WEEK

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class NewContract:
    """What was agreed: minutes a week, days, weekdays (0 is Monday), the clock, rest and days in a row."""

    first: date
    min_minutes: int
    max_minutes: int
    max_days: int
    weekdays: tuple[int, ...]
    earliest: int = 0
    latest: int = DAY
    min_rest: int = 660
    max_run: int = 6
    overtime_after: int | None = None
    approved_overtime: int = 0
    templates: tuple[str, ...] = ()


def set_contract(*, user_id: int, new: NewContract, access: Access, now: datetime) -> int:
    """Write what was agreed with somebody from a day on; returns the row's id. What was in force ends the day before.

    Raises `Invalid` or `ManyInvalid` for a contract that contradicts itself, `NotFound` for who is not of one's teams.
    """
    _require_person(access, user_id, now)
    _refuse(new)
    with transaction.atomic():
        rows = Contract.objects.select_for_update().filter(user_id=user_id)
        if rows.filter(first__gt=new.first).exists():
            raise Conflict(_("A later contract is written down already."), field="first")
        rows.filter(first=new.first).delete()
        rows.filter(first__lt=new.first).exclude(last__lt=new.first).update(last=new.first - ONE_DAY)
        values = {**asdict(new), "weekdays": sorted(new.weekdays), "templates": sorted(new.templates)}
        try:
            with transaction.atomic():
                row = Contract.objects.create(user_id=user_id, made_at=now, made_by_id=access.actor.staff_id, **values)
        except IntegrityError as error:
            raise Conflict(_("Somebody else wrote this contract at the same moment."), field="first") from error
        name = staff.get_user(user_id).name
        act = audit.Act("workforce.contract_set", CONTRACT, row.pk, name, after={"from": new.first.isoformat()})
        audit.record(act, actor=access.actor, now=now)
        return row.pk


def _require_person(access: Access, user_id: int, now: datetime) -> None:
    access.require(PLAN)
    if user_id not in planned_people(access, now):
        raise NotFound(_("There is no such person."))


def _refuse(new: NewContract) -> None:
    """Raise every way in which a contract contradicts itself."""
    known = set(profile.entries(TEMPLATE_SECTION, new.first))
    wrong: list[CitydeskError] = [
        Invalid(words, field=field)
        for is_wrong, field, words in (
            (not new.weekdays or not set(new.weekdays) <= set(range(WEEK)), "weekdays", _("Choose the days.")),
            (new.max_minutes < new.min_minutes, "max_minutes", _("The most is less than the least.")),
            (new.max_minutes > WEEK * DAY, "max_minutes", _("A week has 168 hours.")),
            (not 1 <= new.max_days <= WEEK, "max_days", _("From 1 to 7 days.")),
            (len(new.weekdays) < new.max_days, "max_days", _("More days than weekdays were chosen.")),
            (new.latest <= new.earliest, "latest", _("The latest end is before the earliest begin.")),
            (
                new.min_minutes > new.max_days * (new.latest - new.earliest),
                "min_minutes",
                _("So many hours do not fit into these days."),
            ),
            (not 1 <= new.max_run <= 14, "max_run", _("From 1 to 14 days in a row.")),
            (not set(new.templates) <= known, "templates", _("One of these shifts does not exist.")),
        )
        if is_wrong
    ]
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise ManyInvalid(wrong)


def end_contract(*, user_id: int, last: date, access: Access, now: datetime) -> None:
    """End the contract that is in force on a day with that day. Raises `NotFound`, `NotAllowed`."""
    _require_person(access, user_id, now)
    with transaction.atomic():
        rows = Contract.objects.select_for_update().filter(user_id=user_id, first__lte=last).exclude(last__lt=last)
        row = rows.first()
        if row is None:
            raise NotFound(_("No contract is in force on that day."))
        row.last = last
        row.save(update_fields=["last"])
        act = audit.Act("workforce.contract_ended", CONTRACT, row.pk, last.isoformat())
        audit.record(act, actor=access.actor, now=now)


@dataclass(frozen=True)
class NewAvailability:
    """When somebody can, would like to, or cannot work: on a weekday of every week or on one day, in minutes."""

    kind: str
    weekday: int | None = None
    day: date | None = None
    starts: int = 0
    ends: int = DAY
    weight: int = 1


def say_availability(*, user_id: int, new: NewAvailability, access: Access, now: datetime) -> int:
    """Note when somebody can work; returns the row's id. Raises `Invalid`, `NotFound`, `NotAllowed`."""
    _require_person(access, user_id, now)
    if new.kind not in set(AvailabilityKind):
        raise Invalid(_("Choose can, would like to, or cannot."), field="kind")
    if (new.weekday is None) == (new.day is None):
        raise Invalid(_("Choose a weekday, or write a day."), field="day")
    if new.weekday is not None and not 0 <= new.weekday < WEEK:
        raise Invalid(_("Choose a weekday, or write a day."), field="weekday")
    if not 0 <= new.starts < new.ends <= 2 * DAY:
        raise Invalid(_("The end is before the begin."), field="ends")
    if not 1 <= new.weight <= 20:
        raise Invalid(_("From 1 to 20: a person missing for half an hour weighs 10."), field="weight")
    row = Availability.objects.create(user_id=user_id, made_at=now, made_by_id=access.actor.staff_id, **asdict(new))
    return row.pk


def drop_availability(*, availability_id: int, access: Access, now: datetime) -> None:
    """Take back what a planner wrote down of a person's availability. Raises `NotFound`, `NotAllowed`."""
    row = Availability.objects.filter(pk=availability_id, statement=None).first()
    if row is None:
        raise NotFound(_("There is nothing here."))
    _require_person(access, row.user_id, now)
    Availability.objects.filter(pk=availability_id).delete()


def project_templates(*, entries: dict[str, dict[str, Any]], actor: Actor, now: datetime) -> None:
    """Mirror the profile's shifts; one it no longer has keeps its rows and is given to nobody any more."""
    for code, body in entries.items():
        values = {"names": body["name"], "position": body["order"], "is_active": True}
        ShiftTemplate.objects.update_or_create(code=code, defaults=values)
    ShiftTemplate.objects.exclude(code__in=list(entries)).update(is_active=False)
