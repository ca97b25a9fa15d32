"""When people can and would like to work: what was said, by whom, from when on it holds."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from citydesk.management.workforce.choices import AvailabilityKind, StatementState


class AvailabilityStatement(models.Model):
    """What a person said themselves: the hours of every week from `first` on, or single days. It binds nobody before
    somebody who plans them has accepted it. An accepted week holds through `last` (None: until further notice)."""

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+", db_index=False)
    is_weekly = models.BooleanField()
    first = models.DateField()
    last = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=9, default=StatementState.WAITING)
    version = models.PositiveIntegerField(default=1)
    said_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    decision = models.CharField(max_length=400, blank=True)

    data_classes = {"*": "personal", "id": "internal"}

    class Meta:
        ordering = ["-first", "-id"]
        indexes = [models.Index(fields=["user", "state"], name="workforce_said_user")]
        constraints = [
            models.CheckConstraint(condition=Q(last=None) | Q(last__gte=F("first")), name="workforce_said_days"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in StatementState]), name="workforce_said_state"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("user")), name="workforce_said_not_own"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "declined"]) | Q(decided_by__isnull=False),
                name="workforce_said_decided",
            ),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(decision=""), name="workforce_said_why"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_weekly=True, state="waiting"), name="workforce_said_one_waits"
            ),
            ExclusionConstraint(
                name="workforce_said_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (
                        models.Func(
                            "first", "last", models.Value("[]"), function="DATERANGE", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(is_weekly=True, state="accepted"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]


class Availability(models.Model):
    """When somebody can, would like to, or cannot work: on a weekday of every week, or on one day. Why is not asked.

    Whoever has a `can` on a day or weekday cannot work outside of it. Minutes are after midnight. A row without a
    statement was written down by who plans; a row of one holds while its statement is accepted.
    """

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    statement = models.ForeignKey(
        AvailabilityStatement, models.PROTECT, related_name="rows", null=True, blank=True, db_index=True
    )
    kind = models.CharField(max_length=7)
    weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    starts = models.PositiveSmallIntegerField(default=0)
    ends = models.PositiveSmallIntegerField(default=1440)
    weight = models.PositiveSmallIntegerField(default=1)  # of a wish; a person missing for a slot costs 10
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)

    data_classes = {"*": "personal", "id": "internal"}

    class Meta:
        ordering = ["user", "day", "weekday", "starts", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday=None, day__isnull=False) | Q(weekday__lte=6, day=None),
                name="workforce_availability_when",
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts"), ends__lte=2 * 24 * 60), name="workforce_availability_clock"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in AvailabilityKind]), name="workforce_availability_kind"
            ),
        ]
