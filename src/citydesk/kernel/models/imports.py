from django.db import models


class ImportRun(models.Model):
    """One run of an import: which file or address, who started it, what became of its rows, whether it was taken back.

    `cursor` says how far a run over a network has come, so that the next one goes on there.
    """

    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64, blank=True)
    options = models.JSONField(default=dict)
    # running, done, refused, stopped, undone.
    state = models.CharField(max_length=10, default="running")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    started_by = models.CharField(max_length=120)
    rows_read = models.PositiveIntegerField(default=0)
    rows_added = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_known = models.PositiveIntegerField(default=0)
    rows_bad = models.PositiveIntegerField(default=0)
    cursor = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True)
    undo_reason = models.CharField(max_length=400, blank=True)

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [models.Index(fields=["kind", "source", "-id"], name="kernel_import_of")]


class ImportRefusal(models.Model):
    """A row of a run that was not taken: its line in the file, its identifier there, the field and the reason."""

    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="refusals")
    line = models.PositiveIntegerField()
    external_id = models.CharField(max_length=80, blank=True)
    field = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=400)

    data_classes = {"*": "internal", "external_id": "personal", "reason": "personal"}


class ImportedItem(models.Model):
    """What a row of the other system became here. The newest item of a source and identifier says what is known.

    `digest` is of the row's content, so that a changed row is seen; `before` is what the run replaced, for taking back.
    """

    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    before = models.JSONField(null=True)

    data_classes = {"*": "internal", "external_id": "personal", "before": "confidential"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "kind", "source", "external_id"], name="kernel_import_item_once")
        ]
        indexes = [models.Index(fields=["kind", "source", "external_id", "-id"], name="kernel_import_known")]
