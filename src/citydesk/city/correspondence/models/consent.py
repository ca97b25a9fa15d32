import pgtrigger
from django.db import models

from citydesk.city.correspondence.choices import Channel, ConsentState


class Consent(models.Model):
    """A number agreed to texts, or took it back: when, how, by whom recorded. The newest row counts."""

    phone = models.CharField(max_length=20)
    state = models.CharField(max_length=7, choices=[(one.value, one.value) for one in ConsentState])
    at = models.DateTimeField()
    how = models.CharField(max_length=120)
    actor_label = models.CharField(max_length=120)

    data_classes = {"*": "internal", "phone": "personal"}

    class Meta:
        indexes = [models.Index(fields=["phone", "-id"], name="corr_consent_phone")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Suppression(models.Model):
    """An address that must not be written to: it bounced for good, or its owner asked. Lifted, not deleted."""

    channel = models.CharField(max_length=6, choices=[(one.value, one.value) for one in Channel])
    address = models.CharField(max_length=254)
    reason = models.CharField(max_length=200)
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    data_classes = {"*": "internal", "address": "personal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "address"], name="corr_one_suppression", condition=models.Q(lifted_at__isnull=True)
            )
        ]
