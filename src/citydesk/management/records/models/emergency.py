from django.db import models
from django.db.models import F, Q

from citydesk.management.records.choices import About, EndedBy


class EmergencyOpening(models.Model):
    """One record, kept from its reader, that was opened in an emergency: by whom, why, until when.

    It serves the session it was made in and no other. Rows stay when the record goes: who read it is not forgotten.
    """

    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    number = models.CharField(max_length=20)
    has_reporter = models.BooleanField(default=False)
    person = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    # A digest of what the session alone knows; worth nothing to whoever reads it here.
    session_mark = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Ended before its time; empty where the time ran out.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=8, blank=True, choices=[(one.value, one.value) for one in EndedBy])
    reporter_opened_at = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "internal", "reason": "confidential"}

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="records_emergency_has_reason"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("opened_at")), name="records_emergency_ends"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="") | Q(ended_at__isnull=False) & ~Q(ended_by=""),
                name="records_emergency_ended_by",
            ),
        ]
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="records_emergency_newest"),
            models.Index(fields=["person", "ends_at"], condition=Q(ended_at=None), name="records_emergency_open"),
        ]


class EmergencyNotice(models.Model):
    """That a person whose record was opened in an emergency was told, by mail and at the desk, and when they looked."""

    opening = models.ForeignKey(EmergencyOpening, models.PROTECT, related_name="notices")
    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    about = models.CharField(max_length=8, choices=[(one.value, one.value) for one in About])
    told_at = models.DateTimeField()
    message_id = models.BigIntegerField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opening", "user"], condition=Q(about=About.RECORD), name="records_emergency_told_once"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-id"], condition=Q(seen_at=None), name="records_emergency_unseen"),
        ]
