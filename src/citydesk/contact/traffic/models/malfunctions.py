import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from citydesk.contact.traffic.choices import MalfunctionKind


class Malfunction(models.Model):
    """Equipment or a system that did not work: from when to when, what, and whom it kept from taking contacts.

    `user_ids` are the people affected; with `is_everybody` everybody is. It feeds unplanned shrinkage.
    """

    kind = models.CharField(max_length=10, choices=[(one.value, one.value) for one in MalfunctionKind])
    what = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    is_everybody = models.BooleanField(default=False)
    user_ids = ArrayField(models.BigIntegerField(), default=list)
    queue_codes = ArrayField(models.CharField(max_length=40), default=list)
    outcome = models.CharField(max_length=300, blank=True)
    reported_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+", db_index=False)
    reported_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="traffic_malfunction_began")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")), name="traffic_malfunction_ends_after"
            ),
            models.CheckConstraint(
                condition=Q(is_everybody=True) | ~Q(user_ids=[]), name="traffic_malfunction_names_somebody"
            ),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
