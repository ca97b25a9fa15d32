"""The seam for a telephone adapter: it reports events; here they become calls, and a call is matched to its contact."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.interactions.choices import Channel
from citydesk.contact.interactions.models import Interaction, PhoneCall
from citydesk.kernel.errors import Invalid

EVENTS = ("ringing", "answered", "ended")
# A contact opened this long before or after the telephone was answered is the contact of that call.
MATCH_WITHIN = timedelta(minutes=2)


def hear_phone_event(
    *,
    external_id: str,
    event: str,
    at: datetime,
    user_id: int | None = None,
    extension: str = "",
    caller_number: str = "",
    direction: str = "in",
) -> int:
    """Note what the telephone reports and return the call's id. Events may repeat and come in any order.

    `event` is "ringing", "answered" or "ended". An answered call is matched to the phone contact that its clerk opened
    nearest to it, if that contact has no call yet. Raises `Invalid` for another event.
    """
    if event not in EVENTS:
        raise Invalid(_("The telephone reported an unknown event."), field="event")
    with transaction.atomic():
        call, _made = PhoneCall.objects.select_for_update().get_or_create(
            external_id=external_id,
            defaults={
                "ringing_at": at,
                "extension": extension,
                "user_id": user_id,
                "caller_number": caller_number,
                "direction": direction,
            },
        )
        call.user_id = user_id or call.user_id
        call.caller_number = caller_number or call.caller_number
        call.ringing_at = min(call.ringing_at, at)
        if event == "answered":
            call.answered_at = min(call.answered_at or at, at)
        if event == "ended":
            call.ended_at = max(call.ended_at or at, at)
        if call.interaction_id is None and call.answered_at and call.user_id:
            call.interaction_id = _nearest_contact(call.user_id, call.answered_at)
        call.save()
        return call.pk


def _nearest_contact(user_id: int, answered_at: datetime) -> int | None:
    candidates = Interaction.objects.filter(
        taken_by_id=user_id,
        channel=Channel.PHONE,
        started_at__range=(answered_at - MATCH_WITHIN, answered_at + MATCH_WITHIN),
        calls__isnull=True,
    ).values_list("pk", "started_at")
    return min(candidates, key=lambda one: abs(one[1] - answered_at), default=(None, None))[0]
