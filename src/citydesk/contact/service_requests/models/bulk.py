from django.db import models
from django.db.models import Q, QuerySet

from citydesk.kernel.actors import Access


class BulkActQuerySet(QuerySet["BulkAct"]):
    def visible_to(self, access: Access) -> QuerySet["BulkAct"]:
        """An act is taken back by whoever did it, nobody else."""
        return self.filter(done_by_id=access.actor.staff_id or 0)


class BulkAct(models.Model):
    """One act on many requests, with what is needed to take it back until `until`.

    `rows` holds for each request that changed: id, number, version after the act, the columns and clocks before it.
    """

    kind = models.CharField(max_length=8)
    done_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    done_at = models.DateTimeField()
    until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    rows = models.JSONField(default=list)

    objects = BulkActQuerySet.as_manager()
    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="requests_bulk_undone_in_time",
                condition=Q(undone_at__isnull=True) | Q(undone_at__lte=models.F("until")),
            ),
        ]


class BulkProposal(models.Model):
    """An act on more requests than one person changes alone: proposed by one, decided by another, never by the same.

    `given` holds what the act needs beside the requests, `result` how many were done and the refusals' sentences. An
    approved export is handed to its proposer until `until`.
    """

    kind = models.CharField(max_length=8)
    ids = models.JSONField(default=list)
    given = models.JSONField(default=dict)
    count = models.PositiveIntegerField()
    reason = models.TextField()
    proposed_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="proposed")
    decided_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    until = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.CheckConstraint(name="requests_bulk_two_people", condition=~Q(decided_by=models.F("proposed_by"))),
        ]
        indexes = [models.Index(fields=["proposed_at"], name="requests_bulk_open", condition=Q(state="proposed"))]
