from django.db import models
from django.db.models import F, Q


class WorkMove(models.Model):
    """Promises and drafts of an absent person given to a colleague in one act, with what is needed to take it back."""

    from_user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    to_user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    done_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    done_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    promises = models.JSONField(default=list)  # ids
    drafts = models.JSONField(default=list)  # [id, number, version after the act]

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="interactions_undone_after_done",
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("done_at")),
            )
        ]
