from typing import Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q

from citydesk.management.workforce.choices import ChangeKind, Model, RunKind

_COUNT: dict[str, Any] = {"max_digits": 10, "decimal_places": 3}


class ForecastRun(models.Model):
    """A forecast of one queue from what was known at `cutoff`; nothing from then on was read.

    `digest` tells inputs apart: the same inputs make no second run. A run through the day corrects `base` by
    `correction`. `history_days` is how many past days there were.
    """

    queue = models.ForeignKey("traffic.Queue", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=[(one.value, one.value) for one in RunKind])
    method = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Model])
    cutoff = models.DateTimeField()
    first = models.DateField()
    last = models.DateField()
    history_first = models.DateField()
    history_days = models.PositiveIntegerField()
    rules_version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    base = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    correction = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    seen_slots = models.PositiveSmallIntegerField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+", db_index=False)

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [models.Index(fields=["queue", "-cutoff", "-id"], name="workforce_run_latest")]
        constraints = [
            models.UniqueConstraint(fields=["queue", "kind", "cutoff", "digest"], name="workforce_run_once"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="workforce_run_days"),
            models.CheckConstraint(
                condition=Q(kind=RunKind.NIGHTLY, base=None, correction=None)
                | Q(kind=RunKind.INTRADAY, base__isnull=False, correction__gte=0),
                name="workforce_run_correction",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class ForecastOverride(models.Model):
    """A person's word in place of the model's for some slots of a queue, with the reason. Never edited or deleted:
    another takes its place (`replaced_by`), or it is taken back (`ended_at`) and the model's values stand again."""

    queue = models.ForeignKey("traffic.Queue", models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=[(one.value, one.value) for one in ChangeKind])
    amount = models.DecimalField(**_COUNT)
    reason = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", db_index=False)
    is_current = models.BooleanField(default=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+", db_index=False)

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["queue", "starts_at"], name="workforce_override_queue")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="workforce_override_forward"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="workforce_override_amount"),
            models.CheckConstraint(condition=~Q(reason=""), name="workforce_override_reason"),
            models.CheckConstraint(
                condition=Q(is_current=True, replaced_by=None, ended_at=None) | Q(is_current=False),
                name="workforce_override_ended",
            ),
            ExclusionConstraint(
                name="workforce_override_one_at_a_time",
                expressions=[
                    ("queue", RangeOperators.EQUAL),
                    (
                        models.Func("starts_at", "ends_at", function="TSTZRANGE", output_field=models.DateTimeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(is_current=True),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_ended",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF NOT OLD.is_current AND NEW.replaced_by_id IS NOT DISTINCT FROM OLD.replaced_by_id
                        OR NEW.is_current
                        OR to_jsonb(NEW) - '{is_current,replaced_by_id,ended_at,ended_by_id}'::text[]
                           IS DISTINCT FROM to_jsonb(OLD) - '{is_current,replaced_by_id,ended_at,ended_by_id}'::text[]
                    THEN RAISE EXCEPTION 'an override is replaced or taken back, never changed';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]


class ForecastPoint(models.Model):
    """The forecast of one slot: `model` is the program's value, `value` the one in force, `low` and `high` enclose 80
    of 100. One point a slot is current; those of earlier runs are kept for some weeks.

    It rests on `basis_days` at the same slot (`slot` from midnight on the city's clock), where `basis_values` came in.
    `factors` are the multipliers of the day's flags, `handle_s` the seconds one contact takes and `handled` how many
    contacts say so.
    """

    run = models.ForeignKey(ForecastRun, models.PROTECT, related_name="+")
    queue = models.ForeignKey("traffic.Queue", models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    slot = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    model = models.DecimalField(**_COUNT)
    value = models.DecimalField(**_COUNT)
    low = models.DecimalField(**_COUNT)
    high = models.DecimalField(**_COUNT)
    basis_days = ArrayField(models.DateField(), default=list)
    basis_values = ArrayField(models.FloatField(), default=list)
    factors = models.JSONField(default=list)
    level = models.DecimalField(max_digits=8, decimal_places=5, default=1)
    handle_s = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    handled = models.PositiveIntegerField(default=0)
    is_handle_sure = models.BooleanField(default=False)
    is_sure = models.BooleanField()
    is_closed = models.BooleanField(default=False)
    is_current = models.BooleanField(default=True)
    override = models.ForeignKey(ForecastOverride, models.PROTECT, null=True, related_name="+")

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [
            models.Index(fields=["queue", "day"], name="workforce_point_day", condition=Q(is_current=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["queue", "starts_at"], name="workforce_point_one_current", condition=Q(is_current=True)
            ),
            models.UniqueConstraint(fields=["run", "starts_at"], name="workforce_point_once"),
            models.CheckConstraint(
                condition=Q(model__gte=0, value__gte=0, low__gte=0, high__gte=F("low")), name="workforce_point_range"
            ),
            models.CheckConstraint(
                condition=Q(override__isnull=False) | Q(value=F("model")), name="workforce_point_value"
            ),
            models.CheckConstraint(condition=Q(is_closed=False) | Q(model=0), name="workforce_point_closed"),
        ]
