from django.db import models


class SignInBrake(models.Model):
    """Failed attempts to sign in, counted for one account name or one network address (kept as a keyed digest)."""

    key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_failure_at = models.DateTimeField()
    blocked_until = models.DateTimeField()

    data_classes = {"*": "internal"}
