"""Yes or no to a plan or a letter: never by whose act it is, within limits, by two where the class says so."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.correspondence import services as correspondence
from citydesk.contact.complaints import labels
from citydesk.contact.complaints.choices import LetterKind, LetterState, PlanState
from citydesk.contact.complaints.events import ComplaintDecided
from citydesk.contact.complaints.models import Approval, Complaint, Letter, Plan
from citydesk.contact.complaints.queries.one import answered_first, own_acts
from citydesk.contact.complaints.queries.policy import class_on
from citydesk.contact.complaints.rules import authority
from citydesk.contact.complaints.rules.authority import Verdict
from citydesk.contact.complaints.services.letters import stop_letter
from citydesk.contact.complaints.services.locked import keep, me, move_on, needed, take
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, NotAllowed


def approve_plan(*, complaint_id: int, access: Access, now: datetime, version: int | None = None) -> Verdict:
    """Agree to the plan that waits. It stands when enough people did and one of them has the authority.

    Raises `NotAllowed` for one's own act, a second yes, or where no authority limit covers this kind of offer.
    """
    with transaction.atomic():
        row = take(complaint_id, "approve", access, version=version)
        plan = _waiting_plan(row)
        sums = authority.sums_of(plan.offers.values_list("kind", "amount"))
        _require(row, plan, None, sums, access)
        Approval.objects.create(
            complaint=row, plan=plan, person_id=me(access), at=now, is_yes=True, limits=dict(access.limits)
        )
        given = list(plan.approvals.filter(is_yes=True).values_list("limits", flat=True))
        levels = class_on(row.class_code, row.policy_date).levels
        found = authority.verdict(approvers=given, levels=levels, sums=sums)
        if found == Verdict.STANDS:
            plan.state, plan.settled_at = PlanState.APPROVED, now
            plan.save(update_fields=["state", "settled_at"])
            move_on(row, "approve")
        after = {"round": plan.round, "verdict": found.value}
        keep(
            row, [], "plan_approved" if found == Verdict.STANDS else "plan_agreed", access=access, now=now, after=after
        )
        return found


def send_plan_back(
    *, complaint_id: int, reason: str, access: Access, now: datetime, version: int | None = None
) -> None:
    """Refuse the plan that waits, with the reason; its handler writes another."""
    with transaction.atomic():
        row = take(complaint_id, "send_back", access, version=version)
        plan = _waiting_plan(row)
        why = needed(reason, "reason", _("Say why it is sent back."))[:400]
        _require(row, plan, None, {}, access)
        Approval.objects.create(complaint=row, plan=plan, person_id=me(access), at=now, is_yes=False, reason=why)
        plan.state, plan.settled_at = PlanState.SENT_BACK, now
        plan.save(update_fields=["state", "settled_at"])
        move_on(row, "send_back")
        keep(row, [], "plan_sent_back", access=access, now=now, reason=why, after={"round": plan.round})


def approve_letter(*, complaint_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Agree to the letter that is held: it may be printed and mailed, and the decision may be told.

    Raises `NotAllowed` for whoever wrote it or handles the complaint, and, for the letter about an appeal, for whoever
    decided first or approved the first letter.
    """
    with transaction.atomic():
        row = take(complaint_id, "approve_letter", access, version=version)
        letter = _held_letter(row)
        _require(row, None, letter, {}, access)
        Approval.objects.create(complaint=row, letter=letter, person_id=me(access), at=now, is_yes=True)
        letter.state, letter.approved_at = LetterState.APPROVED, now
        letter.save(update_fields=["state", "approved_at"])
        correspondence.release(message_id=letter.message_id, actor=access.actor, now=now)
        row.letter_state = LetterState.APPROVED
        is_first = letter.kind == LetterKind.DECISION
        approver = "letter_approved_by" if is_first else "appeal_letter_approved_by"
        setattr(row, f"{approver}_id", me(access))
        event = ComplaintDecided(row.pk, row.number, row.request_id) if is_first else None
        keep(row, ["letter_state", approver], "letter_approved", access=access, now=now, event=event)


def send_letter_back(
    *, complaint_id: int, reason: str, access: Access, now: datetime, version: int | None = None
) -> None:
    """Refuse the letter that is held, with the reason; whoever decided writes it anew."""
    with transaction.atomic():
        row = take(complaint_id, "approve_letter", access, version=version)
        letter = _held_letter(row)
        why = needed(reason, "reason", _("Say why it is sent back."))[:400]
        _require(row, None, letter, {}, access)
        Approval.objects.create(complaint=row, letter=letter, person_id=me(access), at=now, is_yes=False, reason=why)
        stop_letter(letter, LetterState.SENT_BACK, actor=access.actor, now=now)
        row.letter_state = LetterState.SENT_BACK
        keep(row, ["letter_state"], "letter_sent_back", access=access, now=now, reason=why)


def _waiting_plan(row: Complaint) -> Plan:
    plan = row.plans.filter(state=PlanState.SUBMITTED).order_by("-round").first()
    if plan is None:
        raise Conflict(_("No plan waits for approval."))
    return plan


def _held_letter(row: Complaint) -> Letter:
    letter = row.letters.filter(state=LetterState.HELD).order_by("-id").first()
    if letter is None:
        raise Conflict(_("No letter waits for approval."))
    return letter


def _require(
    row: Complaint, plan: Plan | None, letter: Letter | None, sums: dict[str, Decimal], access: Access
) -> None:
    """Raise `NotAllowed` with the reason in words unless the reader may approve what waits."""
    if row.approvers_id not in access.team_ids:
        raise NotAllowed(_("Those who approve complaints of this class decide about it."))
    waiting: Any = plan or letter
    refusal = authority.may_approve(
        person_id=access.actor.staff_id,
        own_acts_of=own_acts(row, plan, letter),
        approved_by=list(waiting.approvals.values_list("person_id", flat=True)),
        limits=access.limits,
        sums=sums,
        first_decision=answered_first(row, letter),
    )
    if refusal is not None:
        raise NotAllowed(str(labels.WHY_NOT[refusal]))
