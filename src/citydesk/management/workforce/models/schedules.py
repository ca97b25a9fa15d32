import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from citydesk.management.workforce.choices import FROZEN_SCHEDULES, OPEN_SCHEDULES, ScheduleState

_FROZEN = ", ".join(f"'{one.value}'" for one in sorted(FROZEN_SCHEDULES))
_OPEN = sorted(one.value for one in OPEN_SCHEDULES)
_SPAN = models.Func("starts_at", "ends_at", function="TSTZRANGE", output_field=models.DateTimeField())


def _frozen_with(table: str) -> pgtrigger.Trigger:
    """Rows of a version that is published or superseded are never written, changed or deleted."""
    return pgtrigger.Trigger(
        name="frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("of_state", "text")],
        func=f"""
            SELECT state INTO of_state FROM workforce_schedule WHERE id = {table};
            IF of_state IN ({_FROZEN}) THEN RAISE EXCEPTION 'a published schedule never changes';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD;
            END IF;
            RETURN NEW;
        """,  # noqa: S608 - no value from outside
    )


_OF_SHIFT = "(SELECT schedule_id FROM workforce_shift WHERE id = COALESCE(NEW.shift_id, OLD.shift_id))"


class ShiftTemplate(models.Model):
    """A kind of shift, mirrored from the profile, for rows to point at. Its rules are in the profile of the day."""

    code = models.CharField(max_length=40, unique=True)
    names = models.JSONField(default=dict)
    position = models.PositiveIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.code


class Schedule(models.Model):
    """A version of a group's week, Monday first. One version is open at a time, one is published.

    `cost` is what the roster costs by the rules, `bound` what none can cost less than; both None before it was solved.
    A hand that changes a solved roster changes its cost, never the bound. `unplaced` names people whose training or
    meeting found no place; `asked` is the requirement it was solved for, a slot each: start, minutes, target, minimum.
    """

    group = models.ForeignKey("workforce.StaffingGroup", models.PROTECT, related_name="+", db_index=False)
    week_start = models.DateField()
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=ScheduleState.DRAFT)
    based_on = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)
    cost = models.PositiveIntegerField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    seed = models.PositiveIntegerField(default=1)
    news = models.CharField(max_length=400, blank=True)
    unplaced = models.JSONField(default=list, blank=True)
    asked = models.JSONField(default=list, blank=True)
    row_version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "internal", "unplaced": "personal"}

    class Meta:
        ordering = ["-week_start", "group", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["group", "week_start", "version"], name="workforce_schedule_version"),
            models.UniqueConstraint(
                fields=["group", "week_start"], condition=Q(state="published"), name="workforce_schedule_one_published"
            ),
            models.UniqueConstraint(
                fields=["group", "week_start"], condition=Q(state__in=_OPEN), name="workforce_schedule_one_open"
            ),
            models.CheckConstraint(condition=Q(week_start__iso_week_day=1), name="workforce_schedule_monday"),
            models.CheckConstraint(
                condition=Q(state__in=_OPEN) | Q(published_at__isnull=False, published_by__isnull=False),
                name="workforce_schedule_published",
            ),
            models.CheckConstraint(
                condition=Q(state="superseded", superseded_at__isnull=False)
                | (~Q(state="superseded") & Q(superseded_at=None)),
                name="workforce_schedule_superseded",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=sorted(one.value for one in FROZEN_SCHEDULES)),
                func="""
                    IF OLD.state = 'superseded' OR NEW.state <> 'superseded'
                        OR to_jsonb(NEW) - '{state,superseded_at,row_version}'::text[]
                            IS DISTINCT FROM to_jsonb(OLD) - '{state,superseded_at,row_version}'::text[]
                    THEN RAISE EXCEPTION 'a published schedule never changes';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]


class Shift(models.Model):
    """Somebody works from `starts_at` until `ends_at`; `day` is the city's day it belongs to. A shift that is changed
    is a new row: its times, person and version stay."""

    schedule = models.ForeignKey(Schedule, models.PROTECT, related_name="shifts", db_index=False)
    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    template = models.ForeignKey(ShiftTemplate, models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    paid_minutes = models.PositiveSmallIntegerField()
    origin = models.CharField(max_length=6)

    data_classes = {"*": "personal", "id": "internal", "schedule": "internal"}

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["user", "starts_at"], name="workforce_shift_user")]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "user", "day"], name="workforce_shift_once_a_day"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="workforce_shift_forward"),
            ExclusionConstraint(
                name="workforce_shift_no_overlap",
                expressions=[
                    ("schedule", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    (_SPAN, RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [
            _frozen_with("COALESCE(NEW.schedule_id, OLD.schedule_id)"),
            pgtrigger.Trigger(
                name="stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF (NEW.schedule_id, NEW.user_id, NEW.day, NEW.starts_at, NEW.ends_at)
                        IS DISTINCT FROM (OLD.schedule_id, OLD.user_id, OLD.day, OLD.starts_at, OLD.ends_at)
                    THEN RAISE EXCEPTION 'a shift that changes is a new row';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]


class Activity(models.Model):
    """A stretch of a shift. Together they fill it: work, breaks, the meal, trainings and meetings."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="activities")
    kind = models.CharField(max_length=8)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    label = models.CharField(max_length=120, blank=True)
    # Of a training in two parts: the first or the second; 0: it is whole.
    part = models.PositiveSmallIntegerField(default=0, db_default=0)

    data_classes = {"*": "personal", "id": "internal"}

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="workforce_activity_forward"),
            ExclusionConstraint(
                name="workforce_activity_no_overlap",
                expressions=[("shift", RangeOperators.EQUAL), (_SPAN, RangeOperators.OVERLAPS)],
            ),
        ]
        triggers = [
            _frozen_with(_OF_SHIFT),
            pgtrigger.Trigger(
                name="within",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM workforce_shift
                        WHERE id = NEW.shift_id AND NEW.starts_at >= starts_at AND NEW.ends_at <= ends_at
                    ) THEN RAISE EXCEPTION 'an activity lies outside its shift';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]


class Pin(models.Model):
    """A shift that the solver leaves where it is because somebody said so. Where it breaks rules, `breaches` names
    each: rule and what was found, as the verifier said when it was pinned."""

    shift = models.OneToOneField(Shift, models.PROTECT, related_name="pin")
    reason = models.CharField(max_length=400, blank=True)
    breaches = models.JSONField(default=list, blank=True)
    pinned_at = models.DateTimeField()
    pinned_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)

    data_classes = {"*": "personal", "id": "internal", "reason": "confidential"}

    class Meta:
        triggers = [_frozen_with(_OF_SHIFT)]


class SolveRun(models.Model):
    """The solver's work on a version: how far it is, and whether somebody asked it to stop. A run that was stopped is
    done with the best roster so far. `problem` says in words why none was found."""

    schedule = models.ForeignKey(Schedule, models.PROTECT, related_name="runs")
    state = models.CharField(max_length=7)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    limit_s = models.PositiveSmallIntegerField()  # CPU-seconds of one core
    ticks = models.PositiveIntegerField(null=True, blank=True)  # an amount of work instead, the same on any machine
    seed = models.PositiveIntegerField(default=1)
    stage = models.CharField(max_length=40, blank=True)
    cost = models.PositiveIntegerField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    seconds = models.FloatField(default=0)
    problem = models.CharField(max_length=600, blank=True)

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule"], condition=Q(state__in=["waiting", "running"]), name="workforce_solve_one_at_a_time"
            ),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
