from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from citydesk.contact.problems import choices
from citydesk.contact.problems.choices import OPEN_ACTIONS, ActionState, By, ProblemState
from citydesk.kernel.actors import Access


class ProblemQuerySet(QuerySet["Problem"]):
    def visible_to(self, access: Access) -> "ProblemQuerySet":
        """All with `view_all`; with `view` those of the reader's departments, those asked of them, and one's own."""
        if access.may(choices.VIEW_ALL):
            return self
        if not access.may(choices.VIEW):
            return self.none()
        asked = Action.objects.filter(problem=OuterRef("pk"), department_id__in=access.department_ids)
        return self.filter(
            Q(department_id__in=access.department_ids) | Q(owner_id=access.actor.staff_id) | Exists(asked)
        )


class Problem(models.Model):
    """Something that many requests have in common, looked into once: analysis, remedy, and whether it helped.

    `by` with address, asset, customer or point and radius say what is counted before and after the remedy.
    """

    number = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=160)
    state = models.CharField(max_length=10, default=ProblemState.ANALYSIS)
    by = models.CharField(max_length=10, default=By.HAND)
    service = models.ForeignKey("service_requests.ServiceCode", models.PROTECT, related_name="+", null=True)
    department = models.ForeignKey("staff.Department", models.PROTECT, related_name="+", null=True)
    owner = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True)

    place_label = models.CharField(max_length=200, blank=True)
    address = models.ForeignKey("places.Address", models.PROTECT, related_name="+", null=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", null=True)
    question = models.CharField(max_length=60, blank=True)
    asset = models.CharField(max_length=80, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    radius_m = models.PositiveIntegerField(default=0)
    gap_hours = models.PositiveIntegerField(default=24)

    analysis = models.TextField(blank=True)
    recommendation = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=120)
    updated_at = models.DateTimeField()
    # When the remedy was in place: counts before it are compared with counts after.
    remedied_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=12, blank=True)
    result_text = models.TextField(blank=True)
    request_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = ProblemQuerySet.as_manager()

    data_classes = {
        "*": "internal",
        "place_label": "personal",
        "address": "personal",
        "customer": "personal",
        "lat": "personal",
        "lon": "personal",
        "analysis": "confidential",
        "recommendation": "confidential",
        "result_text": "confidential",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="problems_open_or_closed",
                condition=Q(state=ProblemState.CLOSED.value, closed_at__isnull=False) & ~Q(result="")
                | ~Q(state=ProblemState.CLOSED.value) & Q(closed_at__isnull=True, result=""),
            ),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="problems_updated"),
            models.Index(
                fields=["department"], name="problems_department_open", condition=~Q(state=ProblemState.CLOSED.value)
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ProblemRequest(models.Model):
    """A request that belongs to a problem."""

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="requests", db_index=False)
    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)
    is_detected = models.BooleanField(default=False)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["problem", "request"], name="problems_request_once")]


class Action(models.Model):
    """What a department is asked to do about a problem, by when, and what it answered."""

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="actions")
    department = models.ForeignKey("staff.Department", models.PROTECT, related_name="+")
    text = models.TextField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=ActionState.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    asked_by_user = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=120, blank=True)
    answer = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)
    chased_at = models.DateTimeField(null=True)
    chase_count = models.PositiveSmallIntegerField(default=0)

    data_classes = {"*": "internal", "text": "confidential", "answer": "confidential"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="problems_action_answered",
                condition=Q(state=ActionState.ASKED.value) | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="problems_action_done", condition=~Q(state=ActionState.DONE.value) | Q(done_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                fields=["department", "due_at"],
                name="problems_action_due",
                condition=Q(state__in=[one.value for one in OPEN_ACTIONS]),
            ),
        ]
