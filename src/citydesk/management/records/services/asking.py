"""Taking, extending and closing public-records requests; what the requester is told."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from citydesk.city.correspondence import services as correspondence
from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import OutcomeKind
from citydesk.kernel import audit, texts
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.sequences import next_number
from citydesk.management.records import labels, rules
from citydesk.management.records.choices import REQUEST_TYPE, RESPOND, CloseReason, RecordState, RequestState
from citydesk.management.records.models import RecordsExtension, RecordsRequest
from citydesk.management.records.queries.law import law_in_force, law_of

LONGEST_WORDS = 4000


@dataclass(frozen=True)
class Asked:
    """What somebody asks for and how to answer them. Who asks for public records need not say who they are."""

    words: str
    channel: str
    name: str = ""
    email: str = ""
    address: str = ""
    language: str = "en"
    customer_id: int | None = None
    interaction_id: int | None = None


@dataclass(frozen=True)
class Taken:
    number: str
    token: str
    due_at: datetime


def take_request(*, asked: Asked, actor: Actor, now: datetime) -> Taken:
    """Record a request for public records; its clock starts with the day after. Raises `Invalid`, `NotFound`."""
    if not asked.words.strip():
        raise Invalid(_("Say which records you ask for."), field="words")
    if len(asked.words) > LONGEST_WORDS:
        raise Invalid(_("At most %(n)s characters.") % {"n": LONGEST_WORDS}, field="words")
    if asked.email.strip() and "@" not in asked.email:
        raise Invalid(_("This is no e-mail address."), field="email")
    today = profile.city_today(now)
    law = law_in_force(today)
    due = rules.due_at(now, law.days, law.unit, profile.calendar(law.calendar, today))
    with transaction.atomic():
        row = RecordsRequest.objects.create(
            number=next_number("PR", now.year),
            channel=asked.channel,
            received_at=now,
            name=asked.name.strip()[:160],
            email=asked.email.strip()[:240],
            address=asked.address.strip()[:400],
            customer_id=asked.customer_id,
            interaction_id=asked.interaction_id,
            language=asked.language[:12],
            words=asked.words.strip(),
            law_code=law.code,
            citation=law.citation,
            first_due_at=due,
            due_at=due,
            token=secrets.token_urlsafe(32),
        )
        audit.record(_act(row, "records.asked", after={"due": due}), actor=actor, now=now)
        tell(row, "records_received", actor=actor, now=now)
        if asked.interaction_id is not None:
            _note_in_contact(row, asked.interaction_id, actor, now)
    return Taken(row.number, row.token, due)


def _note_in_contact(row: RecordsRequest, interaction_id: int, actor: Actor, now: datetime) -> None:
    """The open contact in which somebody asked says so among its outcomes."""
    facts = {
        "label": _("Asked for public records: %(number)s") % {"number": row.number},
        "target_type": REQUEST_TYPE,
        "target_id": row.pk,
        "target_number": row.number,
    }
    interactions.note_outcome(
        interaction_id=interaction_id, kind=OutcomeKind.ANSWERED, facts=facts, actor=actor, now=now
    )


def extend_request(*, number: str, reason: str, access: Access, now: datetime) -> datetime:
    """Take the longer time the law allows, with a reason that the requester is told. Returns the new due time.

    Raises `Invalid` without a reason, `Conflict` when the law allows no more or the request is closed.
    """
    if not reason.strip():
        raise Invalid(_("Say why it takes longer."), field="reason")
    with transaction.atomic():
        row = taken(number, access)
        today = profile.city_today(now)
        law = law_of(row.law_code, today)
        if row.extension_count >= law.most_extensions:
            raise Conflict(_("The law allows no further extension."))
        due = rules.due_at(row.due_at, law.extension_days, law.unit, profile.calendar(law.calendar, today))
        RecordsExtension.objects.create(
            request=row,
            before_due_at=row.due_at,
            due_at=due,
            reason=reason.strip(),
            by=access.actor.label[:120],
            at=now,
        )
        before, row.due_at, row.extension_count = row.due_at, due, row.extension_count + 1
        row.save(update_fields=["due_at", "extension_count"])
        act = _act(row, "records.extended", before={"due": before}, after={"due": due}, reason=reason.strip())
        audit.record(act, actor=access.actor, now=now)
        tell(row, "records_extended", reason=reason.strip(), actor=access.actor, now=now)
    return due


def close_request(*, number: str, reason: str, answer: str, access: Access, now: datetime) -> None:
    """Close a request: produced, nothing found, denied or withdrawn. A denial names its law in `answer`.

    Raises `Invalid`, `Conflict` when it says produced and nothing was, or records still wait for a decision.
    """
    if reason not in [one.value for one in CloseReason]:
        raise Invalid(_("Choose how it ends."), field="close_reason")
    if reason == CloseReason.DENIED and not answer.strip():
        raise Invalid(_("Say by which law the records are denied."), field="answer")
    with transaction.atomic():
        row = taken(number, access)
        if reason == CloseReason.PRODUCED and not row.productions.exists():
            raise Conflict(_("Nothing was produced yet."))
        if reason != CloseReason.WITHDRAWN and row.records.filter(state=RecordState.FOUND).exists():
            raise Conflict(_("Some records that were found are not decided yet."))
        row.state, row.close_reason, row.closed_at = RequestState.CLOSED, reason, now
        row.closed_by, row.answer = access.actor.label[:120], answer.strip()
        row.save(update_fields=["state", "close_reason", "closed_at", "closed_by", "answer"])
        act = _act(row, "records.closed", after={"reason": reason}, reason=answer.strip())
        audit.record(act, actor=access.actor, now=now)
        with translation.override(row.language):
            words = str(labels.CLOSE[CloseReason(reason)])
        tell(row, "records_closed", reason=words, text=answer.strip(), actor=access.actor, now=now)


def taken(number: str, access: Access, *, is_open: bool = True) -> RecordsRequest:
    """A locked request for somebody who answers them. Raises `NotAllowed`, `NotFound`, `Conflict` when closed."""
    access.require(RESPOND)
    row = RecordsRequest.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise NotFound(_("There is no such public-records request."))
    if is_open and row.state != RequestState.OPEN:
        raise Conflict(_("This request is closed."))
    return row


def tell(row: RecordsRequest, template: str, *, reason: str = "", text: str = "", actor: Actor, now: datetime) -> None:
    """Write to the requester, by e-mail or letter, where they left an address."""
    channel, to = ("email", row.email) if row.email else ("letter", f"{row.name}\n{row.address}".strip())
    if not (row.email or row.address):
        return
    with translation.override(row.language):
        fields = {
            "number": row.number,
            "name": row.name,
            "opened": texts.full_time(row.received_at),
            "due": texts.full_time(row.due_at),
            "reason": reason,
            "text": text,
            "link": settings.SITE_URL + reverse("public_records:status", args=[row.token]),
        }
    correspondence.send(
        template=template,
        language=row.language,
        channel=channel,
        to=to,
        fields=fields,
        about=correspondence.About(REQUEST_TYPE, row.pk, row.number),
        key=f"{template}:{row.pk}:{row.extension_count}:{row.page_count}",
        customer_id=row.customer_id,
        actor=actor,
        now=now,
    )


def _act(row: RecordsRequest, code: str, *, before: object = None, after: object = None, reason: str = "") -> audit.Act:
    return audit.Act(code, REQUEST_TYPE, row.pk, row.number, before=before, after=after, reason=reason)
