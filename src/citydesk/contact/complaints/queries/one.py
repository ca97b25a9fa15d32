"""One complaint with everything its page shows, in a constant number of statements. Reading it is noted."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from citydesk.contact.complaints.choices import HANDLE, OBJECT, LetterKind, LetterState, PlanState
from citydesk.contact.complaints.models import Complaint, Letter, LogEntry, Plan
from citydesk.contact.complaints.queries.lists import LINE, list_complaints, with_class_names
from citydesk.contact.complaints.queries.policy import class_on
from citydesk.contact.complaints.queries.sight import is_theirs, seen
from citydesk.contact.complaints.rules import authority, workflow
from citydesk.contact.complaints.rules.classes import ComplaintClass
from citydesk.contact.service_requests import queries as requests
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.numbering import parse_number


@dataclass(frozen=True)
class ComplaintPage:
    """The case, its class, plans from the newest, letters from the newest, the log in order, history and readers.

    `moves` are codes of what the reader may do now; `why_not` says why a plan or letter is not theirs to approve.
    """

    row: Complaint
    klass: ComplaintClass
    plans: list[Plan]
    log: list[LogEntry]
    letters: list[Letter]
    history: list[audit.HistoryLine]
    readers: list[dict[str, Any]]
    moves: frozenset[str]
    why_not: str
    people_needed: int
    sums: dict[str, Decimal]
    may_open_request: bool

    @property
    def plan(self) -> Plan | None:
        """The newest plan."""
        return self.plans[0] if self.plans else None

    @property
    def letter(self) -> Letter | None:
        """The newest letter."""
        return self.letters[0] if self.letters else None


def id_of(access: Access, number: str) -> int:
    """The id of a complaint the reader sees. Raises `NotFound`."""
    found = seen(access).filter(number=parse_number(number) or "").values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(_("There is no such complaint."))
    return found


def get_complaint(access: Access, number: str, *, now: datetime) -> ComplaintPage:
    """One complaint the reader sees; the reading is logged. Raises `NotFound`."""
    rows = seen(access).select_related("team", "handler", "approvers", "appeal_team", "decided_by", "appeal_decided_by")
    row = rows.filter(number=parse_number(number) or "").first()
    if row is None:
        raise NotFound(_("There is no such complaint."))
    plans = list(
        row.plans.order_by("-round").select_related("proposed_by").prefetch_related("offers", "approvals__person")
    )
    letters = list(row.letters.order_by("-id").select_related("written_by").prefetch_related("approvals__person"))
    readers = audit.readers_of(OBJECT, row.pk)
    audit.record_read(object_type=OBJECT, object_id=row.pk, purpose="page", actor=access.actor, now=now)
    klass = class_on(row.class_code, row.policy_date)
    sums = _sums(plans)
    moves = workflow.next_moves(row.state, access.permissions)
    why_not = _why_not(row, plans, letters, sums, access)
    if why_not:
        moves -= {"approve", "send_back", "approve_letter"}
    return ComplaintPage(
        row=row,
        klass=klass,
        plans=plans,
        log=list(row.log.select_related("written_by")),
        letters=letters,
        history=audit.history_of(OBJECT, row.pk),
        readers=readers,
        moves=_fitting(moves, row, letters, access),
        why_not=why_not,
        people_needed=authority.people_needed(klass.levels, sums),
        sums=sums,
        may_open_request=bool(requests.numbers_of(access, [row.request_id])),
    )


def _sums(plans: list[Plan]) -> dict[str, Decimal]:
    return authority.sums_of((one.kind, one.amount) for one in plans[0].offers.all()) if plans else {}


def why_not_approve(row: Complaint, access: Access) -> str:
    """Why the reader may not approve what waits of a complaint, in a word; empty where they may or nothing waits."""
    plans = sorted(row.plans.all(), key=lambda one: -one.round)
    letters = sorted(row.letters.all(), key=lambda one: -one.pk)
    return _why_not(row, plans, letters, _sums(plans), access)


def _why_not(row: Complaint, plans: list[Plan], letters: list[Letter], sums: dict[str, Decimal], access: Access) -> str:
    """Why the reader may not approve what waits; empty where they may or nothing waits."""
    letter = next((one for one in letters if one.state == LetterState.HELD), None)
    plan = plans[0] if plans and plans[0].state == PlanState.SUBMITTED else None
    if plan is None and letter is None:
        return ""
    if row.approvers_id not in access.team_ids:
        return "not_asked"
    waiting: Any = plan or letter
    refusal = authority.may_approve(
        person_id=access.actor.staff_id,
        own_acts_of=own_acts(row, plan, letter),
        approved_by=[one.person_id for one in waiting.approvals.all()],
        limits=access.limits,
        sums=sums if plan else {},
        first_decision=answered_first(row, letter),
    )
    return refusal.value if refusal else ""


def own_acts(row: Complaint, plan: Plan | None, letter: Letter | None) -> set[int | None]:
    """Whose act it is that waits: who handles the complaint, who proposed the plan, who wrote the letter."""
    people: set[int | None] = {row.handler_id, plan.proposed_by_id if plan else None}
    return people | {letter.written_by_id if letter else None}


def answered_first(row: Complaint, letter: Letter | None) -> set[int | None]:
    """When the letter of the appeal waits: who decided first and who approved that letter. Nobody for other letters."""
    if letter is None or letter.kind != LetterKind.APPEAL:
        return set()
    return {row.decided_by_id, row.letter_approved_by_id}


def took_part(row: Complaint) -> set[int | None]:
    """Everybody with a part in the first decision: none of them decides the appeal."""
    people: set[int | None] = {row.handler_id, row.decided_by_id}
    people |= set(row.plans.values_list("proposed_by_id", flat=True))
    people |= set(row.approvals.values_list("person_id", flat=True))
    return people | set(row.letters.values_list("written_by_id", flat=True))


def stood_for(row: Complaint) -> set[int | None]:
    """Who approved something of it, decided it or its appeal: none of them becomes its handler."""
    return {row.decided_by_id, row.appeal_decided_by_id, *row.approvals.values_list("person_id", flat=True)} - {None}


def _fitting(moves: frozenset[str], row: Complaint, letters: list[Letter], access: Access) -> frozenset[str]:
    """The moves that also make sense: letters to approve, print, mail; an appeal within a window."""
    newest = letters[0].state if letters else ""
    gone: set[str] = set()
    if not is_theirs(row, access):
        gone |= {one.code for one in workflow.MOVES if one.permission == HANDLE}
    if newest != LetterState.HELD:
        gone.add("approve_letter")
    if newest != LetterState.APPROVED:
        gone.add("print_letter")
    if newest != LetterState.SENT_BACK:
        gone |= {"rewrite", "rewrite_appeal"}
    if newest != LetterState.MAILED:
        gone |= {"close", "appeal"}
    if row.appeal_until is None or row.appealed_at is not None:
        gone.add("appeal")
    if row.appeal_team_id not in access.team_ids or access.actor.staff_id in took_part(row):
        gone |= {"decide_appeal", "rewrite_appeal"}
    return moves - gone


def of_request(access: Access, request_number: str) -> list[dict[str, Any]]:
    """Complaints of a request that the reader sees, the newest first. One statement."""
    rows = list_complaints(access).filter(request_number=parse_number(request_number) or "")
    return with_class_names(list(rows.order_by("-id").values(*LINE)[:10]), access)
