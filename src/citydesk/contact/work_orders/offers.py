"""What work orders offer the house."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from citydesk.contact.work_orders import labels, queries
from citydesk.contact.work_orders.choices import CREW, EDIT, INSPECT, VIEW
from citydesk.kernel.actors import Access
from citydesk.kernel.numbering import parse_number
from citydesk.kernel.registries import (
    AuditCode,
    Exporter,
    FileGuard,
    HomeCard,
    LiveTopic,
    NavItem,
    Paper,
    Permission,
    RetentionSeries,
    SearchHit,
    SearchSource,
    registries,
)


def find_work_orders(access: Access, text: str, limit: int) -> list[SearchHit]:
    """Work orders by number, place or title, for the find box."""
    return [
        SearchHit(
            f"{row['number']} {row['title']}",
            row["place_label"],
            reverse("work_orders:detail", args=[row["number"]]),
            str(labels.STATE[row["state"]]),
        )
        for row in queries.find_work_orders(access, text, limit)
    ]


def find_paper(access: Access, number: str) -> tuple[int, str, str] | None:
    """A work order by its number, as a paper."""
    known = parse_number(number) or ""
    return queries.id_of(access, known), known, reverse("work_orders:print", args=[known])


def field_card(*, access: Access, now: datetime) -> dict[str, Any]:
    """What is in the field and what waits for an inspection, for a department's opening page."""
    return {
        "counts": queries.count_by_state(access, now),
        "orders": queries.list_in_field(access, limit=8),
        "labels": labels,
    }


registries.add(
    Paper("work_order", _("Work order"), find_paper, VIEW, order=20),
    Permission(VIEW, _("See work orders")),
    Permission(EDIT, _("Make and plan work orders")),
    Permission(CREW, _("Work on work orders in the field")),
    Permission(INSPECT, _("Inspect finished work")),
    LiveTopic("work_orders", permission=VIEW),
    NavItem("work_orders", _("Work orders"), "work_orders:list", VIEW, order=40),
    SearchSource("work_orders", _("Work orders"), find_work_orders, VIEW, order=30),
    HomeCard("in_field", ("department", "supervisor"), field_card, "work_orders/card.jinja", VIEW, order=60),
    AuditCode("work_orders.created", _("made the work order: {title}"), icon="construction"),
    AuditCode("work_orders.planned", _("planned the work order"), icon="event"),
    AuditCode("work_orders.started", _("started the work"), icon="directions_walk"),
    AuditCode("work_orders.paused", _("paused the work"), icon="pause"),
    AuditCode("work_orders.ticked", _("ticked a line of the checklist"), icon="check"),
    AuditCode("work_orders.unticked", _("unticked a line of the checklist"), icon="close"),
    AuditCode("work_orders.labor", _("noted {quantity} h of {what}"), icon="schedule"),
    AuditCode("work_orders.equipment", _("noted {quantity} h of {what}"), icon="construction"),
    AuditCode("work_orders.material", _("noted material: {quantity} {what}"), icon="construction"),
    AuditCode("work_orders.photo", _("added a photo"), icon="photo_camera"),
    AuditCode("work_orders.finished", _("reported the result"), icon="check_circle"),
    AuditCode("work_orders.passed", _("inspected and accepted the work"), icon="check_circle"),
    AuditCode("work_orders.not_accepted", _("inspected and sent the work back"), icon="error"),
    AuditCode("work_orders.reopened", _("opened the work order again"), icon="undo"),
    AuditCode("work_orders.cancelled", _("called the work off"), icon="cancel"),
    AuditCode("work_orders.external", _("noted {system} number {number}: {status}"), icon="link"),
    FileGuard("work_orders.photo", "citydesk.contact.work_orders.queries.may_see_photo"),
    RetentionSeries(
        "work_orders.work_order",
        _("Work orders"),
        "finished_at",
        due="citydesk.contact.work_orders.queries.records.work_orders_due",
        destroy="citydesk.contact.work_orders.services.destruction.destroy_work_orders",
    ),
    Exporter(
        "work_orders.work_order",
        _("Work orders"),
        find="citydesk.contact.work_orders.queries.records.find_records",
        of_people="citydesk.contact.work_orders.queries.records.records_of_people",
        read="citydesk.contact.work_orders.queries.records.read_record",
        order=50,
    ),
)
