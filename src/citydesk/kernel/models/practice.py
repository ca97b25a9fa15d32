from django.db import models
from django.db.models import Q


class PracticeMark(models.Model):
    """One row, and only in the database of a practice city: with it, nothing leaves. `kernel.practice` reads it."""

    made_at = models.DateTimeField()
    profile = models.CharField(max_length=80)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.CheckConstraint(name="kernel_one_practice_mark", condition=Q(id=1))]
