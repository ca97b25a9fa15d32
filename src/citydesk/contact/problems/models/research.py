from django.db import models
from django.db.models import Q, QuerySet

from citydesk.contact.problems import choices
from citydesk.contact.problems.choices import ResearchState
from citydesk.kernel.actors import Access


class ResearchQuerySet(QuerySet["Research"]):
    def visible_to(self, access: Access) -> "ResearchQuerySet":
        """One's own questions and tasks, and with the right all those that are not for a few.

        Sight of the request or problem it is about is asked of their rooms by the caller.
        """
        mine = Q(assignee_id=access.actor.staff_id) | Q(asked_by_user_id=access.actor.staff_id)
        if not access.may(choices.VIEW) or access.actor.staff_id is None:
            return self.none()
        if access.may(choices.WORK):
            return self
        return self.filter(mine | Q(is_for_few=False))


class Research(models.Model):
    """A question that somebody finds the answer to by a day: sources, a written finding, about a request or problem."""

    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="+", null=True)
    request_number = models.CharField(max_length=20, blank=True)
    problem = models.ForeignKey("problems.Problem", models.PROTECT, related_name="research", null=True)
    question = models.TextField()
    assignee = models.ForeignKey("staff.User", models.PROTECT, related_name="+", db_index=False)
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    asked_by_user = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True)
    # Only who asked, who answers and who works on problems may read it.
    is_for_few = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=ResearchState.OPEN)
    sources = models.TextField(blank=True)
    finding = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=120, blank=True)
    public_summary = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    reminder_count = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = ResearchQuerySet.as_manager()

    data_classes = {
        "*": "internal",
        "question": "confidential",
        "sources": "confidential",
        "finding": "confidential",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="problems_research_about_one",
                condition=Q(request__isnull=False, problem__isnull=True)
                | Q(request__isnull=True, problem__isnull=False),
            ),
            models.CheckConstraint(
                name="problems_research_answered",
                condition=Q(state=ResearchState.ANSWERED.value, answered_at__isnull=False) & ~Q(finding="")
                | ~Q(state=ResearchState.ANSWERED.value),
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee", "due_at"],
                name="problems_research_due",
                condition=Q(state=ResearchState.OPEN.value),
            ),
            models.Index(fields=["-due_at", "-id"], name="problems_research_list"),
        ]
