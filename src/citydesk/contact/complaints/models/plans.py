import pgtrigger
from django.db import models
from django.db.models import Q

from citydesk.contact.complaints.choices import MONEY_KINDS, EntryKind, OfferKind, PlanState
from citydesk.contact.complaints.models.cases import Complaint, words_of

_APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class Plan(models.Model):
    """How a complaint is to be resolved. A plan that was sent back or refused stays; a new one follows it."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="plans")
    round = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, default=PlanState.DRAFT, choices=words_of(PlanState))
    summary = models.TextField()
    proposed_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "internal", "summary": "confidential"}

    class Meta:
        ordering = ["round"]
        constraints = [models.UniqueConstraint(fields=["complaint", "round"], name="compl_plan_round")]
        triggers = [pgtrigger.Protect(name="keep_plans", operation=pgtrigger.Delete)]


class Offer(models.Model):
    """One thing of a plan: an amount credited or waived, an apology, work by a day. `kept_at`: it was done."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="offers")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=words_of(OfferKind))
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    words = models.CharField(max_length=400)
    by_day = models.DateField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    kept_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)

    data_classes = {"*": "confidential", "id": "internal", "amount": "money"}

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="compl_offer_position"),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in MONEY_KINDS], amount__gt=0)
                | Q(~Q(kind__in=[one.value for one in MONEY_KINDS]), amount__isnull=True),
                name="compl_offer_amount",
            ),
        ]
        triggers = [pgtrigger.Protect(name="keep_offers", operation=pgtrigger.Delete)]


class LogEntry(models.Model):
    """One step of the negotiation. Never changed: a mistake is corrected by a further entry."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="log")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+", null=True, blank=True)
    kind = models.CharField(max_length=13, choices=words_of(EntryKind))
    words = models.TextField()
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    happened_at = models.DateTimeField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")

    data_classes = {"*": "internal", "words": "confidential", "amount": "money", "kind": "confidential"}

    class Meta:
        ordering = ["happened_at", "id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=_APPEND_ONLY)]


class Approval(models.Model):
    """Somebody said yes or no to a plan or a letter. Each says it once; a no has a reason."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="approvals")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="approvals", null=True, blank=True)
    letter = models.ForeignKey("complaints.Letter", models.PROTECT, related_name="approvals", null=True, blank=True)
    person = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_yes = models.BooleanField()
    reason = models.CharField(max_length=400, blank=True)
    # The person's authority limits as they were, which is what the yes was worth.
    limits = models.JSONField(default=dict)

    data_classes = {"*": "internal", "reason": "confidential"}

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "person"], name="compl_plan_once", condition=Q(plan__isnull=False)),
            models.UniqueConstraint(
                fields=["letter", "person"], name="compl_letter_once", condition=Q(letter__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(plan__isnull=True, letter__isnull=False) | Q(plan__isnull=False, letter__isnull=True),
                name="compl_approval_of_one",
            ),
            models.CheckConstraint(condition=Q(is_yes=True) | ~Q(reason=""), name="compl_no_has_reason"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=_APPEND_ONLY)]
