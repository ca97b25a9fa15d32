"""Requests made in confidence: the public status by number and code word, and identities taken off a request."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.correspondence.services import stop_unsent
from citydesk.city.customers import services as customers
from citydesk.city.customers.choices import CUSTOMERS_SEE_CONFIDENTIAL
from citydesk.contact.interactions.choices import TAKE
from citydesk.contact.service_requests.choices import CONFIDENTIAL, EDIT, OBJECT_TYPE, VIEW, VIEW_ALL, FollowerKind
from citydesk.contact.service_requests.models import Follower, RequestContact, ServiceRequest
from citydesk.contact.service_requests.rules import publicity
from citydesk.contact.service_requests.services.acts import act_on, keep, take
from citydesk.contact.service_requests.services.intake import Person, follower, keep_apart
from citydesk.kernel import audit
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Invalid, NotFound
from citydesk.kernel.numbering import parse_number
from citydesk.kernel.throttle import throttle

# Tries of one clerk, and against one number by whomever: enough for a caller who mishears, too few to guess a word.
TRIES_OF_CLERK, TRIES_OF_NUMBER, TRIES_SECONDS = 10, 5, 15 * 60
REASON_LENGTH = 300


@dataclass(frozen=True)
class PublicStatus:
    """All a clerk hears of a confidential request: where it stands in the public's words, since when, until when."""

    number: str
    status_code: str
    received_at: datetime
    closed_at: datetime | None
    promised_at: datetime | None


def check_code_word(*, number: str, code_word: str, access: Access, now: datetime) -> PublicStatus:
    """The public status of a confidential request for a caller who knows its number and the word they left.

    Every try is in the audit, with who tried and whether it fit. Raises `Invalid` with one sentence for a number that
    is none, a request that is not confidential and a wrong word alike; `TooMany`; `NotAllowed`.
    """
    access.require(TAKE)
    asked = parse_number(number) or ""
    throttle(f"code_word:clerk:{access.actor.id}", limit=TRIES_OF_CLERK, per_seconds=TRIES_SECONDS, now=now)
    throttle(f"code_word:number:{asked}", limit=TRIES_OF_NUMBER, per_seconds=TRIES_SECONDS, now=now)
    with transaction.atomic():
        row = ServiceRequest.objects.filter(number=asked, is_confidential=True).defer("search").first()
        is_right = customers.check_code_word(handle=row.identity_handle if row else None, code_word=code_word)
        after = {"fits": is_right}
        if row is None:
            act = audit.Act("service_requests.code_word_tried", OBJECT_TYPE, 0, asked, after=after)
        else:
            act = act_on(row, "code_word_tried", after=after)
        audit.record(act, actor=access.actor, now=now)
    if row is None or not is_right:
        raise Invalid(_("Number and code word do not fit together."), field="code_word")
    status = publicity.status_code(row.state, row.close_reason)
    return PublicStatus(row.number, status, row.received_at, row.closed_at, row.promised_at)


def open_reporter(*, request_id: int, reason: str, access: Access, now: datetime) -> customers.Identity:
    """Who reported a confidential request, for somebody with the right who sees the request and says why.

    Every opening is a reading and an entry of the request's history, with the reason. Raises `NotFound` for all others
    and where nobody is kept, `Invalid` without a reason.
    """
    access.require_sight(CUSTOMERS_SEE_CONFIDENTIAL)
    reason = " ".join(reason.split())
    if len(reason) > REASON_LENGTH:
        raise Invalid(_("At most %(n)s characters.") % {"n": REASON_LENGTH}, field="reason")
    with transaction.atomic():
        row = ServiceRequest.objects.visible_to(access).defer("search").filter(pk=request_id).first()
        if row is None or not row.is_confidential or row.identity_handle is None:
            raise NotFound(_("There is nothing here."))
        identity = customers.open_identity(handle=row.identity_handle, reason=reason, access=access, now=now)
        audit.record_read(object_type=OBJECT_TYPE, object_id=row.pk, purpose="identity", actor=access.actor, now=now)
        audit.record(act_on(row, "identity_opened", reason=reason), actor=access.actor, now=now)
    return identity


def open_reporter_under_glass(*, object_id: int, reason: str, actor: Actor, now: datetime) -> customers.Identity:
    """Who reported a confidential request, for somebody who opened it in an emergency: by rights that hold for this one
    reading. The caller has authorized. Noted and refused as in `open_reporter`."""
    rights = frozenset({VIEW, VIEW_ALL, CONFIDENTIAL, CUSTOMERS_SEE_CONFIDENTIAL})
    return open_reporter(request_id=object_id, reason=reason, access=Access(actor, rights), now=now)


def make_confidential(*, request_id: int, access: Access, now: datetime) -> None:
    """Keep a request in confidence from now on: who reported it is kept apart, nothing more is written to them.

    For a room above that takes it further. A confidential one stays as it is. Raises `NotFound`, `NotAllowed`.
    """
    with transaction.atomic():
        row = take(request_id, access, permission=EDIT)
        if row.is_confidential:
            return
        row.is_confidential = True
        seal_reporter(row, actor=access.actor, now=now)
        fields = ("is_confidential", "identity_handle", "customer_id")
        keep(row, fields, [act_on(row, "kept_in_confidence")], actor=access.actor, now=now)


def seal_reporter(row: ServiceRequest, *, actor: Actor, now: datetime) -> None:
    """A request became confidential: who reported it moves to the customers room, nothing more is written to them.

    Changes the unsaved columns `customer_id` and `identity_handle` of a locked row; the caller keeps them.
    """
    people = Follower.objects.filter(request=row, kind=FollowerKind.REPORTER, is_active=True)
    for one in people:
        person = Person(one.name, one.channel, one.to, one.language, one.customer_id)
        row.identity_handle = row.identity_handle or keep_apart(person, actor=actor, now=now)
        if one.to:
            stop_unsent(
                about_type=OBJECT_TYPE, about_id=row.pk, reason="in confidence", actor=actor, now=now, to=one.to
            )
    people.update(name="", channel="none", to="", customer_id=None)
    RequestContact.objects.filter(request=row).update(customer_id=None)
    row.customer_id = None


def reporter_in_confidence(row: ServiceRequest, person: Person, *, actor: Actor, now: datetime) -> Follower:
    """Another reporter of a locked confidential request: kept apart; the unsaved follower has a link and no name."""
    row.identity_handle = keep_apart(person, actor=actor, now=now)
    return follower(row.pk, Person(language=person.language), FollowerKind.REPORTER, now)
