import pgtrigger
from django.db import models
from django.db.models import Q

from citydesk.contact.referrals.choices import Recurrence, ViolationState


class Violation(models.Model):
    """A violation we reported to the agency in charge: what, where, when, by which rule, what came of it."""

    number = models.CharField(max_length=20, unique=True)
    agency = models.ForeignKey("referrals.Agency", models.PROTECT, related_name="+")
    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, null=True, related_name="+")
    request_number = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=8, default=ViolationState.REPORTED)
    title = models.CharField(max_length=160)
    text = models.TextField()
    citation = models.CharField(max_length=160, blank=True)
    place_label = models.CharField(max_length=200, blank=True)
    happened_on = models.DateField()
    reported_at = models.DateTimeField()
    reported_by_label = models.CharField(max_length=120)
    answer_due_at = models.DateTimeField()
    external_number = models.CharField(max_length=80, blank=True)
    outcome = models.CharField(max_length=10, blank=True)
    outcome_text = models.TextField(blank=True)
    outcome_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    data_classes = {
        "*": "internal",
        "text": "confidential",
        "place_label": "personal",
        "outcome_text": "confidential",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(state="closed") | ~Q(outcome=""), name="rf_closed_has_outcome"),
        ]
        indexes = [
            models.Index(fields=["answer_due_at", "id"], name="rf_violation_due", condition=~Q(state="closed")),
            models.Index(fields=["-reported_at", "-id"], name="rf_violation_newest"),
        ]
        triggers = [pgtrigger.Protect(name="keep_violations", operation=pgtrigger.Delete)]


class ViolationFile(models.Model):
    """Evidence."""

    violation = models.ForeignKey("referrals.Violation", models.PROTECT, related_name="files")
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_by_label = models.CharField(max_length=120)

    data_classes = {"*": "internal", "file": "confidential"}


class Obligation(models.Model):
    """What the city owes a regulator: a report, a test, a renewal; mirrored from the profile with how often."""

    code = models.CharField(max_length=40, unique=True)
    names = models.JSONField()
    regulator = models.ForeignKey("referrals.Agency", models.PROTECT, related_name="+")
    department = models.ForeignKey("staff.Department", models.PROTECT, null=True, related_name="+")
    citation = models.CharField(max_length=160)
    recurrence = models.CharField(max_length=9, default=Recurrence.YEARLY)
    first_due = models.DateField()
    remind_days = models.PositiveSmallIntegerField(default=14)
    remind_to = models.CharField(max_length=254, blank=True)
    is_active = models.BooleanField(default=True)

    data_classes = {"*": "internal"}


class DueDate(models.Model):
    """One day by which an obligation is met, and the proof that it was."""

    obligation = models.ForeignKey("referrals.Obligation", models.PROTECT, related_name="dues")
    due_on = models.DateField()
    filed_on = models.DateField(null=True)
    filed_at = models.DateTimeField(null=True)
    filed_by_label = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    proof = models.ForeignKey("kernel.StoredFile", models.PROTECT, null=True, related_name="+")
    reminded_at = models.DateTimeField(null=True)

    data_classes = {"*": "internal", "proof": "confidential", "note": "confidential"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["obligation", "due_on"], name="rf_due_once"),
            models.CheckConstraint(
                condition=Q(filed_at__isnull=True) | Q(proof__isnull=False), name="rf_filed_has_proof"
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="rf_due_open", condition=Q(filed_at__isnull=True)),
            models.Index(fields=["due_on", "id"], name="rf_due_all"),
        ]
