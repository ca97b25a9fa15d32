from django.db import models


class StoredFile(models.Model):
    """An uploaded or made file. Its content lies in the storage under its SHA-256; people reach it by its token.

    `purpose` names the room's `FileGuard` that decides who may open it; without one nobody may.
    """

    token = models.CharField(max_length=43, unique=True)
    purpose = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    original_name = models.CharField(max_length=150)
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    has_thumbnail = models.BooleanField(default=False)
    scan_state = models.CharField(max_length=12, default="not_scanned")
    scan_result = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    created_by_kind = models.CharField(max_length=10)
    created_by_id = models.BigIntegerField(null=True)

    data_classes = {"*": "internal", "original_name": "personal", "token": "confidential"}

    class Meta:
        indexes = [models.Index(fields=["id"], name="kernel_file_to_scan", condition=models.Q(scan_state="waiting"))]
