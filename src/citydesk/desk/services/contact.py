"""Saving a contact: the person, the requests, me-toos, consent and the contact itself, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.knowledge import services as knowledge
from citydesk.city.places.rules import ResolvedPlace
from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.interactions import queries as contact_queries
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import (
    CallerClass,
    Channel,
    Direction,
    Ending,
    OutcomeKind,
    PromiseKind,
    Settled,
)
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.rules.catalog import Service
from citydesk.desk.queries import neighbors
from citydesk.desk.rules import contact as rules
from citydesk.desk.services.contact_who import confidant_of, customer_of, keep_consent, person_of
from citydesk.desk.services.contact_work import Work, beside
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import CitydeskError, Invalid, ManyInvalid
from citydesk.kernel.idempotency import OtherBody, once

SCOPE = "desk.finish_contact"
# What an outcome points at, and what histories and messages call the same thing.
REQUEST, HISTORY = "service_requests.ServiceRequest", "service_requests.request"
BULLETIN = "knowledge.Bulletin"
_MADE = (OutcomeKind.REQUEST, OutcomeKind.UNCODED)
# Minutes in a working day: no interpreter is on one call for longer.
LONGEST_CALL = 600


@dataclass(frozen=True)
class FinishedContact:
    """The contact's number and the numbers of the requests it led to."""

    number: str
    request_numbers: tuple[str, ...]


def finish_contact(
    *, interaction_id: int, version: int, fields: Mapping[str, Any], access: Access, now: datetime
) -> FinishedContact:
    """Save an open contact with everything it led to. The same version sent twice is saved once.

    `fields` are the form's own fields, laid over the stored draft. Raises `ManyInvalid` with every field that does not
    hold (nothing is saved), `NotFound`, `Conflict` (facts: `state`, `number`) when the contact was finished under
    another version or with other fields: whoever changed them must hear that they are not in it.
    """

    def act() -> dict[str, Any]:
        held = interactions.lock_draft(interaction_id=interaction_id, access=access)
        return _finish(_work(held, fields, access, now))

    given = {"interaction": interaction_id, "fields": dict(fields)}
    try:
        answer = once(scope=SCOPE, key=f"{interaction_id}:{version}", given=given, now=now, act=act)
    except OtherBody:
        with transaction.atomic():
            interactions.lock_draft(interaction_id=interaction_id, access=access)  # says that it is finished
        raise
    return FinishedContact(answer["number"], tuple(answer["requests"]))


def _work(held: dict[str, Any], typed: Mapping[str, Any], access: Access, now: datetime) -> Work:
    fields = {**held["draft"], **typed}
    received, error = _received_at(fields, held["received_at"], now)
    _minutes, wrong = _interpreter_minutes(fields)
    city = profile.city()
    work = Work(
        access=access,
        now=now,
        held=held,
        fields=fields,
        errors=[one for one in (error, wrong) if one],
        received_at=received,
        language=str(fields.get("language") or (city.languages[0] if city.languages else "en")),
    )
    return work


def _received_at(fields: Mapping[str, Any], held: datetime, now: datetime) -> tuple[datetime, CitydeskError | None]:
    typed = str(fields.get("received_at", "")).strip()
    if not typed:
        return held, None
    moment = rules.parse_past_time(typed, now=now, zone=profile.local_zone())
    if moment is None:
        return held, Invalid(_("Write the time as 13:40, or with the day as 2026-11-24 13:40."), field="received_at")
    return moment, None


def _interpreter_minutes(fields: Mapping[str, Any]) -> tuple[int | None, CitydeskError | None]:
    """How long an interpreter spoke, as the vendor's bill will say it."""
    typed = str(fields.get("interpreter_minutes", "")).strip()
    if not typed:
        return None, None
    if not (typed.isdecimal() and len(typed) < 5 and int(typed) <= LONGEST_CALL):
        return None, Invalid(_("Write the minutes as a number, such as 12."), field="interpreter_minutes")
    if not fields.get("interpreter_vendor"):
        return None, Invalid(_("Say which interpreter it was."), field="interpreter_vendor")
    return int(typed), None


def _finish(work: Work) -> dict[str, Any]:
    with transaction.atomic():
        if work.is_confidential:
            work.person = confidant_of(work)
        else:
            work.customer_id = customer_of(work)
            work.person = person_of(work)
        outcomes = [*_requests(work), *_noted(work)]
        if work.errors:
            raise ManyInvalid(work.errors)
        keep_consent(work)
        promises, transfers = _promises(work), _transfers(work)
        if work.errors:
            raise ManyInvalid(work.errors)
        done = interactions.finish(
            interaction_id=work.held["id"],
            facts=_facts(work, outcomes),
            outcomes=outcomes,
            promises=promises,
            transfers=transfers,
            access=work.access,
            now=work.now,
        )
        _name_both(work, outcomes)
        _link_bulletins(work, done, outcomes)
    return {
        "number": done.number,
        "requests": [one.target_number for one in outcomes if one.kind in _MADE],
    }


