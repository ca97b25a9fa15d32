from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from citydesk.contact.traffic.choices import CallEnd


class ReceivedCall(models.Model):
    """One call from outside, put together from what a switch's call detail records tell of it (`rules.received`). It
    grows with each record and never forgets one. `ids` are the channels of the caller, by which a queue's leg names the
    call; `queued_at` is when it entered its first queue, and stays when the leg is destroyed. Nobody's number is in it.
    """

    source = models.CharField(max_length=60)
    call_id = models.CharField(max_length=120)
    ids = ArrayField(models.CharField(max_length=120), default=list)
    trunk = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    is_answered = models.BooleanField(default=False)
    has_queue = models.BooleanField(default=False)
    has_person = models.BooleanField(default=False)
    has_voicemail = models.BooleanField(default=False)
    is_closed = models.BooleanField(default=False)
    is_failed = models.BooleanField(default=False)
    outcome = models.CharField(max_length=12, choices=[(one.value, one.value) for one in CallEnd])
    run_id = models.BigIntegerField(null=True)

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [models.Index(fields=["started_at"], name="traffic_received_started")]
        constraints = [
            models.UniqueConstraint(fields=["source", "call_id"], name="traffic_received_once"),
            models.CheckConstraint(condition=Q(ended_at__gte=F("started_at")), name="traffic_received_in_order"),
            models.CheckConstraint(
                condition=Q(queued_at__isnull=False, outcome=CallEnd.QUEUED.value)
                | (Q(queued_at=None) & ~Q(outcome=CallEnd.QUEUED.value)),
                name="traffic_received_queued",
            ),
        ]
