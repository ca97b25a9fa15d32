import pgtrigger
from django.db import models
from django.db.models import Q

from citydesk.contact.interactions.choices import PromiseKind, PromiseState, TransferKind, TransferOutcome
from citydesk.contact.interactions.models.interaction import Interaction


class Promise(models.Model):
    """Something a resident was told would be done by a time. It has an owner and never vanishes when they are away."""

    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="promises")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in PromiseKind])
    text = models.CharField(max_length=500)
    due_at = models.DateTimeField()
    owner = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    made_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=12, default="en")
    is_interpreter_needed = models.BooleanField(default=False)
    target_number = models.CharField(max_length=20, blank=True)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in PromiseState], default=PromiseState.OPEN
    )
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=500, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    data_classes = {"*": "internal", "customer": "personal", "text": "personal", "phone": "personal"}

    class Meta:
        indexes = [
            models.Index(fields=["owner", "due_at"], name="interactions_promise_due", condition=Q(state="open")),
            models.Index(fields=["customer"], name="interactions_promise_customer"),
        ]
        constraints = [
            models.CheckConstraint(
                name="interactions_promise_done",
                condition=Q(state=PromiseState.OPEN, done_at__isnull=True)
                | (~Q(state=PromiseState.OPEN) & Q(done_at__isnull=False)),
            )
        ]


class Transfer(models.Model):
    """A live transfer to an office of the directory: how it was made and whether somebody was reached."""

    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="transfers")
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in TransferKind])
    office_code = models.CharField(max_length=60, blank=True)
    office_name = models.CharField(max_length=160)
    number_called = models.CharField(max_length=40, blank=True)
    spoke_with = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=10, choices=[(o.value, o.value) for o in TransferOutcome])
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    data_classes = {"*": "internal", "note": "personal"}

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
