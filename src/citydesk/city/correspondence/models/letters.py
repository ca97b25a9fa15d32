from django.db import models


class LetterBatch(models.Model):
    """Letters printed together: one file, put into envelopes and mailed by a person, who then says so."""

    made_at = models.DateTimeField()
    made_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    mailed_at = models.DateTimeField(null=True, blank=True)
    mailed_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    # One sealed letter by itself, for the room that wrote it.
    is_sealed = models.BooleanField(default=False, db_default=False)

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [
            models.Index(fields=["-id"], name="corr_batch_open", condition=models.Q(mailed_at__isnull=True)),
        ]
