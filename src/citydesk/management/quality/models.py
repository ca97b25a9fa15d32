import pgtrigger
from django.db import models

from citydesk.management.quality.choices import Answer, Instrument, Way


class Invitation(models.Model):
    """Somebody may answer a question about a contact of theirs, behind a link they have already.

    Whom it was put to is known by the link alone (`follower`): who is kept apart later has no name here either.
    """

    instrument = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Instrument])
    version = models.PositiveSmallIntegerField()
    way = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Way])
    interaction = models.ForeignKey("interactions.Interaction", models.PROTECT, related_name="+")
    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="+")
    follower = models.ForeignKey("service_requests.Follower", models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    data_classes = {"*": "internal", "follower": "personal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instrument", "request"], name="quality_asked_once_of_request"),
            models.UniqueConstraint(fields=["instrument", "follower"], name="quality_asked_once_by_link"),
            models.UniqueConstraint(fields=["instrument", "interaction"], name="quality_asked_once_of_contact"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Response(models.Model):
    """What was answered: once, and never changed."""

    invitation = models.OneToOneField(Invitation, models.PROTECT, related_name="response")
    answer = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Answer])
    language = models.CharField(max_length=12)
    answered_at = models.DateTimeField()

    data_classes = {"*": "internal", "answer": "confidential"}

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
