"""The profile in the database: effective-dated entries, the loads that wrote them, one counter."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models


class ProfileLoad(models.Model):
    """A profile was loaded: when, by whom, from which files (digest), effective from which day, with what changes."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120)
    profile = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    effective = models.DateField(null=True)  # null: the first load, in force since always
    summary = models.JSONField()

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [models.Index(fields=["-at"], name="profile_load_at")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class ProfileEntry(models.Model):
    """One value of one code for a period. Never edited: a change closes the period and opens another.

    A row replaced on the day it would have begun has an empty period: it was never in force, and is kept.
    """

    section = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    valid = DateRangeField()
    body = models.JSONField()
    source_file = models.CharField(max_length=200)
    line = models.PositiveIntegerField()
    load = models.ForeignKey(ProfileLoad, models.PROTECT, related_name="+")
    closed_by = models.ForeignKey(ProfileLoad, models.PROTECT, related_name="+", null=True)

    data_classes = {"*": "public"}

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="profile_entry_one_a_day",
                expressions=[
                    ("section", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="only_closed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF (NEW.section, NEW.code, NEW.body, NEW.source_file, NEW.line, NEW.load_id)
                        IS DISTINCT FROM (OLD.section, OLD.code, OLD.body, OLD.source_file, OLD.line, OLD.load_id)
                        OR NOT (NEW.valid <@ OLD.valid)
                        OR (NOT isempty(NEW.valid) AND lower(NEW.valid) IS DISTINCT FROM lower(OLD.valid))
                    THEN
                        RAISE EXCEPTION 'profile entries are closed, not edited';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]


class ProfileState(models.Model):
    """One row: which version of the profile this database has, and which day's values the rooms' tables mirror."""

    version = models.PositiveBigIntegerField(default=0)
    stamp = models.CharField(max_length=32)  # new with every load: caches compare it
    in_force_on = models.DateField()

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="profile_state_one_row")]
