"""Callers the profile wants somebody to know of: elected offices, media. Supervisors see it, named roles get mail."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from citydesk.city.correspondence import services as correspondence
from citydesk.city.staff import queries as staff
from citydesk.contact.interactions import queries
from citydesk.contact.interactions.choices import LIVE_TOPIC, HelpKind
from citydesk.contact.interactions.models import HelpCall, Interaction
from citydesk.kernel import audit, live
from citydesk.kernel.actors import SYSTEM

TEMPLATE = "caller_alert"


def alert_of_caller(*, interaction_id: int, event_id: str, now: datetime) -> int:
    """Raise the alert that the profile asks for by the class of a saved contact's caller; returns how many were told.

    Supervisors find it among the calls for help, on every page; people of the named roles and of the named team get a
    message. What was said is in neither: only class and number. The same event again tells nobody twice.
    """
    contact = Interaction.objects.select_related("taken_by").filter(pk=interaction_id).first()
    body = queries.class_of(contact.caller_class, now) if contact else {}
    if contact is None or not body.get("alert"):
        return 0
    if contact.taken_by is not None:
        _note(contact, contact.taken_by, now)
    people = {one.id: one for role in body["alert"] for one in staff.people_with_role(role, now)}
    if body.get("team"):
        people |= {one.id: one for one in staff.leads_of_team(staff.team(body["team"]).id, now)}
    told = [one for one in people.values() if one.email]
    for one in told:
        _write(contact, body, one, event_id, now)
    return len(told)


def _note(contact: Interaction, clerk: Any, now: datetime) -> None:
    call, is_new = HelpCall.objects.get_or_create(
        kind=HelpKind.CALLER,
        interaction=contact,
        defaults={
            "user": clerk,
            "user_label": clerk.name[:120],
            "question": contact.caller_class,
            "asked_at": now,
        },
    )
    if is_new:
        after = {"class": contact.caller_class}
        act = audit.Act("interactions.caller_alert", "interactions.HelpCall", call.pk, contact.number, after=after)
        audit.record(act, actor=SYSTEM, now=now)
        live.notify(LIVE_TOPIC, {"help": call.pk, "kind": HelpKind.CALLER.value})


def _write(contact: Interaction, body: dict[str, Any], person: Any, event_id: str, now: datetime) -> None:
    with translation.override(person.language):
        name = body["name"].get(person.language) or next(iter(body["name"].values()))
    correspondence.send(
        template=TEMPLATE,
        language=person.language,
        channel="email",
        to=person.email,
        fields={
            "text": name,
            "number": contact.number,
            "link": f"{settings.SITE_URL}/desk/interactions/contacts/{contact.number}/",
        },
        about=correspondence.About("interactions.Interaction", contact.pk, contact.number),
        key=f"caller:{event_id}:{person.id}",
        actor=SYSTEM,
        now=now,
    )
