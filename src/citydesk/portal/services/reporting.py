"""A report sent by a resident: kept raw, then contact, person and request in one transaction, exactly once.

received = processed (held ones among them) + rejected + quarantined + pending.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.correspondence import services as correspondence
from citydesk.city.customers import rules as customer_rules
from citydesk.city.customers import services as customers
from citydesk.city.places.rules import ResolvedPlace
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import Channel as ContactChannel
from citydesk.contact.interactions.choices import OutcomeKind, RawSource, RawState
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.choices import OBJECT_TYPE, Channel, LocationNeed
from citydesk.contact.service_requests.rules.catalog import Service
from citydesk.contact.service_requests.services.brakes import hold_reason
from citydesk.contact.service_requests.services.linking import link_contact
from citydesk.kernel.actors import RESIDENT
from citydesk.kernel.errors import CitydeskError, Invalid
from citydesk.kernel.idempotency import once
from citydesk.portal.queries.offered import offered_service, place_of
from citydesk.portal.rules import Draft, Tell, draft_of

log = structlog.get_logger("portal")


@dataclass(frozen=True)
class SentReport:
    """What the last page shows. Without a number the report is kept and gets one as soon as it is recorded."""

    raw_id: int
    number: str = ""
    token: str = ""
    promised_at: datetime | None = None


def send_report(*, draft: Draft, network: str, now: datetime) -> SentReport:
    """Keep a finished report, then record it. Call outside a transaction. A report that looks sent by no resident is
    recorded too, and held for a person.

    Raises what `record_report` raises; the input is then kept as rejected with the reason.
    """
    held = hold_reason(
        text=f"{draft.words}\n{draft.name}",
        now=now,
        network=network,
        contact=draft.email or draft.phone,
        honeypot=draft.honeypot,
        seconds=_seconds(draft, now),
    )
    raw_id = interactions.store_raw(
        source=RawSource.PORTAL,
        body=json.dumps(draft.as_json()).encode(),
        content_type="application/json",
        headers={"held": held},
        now=now,
    )
    try:
        return record_report(raw_id=raw_id, draft=draft, held=held, at=now, now=now)
    except CitydeskError as error:
        interactions.reject_raw(raw_id=raw_id, error=error, now=now)
        raise
    except Exception:
        log.exception("portal.left_pending", raw_id=raw_id)
        return SentReport(raw_id)


def record_report(*, raw_id: int, draft: Draft, held: str, at: datetime, now: datetime) -> SentReport:
    """Record a kept report: contact, request and the mark on the raw input commit together.

    Raises `Invalid`, `ManyInvalid`, `NotFound` (a code not offered), `Conflict` (worked before).
    """
    service = offered_service(draft.code, at)
    place = place_of(draft)
    _check(draft, service, place)
    with transaction.atomic():
        answer = once(
            scope="portal.report",
            key=draft.key,
            given=draft.as_json(),
            now=now,
            act=lambda: _record(draft, service, place, held, at=at, now=now),
        )
        interactions.mark_raw(
            raw_id=raw_id,
            state=RawState.PROCESSED,
            now=now,
            result_type=OBJECT_TYPE,
            result_id=answer["id"],
            result_number=answer["number"],
        )
    promised = answer["promised_at"]
    return SentReport(raw_id, answer["number"], answer["token"], datetime.fromisoformat(promised) if promised else None)


def work_left_reports(*, now: datetime, limit: int = 200) -> dict[str, int]:
    """Record the reports that a killed process left behind, each once; returns counts by what became of them."""

    def record(raw: Any) -> None:
        draft = draft_of(json.loads(raw.body))
        record_report(raw_id=raw.id, draft=draft, held=raw.headers.get("held", ""), at=raw.received_at, now=now)

    return interactions.work_left_raw(source=RawSource.PORTAL, record=record, now=now, limit=limit)


def _check(draft: Draft, service: Service, place: ResolvedPlace | None) -> None:
    if draft.is_anonymous and not service.allow_anonymous:
        raise Invalid(_("For this kind we need your name and a way to reach you."), field="name")
    if place is None and service.location == LocationNeed.REQUIRED:
        raise Invalid(_("Say where it is: an address, a corner, or a description."), field="place")


def _record(
    draft: Draft, service: Service, place: ResolvedPlace | None, held: str, *, at: datetime, now: datetime
) -> dict[str, Any]:
    is_confidential = draft.is_confidential or service.is_confidential
    person = confidant_of(draft) if is_confidential else person_of(draft, now=now)
    done = requests.record_request(
        intake=requests.RequestIntake(
            service_code=draft.code,
            channel=Channel.WEB,
            received_at=at,
            description=draft.words,
            answers=draft.answers,
            place=place,
            place_detail=draft.detail,
            reporter=person,
            is_anonymous=person is None,
            is_confidential=is_confidential,
            language=draft.language,
            file_ids=tuple(draft.files),
            held_reason=held,
        ),
        actor=RESIDENT,
        now=now,
    )
    outcome = interactions.OutcomeFacts(
        OutcomeKind.REQUEST, OBJECT_TYPE, done.id, done.number, service.name_in(draft.language)
    )
    contact_id = record_web_contact(draft, person, place, outcome, is_confidential, at=at, now=now)
    link_contact(
        request_id=done.id, interaction_id=contact_id, customer_id=person.customer_id if person else None, now=now
    )
    promised = done.promised_at.isoformat() if done.promised_at else ""
    return {"id": done.id, "number": done.number, "token": done.token, "promised_at": promised}


def record_web_contact(
    draft: Draft,
    person: requests.Person | None,
    place: ResolvedPlace | None,
    outcome: interactions.OutcomeFacts,
    is_confidential: bool,
    *,
    at: datetime,
    now: datetime,
) -> int:
    """The contact behind something sent from the site; returns its id. Inside the caller's transaction."""
    where: dict[str, Any] = {}
    if place is not None:
        where = {
            "place_label": place.label[:200],
            "address_id": place.address_id,
            "lat": place.lat,
            "lon": place.lon,
            "districts": dict(place.districts),
        }
    return interactions.record_contact(
        facts=interactions.ContactFacts(
            channel=ContactChannel.WEB,
            received_at=at,
            customer_id=person.customer_id if person else None,
            is_name_refused=not draft.name,
            is_confidential=is_confidential or draft.is_confidential,
            words=draft.words,
            place_detail=draft.detail,
            reason_code=draft.code,
            language=draft.language,
            callback_number=draft.phone,
            **where,
        ),
        outcomes=[outcome],
        actor=RESIDENT,
        now=now,
    ).interaction_id


