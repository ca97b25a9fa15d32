import pgtrigger
from django.db import models
from django.db.models import F, Q

from citydesk.management.workforce.choices import MeasureKind


class ShrinkageMeasure(models.Model):
    """What became of a group's rostered time: over the last eight weeks, which can be planned with, or over the weeks
    that end in a month, which its report tells. Seconds by part (`rules.measured.Part`), of nobody by name. Measured
    anew it is a further row."""

    group = models.ForeignKey("workforce.StaffingGroup", models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=5, choices=[(one.value, one.value) for one in MeasureKind], default=MeasureKind.WEEKS
    )
    first = models.DateField()
    last = models.DateField()
    rostered_s = models.PositiveBigIntegerField()
    parts = models.JSONField(default=dict)
    # The same by weekday and slot (`rules.measured_slots.written_down`); none of a month, which nobody plans with.
    by_slot = models.JSONField(null=True, blank=True)
    days = models.PositiveSmallIntegerField()
    left_out = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="workforce_measure_days"),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]


class ShrinkageSetting(models.Model):
    """What a group plans with instead of the profile's shrinkage, from a Monday on: the newest version that holds that
    day counts. Without shares it is the profile's again. Never changed: another word is a further version."""

    group = models.ForeignKey("workforce.StaffingGroup", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    first = models.DateField()
    planned = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    unplanned = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    measure = models.ForeignKey(ShrinkageMeasure, models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["group", "version"], name="workforce_shrinkage_version"),
            models.CheckConstraint(
                condition=Q(planned=None, unplanned=None, measure=None)
                | Q(planned__gte=0, unplanned__gte=0, planned__lt=1 - F("unplanned"), measure__isnull=False),
                name="workforce_shrinkage_shares",
            ),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]
