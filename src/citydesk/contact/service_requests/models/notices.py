from django.db import models
from django.db.models import Q, QuerySet

from citydesk.kernel.actors import Access


class NoticeQuerySet(models.QuerySet["EscalationNotice"]):
    def visible_to(self, access: Access) -> QuerySet["EscalationNotice"]:
        """A notice is for the person it names, nobody else."""
        return self.filter(user_id=access.actor.staff_id or 0)


class EscalationNotice(models.Model):
    """A step of the escalation told one person: by mail, and on their opening page until they have seen it."""

    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="+")
    clock = models.ForeignKey("service_requests.RequestClock", models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField()
    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    percent = models.PositiveSmallIntegerField()
    # The step's name for whom it tells: owner, team_lead, supervisor, department_lead, director.
    to = models.CharField(max_length=16)
    told_at = models.DateTimeField()
    message_id = models.BigIntegerField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()
    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock", "step", "user"], name="requests_told_once"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], condition=Q(seen_at__isnull=True), name="requests_notice_unseen"),
        ]
