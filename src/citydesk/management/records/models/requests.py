import pgtrigger
from django.db import models
from django.db.models import Q

from citydesk.management.records.choices import CloseReason, RecordState, RequestState


class RecordsRequest(models.Model):
    """Somebody asks for public records: who, what, by when the law wants an answer, what came of it."""

    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=8, default=RequestState.OPEN)
    close_reason = models.CharField(max_length=12, blank=True, choices=[(one.value, one.value) for one in CloseReason])
    channel = models.CharField(max_length=10)
    received_at = models.DateTimeField()
    name = models.CharField(max_length=160, blank=True)
    email = models.CharField(max_length=240, blank=True)
    address = models.CharField(max_length=400, blank=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, blank=True, related_name="+")
    interaction = models.ForeignKey("interactions.Interaction", models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=12, default="en")
    words = models.TextField()
    law_code = models.CharField(max_length=40)
    citation = models.CharField(max_length=300)
    first_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    extension_count = models.PositiveSmallIntegerField(default=0)
    page_count = models.PositiveIntegerField(default=0)
    token = models.CharField(max_length=43, unique=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=120, blank=True)
    answer = models.TextField(blank=True)

    data_classes = {
        "*": "internal",
        "name": "personal",
        "email": "personal",
        "address": "personal",
        "customer": "personal",
        "words": "personal",
        "token": "confidential",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="records_request_closed",
                condition=Q(state=RequestState.OPEN.value, closed_at__isnull=True, close_reason="")
                | Q(state=RequestState.CLOSED.value, closed_at__isnull=False) & ~Q(close_reason=""),
            )
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="records_request_due", condition=Q(state="open")),
            models.Index(fields=["-received_at", "-id"], name="records_request_newest"),
        ]


class RecordsExtension(models.Model):
    """More time, with the reason the law asks for. Never changed."""

    request = models.ForeignKey(RecordsRequest, models.PROTECT, related_name="extensions")
    before_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reason = models.TextField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class ResponsiveRecord(models.Model):
    """A record a search found for a request, and what was decided of it. `content` is the record as it was then."""

    request = models.ForeignKey(RecordsRequest, models.PROTECT, related_name="records")
    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    label = models.CharField(max_length=80)
    title = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=RecordState.FOUND)
    exemption = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    content = models.JSONField(default=list)
    files = models.JSONField(default=list)
    found_at = models.DateTimeField()
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "internal", "title": "personal", "content": "confidential", "files": "personal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "object_id"], name="records_found_once"),
            models.CheckConstraint(
                name="records_withheld_by_law",
                condition=~Q(state=RecordState.WITHHELD.value) | ~Q(exemption=""),
            ),
        ]
        indexes = [models.Index(fields=["request", "kind", "-made_at"], name="records_found_of")]


class Redaction(models.Model):
    """What is taken out of a record: a stretch of a field, or an area of a page of a file (shares of the page)."""

    record = models.ForeignKey(ResponsiveRecord, models.PROTECT, related_name="redactions")
    field = models.CharField(max_length=60, blank=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    file_id_of = models.BigIntegerField(null=True)
    page = models.PositiveIntegerField(null=True)
    box = models.JSONField(default=list)
    exemption = models.CharField(max_length=40)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="records_redaction_of_text_or_page",
                condition=Q(start__isnull=False, end__isnull=False, page__isnull=True) & ~Q(field="")
                | Q(page__isnull=False, file_id_of__isnull=False, start__isnull=True),
            )
        ]


class Production(models.Model):
    """What was handed over: a package of numbered pages and its index. Never changed."""

    request = models.ForeignKey(RecordsRequest, models.PROTECT, related_name="productions")
    position = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    first_page = models.PositiveIntegerField()
    last_page = models.PositiveIntegerField()
    record_count = models.PositiveIntegerField()
    withheld_count = models.PositiveIntegerField()
    log = models.JSONField(default=list)
    package = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+")
    table = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+")

    data_classes = {"*": "internal", "log": "confidential", "package": "confidential", "table": "confidential"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "position"], name="records_production_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