def _name_both(work: Work, outcomes: list[interactions.OutcomeFacts]) -> None:
    """Requests of a contact that a supervisor took over name both who took it, in their own timeline."""
    people = [work.held["taken_by_id"], work.held["helped_by_id"]]
    made = [one for one in outcomes if one.target_type == REQUEST and one.target_id and one.kind in _MADE]
    if None in people or not made:
        return
    found = staff.names_of(people)
    names = ", ".join(found[one] for one in dict.fromkeys(people) if one in found)
    audit.record(
        *(
            audit.Act("desk.taken_together", HISTORY, one.target_id or 0, one.target_number, after={"names": names})
            for one in made
        ),
        actor=work.access.actor,
        now=work.now,
    )


def _link_bulletins(work: Work, done: interactions.FinishedContact, outcomes: list[interactions.OutcomeFacts]) -> None:
    """A contact in which a bulletin was told, or a request it pins was joined or told, counts with the bulletin."""
    told = [one.target_id for one in outcomes if one.target_type == BULLETIN and one.target_id]
    joined = [one.target_number for one in outcomes if one.target_type == REQUEST and one.kind not in _MADE]
    if told or joined:
        knowledge.link_contact(
            bulletin_ids=told,
            request_numbers=joined,
            contact_id=done.interaction_id,
            contact_number=done.number,
            now=work.now,
        )


def _requests(work: Work) -> list[interactions.OutcomeFacts]:
    written = [(one["fields"], one.get("words", "")) for one in work.fields.get("requests", [])]
    if rules.is_request_wanted(work.fields):
        written.append((work.fields, str(work.fields.get("words", ""))))
    return [one for fields, words in written if (one := _request(work, fields, words))]


def _request(work: Work, fields: Mapping[str, Any], words: str) -> interactions.OutcomeFacts | None:
    """Record one request; None when something must be repaired first (then the errors say what)."""
    service = neighbors.service(str(fields.get("code", "")), work.now)
    place = _place(work, fields)
    crew_note = str(fields.get("crew_note", "")).strip()
    if service is None or work.errors:
        if service is None:
            work.errors.append(Invalid(_("This code is not offered any more. Choose another."), field="code"))
        return None
    try:
        with transaction.atomic():
            made = requests.record_request(
                intake=_intake(work, fields, service, place, words),
                actor=work.access.actor,
                now=work.now,
            )
    except CitydeskError as error:
        work.errors += beside(
            error,
            {
                "place": "where",
                "location": "where",
                "is_anonymous": "who",
                "name": "who",
                "phone": "new_phone",
                "email": "new_email",
            },
            "code",
        )
        return None
    if len(crew_note) > 300:
        requests.add_note(request_id=made.id, text=crew_note, access=work.access, now=work.now)
    reads = (profile.city().languages or ("en",))[0]
    return interactions.OutcomeFacts(
        OutcomeKind.UNCODED if service.is_coding_queue else OutcomeKind.REQUEST,
        REQUEST,
        made.id,
        made.number,
        service.name_in(reads),
        {"place": place.label if place else "", "due_at": made.promised_at.isoformat() if made.promised_at else ""},
    )


def _intake(
    work: Work, fields: Mapping[str, Any], service: Service, place: ResolvedPlace | None, words: str
) -> requests.RequestIntake:
    """One request as the form's fields say it."""
    crew_note = str(fields.get("crew_note", "")).strip()
    return requests.RequestIntake(
        service_code=service.code,
        channel=work.held["channel"] if not fields.get("channel") else str(fields["channel"]),
        received_at=work.received_at,
        description=words,
        answers=rules.answers_of(fields),
        place=place,
        place_detail=crew_note[:300],
        reporter=work.person,
        is_anonymous=work.person is None if work.is_confidential else work.customer_id is None,
        is_confidential=work.is_confidential,
        language=work.language,
        interaction_id=work.held["id"],
        **_sent_by_class(work),
    )


def _sent_by_class(work: Work) -> dict[str, Any]:
    """Which team takes the requests of this class of callers, where the profile names one."""
    body = contact_queries.class_of(str(work.fields.get("caller_class") or CallerClass.RESIDENT), work.now)
    return {"to_team": body["team"], "because": body["name"]} if body.get("team") else {}


