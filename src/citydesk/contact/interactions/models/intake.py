import pgtrigger
from django.db import models
from django.db.models import Q

from citydesk.contact.interactions.choices import RawSource, RawState
from citydesk.contact.interactions.models.interaction import Interaction


class RawIntake(models.Model):
    """Raw input as it came, kept before it is acknowledged. Received = processed + rejected + quarantined + pending."""

    source = models.CharField(max_length=10, choices=[(s.value, s.value) for s in RawSource])
    received_at = models.DateTimeField()
    content_type = models.CharField(max_length=120, blank=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in RawState], default=RawState.PENDING)
    reason = models.CharField(max_length=300, blank=True)
    result_type = models.CharField(max_length=60, blank=True)
    result_id = models.BigIntegerField(null=True)
    result_number = models.CharField(max_length=20, blank=True)
    worked_at = models.DateTimeField(null=True)

    data_classes = {"*": "internal", "body": "personal", "headers": "personal"}

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"], name="interactions_raw_open", condition=Q(state__in=["pending", "quarantined"])
            )
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="body_stays",
                operation=pgtrigger.UpdateOf("body", "digest", "source", "received_at"),
            ),
        ]


class PhoneCall(models.Model):
    """A call as the telephone reported it. An adapter writes these; matching links one to the contact it became."""

    external_id = models.CharField(max_length=80, unique=True)
    extension = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    direction = models.CharField(max_length=3, default="in")
    caller_number = models.CharField(max_length=40, blank=True)
    ringing_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    interaction = models.ForeignKey(Interaction, models.PROTECT, null=True, related_name="calls")

    data_classes = {"*": "internal", "caller_number": "personal"}

    class Meta:
        indexes = [models.Index(fields=["user", "-ringing_at"], name="interactions_call_user")]
