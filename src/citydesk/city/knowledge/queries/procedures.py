"""Reads of shared procedures: the list, one as a department does it, what the contact screen shows, who is behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from citydesk.city.knowledge import rules
from citydesk.city.knowledge.choices import (
    APPROVE_PROCEDURES,
    PROCEDURE,
    VIEW,
    WRITE_PROCEDURES,
    VersionState,
)
from citydesk.city.knowledge.models import Difference, Procedure, ProcedureDepartment, ProcedureVersion
from citydesk.city.staff import queries as staff
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.lists import ChoiceFilter, Column, Key, ListSpec, Option, Sort

_LINE = (
    "id", "code", "titles", "owner__name", "owner__names", "number", "approved_at", "department_count", "behind_count",
    "service_codes",
)  # fmt: skip


@dataclass(frozen=True)
class ProcedureHit:
    """A procedure that belongs to a code, with the department whose text is the right one (empty: the shared text)."""

    id: int
    code: str
    title: str
    department: str
    department_name: str


@dataclass(frozen=True)
class ShownProcedure:
    """A version of a procedure as a department does it, or the shared text (`department` empty)."""

    title: str
    number: int
    steps: list[rules.Step]
    department: str = ""
    department_name: str = ""
    accepted: int = 0
    is_behind: bool = False


@dataclass(frozen=True)
class DepartmentLine:
    """One department that takes part."""

    code: str
    name: str
    accepted: int
    accepted_at: datetime | None
    accepted_by: str
    asked_at: datetime | None
    reminded_at: datetime | None
    reminder_count: int
    differences: int
    stale: int
    is_behind: bool


@dataclass(frozen=True)
class ProcedurePage:
    """Everything the page of a procedure shows."""

    row: Procedure
    title: str
    owner: Any
    shown: ShownProcedure
    departments: list[DepartmentLine]
    versions: list[ProcedureVersion]
    waiting: ProcedureVersion | None
    history: list[Any]
    may_write: bool
    may_approve: bool
    may_accept: bool
    note: str = ""


def procedures_spec() -> ListSpec:
    """The list of procedures: newest first, those that somebody has not accepted, one department's."""
    return ListSpec(
        code="procedures",
        columns=(
            Column(
                code="title", label=gettext_lazy("Procedure"), value=lambda row: rules.text_in(row["titles"], _reads())
            ),
            Column(code="code", label=gettext_lazy("Code")),
            Column(code="owner", label=gettext_lazy("Owner"), value="owner__name"),
            Column(code="version", label=gettext_lazy("Version"), value="number", kind="number"),
            Column(code="approved", label=gettext_lazy("Approved"), value="approved_at", kind="moment"),
            Column(code="departments", label=gettext_lazy("Departments"), value="department_count", kind="number"),
            Column(code="behind", label=gettext_lazy("Not accepted"), value="behind_count", kind="number"),
            Column(code="codes", label=gettext_lazy("Codes"), value=lambda row: ", ".join(row["service_codes"])),
        ),
        sorts=(Sort("newest", gettext_lazy("Newest"), (Key("changed_at", is_descending=True),)),),
        default_sort="newest",
        filters=(
            ChoiceFilter(
                code="show",
                label=gettext_lazy("Show"),
                narrow=_narrow,
                options=(
                    Option("behind", gettext_lazy("Not accepted by all")),
                    Option("waiting", gettext_lazy("Waiting for approval")),
                    Option("retired", gettext_lazy("Ended")),
                ),
            ),
            ChoiceFilter(
                code="department",
                label=gettext_lazy("Department"),
                narrow=lambda rows, value: rows.filter(
                    departments__department__code=value, departments__left_at__isnull=True
                ),
                options=tuple(Option(one.code, one.name) for one in staff.list_departments()),
            ),
        ),
        fields=_LINE,
    )


def _narrow(rows: "QuerySet[Procedure]", value: str) -> "QuerySet[Procedure]":
    if value == "waiting":
        return rows.filter(versions__state=VersionState.WAITING)
    return rows.filter(behind_count__gt=0, is_retired=False) if value == "behind" else rows.filter(is_retired=True)


def _reads() -> str:
    return get_language() or "en"


def list_procedures(access: Access) -> "QuerySet[Procedure]":
    """All procedures, for a list page. Raises `NotAllowed`."""
    access.require(VIEW)
    return Procedure.objects.all()


def procedures_for(service_code: str, department: str, language: str) -> list[ProcedureHit]:
    """Procedures in force for a service code, those in which the department takes part first. One statement.

    `department` is that of the team the request goes to: the clerk sees its text, not another's.
    """
    if not service_code:
        return []
    parts = ProcedureDepartment.objects.filter(department__code=department, left_at__isnull=True)
    rows = (
        Procedure.objects.filter(service_codes__contains=[service_code], is_retired=False, number__gt=0)
        .annotate(theirs=Case(When(pk__in=parts.values("procedure_id"), then=Value(1)), default=Value(0),
                              output_field=IntegerField()))
        .order_by("-theirs", "id")
    )  # fmt: skip
    return [
        ProcedureHit(pk, code, rules.text_in(titles, language), department if theirs else "", "")
        for pk, code, titles, theirs in rows.values_list("pk", "code", "titles", "theirs")[:3]
    ]


def shown_for(
    access: Access, code: str, department: str = "", *, language: str = "", number: int = 0
) -> ShownProcedure:
    """A procedure's steps as a department does them: the version it accepted, with its own differences.

    A department that has accepted none is shown the one in force, and told so. `number` asks for a version of the
    shared text. Raises `NotAllowed`, `NotFound`.
    """
    access.require(VIEW)
    row = _row(code)
    return _shown(row, _part(row, department), language or _reads(), number)