def _place(work: Work, fields: Mapping[str, Any]) -> ResolvedPlace | None:
    try:
        place = neighbors.resolve_place(fields)
    except CitydeskError as error:
        work.errors.append(Invalid(str(error.message), field="where"))
        return None
    if place and not place.has_point and place.did_you_mean and not rules.place_choice(fields):
        names = _(" or ").join(one.label for one in place.did_you_mean[:2])
        message = _("%(typed)s is no place the city has. Choose %(names)s, or describe it in more words.") % {
            "typed": place.label,
            "names": names,
        }
        work.errors.append(Invalid(message, field="where"))
    return place


def _noted(work: Work) -> list[interactions.OutcomeFacts]:
    """Outcomes noted in the draft; promises and transfers have rows of their own."""
    noted = [
        one for one in work.fields.get("outcomes", []) if one["kind"] not in (OutcomeKind.PROMISE, OutcomeKind.TRANSFER)
    ]
    for one in noted:
        if one.get("target_type") == REQUEST and not work.errors:
            _tell_request(work, one)
    return [
        interactions.OutcomeFacts(
            OutcomeKind(one["kind"]),
            one.get("target_type", ""),
            one.get("target_id"),
            one.get("target_number", ""),
            one.get("label", ""),
        )
        for one in noted
    ]


def _tell_request(work: Work, one: Mapping[str, Any]) -> None:
    """A me-too makes the person a follower; a status told is a repeat contact its request counts."""
    about = {"request_id": one["target_id"], "interaction_id": work.held["id"], "access": work.access, "now": work.now}
    try:
        if one["kind"] == OutcomeKind.FOLLOW:
            requests.me_too(person=None if work.is_confidential else work.person, **about)
        elif one["kind"] == OutcomeKind.STATUS_TOLD:
            requests.tell_status(customer_id=work.customer_id, is_nudged=bool(one.get("is_nudged")), **about)
    except CitydeskError as error:
        work.errors += beside(error, {}, "outcomes")


def _promises(work: Work) -> list[interactions.PromiseFacts]:
    return [
        interactions.PromiseFacts(
            text=one["text"],
            due_at=datetime.fromisoformat(one["due_at"]),
            kind=PromiseKind.CALL_BACK,
            phone=one.get("phone", ""),
            is_interpreter_needed=bool(work.fields.get("interpreter_vendor")),
        )
        for one in work.fields.get("outcomes", [])
        if one["kind"] == OutcomeKind.PROMISE and not one.get("promise_id")
    ]


def _transfers(work: Work) -> list[interactions.TransferFacts]:
    return [
        interactions.TransferFacts(
            kind=one["transfer_kind"],
            office_name=one["label"],
            outcome=one["outcome"],
            office_code=one.get("office_code", ""),
            number_called=one.get("number", ""),
            note=one.get("text", ""),
        )
        for one in work.fields.get("outcomes", [])
        if one["kind"] == OutcomeKind.TRANSFER
    ]


def _facts(work: Work, outcomes: list[interactions.OutcomeFacts]) -> interactions.ContactFacts:
    fields = work.fields
    place = _place_quietly(fields)
    minutes, _wrong = _interpreter_minutes(fields)
    reason = next((one["fields"]["code"] for one in fields.get("requests", [])), "") or str(fields.get("code", ""))
    return interactions.ContactFacts(
        channel=Channel(fields.get("channel") or work.held["channel"]),
        direction=Direction(fields.get("direction") or work.held["direction"]),
        received_at=work.received_at,
        received_reason=str(fields.get("received_reason", "")),
        customer_id=work.customer_id,
        caller_class=CallerClass(fields.get("caller_class") or CallerClass.RESIDENT),
        is_name_refused=fields.get("name_refused") == "1",
        is_confidential=work.is_confidential,
        words="\n".join(
            filter(None, [*(one.get("words", "") for one in fields.get("requests", [])), str(fields.get("words", ""))])
        ),
        place_label=place.label[:200] if place else "",
        address_id=place.address_id if place else None,
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        districts=dict(place.districts) if place else {},
        reason_code=reason,
        language=work.language,
        interpreter_vendor=str(fields.get("interpreter_vendor", ""))[:80],
        interpreter_number=str(fields.get("interpreter_number", ""))[:40],
        interpreter_minutes=minutes,
        is_relay=fields.get("is_relay") == "1",
        callback_number=str(fields.get("callback_number", ""))[:40],
        ending=Ending(fields.get("ending") or Ending.NORMAL),
        ending_note=str(fields.get("ending_note", "")),
        settled=_settled(fields),
    )


def _settled(fields: Mapping[str, Any]) -> Settled:
    """What was chosen; not known where nothing was, or nothing that there is."""
    said = str(fields.get("settled", ""))
    return Settled(said) if said in set(Settled) else Settled.UNKNOWN


def _place_quietly(fields: Mapping[str, Any]) -> ResolvedPlace | None:
    try:
        return neighbors.resolve_place(fields)
    except CitydeskError:
        return None
