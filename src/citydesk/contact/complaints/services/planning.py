"""The resolution plan: proposed, changed, put before those who may agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.complaints.choices import MONEY_KINDS, OfferKind, PlanState
from citydesk.contact.complaints.models import Complaint, Offer, Plan
from citydesk.contact.complaints.queries.policy import class_on
from citydesk.contact.complaints.services.locked import keep, me, move_on, needed, take
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.kernel.money import ZERO, money

MOST_OFFERS = 12


@dataclass(frozen=True)
class NewOffer:
    """One thing to offer. Credits and waivers have an `amount` in dollars; others have none."""

    kind: str
    words: str
    amount: Decimal | None = None
    by_day: date | None = None


def propose_plan(
    *,
    complaint_id: int,
    summary: str,
    offers: Sequence[NewOffer],
    access: Access,
    now: datetime,
    version: int | None = None,
) -> int:
    """Write the plan, a new round of it where the last one was sent back or refused; returns its id.

    Raises `Invalid` for a plan without words or offers, an offer the class does not know, an amount that is none.
    """
    with transaction.atomic():
        row = take(complaint_id, "plan", access, version=version)
        words = needed(summary, "summary", _("Say how the complaint is to be resolved."))
        rows = _checked(row, offers)
        newest = row.plans.order_by("-round").first()
        if newest is not None and newest.state == PlanState.DRAFT:
            newest.state, newest.settled_at = PlanState.REPLACED, now
            newest.save(update_fields=["state", "settled_at"])
        plan = Plan.objects.create(
            complaint=row,
            round=newest.round + 1 if newest else 1,
            summary=words,
            proposed_by_id=me(access),
            proposed_at=now,
        )
        for position, one in enumerate(rows, 1):
            one.plan, one.position = plan, position
        Offer.objects.bulk_create(rows)
        move_on(row, "plan")
        keep(row, [], "planned", access=access, now=now, after={"round": plan.round})
        return plan.pk


def _checked(row: Complaint, offers: Sequence[NewOffer]) -> list[Offer]:
    known = class_on(row.class_code, row.policy_date).offers
    if not offers or len(offers) > MOST_OFFERS:
        raise Invalid(_("A plan has between one and %(n)s offers.") % {"n": MOST_OFFERS}, field="offers")
    return [_offer(one, known) for one in offers]


def _offer(one: NewOffer, known: Sequence[OfferKind]) -> Offer:
    if one.kind not in known:
        raise Invalid(_("This class of complaints has no such offer."), field="offers")
    words = " ".join(one.words.split())
    if not words or len(words) > 400:
        raise Invalid(_("Say in at most 400 characters what is offered."), field="offers")
    if one.kind in MONEY_KINDS:
        amount = money(one.amount if one.amount is not None else ZERO)
        if amount <= ZERO:
            raise Invalid(_("Give the amount of each credit and waiver."), field="offers")
        return Offer(kind=one.kind, words=words, amount=amount, by_day=one.by_day)
    if one.amount is not None:
        raise Invalid(_("An apology and work have no amount."), field="offers")
    return Offer(kind=one.kind, words=words, by_day=one.by_day)


def submit_plan(*, complaint_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Put the plan before those who may agree. From now on the approvers see the complaint."""
    with transaction.atomic():
        row = take(complaint_id, "submit", access, version=version)
        plan = row.plans.order_by("-round").first()
        if plan is None or plan.state != PlanState.DRAFT:
            raise Conflict(_("There is no plan to put before anybody: propose one first."))
        plan.state, plan.submitted_at = PlanState.SUBMITTED, now
        plan.save(update_fields=["state", "submitted_at"])
        move_on(row, "submit")
        row.is_with_approvers = True
        keep(row, ["is_with_approvers"], "submitted", access=access, now=now, after={"round": plan.round})
