from django.contrib.postgres.fields import ArrayField
from django.db import models


class ApiKey(models.Model):
    """A partner's key to the APIs. Only its SHA-256 is kept; the words are shown once, when it is made.

    `scopes` say what it may do, `service_codes` narrow what it may report (empty: everything the public may).
    """

    name = models.CharField(max_length=120)
    start = models.CharField(max_length=8)  # its first characters, to tell keys apart in a list
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=60))
    service_codes = ArrayField(models.CharField(max_length=60), default=list)
    per_minute = models.PositiveIntegerField(default=60)
    made_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    data_classes = {"*": "internal", "digest": "confidential"}

    class Meta:
        ordering = ["name", "id"]
