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
