from django.db import models
from django.db.models import Q

from citydesk.contact.service_requests.choices import ContactKind, FileKind, ReferralState, ReviewState


class RequestContact(models.Model):
    """A contact (call, visit, message) did something for a request: recorded it, joined it, asked about it."""

    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="contacts")
    interaction = models.ForeignKey("interactions.Interaction", models.PROTECT, related_name="+", null=True, blank=True)
    kind = models.CharField(max_length=12, default=ContactKind.RECORDED)
    at = models.DateTimeField()
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", null=True, blank=True)

    data_classes = {"*": "internal", "customer": "personal"}

    class Meta:
        indexes = [
            models.Index(fields=["interaction"], name="sr_contact_of", condition=Q(interaction__isnull=False)),
        ]


class RequestFile(models.Model):
    """A photo or paper belonging to a request. Photos are public only after review, if the service code allows it.

    Where a reviewer blurred areas, the public sees `public_file`, a new picture; the original stays inside.
    """

    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="files")
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+")
    public_file = models.ForeignKey("kernel.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=8, default=FileKind.PHOTO)
    caption = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120, blank=True)
    is_from_resident = models.BooleanField(default=False)
    is_public = models.BooleanField(default=False)
    review_state = models.CharField(max_length=10, default=ReviewState.PENDING)

    data_classes = {"*": "internal", "file": "confidential", "caption": "confidential", "public_file": "public"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "file"], name="sr_file_once")]


class RequestWorkOrder(models.Model):
    """A work order done for a request, with the words of its row copied so that a list needs no second look."""

    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="work_orders")
    work_order = models.ForeignKey("work_orders.WorkOrder", models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    added_at = models.DateTimeField()
    result_code = models.CharField(max_length=60, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "work_order"], name="sr_work_order_once")]
        indexes = [models.Index(fields=["work_order"], name="sr_work_order_of")]


class Referral(models.Model):
    """A request was handed to somebody outside: another agency, a utility, somebody without an account."""

    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="referrals")
    to = models.CharField(max_length=160)
    reason = models.TextField()
    state = models.CharField(max_length=10, default=ReferralState.SENT)
    external_number = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=120)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    follow_up_at = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "internal", "reason": "confidential", "answer": "confidential"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                name="sr_one_open_referral",
                condition=Q(state__in=[ReferralState.SENT.value, ReferralState.ACCEPTED.value]),
            ),
        ]
