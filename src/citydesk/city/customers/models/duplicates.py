from django.db import models
from django.db.models import F, Q

from citydesk.city.customers.choices import PairState


class DuplicatePair(models.Model):
    """Two customers who look like one, why, and what a person decided. The smaller id is always first."""

    first = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    second = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    score = models.IntegerField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, default=PairState.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, blank=True)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="customers_pair_once", fields=["first", "second"]),
            models.CheckConstraint(name="customers_pair_in_order", condition=Q(first__lt=F("second"))),
        ]
        indexes = [
            models.Index(name="customers_pair_open", fields=["-score", "id"], condition=Q(state=PairState.OPEN)),
        ]


class CustomerMerge(models.Model):
    """One customer was merged into another, by whom and why; and, if it was wrong, taken apart again."""

    merged = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    kept = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=120)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True)
    undo_reason = models.CharField(max_length=300, blank=True)

    data_classes = {"*": "internal", "reason": "personal", "undo_reason": "personal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="customers_merged_once", fields=["merged"], condition=Q(undone_at__isnull=True)
            ),
        ]
        indexes = [models.Index(name="customers_merge_kept", fields=["kept"])]
