"""The list of complaints and its short forms: opening pages, the find box."""

from datetime import datetime
from typing import Any

from django.db.models import Case, Count, DateTimeField, F, Q, QuerySet, When
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from citydesk.city.profile import queries as profile
from citydesk.contact.complaints import labels
from citydesk.contact.complaints.choices import ComplaintState, LetterState
from citydesk.contact.complaints.models import Complaint
from citydesk.contact.complaints.queries.policy import class_on, names_of_classes
from citydesk.contact.complaints.queries.sight import seen
from citydesk.kernel.actors import Access
from citydesk.kernel.lists import ChoiceFilter, Column, DateRangeFilter, Key, ListSpec, MultiFilter, Option, Sort
from citydesk.kernel.numbering import parse_number

LINE = (
    "id",
    "number",
    "request_number",
    "class_code",
    "state",
    "is_open",
    "letter_state",
    "opened_at",
    "received_at",
    "next_due_at",
    "appeal_until",
    "handler_id",
    "handler__name",
    "team__names",
    "team__name",
    "policy_date",
)


def list_complaints(access: Access) -> QuerySet[Complaint]:
    """All the reader sees, for a list page to filter, sort and cut. `next_due_at` is the decision's or the appeal's."""
    due = Case(
        When(state=ComplaintState.APPEALED, then=F("appeal_due_at")),
        When(decided_at__isnull=True, is_open=True, then=F("due_at")),
        default=None,
        output_field=DateTimeField(null=True),
    )
    return seen(access).annotate(next_due_at=due)


def waits_for_approval(access: Access) -> Q:
    """What waits for a yes or no of the reader: a plan or a letter, not their own."""
    waiting = Q(state=ComplaintState.AWAITING_APPROVAL) | Q(
        state__in=[ComplaintState.DECIDED, ComplaintState.APPEAL_DECIDED], letter_state=LetterState.HELD
    )
    own = Q(handler_id=access.actor.staff_id)
    return waiting & Q(approvers_id__in=sorted(access.team_ids)) & ~own


def _show(access: Access) -> dict[str, Q]:
    return {
        "open": Q(is_open=True),
        "mine": Q(is_open=True, handler_id=access.actor.staff_id),
        "unassigned": Q(is_open=True, handler_id=None),
        "to_approve": waits_for_approval(access),
        "appeals": Q(state=ComplaintState.APPEALED),
        "to_mail": Q(letter_state=LetterState.APPROVED),
    }


def narrowed(rows: QuerySet[Complaint], show: str, access: Access) -> QuerySet[Complaint]:
    """The rows of one view: open, mine, unassigned, to_approve, appeals, to_mail; all for any other word."""
    found = _show(access).get(show)
    return rows if found is None else rows.filter(found)


VIEWS = {
    "open": pgettext("several", "Open"),
    "mine": _("My complaints"),
    "unassigned": _("Nobody's yet"),
    "to_approve": _("To approve"),
    "appeals": _("Appeals due"),
    "to_mail": _("Letters to mail"),
}


def _states(access: Access) -> list[Option]:
    return [Option(code.value, words) for code, words in labels.STATES.items()]


def with_class_names(rows: list[dict[str, Any]], access: Access) -> list[dict[str, Any]]:
    """Each row with the names of its class and team in the reader's language."""
    language = (get_language() or "en").split("-")[0]
    for row in rows:
        row["class_name"] = class_on(row["class_code"], row["policy_date"]).name_in(language)
        row["team"] = (row["team__names"] or {}).get(language) or row["team__name"]
    return rows


_COLUMNS = (
    Column(code="number", label=_("Number")),
    Column(code="state", label=_("Status"), value=lambda row: str(labels.STATES[row["state"]])),
    Column(code="class", label=_("Class"), value="class_name"),
    Column(code="due", label=_("Due"), value="next_due_at", kind="moment", sort="due"),
    Column(code="opened", label=pgettext("when", "Opened"), value="opened_at", kind="moment", sort="newest"),
    Column(code="request", label=_("Request"), value="request_number"),
    Column(code="handler", label=_("Handler"), value=lambda row: row["handler__name"] or ""),
    Column(code="team", label=_("Team")),
)
_SORTS = (
    Sort("due", _("Due"), (Key("next_due_at"),)),
    Sort("newest", _("Newest"), (Key("opened_at", is_descending=True),)),
)


def spec_of(access: Access, now: datetime) -> ListSpec:
    """The list of complaints for one reader: its views know who reads, its classes are those of the day."""
    language = (get_language() or "en").split("-")[0]
    names = names_of_classes(profile.city_today(now), language)
    return ListSpec(
        code="complaints",
        columns=_COLUMNS,
        sorts=_SORTS,
        default_sort="due",
        filters=(
            ChoiceFilter(
                code="show",
                label=_("Show"),
                options=tuple(Option(code, words) for code, words in VIEWS.items()),
                narrow=lambda rows, value: narrowed(rows, value, access),
            ),
            MultiFilter(code="state", label=_("Status"), field="state", options=_states),
            MultiFilter(
                code="class",
                label=_("Class"),
                field="class_code",
                options=tuple(Option(code, name) for code, name in names.items()),
            ),
            DateRangeFilter(code="opened", label=pgettext("when", "Opened"), field="opened_at"),
        ),
        fields=LINE,
        prepare=with_class_names,
    )


def counts_of(access: Access) -> dict[str, int]:
    """How many the reader has in each view. One statement."""
    views = _show(access)
    return seen(access).aggregate(**{code: Count("pk", filter=condition) for code, condition in views.items()})


def list_own(access: Access, *, limit: int = 8) -> list[dict[str, Any]]:
    """The reader's open complaints, the soonest due first."""
    rows = narrowed(list_complaints(access), "mine", access).order_by(F("next_due_at").asc(nulls_last=True), "id")
    return with_class_names(list(rows.values(*LINE)[:limit]), access)


def list_to_approve(access: Access, *, limit: int = 8) -> list[dict[str, Any]]:
    """What waits for the reader's yes or no, the soonest due first."""
    rows = narrowed(list_complaints(access), "to_approve", access)
    return with_class_names(list(rows.order_by("due_at", "id").values(*LINE)[:limit]), access)


def list_appeals_due(access: Access, now: datetime, *, limit: int = 8) -> list[dict[str, Any]]:
    """Appeals the reader sees, the soonest due first."""
    rows = narrowed(list_complaints(access), "appeals", access)
    return with_class_names(list(rows.order_by("appeal_due_at", "id").values(*LINE)[:limit]), access)


def find_complaints(access: Access, text: str, limit: int) -> list[dict[str, Any]]:
    """By the complaint's number or its request's. Words of a complaint are not searched: a hit would tell of it."""
    number = parse_number(text)
    if not number:
        return []
    rows = list_complaints(access).filter(Q(number=number) | Q(request_number=number))
    return with_class_names(list(rows.order_by("-id").values(*LINE)[:limit]), access)
