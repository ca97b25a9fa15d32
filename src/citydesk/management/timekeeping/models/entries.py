import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from citydesk.management.timekeeping.choices import ClockState, EntryKind, EntrySource

_APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class Clock(models.Model):
    """What a person last told the clock, and since when. What they told it before is in `Punch`."""

    user = models.OneToOneField("staff.User", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default=ClockState.OUT)
    since = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "personal", "id": "internal"}


class Punch(models.Model):
    """One press of a button of the clock. Never changed."""

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    at = models.DateTimeField()

    data_classes = {"*": "personal", "id": "internal"}

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="time_punch_user")]
        triggers = [pgtrigger.Protect(name="append_only", operation=_APPEND_ONLY)]


class TimeEntry(models.Model):
    """A stretch of a person's time within one workweek. A correction is a further row that names the one it stands for.

    Nothing of a row is changed but `is_effective`, once, when another row stands for it. A row that `is_void` says that
    the time of the row it corrects was no time at all.
    """

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    kind = models.CharField(max_length=10, default=EntryKind.WORK)
    source = models.CharField(max_length=10, default=EntrySource.CLOCK)
    # For breaks and meals: completely relieved from duty.
    is_relieved = models.BooleanField(default=True)
    reason = models.CharField(max_length=400, blank=True)
    corrects = models.OneToOneField("self", models.PROTECT, related_name="+", null=True, blank=True)
    is_void = models.BooleanField(default=False)
    is_effective = models.BooleanField(default=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)

    data_classes = {"*": "personal", "id": "internal", "reason": "confidential"}

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["user", "starts_at"], name="time_entry_user")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="time_entry_forward"),
            models.CheckConstraint(
                condition=Q(is_void=False) | Q(corrects__isnull=False, is_effective=False), name="time_entry_void"
            ),
            models.CheckConstraint(condition=Q(source=EntrySource.CLOCK) | ~Q(reason=""), name="time_entry_reason"),
            ExclusionConstraint(
                name="time_entry_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (
                        models.Func("starts_at", "ends_at", function="TSTZRANGE", output_field=models.DateTimeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(is_effective=True),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_replaced",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF NOT OLD.is_effective OR NEW.is_effective
                        OR to_jsonb(NEW) - 'is_effective' IS DISTINCT FROM to_jsonb(OLD) - 'is_effective'
                    THEN RAISE EXCEPTION 'a time entry is corrected by a further row, never changed';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]


class MealCancellation(models.Model):
    """Somebody worked through a meal that is otherwise taken off by itself. The newest row of a day decides."""

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    day = models.DateField()
    is_cancelled = models.BooleanField(default=True)
    reason = models.CharField(max_length=400)
    at = models.DateTimeField()

    data_classes = {"*": "personal", "id": "internal", "reason": "confidential"}

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["user", "day"], name="time_meal_user")]
        triggers = [pgtrigger.Protect(name="append_only", operation=_APPEND_ONLY)]
