from django.db import models


class IdempotentAct(models.Model):
    """An act done under a key the client made. The same key with the same input gives the first answer again."""

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    done_at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="kernel_one_act_per_key")]
        indexes = [models.Index(fields=["done_at"], name="kernel_act_done_at")]
