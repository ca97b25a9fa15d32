"""Telling the people of a request, each in their language and by their channel, once per happening."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from citydesk.city.correspondence import services as correspondence
from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.choices import OBJECT_TYPE, FollowerKind
from citydesk.contact.service_requests.models import Follower, Note, ServiceRequest
from citydesk.contact.service_requests.rules import publicity
from citydesk.kernel.actors import SYSTEM

# The portal's tracking page; its address is part of what was sent to people and does not change.
TRACK_PATH = "/track/{token}/"
SENDABLE = ("email", "sms", "letter")
# Who has it inside the house is not worth a stamp; what was recorded, asked and done is.
NOT_BY_LETTER = frozenset({"assigned"})


def tell_people(
    *,
    request_id: int,
    template: str,
    happening: str,
    now: datetime,
    text: str = "",
    only_follower_id: int | None = None,
    only_reporter: bool = False,
    only_with: tuple[int | None, int | None] | None = None,
) -> int:
    """Write one message to everybody who is told about a request; returns how many. The same happening is told once.

    Who has no channel is not written to. `only_with`: team and person it must still lie with.
    A template the city does not have is an error that the job shows.
    """
    row = ServiceRequest.objects.defer("search").select_related("service", "team").get(pk=request_id)
    if row.is_held or (only_with is not None and only_with != (row.team_id, row.owner_id)):
        return 0
    people = Follower.objects.filter(request=row, is_active=True, channel__in=SENDABLE).exclude(to="")
    if template in NOT_BY_LETTER:
        people = people.exclude(channel="letter")
    if only_follower_id is not None:
        people = people.filter(pk=only_follower_id)
    if only_reporter:
        people = people.filter(kind=FollowerKind.REPORTER)
    count = 0
    for person in people.order_by("pk"):
        correspondence.send(
            template=template,
            language=person.language,
            channel=person.channel,
            to=_address(person),
            fields=fields_for(row, person, text),
            about=correspondence.About(OBJECT_TYPE, row.pk, row.number),
            key=f"sr:{row.pk}:{happening}:{person.pk}",
            customer_id=person.customer_id,
            actor=SYSTEM,
            now=now,
        )
        count += 1
    return count


def _address(person: Follower) -> str:
    """Where a message goes; a letter begins with the name, as it stands on the envelope."""
    if person.channel != "letter":
        return person.to
    with translation.override(person.language):
        name = person.name or _("Current resident")
    return f"{name}\n{person.to}"


def fields_for(row: ServiceRequest, person: Follower, text: str) -> Mapping[str, str]:
    """The words of a message in the person's language. Followers get the public place, the reporter their own."""
    with translation.override(person.language):
        is_reporter = person.kind == FollowerKind.REPORTER
        rule = publicity.Rule(row.service.public_text, row.service.public_place, row.service.photos)
        shown = publicity.public_place(
            rule,
            label=row.place_label,
            block_label=row.block_label,
            lat=row.lat,
            lon=row.lon,
            language=person.language,
        )
        return {
            "number": row.number,
            "service": row.service.name_in(person.language),
            "place": row.place_label if is_reporter else shown.label,
            "due": moment_words(row.promised_at),
            "link": tracking_link(token=person.token),
            "name": person.name,
            "text": text,
            "reason": str(labels.CLOSE_REASONS[row.close_reason]) if row.close_reason else "",
            "team": labels.in_language(row.team.names, person.language) if row.team else "",
            "opened": moment_words(row.received_at),
        }


def tracking_link(*, token: str) -> str:
    """The whole address of a tracking page."""
    return f"{settings.SITE_URL}{TRACK_PATH.format(token=token)}"


def note_text(*, note_id: int) -> str:
    """The words of a public note, for a message."""
    return Note.objects.filter(pk=note_id).values_list("text", flat=True).first() or ""


def moment_words(moment: datetime | None) -> str:
    """A time in the city's zone, as a sentence of a message says it; empty when nothing was promised."""
    if moment is None:
        return ""
    here = timezone.localtime(moment, profile.local_zone())
    return _("%(day)s, %(time)s") % {"day": date_format(here, "l j F"), "time": here.strftime("%H:%M")}


def closing_text(*, request_id: int) -> str:
    """The words told at the closing, empty when none were written."""
    return ServiceRequest.objects.filter(pk=request_id).values_list("status_text", flat=True).first() or ""
