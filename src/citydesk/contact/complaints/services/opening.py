"""Opening a complaint from a service request; who handles it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.complaints.choices import OBJECT, OPEN, SERIES, ComplaintState
from citydesk.contact.complaints.events import ComplaintOpened
from citydesk.contact.complaints.models import Complaint
from citydesk.contact.complaints.queries.policy import class_on
from citydesk.contact.complaints.rules import classes
from citydesk.contact.complaints.services.locked import keep, me, move_on, take
from citydesk.contact.service_requests import queries as requests
from citydesk.contact.service_requests import services as request_services
from citydesk.kernel import audit, live, outbox
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.kernel.sequences import next_number


def open_complaint(
    *, request_number: str, class_code: str, language: str = "en", access: Access, now: datetime
) -> tuple[int, str]:
    """Open a complaint from a request the reader sees; returns id and number.

    A class that restricts makes the request confidential: from then on the service requests' rule hides it. The clock
    runs from the day the resident spoke. Raises `Invalid` for an unknown class, `Conflict` where one is open already.
    """
    access.require(OPEN)
    on = profile.city_today(now)
    with transaction.atomic():
        brief = requests.get_brief(access, request_number)
        klass = class_on(class_code, on)
        if klass.is_restricted and not brief.is_confidential:
            request_services.make_confidential(request_id=brief.id, access=access, now=now)
        if Complaint.objects.filter(request_id=brief.id, is_open=True).exists():
            raise Conflict(_("A complaint about this request is open already."))
        row = Complaint(
            number=next_number(SERIES, on.year),
            request_id=brief.id,
            request_number=brief.number,
            class_code=klass.code,
            policy_date=on,
            state=ComplaintState.RECEIVED,
            team_id=_team_id(klass.team),
            approvers_id=_team_id(klass.approvers),
            appeal_team_id=_team_id(klass.appeals) if klass.appeals else None,
            told=brief.description,
            language=language if language in profile.city().languages else profile.city().languages[0],
            received_at=brief.received_at,
            opened_at=now,
            opened_by_id=me(access),
            due_at=classes.decide_by(klass, profile.calendar(klass.calendar, on), brief.received_at),
        )
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise Conflict(_("A complaint about this request is open already.")) from error
        act = audit.Act("complaints.opened", OBJECT, row.pk, row.number, after={"class": klass.code})
        audit.record(act, actor=access.actor, now=now)
        outbox.publish(ComplaintOpened(row.pk, row.number, row.request_id, klass.code), now=now)
        live.notify(f"team.{row.team_id}", {"complaint": row.pk, "version": 1})
        return row.pk, row.number


def _team_id(code: str) -> int:
    found = staff.team(code)
    if found is None:
        raise Invalid(_("The city has no team %(code)s.") % {"code": code}, field="class_code")
    return found.id


def take_up(*, complaint_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Begin with a complaint: the reader handles it."""
    with transaction.atomic():
        row = take(complaint_id, "take_up", access, version=version)
        move_on(row, "take_up")
        row.handler_id = me(access)
        keep(row, ["handler"], "taken_up", access=access, now=now)


def hand_over(
    *, complaint_id: int, handler_id: int, reason: str, access: Access, now: datetime, version: int | None = None
) -> None:
    """Give the complaint to somebody of the handling team, with the reason. Raises `Invalid`."""
    with transaction.atomic():
        row = take(complaint_id, "hand_over", access, version=version)
        if not reason.strip():
            raise Invalid(_("Say why it changes hands."), field="reason")
        people = {one.id: one.name for one in staff.people_of_team(row.team_id, now)}
        if handler_id not in people:
            raise Invalid(_("Choose somebody of the handling team."), field="handler")
        row.handler_id = handler_id
        after = {"name": people[handler_id]}
        keep(row, ["handler"], "handed_over", access=access, now=now, reason=reason.strip(), after=after)
