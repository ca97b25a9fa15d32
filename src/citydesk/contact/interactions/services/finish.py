"""Finishing a contact: typed columns, outcomes, promises, transfers, the number; and contacts that come finished."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.interactions import rules
from citydesk.contact.interactions.choices import (
    OPEN_STATES,
    SERIES,
    TAKE,
    CallerClass,
    Channel,
    Direction,
    Ending,
    OutcomeKind,
    PromiseKind,
    SegmentKind,
    Settled,
    State,
)
from citydesk.contact.interactions.events import ContactSaved, PromiseMade, PromiseTied, StatusTold
from citydesk.contact.interactions.models import (
    ContactFactDue,
    FocusSegment,
    Interaction,
    InteractionOutcome,
    PhoneCall,
    Promise,
    Transfer,
)
from citydesk.contact.interactions.services.drafts import close_segment, tell_watcher
from citydesk.contact.interactions.services.masking import mask_text
from citydesk.contact.interactions.services.paper_forms import mark_keyed
from citydesk.kernel import audit
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.outbox import publish
from citydesk.kernel.rows import fresh, insert, together
from citydesk.kernel.sequences import next_identity

# A received time may lie this little in the future: clocks of two machines differ.
CLOCK_SLACK_SECONDS = 120


@dataclass(frozen=True)
class OutcomeFacts:
    """One outcome. `target_*` name the record it led to; `detail` holds what the outcome needs beside it."""

    kind: OutcomeKind
    target_type: str = ""
    target_id: int | None = None
    target_number: str = ""
    target_label: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PromiseFacts:
    text: str
    due_at: datetime
    kind: PromiseKind = PromiseKind.CALL_BACK
    owner_id: int | None = None
    phone: str = ""
    is_interpreter_needed: bool = False
    target_number: str = ""


@dataclass(frozen=True)
class TransferFacts:
    kind: str
    office_name: str
    outcome: str
    office_code: str = ""
    number_called: str = ""
    spoke_with: str = ""
    note: str = ""


@dataclass(frozen=True)
class ContactFacts:
    """The typed facts of a contact. Times are aware; `received_reason` is needed when the time was changed.

    A confidential contact keeps neither the customer nor the number to call back.
    """

    channel: Channel = Channel.PHONE
    direction: Direction = Direction.IN
    received_at: datetime | None = None
    received_reason: str = ""
    customer_id: int | None = None
    caller_class: CallerClass = CallerClass.RESIDENT
    is_name_refused: bool = False
    is_confidential: bool = False
    words: str = ""
    place_label: str = ""
    place_detail: str = ""
    address_id: int | None = None
    lat: float | None = None
    lon: float | None = None
    districts: dict[str, str] = field(default_factory=dict)
    reason_code: str = ""
    language: str = "en"
    interpreter_vendor: str = ""
    interpreter_number: str = ""
    interpreter_minutes: int | None = None
    is_relay: bool = False
    callback_number: str = ""
    callback_at: datetime | None = None
    ending: Ending = Ending.NORMAL
    ending_note: str = ""
    settled: Settled = Settled.UNKNOWN
    taken_by_id: int | None = None


@dataclass(frozen=True)
class FinishedContact:
    interaction_id: int
    number: str
    promise_ids: tuple[int, ...] = ()


def lock_draft(*, interaction_id: int, access: Access) -> dict[str, Any]:
    """Lock an open contact for finishing, inside the caller's transaction.

    Returns `{id, number, version, draft, received_at, channel, direction, holder_id, taken_by_id,
    helped_by_id}`. Raises `NotFound` when it is
    not the actor's, `Conflict` (facts: `state`, `number`) when it is finished.
    """
    access.require(TAKE)
    row = Interaction.objects.select_for_update().filter(pk=interaction_id).first()
    if row is None or row.holder_id != access.actor.staff_id:
        raise NotFound(_("There is no such open contact."))
    if row.state not in OPEN_STATES:
        raise Conflict(_("This contact is finished."), state=row.state, number=row.number)
    return {
        "id": row.pk,
        "number": row.number,
        "version": row.version,
        "draft": row.draft,
        "received_at": row.received_at,
        "channel": row.channel,
        "direction": row.direction,
        "holder_id": row.holder_id,
        "taken_by_id": row.taken_by_id,
        "helped_by_id": row.helped_by_id,
    }


def finish(
    *,
    interaction_id: int,
    facts: ContactFacts,
    outcomes: Sequence[OutcomeFacts],
    promises: Sequence[PromiseFacts] = (),
    transfers: Sequence[TransferFacts] = (),
    access: Access,
    now: datetime,
) -> FinishedContact:
    """Save a contact with all its outcomes in one transaction (the caller's, when it has one).

    Raises `Invalid` without any outcome (unless the contact was ended after a warning), with a received time in the
    future or changed without a reason; `NotFound`, `Conflict` as `lock_draft`.
    """
    with transaction.atomic():
        lock_draft(interaction_id=interaction_id, access=access)
        row = Interaction.objects.get(pk=interaction_id)
        _check(facts, outcomes, promises, transfers, row, now)
        close_segment(row, now)
        time = _handle_time(row, now)
        _fill(row, facts)
        row.state, row.recorded_at, row.touched_at = State.SAVED, now, now
        if row.draft.get("form"):  # keying a form is not the time the call took: none is counted
            mark_keyed(interaction_id=row.pk, received_at=row.received_at, actor=access.actor, now=now)
        else:
            row.active_seconds, row.parked_seconds = time.active_seconds, time.parked_seconds
            row.handle_source = time.source
        row.draft, row.field_versions, row.version = {}, {}, row.version + 1
        row.save()
        tell_watcher(row, now)
        return _write_outcomes(row, outcomes, _earlier_promises(row, now), promises, transfers, access.actor, now)


def record_contact(
    *,
    facts: ContactFacts,
    outcomes: Sequence[OutcomeFacts],
    actor: Actor,
    now: datetime,
    active_seconds: int | None = None,
) -> FinishedContact:
    """Save a contact that came finished (a web form, an Open311 post): no draft. Raises `Invalid`.

    `active_seconds` is how long somebody was busy with it, where a telephone measured that; else it has no handle time.
    """
    with transaction.atomic(savepoint=False), together():
        key, number = next_identity(SERIES, now.year)
        row = fresh(
            Interaction,
            id=key,
            number=number,
            received_at=facts.received_at or now,
            started_at=now,
            recorded_at=now,
            touched_at=now,
            state=State.SAVED,
            taken_by_id=facts.taken_by_id or actor.staff_id,
            entered_by_id=actor.staff_id,
        )
        if active_seconds is not None:
            row.active_seconds, row.parked_seconds, row.handle_source = active_seconds, 0, "telephone"
            row.started_at = now - timedelta(seconds=active_seconds)
        _fill(row, facts)
        insert(row)
        return _write_outcomes(row, outcomes, (), (), (), actor, now)


def _check(
    facts: ContactFacts,
    outcomes: Sequence[OutcomeFacts],
    promises: Sequence[PromiseFacts],
    transfers: Sequence[TransferFacts],
    row: Interaction,
    now: datetime,
) -> None:
    promised = bool(promises) or Promise.objects.filter(interaction_id=row.pk).exists()
    if not (outcomes or promised or transfers) and facts.ending == Ending.NORMAL:
        raise Invalid(
            _("Nothing was decided yet: a request, an answer, a transfer or a call back."),
            field="outcomes",
            hint=_("Press F8 if you answered, or drop the contact with a reason."),
        )
    received = facts.received_at
    if received is None:
        return
    if (received - now).total_seconds() > CLOCK_SLACK_SECONDS:
        raise Invalid(_("The resident cannot have written in the future."), field="received_at")
    if abs((received - row.received_at).total_seconds()) >= 60 and not facts.received_reason.strip():
        raise Invalid(_("Say why the received time differs from when you opened this."), field="received_reason")


def _handle_time(row: Interaction, now: datetime) -> rules.HandleTime:
    segments = [
        rules.Segment(SegmentKind(kind), started, ended)
        for kind, started, ended in FocusSegment.objects.filter(interaction_id=row.pk).values_list(
            "kind", "started_at", "ended_at"
        )
    ]
    call = (
        PhoneCall.objects.filter(interaction_id=row.pk, answered_at__isnull=False, ended_at__isnull=False)
        .values_list("answered_at", "ended_at")
        .first()
    )
    return rules.compute_handle_time(
        segments,
        touched_at=row.touched_at,
        until=now,
        talk=rules.Talk(*call) if call else None,  # type: ignore[arg-type]  # a row of three, unpacked
    )


_PLAIN_FIELDS = [
    "channel",
    "direction",
    "customer_id",
    "caller_class",
    "is_name_refused",
    "is_confidential",
    "place_label",
    "address_id",
    "lat",
    "lon",
    "districts",
    "reason_code",
    "language",
    "interpreter_vendor",
    "interpreter_number",
    "interpreter_minutes",
    "is_relay",
    "callback_number",
    "callback_at",
    "ending",
    "settled",
]


def _fill(row: Interaction, facts: ContactFacts) -> None:
    for name in _PLAIN_FIELDS:
        setattr(row, name, getattr(facts, name))
    row.words = mask_text(facts.words)
    row.place_detail = mask_text(facts.place_detail)
    row.ending_note = mask_text(facts.ending_note)
    row.received_at = facts.received_at or row.received_at
    if facts.is_confidential:  # who it is, is kept apart: the contact points to nobody
        row.customer_id, row.callback_number = None, ""
    row.received_reason = facts.received_reason.strip()[:200]
    row.taken_by_id = facts.taken_by_id or row.taken_by_id


def _write_outcomes(
    row: Interaction,
    outcomes: Sequence[OutcomeFacts],
    earlier: Sequence[Promise],
    promises: Sequence[PromiseFacts],
    transfers: Sequence[TransferFacts],
    actor: Actor,
    now: datetime,
) -> FinishedContact:
    made = [*earlier, *(_promise(row, one, actor, now) for one in promises)]
    sent = [Transfer.objects.create(interaction_id=row.pk, at=now, **_transfer_columns(one)) for one in transfers]
    all_outcomes = [*outcomes, *_kept_and_passed_on(made, sent)]
    insert(
        *(
            fresh(
                InteractionOutcome,
                interaction_id=row.pk,
                kind=one.kind,
                target_type=one.target_type,
                target_id=one.target_id,
                target_number=one.target_number,
                target_label=one.target_label[:200],
                detail=one.detail,
                at=now,
            )
            for one in all_outcomes
        ),
        fresh(ContactFactDue, interaction_id=row.pk),
    )
    kinds = tuple(one.kind.value for one in all_outcomes)
    after = {"kinds": kinds, "number": row.number, "channel": row.channel}
    audit.record(
        audit.Act("interactions.saved", "interactions.Interaction", row.pk, row.number, after=after),
        actor=actor,
        now=now,
    )
    publish(ContactSaved(row.pk, row.number, row.channel, row.caller_class, kinds), now=now)
    for one in all_outcomes:
        if one.kind == OutcomeKind.STATUS_TOLD and one.target_id:
            publish(StatusTold(row.pk, one.target_type, one.target_id, one.target_number), now=now)
    return FinishedContact(row.pk, row.number, tuple(one.pk for one in made))


def _kept_and_passed_on(made: Sequence[Promise], sent: Sequence[Transfer]) -> Iterator[OutcomeFacts]:
    """What promises and transfers of a contact count as."""
    for one in made:
        yield OutcomeFacts(OutcomeKind.PROMISE, "interactions.Promise", one.pk, one.target_number, one.text[:200])
    for other in sent:
        detail = {"outcome": other.outcome}
        yield OutcomeFacts(OutcomeKind.TRANSFER, "interactions.Transfer", other.pk, "", other.office_name, detail)


def _earlier_promises(row: Interaction, now: datetime) -> list[Promise]:
    """Promises made while the contact was still a draft (a dropped call); they belong to the person known by now."""
    earlier = Promise.objects.filter(interaction_id=row.pk)
    earlier.update(customer_id=row.customer_id)
    found = list(earlier.order_by("pk"))
    for one in found:
        publish(PromiseTied(one.pk, row.pk), now=now)
    return found


def _promise(row: Interaction, one: PromiseFacts, actor: Actor, now: datetime) -> Promise:
    owner_id = one.owner_id or actor.staff_id
    if not one.text.strip() or one.due_at <= now or owner_id is None:
        raise Invalid(_("A promise needs words, a time to come and an owner."), field="callback_at")
    promise = Promise.objects.create(
        interaction_id=row.pk,
        customer_id=row.customer_id,
        kind=one.kind,
        text=mask_text(one.text.strip())[:500],
        due_at=one.due_at,
        owner_id=owner_id,
        made_by_id=actor.staff_id,
        made_at=now,
        phone=one.phone,
        language=row.language,
        is_interpreter_needed=one.is_interpreter_needed or bool(row.interpreter_vendor),
        target_number=one.target_number,
    )
    publish(PromiseMade(promise.pk, owner_id, one.due_at.isoformat(), row.pk), now=now)
    return promise


def _transfer_columns(one: TransferFacts) -> dict[str, str]:
    return {
        "kind": one.kind,
        "office_code": one.office_code,
        "office_name": one.office_name[:160],
        "number_called": one.number_called,
        "spoke_with": one.spoke_with[:120],
        "outcome": one.outcome,
        "note": mask_text(one.note)[:300],
    }
