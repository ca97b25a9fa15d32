import pgtrigger
from django.db import models


class NumbersNote(models.Model):
    """What a person says about a figure of their own week. Written anew, the newest counts and the others stay.

    `week` is the Monday it begins with; `figure` is a code of `choices.MonitorCode`.
    """

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+", db_index=False)
    week = models.DateField()
    figure = models.CharField(max_length=20)
    text = models.CharField(max_length=500, blank=True)
    written_at = models.DateTimeField()

    data_classes = {"*": "internal", "user": "personal", "text": "personal"}

    class Meta:
        indexes = [models.Index(fields=["user", "week", "figure", "-id"], name="traffic_numbers_note")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
