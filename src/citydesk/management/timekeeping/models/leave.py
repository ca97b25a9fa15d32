import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from citydesk.management.timekeeping.choices import LIVE, RequestState


class LeaveType(models.Model):
    """A kind of leave, mirrored from the profile, for rows to point at. Its rules are in the profile of the day."""

    code = models.CharField(max_length=40, unique=True)
    names = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    data_classes = {"*": "internal"}

    def __str__(self) -> str:
        return self.code


class LeaveRequest(models.Model):
    """Somebody asks to be away from `first` through `last`. `days` are pairs of day and seconds of leave.

    `reason` is for who decides and nobody else. No medical paper has a place here: `paper_seen_at` says that the people
    who keep such papers saw one.
    """

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    leave_type = models.ForeignKey(LeaveType, models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, default=RequestState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    first = models.DateField()
    last = models.DateField()
    # A part of one day: from this moment for the seconds of the day. None: whole days.
    starts_at = models.DateTimeField(null=True, blank=True)
    days = models.JSONField(default=list)
    seconds = models.PositiveIntegerField()
    reason = models.CharField(max_length=1000, blank=True)
    made_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    decision = models.CharField(max_length=400, blank=True)
    paper_seen_at = models.DateTimeField(null=True, blank=True)
    # The absence in the staff room, by which routing and promises know.
    absence_id = models.BigIntegerField(null=True, blank=True)

    data_classes = {
        "*": "personal",
        "id": "internal",
        "leave_type": "confidential",
        "reason": "confidential",
        "decision": "confidential",
    }

    class Meta:
        ordering = ["-first", "-id"]
        indexes = [models.Index(fields=["state", "first"], name="time_request_state")]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="time_request_days"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("user")), name="time_request_not_own"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "denied", "taken"]) | Q(decided_by__isnull=False),
                name="time_request_decided",
            ),
            ExclusionConstraint(
                name="time_request_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (
                        models.Func(
                            "first",
                            "last",
                            models.Value("[]"),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state__in=sorted(one.value for one in LIVE)),
            ),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]


class LeaveTransaction(models.Model):
    """One row of the ledger of leave, in seconds; a balance is the sum. Never changed: a mistake is another row."""

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    leave_type = models.ForeignKey(LeaveType, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9)
    seconds = models.IntegerField()
    on = models.DateField()
    # What an accrual, an expiry or earned time is for, once: "period-2026-11-09", "carry-2027", "week-2026-11-16".
    key = models.CharField(max_length=40, blank=True)
    request = models.ForeignKey(LeaveRequest, models.PROTECT, related_name="+", null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)

    data_classes = {"*": "personal", "id": "internal", "leave_type": "confidential", "reason": "confidential"}

    class Meta:
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["user", "leave_type", "on"], name="time_ledger_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "leave_type", "key"], name="time_ledger_once", condition=~Q(key="")
            ),
            models.CheckConstraint(condition=~Q(kind="adjust") | ~Q(reason=""), name="time_ledger_reason"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
