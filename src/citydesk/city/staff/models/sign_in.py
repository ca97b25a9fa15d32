from django.db import models


class SignInBrake(models.Model):
    """Failed attempts to sign in, counted for one account name or one network address (kept as a keyed digest)."""

    key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_failure_at = models.DateTimeField()
    blocked_until = models.DateTimeField()

    data_classes = {"*": "internal"}


class SharedValue(models.Model):
    """What all web processes must remember together for a short time: used one-time codes, used identity tokens.

    The columns are those of Django's database cache, which `CACHES` points here.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    data_classes = {"*": "internal", "value": "confidential"}

    class Meta:
        db_table = "staff_shared_value"
