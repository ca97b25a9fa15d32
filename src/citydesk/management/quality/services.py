"""Asking residents, once in a while and once of each contact, and keeping what they answer."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from citydesk.city.customers.queries.canonical import ids_of
from citydesk.contact.service_requests.queries.tracked import FirstContact, get_first_contact
from citydesk.kernel import audit
from citydesk.kernel.actors import RESIDENT
from citydesk.kernel.destruction import Eraser
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.management.quality import queries, rules
from citydesk.management.quality.choices import OBJECT, Answer, Instrument, Way
from citydesk.management.quality.models import Invitation, Response

# With a customer's number: nobody is asked twice because two of their requests are closed in one moment.
_LOCK = 7_311


def invite_after_closing(*, request_id: int, reason: str, now: datetime) -> int | None:
    """Put the question behind the link of who reported a closed request; returns the invitation's id.

    None where nobody is asked: in confidence or unnamed, not written to, without a contact that recorded it, taken
    back or a duplicate, asked about this already, or asked anything within `rules.QUIET`.
    """
    with transaction.atomic():
        first = get_first_contact(request_id)
        if first is None:
            return None
        family = ids_of(first.customer_id)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, min(family) % 2**31])
        asked_at = queries.last_asked_at(family)
        if not rules.may_ask(reason=reason, last_asked_at=asked_at, now=now) or _was_asked(request_id, first):
            return None
        made = Invitation.objects.create(
            instrument=Instrument.FIRST_CONTACT,
            version=rules.VERSION,
            way=Way.TRACKING,
            interaction_id=first.interaction_id,
            request_id=request_id,
            follower_id=first.follower_id,
            invited_at=now,
            ends_at=now + rules.OPEN,
        )
        return made.pk


def _was_asked(request_id: int, first: FirstContact) -> bool:
    by_any = Q(request_id=request_id) | Q(interaction_id=first.interaction_id) | Q(follower_id=first.follower_id)
    return Invitation.objects.filter(by_any, instrument=Instrument.FIRST_CONTACT).exists()


def answer_question(*, follower_id: int | None, answer: str, language: str, now: datetime) -> None:
    """Keep what the holder of a link answers. The link is the right.

    Raises `Invalid` without a choice, `NotFound` where nothing was asked or the time is over, `Conflict` when it was
    answered before. The history says that it was answered, never what.
    """
    if answer not in set(Answer):
        raise Invalid(_("Choose yes or no."), field="settled")
    with transaction.atomic():
        _alone_with(follower_id)
        asked = (
            Invitation.objects.filter(
                follower_id=follower_id, instrument=Instrument.FIRST_CONTACT, ends_at__gt=now
            ).first()
            if follower_id is not None
            else None
        )
        if asked is None:
            raise NotFound(_("There is no such page."))
        if Response.objects.filter(invitation=asked).exists():
            raise Conflict(_("You answered this already. Thank you."))
        Response.objects.create(invitation=asked, answer=answer, language=language[:12], answered_at=now)
        audit.record(audit.Act("quality.answered", OBJECT, asked.pk), actor=RESIDENT, now=now)


def _alone_with(follower_id: int | None) -> None:
    """Whoever answers by the same link waits. A row that never changes is locked by nobody but its owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK + 1, (follower_id or 0) % 2**31])


def destroy_invitations(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy invitations that ended, with their answers, under a signed disposal."""
    with transaction.atomic():
        eraser.record(Invitation, list(ids))
        eraser.history(OBJECT, list(ids))


def destroy_of_contacts(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy what was asked about contacts that are destroyed."""
    rows = Invitation.objects.filter(interaction_id__in=list(ids))
    destroy_invitations(ids=list(rows.values_list("pk", flat=True)), eraser=eraser, now=now)


def destroy_of_requests(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy what was asked about requests that are destroyed."""
    rows = Invitation.objects.filter(request_id__in=list(ids))
    destroy_invitations(ids=list(rows.values_list("pk", flat=True)), eraser=eraser, now=now)
