"""Telling staff that a target runs out: whom a step names, their mail, and what they have seen."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from citydesk.city.correspondence import queries as letters
from citydesk.city.correspondence import services as correspondence
from citydesk.city.staff import queries as staff
from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.choices import OBJECT_TYPE, EscalateTo
from citydesk.contact.service_requests.models import EscalationNotice, RequestClock, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import sla
from citydesk.contact.service_requests.services.messages import moment_words
from citydesk.kernel import live
from citydesk.kernel.actors import SYSTEM, Access
from citydesk.kernel.errors import NotFound, marked

TEMPLATE = "escalated"


def people_of_step(row: ServiceRequest, to: EscalateTo, now: datetime) -> list[staff.Person]:
    """The people a step names. An owner who is away, or a request without one, is the team leads' matter;
    a team without a lead is everybody's in it; a department without one is the supervisors'."""
    if to in (EscalateTo.OWNER, EscalateTo.TEAM_LEAD):
        return _of_team(row, to, now)
    if to == EscalateTo.DEPARTMENT_LEAD:
        leads = staff.people_with_role("department_lead", now, department_id=row.department_id)
        return leads or staff.people_with_role("supervisor", now)
    return staff.people_with_role(str(to), now)


def _of_team(row: ServiceRequest, to: EscalateTo, now: datetime) -> list[staff.Person]:
    if row.team_id is None:
        return staff.people_with_role("supervisor", now)
    people = staff.people_of_team(row.team_id, now)
    away = {one.user_id for one in staff.absent_now(now, team_ids=[row.team_id])}
    here = [one for one in people if one.id not in away]
    if to == EscalateTo.OWNER and (owner := [one for one in here if one.id == row.owner_id]):
        return owner
    leads = {one.id for one in staff.leads_of_team(row.team_id, now)}
    return [one for one in here if one.id in leads] or here or staff.people_with_role("supervisor", now)


def note_step(row: ServiceRequest, clock: RequestClock, step: sla.Step, at: int, now: datetime) -> list[str]:
    """Mark the step for each person it names, inside the caller's transaction; returns their names."""
    people = people_of_step(row, step.to, now)
    made = [
        EscalationNotice(
            request=row, clock=clock, step=at, user_id=one.id, percent=step.percent, to=step.to, told_at=now
        )
        for one in people
    ]
    EscalationNotice.objects.bulk_create(made, ignore_conflicts=True)
    for one in people:
        live.notify(f"user.{one.id}", {"kind": "escalated", "number": row.number})
    return [one.name for one in people]


def mail_notices(*, request_id: int, now: datetime) -> int:
    """Write to everybody whose notice of a request has no message yet; returns how many. The same notice is mailed
    once, however often this runs. A city without the template `escalated` tells on the opening pages alone."""
    waiting = EscalationNotice.objects.filter(request_id=request_id, message_id=None).select_related(
        "request__service", "request__team", "clock"
    )
    count = 0
    for notice in waiting.order_by("pk") if letters.templates_of(TEMPLATE, on=policy.today(now)) else ():
        person = staff.get_user(notice.user_id)
        if person.email and person.is_active:
            notice.message_id = _mail(notice, person, now)
            notice.save(update_fields=["message_id"])
            count += 1
    return count


def _mail(notice: EscalationNotice, person: staff.Person, now: datetime) -> int:
    row, language = notice.request, person.language or "en"
    with translation.override(language):
        fields = {
            "number": row.number,
            "service": row.service.name_in(language),
            # What is confidential is read at the desk, not in a mailbox.
            "place": "" if row.is_confidential else row.block_label or row.place_label,
            "due": moment_words(notice.clock.due_at),
            "team": labels.in_language(row.team.names, language) if row.team else "",
            "text": labels.in_language(notice.clock.names, language),
            "reason": str(notice.percent),
            "name": person.name,
            "link": settings.SITE_URL + reverse("service_requests:detail", args=[row.number]),
        }
    return correspondence.send(
        template=TEMPLATE,
        language=language,
        channel="email",
        to=person.email,
        fields=fields,
        about=correspondence.About(OBJECT_TYPE, row.pk, row.number),
        key=f"sr:{row.pk}:escalated:{notice.pk}",
        actor=SYSTEM,
        now=now,
    )


def see_notice(*, notice_id: int, access: Access, now: datetime) -> None:
    """The reader has seen a notice: it leaves their opening page, with those of earlier steps of the same target.

    Raises `NotFound` for somebody else's.
    """
    with transaction.atomic():
        found = EscalationNotice.objects.visible_to(access).select_for_update().filter(pk=notice_id).first()
        if found is None:
            raise NotFound(marked("There is no such notice."))
        if found.seen_at is None:
            told = EscalationNotice.objects.visible_to(access).filter(clock_id=found.clock_id, step__lte=found.step)
            told.filter(seen_at=None).update(seen_at=now)
