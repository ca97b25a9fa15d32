"""Violations we reported and obligations to regulators: lists, one of each, counts for opening pages."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citydesk.contact.referrals import labels
from citydesk.contact.referrals.choices import OBLIGE, VIEW, VIOLATION
from citydesk.contact.referrals.models import DueDate, Violation, ViolationFile
from citydesk.contact.service_requests import queries as requests
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.files import links_to
from citydesk.kernel.lists import ChoiceFilter, Column, Key, ListSpec, Option, Sort

_SOON = timedelta(days=30)
_LINE = (
    "id", "number", "state", "title", "citation", "place_label", "agency__names", "request_number", "happened_on",
    "reported_at", "answer_due_at", "external_number", "outcome",
)  # fmt: skip
_DUE = (
    "id", "due_on", "filed_on", "filed_at", "filed_by_label", "obligation__names", "obligation__code",
    "obligation__citation", "obligation__recurrence", "obligation__regulator__names",
)  # fmt: skip

VIOLATIONS = ListSpec(
    code="violations",
    columns=(
        Column(code="number", label=gettext_lazy("Number")),
        Column(code="state", label=gettext_lazy("Status"), value=lambda row: str(labels.VIOLATIONS[row["state"]])),
        Column(code="title", label=gettext_lazy("What")),
        Column(code="agency", label=gettext_lazy("To"), value=lambda row: labels.in_language(row["agency__names"])),
        Column(code="happened", label=gettext_lazy("Day"), value="happened_on", kind="date"),
        Column(code="due", label=gettext_lazy("Answer due"), value="answer_due_at", kind="moment"),
        Column(
            code="outcome",
            label=gettext_lazy("Outcome"),
            value=lambda row: str(labels.OUTCOMES.get(row["outcome"], "")),
        ),
    ),
    sorts=(Sort("newest", gettext_lazy("Newest"), (Key("reported_at", is_descending=True),)),),
    default_sort="newest",
    filters=(
        ChoiceFilter(
            code="state",
            label=gettext_lazy("Status"),
            field="state",
            options=tuple(Option(code.value, name) for code, name in labels.VIOLATIONS.items()),
        ),
    ),
    fields=_LINE,
)


def violations_in_sight(access: Access) -> QuerySet[Violation]:
    """Violations the reader sees: those of requests they see, and those of no request."""
    if not access.may(VIEW):
        return Violation.objects.none()
    return Violation.objects.filter(Q(request__isnull=True) | Q(request_id__in=requests.ids_in_sight(access)))


def get_violation(access: Access, number: str) -> tuple[Violation, list[Any], list[Any]]:
    """One violation with its evidence and history. Raises `NotFound`."""
    row = violations_in_sight(access).select_related("agency").filter(number=number.upper()).first()
    if row is None:
        raise NotFound(_("There is no such violation."))
    ids = list(ViolationFile.objects.filter(violation=row).order_by("pk").values_list("file_id", flat=True))
    return row, links_to(ids) if ids else [], audit.history_of(VIOLATION, row.pk)


def dues_spec(today: date) -> ListSpec:
    """The calendar of obligations as it filters on a day."""
    return ListSpec(
        code="obligations",
        columns=(
            Column(code="due", label=gettext_lazy("Due"), value="due_on", kind="date"),
            Column(
                code="what", label=gettext_lazy("What"), value=lambda row: labels.in_language(row["obligation__names"])
            ),
            Column(
                code="regulator",
                label=gettext_lazy("Regulator"),
                value=lambda row: labels.in_language(row["obligation__regulator__names"]),
            ),
            Column(code="citation", label=gettext_lazy("Rule"), value="obligation__citation"),
            Column(code="filed", label=gettext_lazy("Filed"), value="filed_on", kind="date"),
        ),
        sorts=(Sort("due", gettext_lazy("Due"), (Key("due_on"),)),),
        default_sort="due",
        filters=(
            ChoiceFilter(
                code="show",
                label=gettext_lazy("Show"),
                narrow=_show(today),
                options=(
                    Option("open", gettext_lazy("Not filed")),
                    Option("overdue", gettext_lazy("Overdue")),
                    Option("filed", gettext_lazy("Filed")),
                ),
            ),
        ),
        fields=_DUE,
    )


def _show(today: date) -> Callable[[Any, str], Any]:
    narrowed = {
        "open": Q(filed_at__isnull=True),
        "overdue": Q(filed_at__isnull=True, due_on__lt=today),
        "filed": Q(filed_at__isnull=False),
    }
    return lambda rows, value: rows.filter(narrowed[value])


def list_dues(access: Access) -> QuerySet[DueDate]:
    """All due days. Raises `NotAllowed`."""
    access.require(OBLIGE)
    return DueDate.objects.filter(Q(obligation__is_active=True) | Q(filed_at__isnull=False))


def get_due(access: Access, due_id: int) -> tuple[DueDate, list[Any]]:
    """One due day with its proof. Raises `NotAllowed`, `NotFound`."""
    row = list_dues(access).select_related("obligation__regulator").filter(pk=due_id).first()
    if row is None:
        raise NotFound(_("There is no such obligation."))
    return row, links_to([row.proof_id]) if row.proof_id else []


def count_dues(access: Access, today: date) -> dict[str, int]:
    """`{overdue, soon}`: not filed and past its day, or due within 30 days. One statement."""
    return list_dues(access).aggregate(
        overdue=Count("pk", filter=Q(filed_at__isnull=True, due_on__lt=today)),
        soon=Count("pk", filter=Q(filed_at__isnull=True, due_on__gte=today, due_on__lte=today + _SOON)),
    )


def next_dues(access: Access, today: date, *, limit: int = 5) -> list[dict[str, Any]]:
    """The due days that come next or are past, the most pressing first."""
    rows = list_dues(access).filter(filed_at__isnull=True, due_on__lte=today + _SOON).order_by("due_on", "pk")
    return list(rows.values(*_DUE)[:limit])


def may_open_duty_file(access: Access, file_id: int) -> bool:
    """Whether a reader may open evidence or a proof."""
    if violations_in_sight(access).filter(files__file_id=file_id).exists():
        return True
    return access.may(OBLIGE) and DueDate.objects.filter(proof_id=file_id).exists()
