from django.db import models

from citydesk.contact.interactions.choices import Settled
from citydesk.contact.interactions.models.interaction import Interaction


class ContactFact(models.Model):
    """One counted contact, with what it is counted by. `services.refresh_contact_facts` fills it."""

    interaction = models.OneToOneField(Interaction, models.PROTECT, primary_key=True, related_name="+")
    received_at = models.DateTimeField()
    channel = models.CharField(max_length=10)
    direction = models.CharField(max_length=3)
    language = models.CharField(max_length=12)
    caller_class = models.CharField(max_length=10)
    reason_code = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=12, blank=True)
    settled = models.CharField(max_length=7, default=Settled.UNKNOWN, db_default=Settled.UNKNOWN.value)
    representative_id = models.BigIntegerField(null=True)
    district = models.CharField(max_length=40, blank=True)
    requests = models.PositiveSmallIntegerField(default=0)
    promises = models.PositiveSmallIntegerField(default=0)
    is_repeat = models.BooleanField(default=False)
    active_seconds = models.PositiveIntegerField(null=True)
    parked_seconds = models.PositiveIntegerField(null=True)

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [models.Index(fields=["received_at"], name="interactions_fact_received")]


class ContactFactDue(models.Model):
    """A contact whose fact must be counted again; noted in the transaction that changed it."""

    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="+")

    data_classes = {"*": "internal"}
