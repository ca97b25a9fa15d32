from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from citydesk.city.correspondence.choices import NEEDS_REPAIR, AttemptOutcome, Channel, MessageState


class MessageQuerySet(models.QuerySet["Message"]):
    def about(self, about_type: str, about_id: int) -> MessageQuerySet:
        return self.filter(about_type=about_type, about_id=about_id)

    def letters_to_print(self) -> MessageQuerySet:
        return self.filter(channel=Channel.LETTER, state=MessageState.QUEUED, batch=None, is_sealed=False)

    def to_repair(self) -> MessageQuerySet:
        return self.filter(state__in=NEEDS_REPAIR)


class Message(models.Model):
    """Words sent, or to be sent, to one address about one thing. The key makes it exist once."""

    channel = models.CharField(max_length=6, choices=[(one.value, one.value) for one in Channel])
    state = models.CharField(max_length=9, choices=[(one.value, one.value) for one in MessageState])
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, related_name="+")
    # An e-mail address, a telephone number, or the lines of a postal address.
    address = models.CharField(max_length=500)
    language = models.CharField(max_length=12)
    template_code = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    about_type = models.CharField(max_length=60)
    about_id = models.BigIntegerField()
    about_number = models.CharField(max_length=24, blank=True)
    key = models.CharField(max_length=120, unique=True)
    why = models.CharField(max_length=200, blank=True)  # in words: why it was stopped, refused or is unknown
    written_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    # The printed batch of a letter; a letter without one waits to be printed.
    batch = models.ForeignKey("correspondence.LetterBatch", models.PROTECT, related_name="+", null=True, blank=True)
    reference = models.CharField(max_length=120, blank=True)  # the provider's
    # Read, printed and mailed through the room that wrote it alone; the pages of this room do not know it.
    is_sealed = models.BooleanField(default=False, db_default=False)

    objects = MessageQuerySet.as_manager()
    data_classes = {
        "*": "internal",
        "address": "personal",
        "subject": "personal",
        "body": "personal",
        "customer": "personal",
        "why": "confidential",
    }

    class Meta:
        indexes = [
            models.Index(fields=["about_type", "about_id", "-id"], name="corr_message_about"),
            models.Index(
                fields=["state", "id"], name="corr_message_repair", condition=Q(state__in=sorted(NEEDS_REPAIR))
            ),
            models.Index(fields=["state", "written_at"], name="corr_message_sending", condition=Q(state="sending")),
            models.Index(
                fields=["id"],
                name="corr_letter_waiting",
                condition=Q(channel="letter", state="queued", batch__isnull=True),
            ),
            models.Index(fields=["customer", "-id"], name="corr_message_customer"),
        ]
        triggers = [pgtrigger.Protect(name="keep_messages", operation=pgtrigger.Delete)]


class MessageAttempt(models.Model):
    """One try at handing a message to a mail server or a text provider. Started is written before the try."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="attempts")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=[(one.value, one.value) for one in AttemptOutcome])
    detail = models.CharField(max_length=300, blank=True)

    data_classes = {"*": "internal", "detail": "confidential"}

    class Meta:
        indexes = [models.Index(fields=["message", "id"], name="corr_attempt_message")]
        triggers = [pgtrigger.Protect(name="keep_attempts", operation=pgtrigger.Delete)]
