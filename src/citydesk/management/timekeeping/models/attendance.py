import pgtrigger
from django.db import models
from django.db.models import F, Q

from citydesk.management.timekeeping.choices import OccurrenceState


class AttendanceOccurrence(models.Model):
    """Schedule and clock differed by more than the grace. It counts points from when somebody confirms it on."""

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    on = models.DateField()
    kind = models.CharField(max_length=10)
    seconds = models.PositiveIntegerField()
    scheduled_from = models.DateTimeField()
    scheduled_to = models.DateTimeField()
    # Which shift of which schedule it is about: the same shift is recorded once.
    source_key = models.CharField(max_length=80)
    points = models.DecimalField(max_digits=4, decimal_places=2)
    state = models.CharField(max_length=9, default=OccurrenceState.OPEN)
    version = models.PositiveIntegerField(default=1)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)

    data_classes = {"*": "personal", "id": "internal", "reason": "confidential"}

    class Meta:
        ordering = ["-on", "id"]
        indexes = [models.Index(fields=["state", "on"], name="time_occurrence_state")]
        constraints = [
            models.UniqueConstraint(fields=["user", "source_key", "kind"], name="time_occurrence_once"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("user")), name="time_occurrence_not_own"
            ),
            models.CheckConstraint(condition=~Q(state="excused") | ~Q(reason=""), name="time_occurrence_excused"),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
