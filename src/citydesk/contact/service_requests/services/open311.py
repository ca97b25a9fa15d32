"""Reports that come over Open311: kept raw, recorded with contact and request in one transaction, exactly once.

A post is acknowledged after its record is committed. If recording breaks for a reason that is not the sender's, the
post stays pending, the sender gets a token, and the sweep records it later: received = processed + rejected +
quarantined + pending.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.customers import services as customers
from citydesk.city.places import queries as places
from citydesk.city.places.rules import ResolvedPlace
from citydesk.contact.interactions import queries as contacts
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import SERIES as CONTACTS
from citydesk.contact.interactions.choices import Channel as ContactChannel
from citydesk.contact.interactions.choices import OutcomeKind, RawSource, RawState
from citydesk.contact.service_requests.choices import OBJECT_TYPE, SERIES, Channel, ContactKind, LocationNeed, NoteKind
from citydesk.contact.service_requests.models import RequestContact, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import catalog
from citydesk.contact.service_requests.rules.open311 import Post, read_post
from citydesk.contact.service_requests.services.brakes import hold_reason
from citydesk.contact.service_requests.services.intake import Person, RecordedRequest, RequestIntake, record_request
from citydesk.contact.service_requests.services.writing import write_note
from citydesk.kernel.actors import Actor, ActorKind
from citydesk.kernel.errors import CitydeskError, Invalid, NotAllowed, NotFound
from citydesk.kernel.idempotency import fingerprint_of, once
from citydesk.kernel.rows import fresh, insert, together
from citydesk.kernel.sealing import seal, unseal
from citydesk.kernel.sequences import taken_together

log = structlog.get_logger("open311")
# The same words from the same key within this time are one report sent again, not two reports.
SAME_WITHIN = timedelta(minutes=10)
MOST_FIELDS = 1000
_TOKEN = "open311.token"  # noqa: S105 - a purpose, not a secret


@dataclass(frozen=True)
class Sender:
    """The holder of the key a post came with. `service_codes` empty means every public code."""

    key_id: int
    label: str
    service_codes: frozenset[str] = frozenset()

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.API_KEY, self.key_id, self.label)


@dataclass(frozen=True)
class Receipt:
    """The answer to a post: the number, or a token while it is not recorded yet."""

    number: str = ""
    token: str = ""
    notice: str = ""


def receive_post(
    *,
    fields: Sequence[tuple[str, str]],
    sender: Sender,
    now: datetime,
    file_ids: Sequence[int] = (),
    language: str = "en",
    key: str = "",
    notice: str = "",
) -> Receipt:
    """Keep a post, then record it. `key` is the client's Idempotency-Key: the same key gets the same number for good;
    without one the same words from the same sender within ten minutes do. Call outside a transaction.

    Raises what `record_post` raises; the post is then kept as rejected with the reason.
    """
    raw_id = interactions.store_raw(
        source=RawSource.OPEN311,
        # The key is a secret of its holder and is not kept.
        body=urlencode([(name, value) for name, value in fields if name != "api_key"], errors="replace").encode(),
        content_type="application/x-www-form-urlencoded",
        headers={
            "key": str(sender.key_id),
            "label": sender.label,
            "codes": ",".join(sorted(sender.service_codes)),
            "language": language,
            "idempotency": key[:200],
            "files": ",".join(map(str, file_ids)),
        },
        now=now,
    )
    try:
        number = record_post(
            raw_id=raw_id, fields=fields, sender=sender, file_ids=file_ids, language=language, key=key, at=now, now=now
        )
    except CitydeskError as error:
        interactions.reject_raw(raw_id=raw_id, error=error, now=now)
        raise
    except Exception:
        log.exception("open311.left_pending", raw_id=raw_id)
        return Receipt(token=seal(str(raw_id), purpose=_TOKEN), notice=notice)
    return Receipt(number=number, notice=notice)


def record_post(
    *,
    raw_id: int,
    fields: Sequence[tuple[str, str]],
    sender: Sender,
    file_ids: Sequence[int] = (),
    language: str = "en",
    key: str = "",
    at: datetime,
    now: datetime,
) -> str:
    """Record a kept post: contact, request and the mark on the raw input commit together. Returns the number.

    `at` is when it was received. Raises `Invalid`, `ManyInvalid`, `NotFound` (service code, address), `NotAllowed` (the
    key may not report the code), `Conflict` (the post was worked before).
    """
    post = read_post(fields)
    service = _reportable(post.service_code, sender, at)
    place = _place(post, service)
    held = hold_reason(text=post.description, contact=_contact_of(post), now=now)

    def act() -> dict[str, Any]:
        with taken_together((SERIES, policy.today(now).year), (CONTACTS, now.year)):
            done = _record(post, service, place, sender, file_ids, language, held, at=at, now=now)
        return {"id": done.id, "number": done.number}

    given = sorted((name, value) for name, value in fields if name != "api_key")
    # Without a key of the client's the words are the key, and good for a while only.
    own_key = f"given:{fingerprint_of(key)}" if key else f"words:{fingerprint_of(given)}"
    within = None if key else SAME_WITHIN
    with transaction.atomic(), together():
        answer = once(
            scope=f"open311:{sender.key_id}",
            key=own_key,
            given=given,
            # Counted from when it was received: the sweep may come long after its sender sent it again.
            now=at,
            act=act,
            within=within,
            savepoint=False,
        )
        interactions.mark_raw(
            raw_id=raw_id,
            state=RawState.PROCESSED,
            now=now,
            result_type=OBJECT_TYPE,
            result_id=answer["id"],
            result_number=answer["number"],
        )
    return str(answer["number"])


def number_of_token(*, token: str) -> str:
    """The number behind a token, empty while the post is not recorded. `NotFound` for a token we did not give, and
    when the post was refused in the end.
    """
    try:
        raw = contacts.get_raw(raw_id=int(unseal(token, purpose=_TOKEN)))
    except (Invalid, ValueError) as error:
        raise NotFound(_("There is no such token."), field="token") from error
    if raw.state == RawState.REJECTED:
        raise NotFound(_("The report behind this token was refused."), field="token")
    return raw.result_number


def work_left_posts(*, now: datetime, limit: int = 200) -> dict[str, int]:
    """Record the posts that a killed process left behind, each once; returns counts by what became of them."""

    def record(raw: Any) -> None:
        told = raw.headers
        record_post(
            raw_id=raw.id,
            fields=parse_qsl(raw.body.decode(), keep_blank_values=True),
            sender=Sender(int(told["key"]), told["label"], frozenset(filter(None, told["codes"].split(",")))),
            file_ids=[int(one) for one in told["files"].split(",") if one],
            language=told["language"],
            key=told["idempotency"],
            at=raw.received_at,
            now=now,
        )

    return interactions.work_left_raw(source=RawSource.OPEN311, record=record, now=now, limit=limit)


def _reportable(code: str, sender: Sender, at: datetime) -> catalog.Service:
    """The service of a code the public may report and the key may use."""
    if not code:
        raise Invalid(_("service_code is missing."), field="service_code")
    row = policy.code_row(code)
    if not row.is_active or row.is_internal or row.is_coding_queue:
        raise NotFound(_("There is no such service code."), field="service_code")
    if sender.service_codes and code not in sender.service_codes:
        raise NotAllowed(_("This key may not report this service code."), field="service_code")
    return policy.service(code, policy.today(at))


def _place(post: Post, service: catalog.Service) -> ResolvedPlace | None:
    """The place of a post. Raises `Invalid` when it says none, `OutsideCity`, `NotFound` for an unknown address."""
    if not post.has_place:
        if service.location == LocationNeed.NONE:
            return None
        raise Invalid(_("Say where: lat and long, address_string, or address_id."), field="lat")
    if post.has_point:
        return places.resolve(post.address_string, lat=post.lat, lon=post.lon)
    if post.address_id is not None:
        return places.resolve(address_id=post.address_id)
    return places.resolve(post.address_string)


def _contact_of(post: Post) -> str:
    return post.email or post.phone or post.device_id


def _record(
    post: Post,
    service: catalog.Service,
    place: ResolvedPlace | None,
    sender: Sender,
    file_ids: Sequence[int],
    language: str,
    held: str,
    *,
    at: datetime,
    now: datetime,
) -> RecordedRequest:
    person = _confidant(post, language) if service.is_confidential else _person(post, language, sender.actor, now)
    done = record_request(
        intake=RequestIntake(
            service_code=post.service_code,
            channel=Channel.API,
            received_at=at,
            description=post.description,
            answers=_answers(post.attributes, service),
            place=place,
            reporter=person,
            is_anonymous=post.is_anonymous,
            language=language,
            file_ids=tuple(file_ids),
            held_reason=held,
        ),
        actor=sender.actor,
        now=now,
    )
    _record_contact(post, service, place, sender, language, done, person, at=at, now=now)
    if post.media_urls:
        # Kept as words for whoever works on it: nothing is fetched, and nothing of it is published.
        words = "\n".join(("media_url:", *post.media_urls))
        write_note(ServiceRequest(pk=done.id), NoteKind.INTERNAL, words, sender.actor, now)
    return done


def _record_contact(
    post: Post,
    service: catalog.Service,
    place: ResolvedPlace | None,
    sender: Sender,
    language: str,
    done: RecordedRequest,
    person: Person | None,
    *,
    at: datetime,
    now: datetime,
) -> None:
    """The contact behind the request, and the link between the two."""
    customer_id = person.customer_id if person else None
    contact = interactions.record_contact(
        facts=interactions.ContactFacts(
            channel=ContactChannel.WEB,
            received_at=at,
            customer_id=customer_id,
            is_confidential=service.is_confidential,
            words=post.description,
            reason_code=post.service_code,
            language=language,
            callback_number=post.phone,
            **_place_facts(place),
        ),
        outcomes=[
            interactions.OutcomeFacts(OutcomeKind.REQUEST, OBJECT_TYPE, done.id, done.number, service.name_in("en"))
        ],
        actor=sender.actor,
        now=now,
    )
    insert(
        fresh(
            RequestContact,
            request_id=done.id,
            interaction_id=contact.interaction_id,
            kind=ContactKind.RECORDED,
            at=now,
            customer_id=customer_id,
        )
    )


def _answers(given: Mapping[str, Sequence[str]], service: catalog.Service) -> dict[str, Any]:
    """Attributes of the code's own questions; others (an app's own report number) stay in the raw input."""
    known = {one.code for one in service.questions}
    return {code: list(values) for code, values in given.items() if code in known}


def _place_facts(place: ResolvedPlace | None) -> dict[str, Any]:
    if place is None:
        return {}
    return {
        "place_label": place.label[:200],
        "address_id": place.address_id,
        "lat": place.lat,
        "lon": place.lon,
        "districts": dict(place.districts),
    }


def _confidant(post: Post, language: str) -> Person | None:
    """Who reports by a confidential code: linked to no customer, kept apart when the request is recorded."""
    if post.is_anonymous:
        return None
    name = " ".join(filter(None, (post.first_name, post.last_name)))
    email = post.email if "@" in post.email else ""
    return Person(name=name, language=language, email=email, phone=post.phone)


def _person(post: Post, language: str, actor: Actor, now: datetime) -> Person | None:
    """The reporter, linked to the customer they are; None for an anonymous post."""
    if post.is_anonymous:
        return None
    try:
        customer_id: int | None = customers.match_or_create(
            given_name=post.first_name,
            family_name=post.last_name,
            phone=post.phone,
            email=post.email,
            language=language,
            actor=actor,
            now=now,
        ).id
    except Invalid:  # nothing readable to know them by; their report counts all the same
        customer_id = None
    name = " ".join(filter(None, (post.first_name, post.last_name)))
    channel, to = ("email", post.email) if "@" in post.email else ("none", "")
    return Person(name=name, channel=channel, to=to, language=language, customer_id=customer_id)