def confidant_of(draft: Draft) -> requests.Person | None:
    """Who reports in confidence: linked to nobody, written to by nobody; None when nothing was given."""
    if draft.is_anonymous and not draft.code_word:
        return None
    return requests.Person(
        draft.name, language=draft.language, phone=draft.phone, email=draft.email, code_word=draft.code_word
    )


def person_of(draft: Draft, *, now: datetime) -> requests.Person | None:
    """Who is to be told, linked to the customer they are; None for an anonymous one. Consent to texts is noted."""
    if draft.is_anonymous:
        return None
    given, _space, family = draft.name.rpartition(" ")
    customer = customers.match_or_create(
        given_name=given,
        family_name=family,
        phone=draft.phone,
        email=draft.email,
        language=draft.language,
        actor=RESIDENT,
        now=now,
    )
    channel, to = "none", ""
    if draft.tell == Tell.SMS and draft.phone and draft.has_consent:
        channel, to = "sms", customer_rules.read_phone(draft.phone).e164
        correspondence.record_consent(phone=to, how="web form", actor=RESIDENT, now=now)
    elif draft.tell == Tell.EMAIL and draft.email:
        channel, to = "email", draft.email
    return requests.Person(draft.name, channel, to, draft.language, customer.id)


def _seconds(draft: Draft, now: datetime) -> float | None:
    """How long the form was open; None where nothing says when it was opened."""
    try:
        return (now - datetime.fromisoformat(draft.opened_at)).total_seconds()
    except (ValueError, TypeError):
        return None
