"""One problem with its requests, actions, research, effect and history; short lists of problems."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.customers import queries as customers
from citydesk.city.staff import queries as staff
from citydesk.contact.problems import choices, labels
from citydesk.contact.problems.choices import (
    EFFECT_WEEKS,
    OBJECT_TYPE,
    OPEN_ACTIONS,
    VIEW,
    By,
    DetectionState,
    ProblemState,
)
from citydesk.contact.problems.models import Action, AssetMark, Detection, Problem, ProblemRequest, Research
from citydesk.contact.problems.queries.detections import LINE as DETECTION_LINE
from citydesk.contact.problems.queries.detections import DetectionLine, distance, lines_of
from citydesk.contact.problems.rules import effect, recurrence, states
from citydesk.contact.problems.rules.recurrence import Report, Rule
from citydesk.contact.service_requests.queries import briefs, recurring
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.numbering import parse_number

LINE = (
    "id",
    "number",
    "title",
    "state",
    "by",
    "service_id",
    "department_id",
    "department__names",
    "owner__name",
    "place_label",
    "request_count",
    "opened_at",
    "updated_at",
    "closed_at",
    "result",
)


@dataclass(frozen=True)
class ActionLine:
    """A request to a department and its answer. `may_answer`: the reader is of that department and has the right."""

    id: int
    department: str
    text: str
    due_at: datetime
    state: str
    asked_at: datetime
    asked_by: str
    answered_at: datetime | None
    answered_by: str
    answer: str
    done_at: datetime | None
    chase_count: int
    is_late: bool
    may_answer: bool


@dataclass(frozen=True)
class ProblemPage:
    """What the problem's page shows."""

    row: Problem
    service: str
    department: str
    owner: str
    place: str
    actions: list[ActionLine]
    research: list[Any]
    requests: list[Any]
    hidden: int
    detections: list[DetectionLine]
    effect: effect.Effect | None
    history: list[Any]
    may: Mapping[str, bool] = field(default_factory=dict)


def list_problems(access: Access) -> Any:
    """All problems the reader sees, as rows for a list page."""
    return Problem.objects.visible_to(access).values(*LINE)


def get_problem(access: Access, number: str, *, now: datetime) -> ProblemPage:
    """A problem's page, logged as read. Raises `NotFound` for what is not the reader's to see."""
    row = (
        Problem.objects.visible_to(access)
        .select_related("department", "owner")
        .filter(number=number.strip().upper())
        .first()
    )
    if row is None:
        raise NotFound(_("There is no such problem."))
    language = (get_language() or "en").split("-")[0]
    ids = list(ProblemRequest.objects.filter(problem=row).values_list("request_id", flat=True))
    requests = recurring.rows_in_sight(access, ids)
    detections = Detection.objects.visible_to(access).filter(problem=row, state=DetectionState.LINKED)
    audit.record_read(object_type=OBJECT_TYPE, object_id=row.pk, purpose="page", actor=access.actor, now=now)
    return ProblemPage(
        row=row,
        service=recurring.service_names(language).get(row.service_id or 0, ""),
        department=labels.in_language(row.department.names, language) if row.department else "",
        owner=row.owner.name if row.owner else "",
        place=_place(row),
        actions=_actions(row, access, now, language),
        research=list(Research.objects.visible_to(access).filter(problem=row).order_by("-id").values(*RESEARCH_LINE)),
        requests=requests,
        hidden=len(ids) - len(requests),
        detections=lines_of(detections.order_by("-id").values(*DETECTION_LINE)),
        effect=effect_of(row, now),
        history=audit.history_of(OBJECT_TYPE, row.pk),
        may=_rights(access, row),
    )


RESEARCH_LINE = (
    "id",
    "question",
    "state",
    "due_at",
    "assignee__name",
    "assignee_id",
    "request_number",
    "problem__number",
    "asked_by",
    "answered_at",
    "is_for_few",
)


def _rights(access: Access, row: Problem) -> dict[str, bool]:
    is_open = row.state != ProblemState.CLOSED
    work = access.may(choices.WORK)
    return {
        "work": work,
        "research": is_open and access.may(choices.RESEARCH),
        **{move: work and states.may_move(row.state, move) for move in states.MOVES},
    }


def _place(row: Problem) -> str:
    if row.by == By.CUSTOMER:
        label = customers.labels([row.customer_id]).get(row.customer_id) if row.customer_id else None
        return label.number if label else ""
    if row.by == By.ASSET:
        return f"{row.asset}, {row.place_label}".rstrip(", ")
    if row.by == By.CODE:
        return _("within %(far)s of %(place)s") % {"far": distance(row.radius_m), "place": row.place_label}
    return row.place_label


def _actions(row: Problem, access: Access, now: datetime, language: str) -> list[ActionLine]:
    found = Action.objects.filter(problem=row).select_related("department").order_by("-id")
    return [_action(one, access, now, language) for one in found]


def _action(one: Action, access: Access, now: datetime, language: str) -> ActionLine:
    is_open = one.state in OPEN_ACTIONS
    return ActionLine(
        one.pk,
        labels.in_language(one.department.names, language) or one.department.name,
        one.text,
        one.due_at,
        one.state,
        one.asked_at,
        one.asked_by,
        one.answered_at,
        one.answered_by,
        one.answer,
        one.done_at,
        one.chase_count,
        is_open and one.due_at < now,
        is_open and access.may(choices.ANSWER) and one.department_id in access.department_ids,
    )


