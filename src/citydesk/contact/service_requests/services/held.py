"""Requests a spam brake holds: kept and numbered, in no queue, until somebody releases or refuses them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import CloseReason
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.services.acts import act_on, keep, take
from citydesk.contact.service_requests.services.closing import finish
from citydesk.contact.service_requests.services.intake import publish_recorded
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid


def release_held(*, request_id: int, access: Access, now: datetime) -> None:
    """Let a held request into its queue; its clocks have been running since it was received."""
    with transaction.atomic():
        row = _take_held(request_id, access)
        row.is_held, was = False, row.held_reason
        keep(row, ["is_held"], [act_on(row, "released", before={"reason": was})], actor=access.actor, now=now)
        publish_recorded(row, row.service.code, now=now)


def refuse_held(*, request_id: int, reason: str, access: Access, now: datetime) -> None:
    """Close a held request as no action. It stays on record with the reason; nobody is told."""
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    with transaction.atomic():
        row = _take_held(request_id, access)
        finish(row, CloseReason.NO_ACTION, text="", note=reason, actor=access.actor, now=now)


def _take_held(request_id: int, access: Access) -> ServiceRequest:
    row = take(request_id, access, permission=choices.RELEASE_HELD)
    if not row.is_held or not row.is_open:
        raise Conflict(_("It is not held any more."))
    return row