def _row(code: str) -> Procedure:
    row = Procedure.objects.select_related("owner").filter(code=code).first()
    if row is None:
        raise NotFound(_("There is no such procedure."))
    return row


def _part(row: Procedure, department: str) -> ProcedureDepartment | None:
    if not department:
        return None
    parts = ProcedureDepartment.objects.select_related("department").filter(procedure=row, left_at__isnull=True)
    part = parts.filter(department__code=department).first()
    if part is None:
        raise NotFound(_("This department does not work by this procedure."))
    return part


def _shown(row: Procedure, part: ProcedureDepartment | None, language: str, number: int = 0) -> ShownProcedure:
    wanted = number or (part.accepted if part else 0) or row.number
    version = ProcedureVersion.objects.filter(procedure=row, number=wanted).first()
    if version is None and number:
        raise NotFound(_("There is no such version."))
    steps = version.steps if version else []
    ways = _ways(Difference.objects.filter(part=part, until__isnull=True)) if part else []
    return ShownProcedure(
        rules.text_in(version.titles if version else row.titles, language),
        version.number if version else 0,
        rules.shown_steps(steps, ways, language),
        part.department.code if part else "",
        part.department.name_in(language) if part else "",
        part.accepted if part else 0,
        bool(part and part.accepted < row.number),
    )


def _ways(rows: Any) -> list[rules.Way]:
    return [rules.Way(one.step, one.kind, one.text, one.reason, one.seen) for one in rows]


def get_procedure(
    access: Access, code: str, *, department: str = "", number: int = 0, language: str = ""
) -> ProcedurePage:
    """The page of a procedure, with a department's text beside the shared one. Raises `NotAllowed`, `NotFound`."""
    access.require(VIEW)
    language = language or _reads()
    row = _row(code)
    part = _part(row, department)
    versions = list(ProcedureVersion.objects.filter(procedure=row).order_by("-number")[:50])
    in_force = next((one for one in versions if one.number == row.number), None)
    title = rules.text_in(row.titles, language) or (
        rules.text_in(versions[0].titles, language) if versions else row.code
    )
    may_write = access.may(WRITE_PROCEDURES)
    return ProcedurePage(
        row=row,
        title=title,
        owner=row.owner,
        shown=_shown(row, part, language, number),
        departments=_departments(row, in_force),
        versions=versions,
        waiting=next((one for one in versions if one.state == VersionState.WAITING), None),
        history=audit.history_of(PROCEDURE, row.pk),
        may_write=may_write and (row.owner_id in access.department_ids or access.may(APPROVE_PROCEDURES)),
        may_approve=access.may(APPROVE_PROCEDURES),
        may_accept=may_write and part is not None and part.department_id in access.department_ids,
        note=in_force.note if in_force else "",
    )


def _departments(row: Procedure, in_force: ProcedureVersion | None) -> list[DepartmentLine]:
    digests = {one["key"]: rules.step_digest(one) for one in in_force.steps} if in_force else {}
    parts = list(
        ProcedureDepartment.objects.select_related("department")
        .filter(procedure=row, left_at__isnull=True)
        .order_by("department__position", "department__name")
    )
    found: dict[int, list[Difference]] = {}
    for one in Difference.objects.filter(part__in=parts, until__isnull=True):
        found.setdefault(one.part_id, []).append(one)
    return [
        DepartmentLine(
            part.department.code,
            part.department.name_in(_reads()),
            part.accepted,
            part.accepted_at,
            part.accepted_by_label,
            part.asked_at,
            part.reminded_at,
            part.reminder_count,
            len(found.get(part.pk, [])),
            sum(digests.get(one.step) != one.seen for one in found.get(part.pk, [])),
            part.accepted < row.number,
        )
        for part in parts
    ]


def unaccepted(access: Access, *, limit: int = 6) -> list[dict[str, Any]]:
    """Versions in force that the reader's departments have not accepted, the longest waiting first; who approves
    procedures sees every department's."""
    rows = _behind(access).order_by("asked_at", "pk")
    fields = ("procedure__code", "procedure__titles", "procedure__number", "department__code", "department__name")
    return [
        {**one, "title": rules.text_in(one["procedure__titles"], _reads())}
        for one in rows.values(*fields, "accepted", "asked_at", "reminder_count")[:limit]
    ]


def count_unaccepted(access: Access) -> dict[str, int]:
    """`{behind, waiting}`: acceptances the reader's departments owe, versions that wait for approval."""
    waiting = ProcedureVersion.objects.filter(state=VersionState.WAITING)
    return {
        "behind": _behind(access).count(),
        "waiting": waiting.count() if access.may(APPROVE_PROCEDURES) else 0,
    }


def _behind(access: Access) -> "QuerySet[ProcedureDepartment]":
    rows = ProcedureDepartment.objects.filter(asked_at__isnull=False, left_at__isnull=True, procedure__is_retired=False)
    if access.may(APPROVE_PROCEDURES):
        return rows
    mine: Sequence[int] = sorted(access.department_ids)
    return rows.filter(Q(department_id__in=mine))


def find_procedures(access: Access, text: str, limit: int) -> list[tuple[str, str, str]]:
    """Procedures by title, code or step: code, title, owner."""
    if not access.may(VIEW) or not text.strip():
        return []
    steps = ProcedureVersion.objects.filter(steps__icontains=text.strip(), number=OuterRef("number"))
    rows = Procedure.objects.filter(is_retired=False).filter(
        Q(titles__icontains=text.strip())
        | Q(code__iexact=text.strip())
        | Exists(steps.filter(procedure_id=OuterRef("pk")))
    )
    found = rows.order_by("-changed_at").values_list("code", "titles", "owner__name")[:limit]
    return [(code, rules.text_in(titles, _reads()) or code, owner) for code, titles, owner in found]
