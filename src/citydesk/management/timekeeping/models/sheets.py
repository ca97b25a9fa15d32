import pgtrigger
from django.db import models
from django.db.models import F, Q

from citydesk.management.timekeeping.choices import OvertimeAs, SheetState


class PayrollExport(models.Model):
    """A payroll file: numbered, made once, handed out again with the same bytes. `digest` is the SHA-256 of them."""

    number = models.CharField(max_length=20, unique=True)
    first_day = models.DateField()
    last_day = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    lines = models.PositiveIntegerField()

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["-id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Timesheet(models.Model):
    """One person's workweek as it stands: open, submitted, approved, locked. A locked sheet never changes.

    `lines` are what the pay office got: kind, code, seconds. The database holds that nobody approves their own.
    """

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    week_start = models.DateField()
    state = models.CharField(max_length=9, default=SheetState.OPEN)
    version = models.PositiveIntegerField(default=1)
    overtime_as = models.CharField(max_length=4, default=OvertimeAs.PAY)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    sent_back_reason = models.CharField(max_length=400, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    export = models.ForeignKey(PayrollExport, models.PROTECT, related_name="sheets", null=True, blank=True)
    # The person's sign-in name when the sheet was locked: the file says it for ever.
    person_code = models.CharField(max_length=60, blank=True)
    # When the week's rows were destroyed under the retention schedule: nothing of it can be corrected any more.
    time_gone_at = models.DateTimeField(null=True, blank=True)
    lines = models.JSONField(default=list)

    data_classes = {"*": "personal", "id": "internal", "sent_back_reason": "confidential"}

    class Meta:
        ordering = ["-week_start", "id"]
        indexes = [models.Index(fields=["state", "week_start"], name="time_sheet_state")]
        constraints = [
            models.UniqueConstraint(fields=["user", "week_start"], name="time_sheet_once"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("user")), name="time_sheet_not_own"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[SheetState.APPROVED, SheetState.LOCKED])
                | Q(approved_by__isnull=False, approved_at__isnull=False, submitted_at__isnull=False),
                name="time_sheet_approved_by",
            ),
            models.CheckConstraint(
                condition=~Q(state=SheetState.LOCKED) | Q(locked_at__isnull=False, export__isnull=False),
                name="time_sheet_locked_by",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="locked_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state=SheetState.LOCKED.value),
                func="RAISE EXCEPTION 'a locked time sheet never changes';",
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]


class Adjustment(models.Model):
    """What a correction of a locked week adds or takes, carried by a sheet of the current period. Never changed."""

    sheet = models.ForeignKey(Timesheet, models.PROTECT, related_name="adjustments")
    of_week = models.DateField()
    lines = models.JSONField()
    reason = models.CharField(max_length=400)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")

    data_classes = {"*": "personal", "id": "internal", "reason": "confidential"}

    class Meta:
        ordering = ["id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
