from django.db import models


class HandledEvent(models.Model):
    """One handler has dealt with one event. The pair is unique, so a repeated delivery does nothing."""

    event_id = models.CharField(max_length=32)
    event = models.CharField(max_length=80)
    handler = models.CharField(max_length=160)
    handled_at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "handler"], name="kernel_handled_once")]
