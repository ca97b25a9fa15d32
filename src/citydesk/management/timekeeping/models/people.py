from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q

_WORKDAY = 8 * 3600


def usual_week() -> list[int]:
    """Seconds a person works on each day of the week, Monday first, where nobody wrote anything else down."""
    return [_WORKDAY] * 5 + [0, 0]


class Terms(models.Model):
    """What of a person's employment decides hours and leave. Rates of pay are the pay office's and nowhere here.

    Whoever has no row is owed overtime, works eight hours from Monday to Friday, banks nothing and accrues nothing.
    """

    user = models.OneToOneField("staff.User", models.PROTECT, related_name="+")
    is_exempt = models.BooleanField(default=False)
    # Compensatory time only by an agreement made before the work.
    comp_agreed_on = models.DateField(null=True, blank=True)
    is_safety = models.BooleanField(default=False)
    week_seconds = models.JSONField(default=usual_week)
    service_since = models.DateField(null=True, blank=True)
    # From this day on leave accrues here; what was there before is an adjustment.
    counted_from = models.DateField(null=True, blank=True)

    data_classes: dict[str, Any] = {"*": "personal", "id": "internal"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(counted_from=None) | Q(service_since__lte=F("counted_from")), name="time_terms_counted_from"
            )
        ]


class Delegation(models.Model):
    """Somebody approves for somebody else from `first` through `last`. It ends early by `ended_at`."""

    principal = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    delegate = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["-last", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="time_delegation_days"),
            models.CheckConstraint(condition=~Q(principal=F("delegate")), name="time_delegation_others"),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
