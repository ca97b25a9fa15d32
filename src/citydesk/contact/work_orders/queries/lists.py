"""Lists of work orders: the office's, a crew's round, those about one request."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from citydesk.contact.work_orders import labels
from citydesk.contact.work_orders.choices import IN_FIELD, OPEN, InspectionState, WorkOrderState
from citydesk.contact.work_orders.models import WorkOrder
from citydesk.contact.work_orders.rules import Stop, order_round
from citydesk.kernel.actors import Access
from citydesk.kernel.numbering import parse_number
from citydesk.kernel.texts import words_of
from citydesk.kernel.written import Written

LINE = (
    "id",
    "number",
    "state",
    "title",
    "priority",
    "place_label",
    "place_detail",
    "scheduled_date",
    "due_at",
    "crew_id",
    "crew__names",
    "department__names",
    "source_number",
    "result_code",
    "inspection",
    "started_at",
    "finished_at",
    "lat",
    "lon",
    "address_id",
    "contact_note",
)


def list_work_orders(access: Access) -> QuerySet[WorkOrder, dict[str, Any]]:
    """All the reader sees, as `.values()` rows for a list page to filter, sort and cut."""
    return WorkOrder.objects.visible_to(access).values(*LINE)


def list_about(source_type: str, source_ids: Iterable[int]) -> list[dict[str, Any]]:
    """Work orders made for one thing, newest first, with checklist counts. The caller authorized sight."""
    ids = list(source_ids)
    return _in_words(_about_one.rows(source_type, ids[0]) if len(ids) == 1 else list(_about(source_type, *ids)))


def ask_about(source_type: str, source_id: int) -> Callable[[], list[dict[str, Any]]]:
    """As `list_about` for one thing, by the journey to the database that somebody else makes next."""
    rows = _about_one.later(source_type, source_id)
    return lambda: _in_words(rows())


def _in_words(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    words = words_of(labels.STATE)
    return [{**row, "state_text": words[row["state"]], "badge": labels.BADGE[row["state"]]} for row in rows]


def _about(source_type: str, *source_ids: int) -> QuerySet[WorkOrder, dict[str, Any]]:
    rows = (
        WorkOrder.objects.filter(source_type=source_type, source_id__in=source_ids)
        .annotate(lines=Count("checklist"), ticked=Count("checklist", filter=Q(checklist__done_at__isnull=False)))
        .order_by("-id")
    )
    return rows.values(*LINE, "lines", "ticked")[:50]


_about_one = Written(_about)


def list_round(
    access: Access, *, today: date, now: datetime, here: tuple[float, float] | None = None
) -> list[dict[str, Any]]:
    """Today's orders of the reader's crews in driving order: started, pressing promises, then nearest first."""
    rows = (
        WorkOrder.objects.visible_to(access)
        .filter(crew_id__in=access.team_ids, state__in=OPEN)
        .filter(Q(scheduled_date__lte=today) | Q(scheduled_date=None) | Q(state__in=IN_FIELD))
        .annotate(lines=Count("checklist"), ticked=Count("checklist", filter=Q(checklist__done_at__isnull=False)))
        .values(*LINE, "lines", "ticked")[:200]
    )
    by_id = {row["id"]: row for row in rows}
    stops = [
        Stop(row["id"], row["priority"], row["due_at"], row["lat"], row["lon"], row["state"] == WorkOrderState.STARTED)
        for row in by_id.values()
    ]
    return [by_id[one] for one in order_round(stops, here, now)]


def list_in_field(access: Access, *, limit: int = 20) -> list[dict[str, Any]]:
    """What crews are working on now, longest first."""
    rows = WorkOrder.objects.visible_to(access).filter(state__in=IN_FIELD).order_by("started_at")
    return list(rows.values(*LINE)[:limit])


def count_by_state(access: Access, now: datetime) -> dict[str, int]:
    """`{planned, started, paused, late, to_inspect}` of the open orders the reader sees. One statement."""
    rows = WorkOrder.objects.visible_to(access)
    states = {state.value: Count("pk", filter=Q(state=state)) for state in sorted(OPEN)}
    return rows.filter(Q(state__in=OPEN) | Q(inspection=InspectionState.WANTED)).aggregate(
        **states,
        late=Count("pk", filter=Q(state__in=OPEN, due_at__lt=now)),
        to_inspect=Count("pk", filter=Q(state=WorkOrderState.DONE, inspection=InspectionState.WANTED)),
    )


def find_work_orders(access: Access, text: str, limit: int) -> list[dict[str, Any]]:
    """By number (its own, the request's, another system's), else by words of place and title, newest first."""
    rows = WorkOrder.objects.visible_to(access)
    number = parse_number(text)
    if number:
        rows = rows.filter(Q(number=number) | Q(source_number=number))
    else:
        rows = rows.filter(
            Q(external_number__iexact=text.strip()) | Q(place_label__icontains=text) | Q(title__icontains=text)
        )
    return list(rows.order_by("-id").values(*LINE)[:limit])
