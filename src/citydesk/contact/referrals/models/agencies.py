from django.db import models

from citydesk.contact.referrals.choices import AgencyKind, Way


class Agency(models.Model):
    """Whom requests are referred to: an agency, a utility, a department with its own system. Mirrored from the profile.

    Hours count in open time of its calendar. `closes`: its word that the work is done closes the request.
    """

    code = models.CharField(max_length=40, unique=True)
    names = models.JSONField()
    kind = models.CharField(max_length=12, default=AgencyKind.AGENCY)
    office_code = models.CharField(max_length=40, blank=True)
    department = models.ForeignKey("staff.Department", models.PROTECT, null=True, related_name="+")
    calendar_code = models.CharField(max_length=40, blank=True)
    way = models.CharField(max_length=8, default=Way.EMAIL)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=8, default="en")
    acknowledge_hours = models.PositiveSmallIntegerField()
    finish_hours = models.PositiveSmallIntegerField(default=0)
    remind_hours = models.PositiveSmallIntegerField(default=8)
    reminders = models.PositiveSmallIntegerField(default=3)
    link_days = models.PositiveSmallIntegerField(default=60)
    closes = models.BooleanField(default=False)
    people = models.JSONField(default=list)
    agreements = models.JSONField(default=list)
    # Its Open311 endpoint: url, jurisdiction, codes (ours -> theirs), statuses (theirs -> accept, done, return).
    open311 = models.JSONField(default=dict)
    open311_key = models.TextField(blank=True)  # sealed
    is_active = models.BooleanField(default=True)

    data_classes = {"*": "internal", "people": "personal", "open311_key": "confidential"}

    class Meta:
        ordering = ["code"]
