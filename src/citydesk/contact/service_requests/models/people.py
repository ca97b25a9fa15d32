import pgtrigger
from django.db import models
from django.db.models import Q, QuerySet

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import FollowerKind, NoteKind
from citydesk.kernel.actors import Access


class Follower(models.Model):
    """A person who hears how a request goes on: its reporter, one with the same trouble, one who asked."""

    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="followers")
    kind = models.CharField(max_length=10, default=FollowerKind.FOLLOWER)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    name = models.CharField(max_length=160, blank=True)
    channel = models.CharField(max_length=6, default="none")
    # Address of the channel: an e-mail address, a telephone number, a postal address.
    to = models.CharField(max_length=320, blank=True)
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    # Opens the tracking page as this person; ended when they were the wrong person.
    token = models.CharField(max_length=40)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    data_classes = {
        "*": "internal",
        "customer": "personal",
        "name": "personal",
        "to": "personal",
        "language": "personal",
        "token": "confidential",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token"], name="sr_follower_token"),
            models.UniqueConstraint(
                fields=["request"],
                name="sr_one_reporter",
                condition=Q(kind=FollowerKind.REPORTER.value, is_active=True),
            ),
            models.UniqueConstraint(
                fields=["request", "channel", "to"],
                name="sr_told_once",
                condition=Q(is_active=True) & ~Q(to=""),
            ),
        ]
        indexes = [
            models.Index(fields=["customer"], name="sr_follower_customer", condition=Q(customer__isnull=False)),
        ]


class NoteQuerySet(QuerySet["Note"]):
    def visible_to(self, access: Access) -> "NoteQuerySet":
        """Internal notes need the right to notes; the request itself is authorised by the caller."""
        return self if access.may(choices.NOTES) else self.filter(kind=NoteKind.PUBLIC)


class Note(models.Model):
    """Words on a request: internal for colleagues, public for everyone who is told. Never edited or deleted."""

    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, default=NoteKind.INTERNAL)
    text = models.TextField()
    written_at = models.DateTimeField()
    author = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    author_label = models.CharField(max_length=120)
    # The system it was brought over from; empty for a note written here.
    source = models.CharField(max_length=60, blank=True, db_default="")

    objects = NoteQuerySet.as_manager()

    data_classes = {"*": "internal", "text": "confidential"}

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class RoutingTrace(models.Model):
    """Why a request went where it went: the facts the rules were asked about and the rule that matched first."""

    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="routings")
    decided_at = models.DateTimeField()
    policy_date = models.DateField()
    rule_code = models.CharField(max_length=60, blank=True)
    rule_order = models.IntegerField(null=True, blank=True)
    rule_names = models.JSONField(default=dict)
    # Code, group, districts, answers, hours, channel, urgency as they were.
    facts = models.JSONField(default=dict)
    # Every rule asked before, with the first condition that did not hold.
    passed_over = models.JSONField(default=list)
    team = models.ForeignKey("staff.Team", models.PROTECT, related_name="+", null=True, blank=True)
    cause = models.CharField(max_length=20, default="recorded")

    data_classes = {"*": "internal", "facts": "confidential"}

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