def effect_of(row: Problem, now: datetime) -> effect.Effect | None:
    """Counts before and after the remedy, of the same place and code; None while there is no remedy."""
    if row.remedied_at is None:
        return None
    since = row.remedied_at - timedelta(weeks=EFFECT_WEEKS)
    return effect.measure(event_times(row, since), since=row.remedied_at, now=now)


def event_times(row: Problem, since: datetime) -> list[datetime]:
    """When what the problem is about happened: reports of one happening once, as the recurrence counts them."""
    code = recurring.service_codes().get(row.service_id or 0, "")
    codes = (code,) if code else ()
    rows = _same(row, codes, since)
    by = By.CODE if row.by == By.HAND else By(row.by)
    rule = Rule("", {}, by, 1, 2, radius_m=row.radius_m or 1, gap_hours=row.gap_hours)
    reports = [
        Report(
            one.id,
            one.number,
            one.service_code,
            one.received_at,
            address_id=one.address_id,
            customer_id=one.customer_id,
            lat=one.lat,
            lon=one.lon,
        )
        for one in rows
    ]
    return recurrence.event_times(rule, reports)


def _same(row: Problem, codes: tuple[str, ...], since: datetime) -> list[recurring.Counted]:
    """Requests that are counted with the problem. One made by hand counts those that were linked."""
    if row.by == By.ADDRESS and row.address_id:
        return recurring.count_same(since=since, codes=codes, address_id=row.address_id)
    if row.by == By.CUSTOMER and row.customer_id:
        return recurring.count_same(since=since, codes=codes, customer_ids=customers.ids_of(row.customer_id))
    if row.by == By.ASSET:
        marks = AssetMark.objects.filter(question=row.question, asset=row.asset, received_at__gte=since)
        return recurring.by_ids(list(marks.values_list("request_id", flat=True)))
    if row.by == By.CODE and row.lat is not None and row.lon is not None:
        near = recurring.near_points([(row.lat, row.lon)], codes, radius_m=row.radius_m, since=since)
        return [one for one in near if recurring.meters(one, row.lat, row.lon) <= row.radius_m]
    ids = list(ProblemRequest.objects.filter(problem=row).values_list("request_id", flat=True))
    return recurring.count_same(since=since, request_ids=ids)


def id_of(access: Access, number: str) -> int:
    """The id of a problem in sight. Raises `NotFound`."""
    found = (
        Problem.objects.visible_to(access).filter(number=number.strip().upper()).values_list("pk", flat=True).first()
    )
    if found is None:
        raise NotFound(_("There is no such problem."))
    return found


def open_choices(access: Access, *, limit: int = 50) -> list[tuple[str, str]]:
    """Open problems to put something into: (id, words), newest first."""
    rows = Problem.objects.visible_to(access).exclude(state=ProblemState.CLOSED).order_by("-id")
    return [(str(pk), f"{number} {title}") for pk, number, title in rows.values_list("pk", "number", "title")[:limit]]


def departments() -> list[tuple[str, str]]:
    """Departments to ask: (id, name in the reader's language)."""
    language = (get_language() or "en").split("-")[0]
    rows = staff.list_departments()
    return [(str(one.id), labels.in_language(one.names, language) or one.name) for one in rows]


def people() -> list[tuple[str, str]]:
    """Colleagues to ask: (id, name)."""
    return [(str(one.id), one.name) for one in sorted(staff.list_people(), key=lambda one: one.name)]


def find_problems(access: Access, text: str, limit: int) -> list[dict[str, Any]]:
    """By number, else by words of the title and the place."""
    if not access.may(VIEW) and not access.may(choices.VIEW_ALL):
        return []
    rows = Problem.objects.visible_to(access)
    number = parse_number(text)
    found = (
        rows.filter(number=number) if number else rows.filter(Q(title__icontains=text) | Q(place_label__icontains=text))
    )
    return list(found.order_by("-updated_at", "-id").values(*LINE)[:limit])


def of_request(access: Access, request_number: str) -> dict[str, Any]:
    """What the request page's fold shows: problems, recurrences and research of a request in sight."""
    brief = briefs.get_brief(access, request_number)
    ids = ProblemRequest.objects.filter(request_id=brief.id).values("problem_id")
    problems = Problem.objects.visible_to(access).filter(pk__in=ids).order_by("-id")
    found = Detection.objects.visible_to(access).filter(reports__request_id=brief.id, state=DetectionState.NEW)
    research = Research.objects.visible_to(access).filter(request_id=brief.id).order_by("-id")
    return {
        "brief": brief,
        "problems": list(problems.values(*LINE)[:10]),
        "detections": lines_of(found.values(*DETECTION_LINE)[:5]),
        "research": list(research.values(*RESEARCH_LINE)[:10]),
    }


def list_owed(access: Access, *, limit: int = 6) -> list[dict[str, Any]]:
    """Actions that departments owe and the reader sees: of their own departments, or all of them; late first."""
    rows = Action.objects.filter(state__in=OPEN_ACTIONS)
    if not access.may(choices.VIEW_ALL):
        rows = rows.filter(department_id__in=access.department_ids)
    columns = ("id", "problem__number", "problem__title", "department__names", "due_at", "state", "chase_count")
    return list(rows.order_by("due_at", "id").values(*columns)[:limit])
