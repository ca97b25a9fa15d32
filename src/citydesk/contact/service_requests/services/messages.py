"""Telling the people of a request, each in their language and by their channel, once per happening."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from citydesk.city.correspondence import services as correspondence
from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.choices import OBJECT_TYPE, CloseReason, FollowerKind
from citydesk.contact.service_requests.models import Follower, Note, ServiceRequest
from citydesk.contact.service_requests.rules import publicity
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.texts import date_words

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
    row = _row(request_id)
    if row.is_held or (only_with is not None and only_with != (row.team_id, row.owner_id)):
        return 0
    people = _people(row, template)
    if only_follower_id is not None:
        people = people.filter(pk=only_follower_id)
    if only_reporter:
        people = people.filter(kind=FollowerKind.REPORTER)
    return _write(row, people, template, happening, text, set(), now)


def tell_family(*, request_id: int, template: str, happening: str, text: str, now: datetime) -> int:
    """Tell the people of a request and of its open parts together; who follows several is told once.

    Everybody hears under the number and link that they have. Returns how many were written to.
    """
    row, told = _row(request_id), set[tuple[str, str]]()
    if row.is_held:
        return 0
    parts = ServiceRequest.objects.filter(parent=row, is_open=True).order_by("pk") if row.child_count else ()
    rows = [row, *(_row(part.pk) for part in parts)]
    return sum(_write(one, _people(one, template), template, happening, text, told, now) for one in rows)


def tell_closed(*, request_id: int, parts: Sequence[int] = (), happening: str, now: datetime) -> int:
    """Tell how a request ended, and the parts closed with it: each by its own reason, everybody once.

    Who follows the main request and a part hears of the main request. Only work that was done is told as done.
    """
    told = set[tuple[str, str]]()
    count = 0
    for row in (_row(one) for one in (request_id, *sorted(parts))):
        # What was opened again before anybody was told is not told as closed.
        if row.is_held or row.is_open:
            continue
        template = "done" if row.close_reason == CloseReason.DONE else f"closed_{row.close_reason}"
        count += _write(row, _people(row, template), template, happening, row.status_text, told, now)
    return count


def _row(request_id: int) -> ServiceRequest:
    return ServiceRequest.objects.defer("search").select_related("service", "team").get(pk=request_id)


def _people(row: ServiceRequest, template: str) -> QuerySet[Follower]:
    """Who is told about a request and can be reached."""
    people = Follower.objects.filter(request=row, is_active=True, channel__in=SENDABLE).exclude(to="")
    return people.exclude(channel="letter") if template in NOT_BY_LETTER else people


def _write(
    row: ServiceRequest,
    people: QuerySet[Follower],
    template: str,
    happening: str,
    text: str,
    told: set[tuple[str, str]],
    now: datetime,
) -> int:
    """Write to people of one request who were not told yet, and note them in `told`."""
    count = 0
    for person in people.order_by("pk"):
        if (person.channel, person.to) in told:
            continue
        told.add((person.channel, person.to))
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
    return _("%(day)s, %(time)s") % {"day": date_words(here, "l j F"), "time": here.strftime("%H:%M")}
