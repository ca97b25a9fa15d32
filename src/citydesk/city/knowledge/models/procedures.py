import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from citydesk.city.knowledge.choices import DifferenceKind, VersionState


class Procedure(models.Model):
    """One way of working that several departments share: who owns its text, which codes it is for, who takes part.

    `titles` and `number` are those of the approved version in force (0: none yet).
    """

    code = models.CharField(max_length=60, unique=True)
    titles = models.JSONField(default=dict)
    owner = models.ForeignKey("staff.Department", models.PROTECT, related_name="+")
    service_codes = ArrayField(models.CharField(max_length=60), default=list)
    number = models.PositiveIntegerField(default=0)
    approved_at = models.DateTimeField(null=True)
    # How many departments take part, and how many of them have not accepted the version in force.
    department_count = models.PositiveSmallIntegerField(default=0)
    behind_count = models.PositiveSmallIntegerField(default=0)
    remind_days = models.PositiveSmallIntegerField(default=7)
    is_retired = models.BooleanField(default=False)
    from_profile = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [
            GinIndex(fields=["service_codes"], name="know_procedure_codes"),
            models.Index(fields=["-changed_at", "-id"], name="know_procedure_newest"),
        ]
        triggers = [pgtrigger.Protect(name="keep_procedures", operation=pgtrigger.Delete)]


class ProcedureVersion(models.Model):
    """The shared text in one version: steps with a key that stays the same from version to version.

    `steps`: `[{key, title: {language: text}, text: {language: text}}]`. Approved by somebody who did not write it, and
    never changed after that. One version at most waits beside the one in force.
    """

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, default=VersionState.WAITING)
    titles = models.JSONField()
    steps = models.JSONField()
    note = models.TextField(blank=True)  # what changed and why, for those who accept it
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    written_by_label = models.CharField(max_length=120)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    decided_by_label = models.CharField(max_length=120, blank=True)
    decision_note = models.TextField(blank=True)
    origin = models.CharField(max_length=64, blank=True)  # digest of the profile's text this came from

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="know_procedure_version"),
            models.UniqueConstraint(
                fields=["procedure"], name="know_one_waits", condition=Q(state=VersionState.WAITING.value)
            ),
            models.CheckConstraint(
                name="know_approved_by_another",
                condition=Q(written_by__isnull=True) | Q(decided_by__isnull=True) | ~Q(written_by=F("decided_by")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="keep_decided_versions",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=VersionState.WAITING.value),
            ),
            pgtrigger.Protect(name="keep_versions", operation=pgtrigger.Delete),
        ]


class ProcedureDepartment(models.Model):
    """A department that works by a procedure, and the version it accepted (0: none yet)."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="departments")
    department = models.ForeignKey("staff.Department", models.PROTECT, related_name="+")
    accepted = models.PositiveIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)
    accepted_by_label = models.CharField(max_length=120, blank=True)
    # From when the version in force waits for this department, and when it was reminded last.
    asked_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    reminder_count = models.PositiveSmallIntegerField(default=0)
    left_at = models.DateTimeField(null=True)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procedure", "department"], name="know_takes_part_once")]
        indexes = [
            models.Index(fields=["department", "asked_at"], name="know_part_waits", condition=Q(asked_at__isnull=False))
        ]


class ProcedureAcceptance(models.Model):
    """A department accepted a version. Never changed."""

    part = models.ForeignKey(ProcedureDepartment, models.PROTECT, related_name="acceptances")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by_label = models.CharField(max_length=120)
    note = models.TextField(blank=True)

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["-number"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Difference(models.Model):
    """What a department does otherwise at one step, and why. A changed one closes the old one (`until`).

    `seen` is the digest of the shared step it was written against: when that changes, somebody has to look again.
    """

    part = models.ForeignKey(ProcedureDepartment, models.PROTECT, related_name="differences")
    step = models.CharField(max_length=40)
    kind = models.CharField(max_length=7)
    text = models.JSONField(default=dict)
    reason = models.CharField(max_length=300)
    seen = models.CharField(max_length=64)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    by_label = models.CharField(max_length=120)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["part", "step"], name="know_one_difference", condition=Q(until__isnull=True)
            ),
            models.CheckConstraint(
                name="know_difference_kind", condition=Q(kind__in=sorted(one.value for one in DifferenceKind))
            ),
        ]
