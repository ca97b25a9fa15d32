from django.db import models
from django.db.models import F, Q

from citydesk.city.customers.choices import CautionState


class Caution(models.Model):
    """A fact that matters for safety at a premise or with a person: what, from whom we know, until when.

    It shows to crews only after somebody other than its author approved it, and never longer than it says.
    """

    kind = models.CharField(max_length=12)
    text = models.CharField(max_length=300)
    source = models.CharField(max_length=200)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, related_name="+")
    address = models.ForeignKey("places.Address", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, default=CautionState.PROPOSED)
    author = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    approver = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    expires_on = models.DateField()
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    data_classes = {"*": "internal", "text": "confidential", "source": "confidential", "end_reason": "confidential"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="customers_caution_about_something",
                condition=Q(customer__isnull=False) | Q(address__isnull=False),
            ),
            models.CheckConstraint(
                name="customers_caution_not_self_approved",
                condition=Q(approver__isnull=True) | ~Q(approver=F("author")),
            ),
            models.CheckConstraint(
                name="customers_caution_approved_by_somebody",
                condition=~Q(state=CautionState.APPROVED) | Q(approver__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="customers_caution_customer", fields=["customer"], condition=Q(ended_at__isnull=True)),
            models.Index(name="customers_caution_address", fields=["address"], condition=Q(ended_at__isnull=True)),
        ]
