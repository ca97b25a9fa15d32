"""What is said between the office and the complainant. The log is written once; a mistake gets a further entry."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.complaints.choices import TALKED, EntryKind, PlanState
from citydesk.contact.complaints.models import Complaint, LogEntry, Offer, Plan
from citydesk.contact.complaints.services.locked import keep, me, move_on, needed, take
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.money import money


def write_log(
    *,
    complaint_id: int,
    kind: str,
    words: str,
    happened_at: datetime,
    amount: Decimal | None = None,
    access: Access,
    now: datetime,
) -> int:
    """Write a contact or a counter-offer into the log; returns the entry's id. Raises `Invalid`."""
    if kind not in TALKED:
        raise Invalid(_("Choose what happened."), field="kind")
    with transaction.atomic():
        row = take(complaint_id, "log", access)
        entry = _write(row, None, EntryKind(kind), words, happened_at, access=access, now=now, amount=amount)
        keep(row, [], "logged", access=access, now=now)
        return entry.pk


def make_offer(
    *, complaint_id: int, words: str, happened_at: datetime, access: Access, now: datetime, version: int | None = None
) -> None:
    """The approved plan was offered to the complainant."""
    _answer(complaint_id, "offer", EntryKind.OFFER, words, happened_at, access, now, version)


def accept(
    *, complaint_id: int, words: str, happened_at: datetime, access: Access, now: datetime, version: int | None = None
) -> None:
    """The complainant accepted the offer."""
    _answer(complaint_id, "accept", EntryKind.ACCEPTED, words, happened_at, access, now, version)


def refuse(
    *, complaint_id: int, words: str, happened_at: datetime, access: Access, now: datetime, version: int | None = None
) -> None:
    """The complainant refused the offer: another plan, or a decision."""
    _answer(complaint_id, "refuse", EntryKind.REFUSED, words, happened_at, access, now, version)


def _answer(
    complaint_id: int,
    move: str,
    kind: EntryKind,
    words: str,
    happened_at: datetime,
    access: Access,
    now: datetime,
    version: int | None,
) -> None:
    with transaction.atomic():
        row = take(complaint_id, move, access, version=version)
        plan = row.plans.filter(state=PlanState.APPROVED).order_by("-round").first()
        _write(row, plan, kind, words, happened_at, access=access, now=now)
        move_on(row, move)
        codes = {"offer": "offered", "accept": "accepted", "refuse": "refused"}
        keep(row, [], codes[move], access=access, now=now)


def _write(
    row: Complaint,
    plan: Plan | None,
    kind: EntryKind,
    words: str,
    happened_at: datetime,
    *,
    access: Access,
    now: datetime,
    amount: Decimal | None = None,
) -> LogEntry:
    said = needed(words, "words", _("Write down what was said."))
    if happened_at > now:
        raise Invalid(_("This lies in the future."), field="happened_at")
    return LogEntry.objects.create(
        complaint=row,
        plan=plan,
        kind=kind,
        words=said,
        amount=None if amount is None else money(amount),
        happened_at=happened_at,
        written_at=now,
        written_by_id=me(access),
    )


def keep_offer(*, complaint_id: int, offer_id: int, access: Access, now: datetime) -> None:
    """Note that the city did what it offered. Raises `Conflict` where it was never approved, or is kept already."""
    with transaction.atomic():
        row = take(complaint_id, "keep", access)
        offer = Offer.objects.select_for_update().filter(pk=offer_id, plan__complaint=row).first()
        if offer is None:
            raise NotFound(_("There is no such offer."))
        if offer.kept_at is not None or offer.plan.state != PlanState.APPROVED:
            raise Conflict(_("Only what was approved is kept, and once."))
        offer.kept_at, offer.kept_by_id = now, me(access)
        offer.save(update_fields=["kept_at", "kept_by"])
        keep(row, [], "offer_kept", access=access, now=now)
