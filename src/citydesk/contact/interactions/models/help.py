import pgtrigger
from django.db import models
from django.db.models import Q

from citydesk.contact.interactions.choices import HelpKind
from citydesk.contact.interactions.models.interaction import Interaction


class HelpCall(models.Model):
    """A clerk asked the supervisor, or pressed the panic key: who, where, about which contact, who came."""

    kind = models.CharField(max_length=6, choices=[(k.value, k.value) for k in HelpKind])
    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    user_label = models.CharField(max_length=120)
    location = models.CharField(max_length=120, blank=True)
    interaction = models.ForeignKey(Interaction, models.PROTECT, null=True, related_name="help_calls")
    question = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)

    data_classes = {"*": "internal", "question": "personal", "answer": "personal"}

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], name="interactions_help_open", condition=Q(answered_at__isnull=True))
        ]


class Advice(models.Model):
    """What a supervisor wrote on an open contact; it stands before the clerk until read. Words stay as written."""

    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="advice")
    author = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    author_label = models.CharField(max_length=120)
    text = models.CharField(max_length=500)
    written_at = models.DateTimeField()
    seen_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)

    data_classes = {"*": "internal", "text": "personal"}

    class Meta:
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.UpdateOf("text", "author_id") | pgtrigger.Delete)
        ]


class PrivacyTask(models.Model):
    """A contact was linked to the wrong person: what may have reached them is looked at and the finding written."""

    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="privacy_tasks")
    wrong_customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, related_name="+")
    right_customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300)
    already_sent = models.JSONField(default=list)
    opened_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    done_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    finding = models.TextField(blank=True)

    data_classes = {
        "*": "confidential",
        "wrong_customer": "personal",
        "right_customer": "personal",
        "already_sent": "personal",
    }

    class Meta:
        indexes = [
            models.Index(fields=["opened_at"], name="interactions_privacy_open", condition=Q(done_at__isnull=True))
        ]
