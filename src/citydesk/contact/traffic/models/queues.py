import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from citydesk.contact.traffic.choices import Formula, QueueChannel, SourceFormat

# Rows that come by the hundred thousand point here and are checked when they are written, not when what they point to
# goes: so nothing of it goes, and no key changes.
STAYS = (
    pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
    pgtrigger.Protect(name="same_key", operation=pgtrigger.UpdateOf("id")),
)


class Queue(models.Model):
    """Where contacts of one channel wait. Mirrored from the profile; values of a past day are read there.

    `source_names` are what sources call it; `callback_keys` are keys by which a caller asks to be called back.
    """

    code = models.CharField(max_length=40, unique=True)
    name = models.JSONField(default=dict)
    channel = models.CharField(max_length=8, choices=[(one.value, one.value) for one in QueueChannel])
    sl_formula = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Formula])
    sl_target = models.DecimalField(max_digits=4, decimal_places=3)
    sl_threshold_s = models.PositiveIntegerField()
    short_abandon_s = models.PositiveIntegerField()
    acw_max_s = models.PositiveIntegerField()
    slot_minutes = models.PositiveSmallIntegerField()
    calendar_code = models.CharField(max_length=40)
    source_names = ArrayField(models.CharField(max_length=120), default=list)
    callback_keys = ArrayField(models.CharField(max_length=8), default=list)
    position = models.PositiveIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    data_classes = {"*": "internal"}
    reported_rows = ""

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(slot_minutes__in=[15, 30]), name="traffic_slot_of_15_or_30"),
        ]
        triggers = list(STAYS)


class ContactSource(models.Model):
    """A switch that sends records by itself: its format, and the secret (sealed) by which each delivery is signed."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    format = models.CharField(max_length=10, choices=[(one.value, one.value) for one in SourceFormat])
    secret = models.TextField()
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    made_by_label = models.CharField(max_length=120)
    heard_at = models.DateTimeField(null=True)

    data_classes = {"*": "internal", "secret": "confidential"}


class SourceAgent(models.Model):
    """An agent as a source calls them, and the person it is, once somebody said so or the names agree."""

    source = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    user = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")

    data_classes = {"*": "internal", "name": "personal", "user": "personal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="traffic_agent_once")]
        triggers = list(STAYS)
