from django.db import models
from django.db.models import F, Q

from citydesk.contact.service_requests.models.requests import ServiceRequest


class EntryCheck(models.Model):
    """A coded request drawn for verification: what the rules flagged, who looked, which fields were wrong."""

    request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="+")
    day = models.DateField()
    entered_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    faults = models.JSONField(default=list)  # codes of the rules that did not hold
    checked_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    wrong = models.JSONField(default=list)  # fields found wrong; empty and checked: all right
    note = models.CharField(max_length=300, blank=True)

    data_classes = {"*": "internal", "note": "personal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request"], name="requests_entry_drawn_once"),
            models.CheckConstraint(
                name="requests_entry_not_own", condition=Q(checked_by=None) | ~Q(checked_by=F("entered_by"))
            ),
        ]
        indexes = [
            models.Index(fields=["day"], name="requests_entry_open", condition=Q(checked_at__isnull=True)),
            models.Index(fields=["checked_at"], name="requests_entry_checked"),
        ]


class FieldCorrection(models.Model):
    """One field of a request was corrected: rows to count by field; what it was stands in the history."""

    request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="+")
    field = models.CharField(max_length=20)
    at = models.DateTimeField(db_index=True)

    data_classes = {"*": "internal"}
