import pgtrigger
from django.db import models


class AuditEntry(models.Model):
    """Something was done: by whom, to what, from what to what, why, approved by whom. Never changed or deleted."""

    at = models.DateTimeField()
    code = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    object_label = models.CharField(max_length=80, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    approver_id = models.BigIntegerField(null=True)
    is_public = models.BooleanField(default=False)
    request_id = models.CharField(max_length=64, blank=True)

    data_classes = {"*": "internal", "before": "confidential", "after": "confidential", "reason": "confidential"}

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id", "id"], name="kernel_audit_object")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class AuditSeal(models.Model):
    """A link of the chain over committed audit entries; written by the sealer task, in order of entry id."""

    entry = models.OneToOneField(AuditEntry, models.PROTECT, primary_key=True, related_name="+")
    digest = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class AuditErasure(models.Model):
    """A sealed entry whose content a lawful destruction emptied: the digest of what is left, and under which proof.

    The seal of the entry stays as it was; a later sealed entry of the destruction vouches for this row.
    """

    entry = models.OneToOneField(AuditEntry, models.PROTECT, primary_key=True, related_name="+")
    remains = models.BinaryField(max_length=32)
    proof = models.CharField(max_length=120, db_index=True)

    data_classes = {"*": "internal"}

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Destruction(models.Model):
    """A record that was destroyed: which, under which proof, how many rows of which tables, the digest over them."""

    at = models.DateTimeField()
    proof = models.CharField(max_length=120, unique=True)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    object_label = models.CharField(max_length=80, blank=True)
    rows = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    files = models.PositiveIntegerField(default=0)

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id"], name="kernel_destroyed_object")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class ReadEntry(models.Model):
    """A resident's or a confidential record was read: who, what, when, on which page."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    purpose = models.CharField(max_length=60)

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id", "-at"], name="kernel_read_object")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
