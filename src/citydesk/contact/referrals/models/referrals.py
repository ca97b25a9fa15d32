import pgtrigger
from django.db import models
from django.db.models import Q

from citydesk.contact.referrals.choices import OPEN_STATES, EntryKind, ReferralState, Way


class Referral(models.Model):
    """A request handed to somebody outside, answered by a signed link, by e-mail or by their own system.

    `text` is what the other side reads: written for them, without who reported. The link's words are signed from
    `link_key`, so that neither this table nor the site's secret alone opens it; a new key revokes the old link.
    """

    number = models.CharField(max_length=20, unique=True)
    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="+")
    request_number = models.CharField(max_length=20)
    service_names = models.JSONField(default=dict)
    agency = models.ForeignKey("referrals.Agency", models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, default=Way.EMAIL)
    state = models.CharField(max_length=8, default=ReferralState.SENT)
    text = models.TextField()
    place_label = models.CharField(max_length=200, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    service_code = models.CharField(max_length=60, blank=True)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=8, default="en")

    link_key = models.CharField(max_length=40, unique=True)
    link_ends_at = models.DateTimeField()
    link_revoked_at = models.DateTimeField(null=True)

    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    sent_by_label = models.CharField(max_length=120)
    acknowledge_at = models.DateTimeField()
    finish_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminder_count = models.PositiveSmallIntegerField(default=0)

    external_number = models.CharField(max_length=80, blank=True)
    answered_by = models.CharField(max_length=120, blank=True)
    heard_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    data_classes = {
        "*": "internal",
        "text": "confidential",
        "place_label": "personal",
        "lat": "personal",
        "lon": "personal",
        "email": "personal",
        "answered_by": "personal",
        "link_key": "confidential",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request"], name="rf_one_open", condition=Q(state__in=sorted(OPEN_STATES))),
            models.CheckConstraint(
                condition=Q(state__in=sorted(OPEN_STATES)) | Q(ended_at__isnull=False), name="rf_ended_has_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["acknowledge_at", "id"], name="rf_open_due", condition=Q(state__in=sorted(OPEN_STATES))
            ),
            models.Index(fields=["remind_at"], name="rf_remind", condition=Q(remind_at__isnull=False)),
            models.Index(fields=["-sent_at", "-id"], name="rf_newest"),
            models.Index(fields=["request", "-id"], name="rf_of_request"),
        ]
        triggers = [pgtrigger.Protect(name="keep_referrals", operation=pgtrigger.Delete)]


class ReferralEntry(models.Model):
    """One thing said or done about a referral, by us or by the other side. Never changed."""

    referral = models.ForeignKey("referrals.Referral", models.PROTECT, related_name="entries")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, default=EntryKind.MESSAGE)
    is_ours = models.BooleanField()
    by_label = models.CharField(max_length=120)
    text = models.TextField(blank=True)

    data_classes = {"*": "internal", "by_label": "personal", "text": "confidential"}

    class Meta:
        ordering = ["-id"]
        triggers = [pgtrigger.Protect(name="keep_referral_entries", operation=pgtrigger.Delete | pgtrigger.Update)]


class ReferralFile(models.Model):
    """A file that goes with a referral: ours for them to see, or their proof."""

    referral = models.ForeignKey("referrals.Referral", models.PROTECT, related_name="files")
    entry = models.ForeignKey("referrals.ReferralEntry", models.PROTECT, related_name="files")
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+")
    is_ours = models.BooleanField()

    data_classes = {"*": "internal", "file": "confidential"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "file"], name="rf_file_once")]
