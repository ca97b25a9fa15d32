from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from citydesk.contact.work_orders.choices import (
    FINISHED,
    OPEN,
    VIEW,
    InspectionState,
    Priority,
    ResultCode,
    WorkOrderState,
)
from citydesk.kernel.actors import Access


class WorkOrderQuerySet(models.QuerySet["WorkOrder"]):
    def visible_to(self, access: Access) -> WorkOrderQuerySet:
        """Who sees the whole city sees all; others their departments' and crews' orders; nobody else any."""
        if not access.may(VIEW):
            return self.none()
        if access.may("service_requests.view_all"):
            return self
        return self.filter(Q(crew_id__in=access.team_ids) | Q(department_id__in=access.department_ids))

    def open(self) -> WorkOrderQuerySet:
        return self.filter(state__in=OPEN)


class WorkOrder(models.Model):
    """A piece of work in the field: what, where, by which crew, when; what came of it."""

    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=9, choices=[(one.value, one.value) for one in WorkOrderState])
    title = models.CharField(max_length=160)
    instructions = models.TextField(blank=True)
    service_code = models.CharField(max_length=60, blank=True)
    priority = models.CharField(
        max_length=1, default=Priority.NORMAL, choices=[(one.value, one.value) for one in Priority]
    )
    department = models.ForeignKey("staff.Department", models.PROTECT, null=True, related_name="+")
    crew = models.ForeignKey("staff.Team", models.PROTECT, null=True, related_name="+")
    scheduled_date = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)

    place_label = models.CharField(max_length=200, blank=True)
    place_detail = models.CharField(max_length=200, blank=True)
    address = models.ForeignKey("places.Address", models.PROTECT, null=True, related_name="+")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)

    # The lower row knows the upper one by copied words only: who asked, and how to name it.
    source_type = models.CharField(max_length=60, blank=True)
    source_id = models.BigIntegerField(null=True)
    source_number = models.CharField(max_length=20, blank=True)
    contact_note = models.CharField(max_length=200, blank=True)

    external_system = models.CharField(max_length=60, blank=True)
    external_number = models.CharField(max_length=60, blank=True)
    external_status = models.CharField(max_length=60, blank=True)
    external_at = models.DateTimeField(null=True)

    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    result_code = models.CharField(max_length=16, blank=True, choices=[(one.value, one.value) for one in ResultCode])
    result_note = models.TextField(blank=True)
    needs_photo = models.BooleanField(default=False)
    inspection = models.CharField(
        max_length=7, default=InspectionState.NONE, choices=[(one.value, one.value) for one in InspectionState]
    )
    finished_by = models.BigIntegerField(null=True)  # user id: an inspector never inspects their own work
    reopened_count = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = WorkOrderQuerySet.as_manager()
    data_classes = {
        "*": "internal",
        "place_label": "personal",
        "place_detail": "personal",
        "address": "personal",
        "lat": "personal",
        "lon": "personal",
        "contact_note": "personal",
        "instructions": "confidential",
        "result_note": "confidential",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=sorted(FINISHED)) | Q(finished_at__isnull=False), name="wo_finished_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(FINISHED)) | ~Q(result_code=""), name="wo_finished_has_result"
            ),
            models.UniqueConstraint(
                fields=["external_system", "external_number"], name="wo_external_once", condition=~Q(external_number="")
            ),
        ]
        indexes = [
            models.Index(
                fields=["crew", "scheduled_date", "id"], name="wo_crew_day", condition=Q(state__in=sorted(OPEN))
            ),
            models.Index(
                fields=["department", "due_at", "id"], name="wo_department_due", condition=Q(state__in=sorted(OPEN))
            ),
            models.Index(fields=["due_at", "id"], name="wo_open_due", condition=Q(state__in=sorted(OPEN))),
            models.Index(fields=["source_type", "source_id"], name="wo_source"),
            models.Index(fields=["-finished_at"], name="wo_finished", condition=Q(finished_at__isnull=False)),
            models.Index(fields=["inspection", "finished_at"], name="wo_to_inspect", condition=Q(inspection="wanted")),
        ]
        triggers = [pgtrigger.Protect(name="keep_work_orders", operation=pgtrigger.Delete)]
