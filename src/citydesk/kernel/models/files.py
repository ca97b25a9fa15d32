from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class FileManager(models.Manager["StoredFile"]):
    """Files without their words: those are for searching alone and may be long."""

    def get_queryset(self) -> "models.QuerySet[StoredFile]":
        return super().get_queryset().defer("words")


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
    words = SearchVectorField(null=True)  # of documents, so that they are found; they leave with the row

    objects = FileManager()
    data_classes = {"*": "internal", "original_name": "personal", "token": "confidential", "words": "confidential"}

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="kernel_file_to_scan", condition=models.Q(scan_state="waiting")),
            GinIndex(
                fields=["words"],
                name="kernel_file_words",
                opclasses=["tsvector_ops"],
                condition=models.Q(words__isnull=False),
            ),
        ]
