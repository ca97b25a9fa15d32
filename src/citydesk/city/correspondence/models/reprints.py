from django.db import models
from django.db.models import Q


class Reprint(models.Model):
    """A paper that did not come out of the printer, and when it was printed again. The paper says which copy it is.

    `paper` names the kind of paper (`kernel.registries.Paper`); `copy` is empty where it had come out after all.
    """

    paper = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    number = models.CharField(max_length=24)
    desk = models.CharField(max_length=80, blank=True)
    why = models.CharField(max_length=200, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+", db_index=False)
    copy = models.PositiveSmallIntegerField(null=True)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "object_id"], name="corr_one_reprint_waits", condition=Q(settled_at__isnull=True)
            ),
            models.CheckConstraint(
                name="corr_copy_was_printed", condition=Q(copy__isnull=True) | Q(copy__gte=2, settled_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["paper", "object_id", "copy"], name="corr_reprint_copies")]
