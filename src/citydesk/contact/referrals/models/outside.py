import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from citydesk.contact.referrals.choices import DeliveryState, HookState


class Webhook(models.Model):
    """A program that is told of events: its https address, what it wants to know, and the secret that signs each call.

    `secret` is sealed under the site's key. Paused by itself after many failures in a row; a person resumes it.
    It hears of requests of its codes and its department alone (none: of all). Beyond ids, numbers and codes it is told
    only what `shares` names, and that only under a written agreement until its last day.
    """

    name = models.CharField(max_length=120)
    url = models.CharField(max_length=400)
    secret = models.TextField()
    events = ArrayField(models.CharField(max_length=60))
    service_codes = ArrayField(models.CharField(max_length=60), default=list)
    department = models.ForeignKey("staff.Department", models.PROTECT, null=True, related_name="+")
    shares = ArrayField(models.CharField(max_length=12), default=list)
    agreement = models.CharField(max_length=160, blank=True)
    agreement_ends_on = models.DateField(null=True)
    state = models.CharField(max_length=8, default=HookState.ACTIVE)
    failures = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by_label = models.CharField(max_length=120)

    data_classes = {"*": "internal", "secret": "confidential"}

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(shares=[]) | ~Q(agreement=""), name="rf_shares_by_agreement"),
        ]
        triggers = [pgtrigger.Protect(name="keep_webhooks", operation=pgtrigger.Delete)]


class Delivery(models.Model):
    """One event for one webhook. `event_id` is the same in every try: the other side takes an event once by it."""

    webhook = models.ForeignKey("referrals.Webhook", models.PROTECT, related_name="deliveries")
    event_id = models.CharField(max_length=64)
    event = models.CharField(max_length=60)
    payload = models.JSONField()
    request_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=9, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    data_classes = {"*": "internal", "payload": "personal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "event_id"], name="rf_event_once")]
        indexes = [
            models.Index(fields=["request_id"], name="rf_delivery_request", condition=Q(request_id__isnull=False)),
            models.Index(fields=["made_at", "id"], name="rf_delivery_oldest"),
            models.Index(fields=["next_at"], name="rf_delivery_due", condition=Q(state="waiting")),
            models.Index(fields=["webhook", "-id"], name="rf_delivery_newest"),
        ]


class OutsideCall(models.Model):
    """A referral in another Open311 system: how it was handed over and when its status is asked for again.

    `token` stands until the other side has a number. `problem` is the last thing that went wrong, in words.
    """

    referral = models.OneToOneField("referrals.Referral", models.PROTECT, related_name="outside")
    token = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=60, blank=True)
    notes = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)

    data_classes = {"*": "internal", "token": "confidential", "notes": "confidential"}

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="rf_outside_due", condition=Q(next_at__isnull=False))]
