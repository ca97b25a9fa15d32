from django.db import models
from django.db.models import F, Q

from citydesk.management.records.choices import DisposalState, ItemState


class Disposal(models.Model):
    """A list of records of one series proposed for destruction, signed by a second person, destroyed and certified.

    `series` is the schedule's entry as it was when the list was made; `digest` is over the list, so that what is
    destroyed is what was signed.
    """

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=60)
    series = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=DisposalState.PROPOSED)
    reason = models.TextField(blank=True)
    item_count = models.PositiveIntegerField(default=0)
    oldest_on = models.DateField(null=True)
    newest_on = models.DateField(null=True)
    digest = models.CharField(max_length=64)
    proposed_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("staff.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    destroyed_count = models.PositiveIntegerField(default=0)
    kept_count = models.PositiveIntegerField(default=0)
    rows = models.JSONField(default=dict)
    files_gone = models.PositiveIntegerField(default=0)
    certificate = models.ForeignKey("kernel.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")

    data_classes = {"*": "internal", "certificate": "confidential"}

    class Meta:
        constraints = [
            models.CheckConstraint(name="records_disposal_two_people", condition=~Q(decided_by=F("proposed_by"))),
            models.CheckConstraint(
                name="records_disposal_decided",
                condition=Q(state=DisposalState.PROPOSED.value, decided_by__isnull=True)
                | ~Q(state=DisposalState.PROPOSED.value) & Q(decided_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["-proposed_at", "-id"], name="records_disposal_newest")]


class DisposalItem(models.Model):
    """One record of a disposal: destroyed with the digest over all its rows, or kept and why."""

    disposal = models.ForeignKey(Disposal, models.PROTECT, related_name="items")
    object_id = models.BigIntegerField()
    label = models.CharField(max_length=80)
    happened_at = models.DateTimeField()
    eligible_on = models.DateField()
    state = models.CharField(max_length=10, default=ItemState.LISTED)
    why = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    row_count = models.PositiveIntegerField(default=0)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["disposal", "object_id"], name="records_item_once")]
        indexes = [
            models.Index(fields=["disposal", "id"], name="records_item_waiting", condition=Q(state="listed")),
        ]
