from django.db import models
from django.db.models import Q, QuerySet

from citydesk.contact.problems import choices
from citydesk.contact.problems.choices import By, DetectionState
from citydesk.kernel.actors import Access


class Watch(models.Model):
    """How far the detection has looked: up to which change of which request, by which rules. One row."""

    name = models.CharField(max_length=20, unique=True)
    mark_at = models.DateTimeField(null=True)
    mark_id = models.BigIntegerField(default=0)
    rules_digest = models.CharField(max_length=64, blank=True)
    looked_at = models.DateTimeField(null=True)

    data_classes = {"*": "internal"}


class AssetMark(models.Model):
    """Which asset (a pole, a cart) a request named in an answer, so that its other requests are found by an index."""

    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="+", db_index=False)
    question = models.CharField(max_length=60)
    asset = models.CharField(max_length=80)
    received_at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "question"], name="problems_asset_once")]
        indexes = [models.Index(fields=["question", "asset", "received_at"], name="problems_asset")]


class DetectionQuerySet(QuerySet["Detection"]):
    def visible_to(self, access: Access) -> "DetectionQuerySet":
        """All with `view_all`, those of the reader's departments with `view`; a person's name is not on the row."""
        if access.may(choices.VIEW_ALL):
            return self
        if not access.may(choices.VIEW):
            return self.none()
        return self.filter(department_id__in=access.department_ids).exclude(by=By.CUSTOMER)


class Detection(models.Model):
    """A recurrence that a rule of the profile found, with the rule's numbers as they were and the reports behind it."""

    rule_code = models.CharField(max_length=60)
    rule_names = models.JSONField(default=dict)
    by = models.CharField(max_length=10)
    key = models.CharField(max_length=160)
    days = models.PositiveIntegerField()
    need = models.PositiveIntegerField()
    radius_m = models.PositiveIntegerField(default=0)
    gap_hours = models.PositiveIntegerField(default=24)

    service = models.ForeignKey("service_requests.ServiceCode", models.PROTECT, related_name="+", null=True)
    address = models.ForeignKey("places.Address", models.PROTECT, related_name="+", null=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", null=True)
    question = models.CharField(max_length=60, blank=True)
    asset = models.CharField(max_length=80, blank=True)
    department = models.ForeignKey("staff.Department", models.PROTECT, related_name="+", null=True)
    place_label = models.CharField(max_length=200, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)

    event_count = models.PositiveIntegerField()
    report_count = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    found_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    state = models.CharField(max_length=10, default=DetectionState.NEW)
    is_return = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)
    dismissed_count = models.PositiveIntegerField(default=0)
    problem = models.ForeignKey("problems.Problem", models.PROTECT, related_name="detections", null=True)

    objects = DetectionQuerySet.as_manager()

    data_classes = {
        "*": "internal",
        "address": "personal",
        "customer": "personal",
        "place_label": "personal",
        "lat": "personal",
        "lon": "personal",
        "key": "personal",
        "reason": "confidential",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule_code", "key"], name="problems_detection_once"),
            models.CheckConstraint(
                name="problems_detection_linked",
                condition=~Q(state=DetectionState.LINKED.value) | Q(problem__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["-last_at", "-id"], name="problems_detection_last"),
            models.Index(
                fields=["-event_count", "-id"],
                name="problems_detection_new",
                condition=Q(state=DetectionState.NEW.value),
            ),
        ]


class DetectionReport(models.Model):
    """A request behind a detection."""

    detection = models.ForeignKey(Detection, models.PROTECT, related_name="reports", db_index=False)
    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["detection", "request"], name="problems_report_once")]
