from django.db import models
from django.db.models import Q


class RetentionCandidate(models.Model):
    """A record whose retention has ended, found by night. Whether it may go is looked at again before it does."""

    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    label = models.CharField(max_length=80)
    # When the trigger was, the city's day of it, and the first day on which the record may go.
    happened_at = models.DateTimeField()
    happened_on = models.DateField()
    eligible_on = models.DateField()
    found_at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="records_candidate_once")]
        indexes = [models.Index(fields=["kind", "happened_at", "object_id"], name="records_candidate_oldest")]


class SeriesProgress(models.Model):
    """How far the nightly look at a kind of record has come: everything up to this trigger was seen."""

    kind = models.CharField(max_length=60, unique=True)
    upto_at = models.DateTimeField(null=True)
    upto_id = models.BigIntegerField(default=0)
    # The period the look was made under, and the day it last began at the oldest record.
    period = models.JSONField(default=dict)
    anew_on = models.DateField(null=True)
    looked_at = models.DateTimeField()

    data_classes = {"*": "internal"}


class LegalHold(models.Model):
    """Records that must stay, whatever their period says: of a person, a place, a request, some days.

    All that a hold names must fit; who placed it and who released it are two entries of its history.
    """

    number = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=160)
    reason = models.TextField()
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, blank=True, related_name="+")
    address = models.ForeignKey("places.Address", models.PROTECT, null=True, blank=True, related_name="+")
    request_number = models.CharField(max_length=20, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    kinds = models.JSONField(default=list)
    placed_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    released_by = models.ForeignKey("staff.User", models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason = models.TextField(blank=True)

    data_classes = {
        "*": "internal",
        "title": "confidential",
        "reason": "confidential",
        "customer": "personal",
        "address": "personal",
        "release_reason": "confidential",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="records_hold_released_with_reason",
                condition=Q(released_at__isnull=True, released_by__isnull=True)
                | Q(released_at__isnull=False, released_by__isnull=False) & ~Q(release_reason=""),
            ),
            models.CheckConstraint(
                name="records_hold_names_something",
                condition=Q(customer__isnull=False)
                | Q(address__isnull=False)
                | ~Q(request_number="")
                | Q(since__isnull=False)
                | Q(until__isnull=False)
                | ~Q(kinds=[]),
            ),
        ]
        indexes = [models.Index(fields=["id"], name="records_hold_open", condition=Q(released_at__isnull=True))]
