"""Recording a request: checked, coded, routed, clocked, numbered and acknowledged in one transaction."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from citydesk.city.customers import queries as customer_queries
from citydesk.city.customers import services as customers
from citydesk.city.places.rules import ResolvedPlace, cell_of
from citydesk.contact.service_requests.choices import (
    OBJECT_TYPE,
    SERIES,
    Channel,
    ContactKind,
    FileKind,
    FollowerKind,
    PublicText,
    StopEvent,
)
from citydesk.contact.service_requests.events import RequestRecorded
from citydesk.contact.service_requests.models import (
    Follower,
    RequestClock,
    RequestContact,
    RequestFactChange,
    RequestFile,
    ServiceCode,
    ServiceRequest,
)
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import catalog, publicity
from citydesk.contact.service_requests.services import clocks as clock_rows
from citydesk.contact.service_requests.services import deciding
from citydesk.contact.service_requests.services.acts import tell_pages
from citydesk.kernel import audit, outbox
from citydesk.kernel.actors import Actor
from citydesk.kernel.detectors import mask_numbers
from citydesk.kernel.rows import fresh, insert, together
from citydesk.kernel.sequences import next_identity

LONGEST_DESCRIPTION = 10_000


@dataclass(frozen=True)
class Person:
    """Somebody to be told: the channel is one of email, sms, letter, none; `to` is its address.

    `phone`, `email` and `code_word` are for a confidential reporter, of whom nothing else is kept.
    """

    name: str = ""
    channel: str = "none"
    to: str = ""
    language: str = "en"
    customer_id: int | None = None
    phone: str = ""
    email: str = ""
    code_word: str = ""


@dataclass(frozen=True)
class RequestIntake:
    """Everything a channel knows about a new request.

    `answers` are raw, by question code. `received_at` is when the resident spoke or wrote: the basis of clocks and
    counts. A confidential request keeps no customer and writes to nobody: who reported it goes to the customers room,
    which answers with a handle.

    `to_team` (a team's code) takes it before any routing rule, `because` says why in the city's languages.
    `held_reason` keeps it out of every queue until somebody releases it. `promised_at` overrides the due time
    told to the resident; `is_told_due` False promises nothing.
    """

    service_code: str
    channel: str
    received_at: datetime
    description: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    place: ResolvedPlace | None = None
    place_detail: str = ""
    reporter: Person | None = None
    followers: tuple[Person, ...] = ()
    is_anonymous: bool = False
    is_confidential: bool = False
    language: str = "en"
    interaction_id: int | None = None
    file_ids: tuple[int, ...] = ()
    owner_id: int | None = None
    promised_at: datetime | None = None
    is_told_due: bool = True
    held_reason: str = ""
    source: str = ""
    external_id: str = ""
    to_team: str = ""
    because: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordedRequest:
    """What the desk reads aloud and the API answers."""

    id: int
    number: str
    token: str
    due_at: datetime | None
    promised_at: datetime | None
    team_id: int | None
    urgency: str
    is_held: bool
    service_code: str


def record_request(*, intake: RequestIntake, actor: Actor, now: datetime) -> RecordedRequest:
    """Record one request. Raises `NotFound` for the code, `ManyInvalid` for answers, place and name that do not hold.

    Who may record is the channel's business: the caller has authorised. One transaction, part of the caller's if
    there is one; a caller that must not record twice wraps it in `kernel.idempotency.once`.
    """
    on = policy.today(intake.received_at)
    code = policy.code_row(intake.service_code)
    service = policy.service(intake.service_code, on)
    answers = deciding.check_intake(
        service, answers=intake.answers, has_place=intake.place is not None, is_anonymous=intake.is_anonymous
    )
    urgency, sla_code = deciding.decide_urgency(service, answers)
    where = deciding.decide_route(
        service,
        districts=intake.place.districts if intake.place else {},
        answers=answers,
        urgency=urgency,
        channel=intake.channel,
        at=intake.received_at,
        on=on,
        **_first(intake),
    )
    clocks = clock_rows.plan_clocks(
        sla_code,
        on=on,
        received_at=intake.received_at,
        is_assigned=intake.owner_id is not None,
        assigned_at=now,
    )
    if intake.owner_id is not None:
        clock_rows.apply_event(clocks, (), StopEvent.ASSIGNED, now=now)
    row = _row(intake, code=code, service=service, on=on, now=now)
    row.answers, row.urgency, row.sla_code = answers, urgency, sla_code
    row.team_id, row.department_id = where.team_id, where.department_id
    row.due_at = clock_rows.earliest_due(clocks)
    if intake.is_told_due:
        row.promised_at = intake.promised_at or clock_rows.promised_due(clocks)
    # Everything the request leaves behind goes to the database in one statement: rows, history, job and live news.
    with transaction.atomic(savepoint=False), together():
        _write(row, intake, clocks, where, actor=actor, now=now)
    return _recorded(row, code.code)


def _recorded(row: ServiceRequest, service_code: str) -> RecordedRequest:
    """The answer to who recorded it."""
    return RecordedRequest(
        row.pk,
        row.number,
        row.public_token,
        row.due_at,
        row.promised_at,
        row.team_id,
        row.urgency,
        row.is_held,
        service_code,
    )


def _first(intake: RequestIntake) -> dict[str, Any]:
    """The team that takes it before every rule, and why; none for what is told in confidence."""
    return {} if intake.is_confidential else {"to_team": intake.to_team, "because": intake.because}


def _row(
    intake: RequestIntake, *, code: ServiceCode, service: catalog.Service, on: date, now: datetime
) -> ServiceRequest:
    is_as_typed = service.public.text == PublicText.AS_TYPED
    is_confidential = intake.is_confidential or service.is_confidential
    words = mask_numbers(intake.description.replace("\x00", "").strip()[:LONGEST_DESCRIPTION]).text
    return fresh(
        ServiceRequest,
        service_id=code.pk,
        policy_date=on,
        channel=Channel(intake.channel),
        received_at=intake.received_at,
        recorded_at=now,
        updated_at=now,
        language=intake.language,
        source=intake.source,
        external_id=intake.external_id,
        description=words,
        public_text=words[: publicity.LONGEST_PUBLISHED] if is_as_typed else "",
        public_text_state=publicity.first_review_state(service.public),
        customer_id=intake.reporter.customer_id if intake.reporter and not is_confidential else None,
        is_anonymous=intake.is_anonymous,
        is_confidential=is_confidential,
        owner_id=intake.owner_id,
        assigned_at=now if intake.owner_id else None,
        follower_count=len(intake.followers),
        photo_count=len(intake.file_ids),
        is_held=bool(intake.held_reason),
        held_reason=intake.held_reason,
        public_token=secrets.token_urlsafe(24),
        **place_columns(intake.place, intake.place_detail),
    )


def place_columns(place: ResolvedPlace | None, detail: str = "") -> dict[str, Any]:
    """The columns a request copies from a resolved place."""
    if place is None:
        return {"place_detail": detail[:300]}
    has_point = place.lat is not None and place.lon is not None
    return {
        "place_kind": place.kind,
        "place_label": place.label[:200],
        "place_detail": detail[:300],
        "block_label": place.block_label[:200],
        "address_id": place.address_id,
        "lat": place.lat,
        "lon": place.lon,
        "cell": cell_of(place.lat, place.lon) if has_point else None,  # type: ignore[arg-type]  # has_point says so
        "zip": place.zip[:10],
        "council": place.districts.get("council", "")[:60],
        "districts": dict(place.districts),
    }


def _write(
    row: ServiceRequest,
    intake: RequestIntake,
    clocks: list[RequestClock],
    where: deciding.Destination,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    row.pk, row.number = next_identity(SERIES, policy.today(now).year)
    if row.is_confidential and intake.reporter:
        row.identity_handle = keep_apart(intake.reporter, actor=actor, now=now)
    for clock in clocks:
        clock.request_id = row.pk
    trace = deciding.trace_of(where, on=row.policy_date, cause="recorded", now=now)
    trace.request_id = row.pk
    insert(row, *clocks, trace, fresh(RequestFactChange, request_id=row.pk))
    _add_people(row, intake, now=now)
    _add_links(row, intake, actor=actor, now=now)
    audit.record(*_acts(row, intake, where), actor=actor, now=now)
    if not row.is_held:
        publish_recorded(row, intake.service_code, now=now)
    tell_pages(row)


def publish_recorded(row: ServiceRequest, service_code: str, *, now: datetime) -> None:
    """Tell the house that a request stands in a queue."""
    outbox.publish(
        RequestRecorded(row.pk, row.number, service_code, row.channel, row.team_id, row.urgency),
        now=now,
    )


def keep_apart(person: Person, *, actor: Actor, now: datetime) -> UUID | None:
    """Hand who a confidential reporter is to the customers room; the handle, or None where nothing is known of them.

    What a known customer is reached by is copied, and nothing says that it was they. Raises `Invalid` for a phone or
    an e-mail address nobody can read.
    """
    known = customer_queries.reach_of(person.customer_id) if person.customer_id else {}
    by_channel = {person.channel: person.to}
    facts = {
        "name": person.name or known.get("name", ""),
        "phone": person.phone or by_channel.get("sms", "") or known.get("phone", ""),
        "email": person.email or by_channel.get("email", "") or known.get("email", ""),
        "address": by_channel.get("letter", "") or known.get("postal", ""),
        "code_word": person.code_word,
    }
    if not any(value.strip() for value in facts.values()):
        return None
    may_contact = person.channel != "none" and bool(person.to.strip())
    return customers.record_confidential_identity(
        **facts, language=person.language, may_contact=may_contact, actor=actor, now=now
    )


def _acts(row: ServiceRequest, intake: RequestIntake, where: deciding.Destination) -> list[audit.Act]:
    recorded = {
        "channel": str(row.channel),
        "service": intake.service_code,
        "due": row.due_at,
        "promised": row.promised_at,
        "held": row.held_reason,
    }
    return [
        audit.Act("service_requests.recorded", OBJECT_TYPE, row.pk, row.number, None, recorded),
        audit.Act("service_requests.routed", OBJECT_TYPE, row.pk, row.number, None, deciding.route_facts(where)),
    ]


def follower(row_id: int, person: Person, kind: FollowerKind, now: datetime) -> Follower:
    """An unsaved follower with a token of their own."""
    channel = person.channel if person.to.strip() else "none"
    return fresh(
        Follower,
        request_id=row_id,
        kind=kind,
        customer_id=person.customer_id,
        name=person.name[:160],
        channel=channel,
        to=person.to.strip()[:320] if channel != "none" else "",
        language=person.language,
        token=secrets.token_urlsafe(24),
        added_at=now,
    )


def _add_people(row: ServiceRequest, intake: RequestIntake, *, now: datetime) -> None:
    reporter = Person(language=intake.language) if row.is_confidential and intake.reporter else intake.reporter
    people = [follower(row.pk, reporter, FollowerKind.REPORTER, now)] if reporter else []
    known = {(one.channel, one.to) for one in people}
    for person in intake.followers:
        one = follower(row.pk, person, FollowerKind.FOLLOWER, now)
        if one.to and (one.channel, one.to) in known:
            continue
        known.add((one.channel, one.to))
        people.append(one)
    insert(*people)


def _add_links(row: ServiceRequest, intake: RequestIntake, *, actor: Actor, now: datetime) -> None:
    if intake.interaction_id is not None:
        insert(
            fresh(
                RequestContact,
                request_id=row.pk,
                interaction_id=intake.interaction_id,
                kind=ContactKind.RECORDED,
                at=now,
                customer_id=row.customer_id,
            )
        )
    insert(
        *(
            RequestFile(
                request_id=row.pk,
                file_id=file_id,
                kind=FileKind.PHOTO,
                added_at=now,
                added_by=actor.label[:120],
                is_from_resident=not actor.is_staff,
            )
            for file_id in intake.file_ids
        )
    )
