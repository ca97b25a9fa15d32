import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Coalesce

from citydesk.city.staff.choices import GrantRequestState

MOVE_RIGHTS = """
    INSERT INTO staff_rightsversion (id, version) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET version = excluded.version;
    RETURN NULL;
"""


class RightsVersion(models.Model):
    """One row, given a new value with every change of anybody's rights by the database itself.

    What a process has kept of somebody's rights holds as long as this value stands. It is drawn, not counted: a change
    that was rolled back or a table that was emptied never brings an old value back for other rights.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.UUIDField()

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="staff_rights_version_one_row")]


def moves_rights() -> pgtrigger.Trigger:
    """The trigger of a table that rights are read from."""
    return pgtrigger.Trigger(
        name="move_rights",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
        func=MOVE_RIGHTS,
    )


class Role(models.Model):
    """A duty with its permission codes, mirrored from the profile."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    names = models.JSONField(default=dict)
    permissions = ArrayField(models.CharField(max_length=80), default=list)
    # A second person must agree before anybody gets this role.
    is_sensitive = models.BooleanField(default=False)
    requires_mfa = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    data_classes = {"*": "internal"}

    class Meta:
        triggers = [moves_rights()]

    def __str__(self) -> str:
        return self.name


class AuthorityLimit(models.Model):
    """Up to which amount a holder of the role decides alone, for one kind of decision (`code`)."""

    role = models.ForeignKey("staff.Role", models.PROTECT, related_name="+")
    code = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    data_classes = {"*": "internal", "amount": "money"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "code"], name="staff_limit_once")]
        triggers = [moves_rights()]


class RoleGrant(models.Model):
    """A person holds a role on the days in `valid`, everywhere or in one department."""

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    role = models.ForeignKey("staff.Role", models.PROTECT, related_name="+")
    department = models.ForeignKey("staff.Department", models.PROTECT, related_name="+", null=True, blank=True)
    valid = DateRangeField()
    granted_by_id = models.BigIntegerField(null=True)
    approved_by_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)

    data_classes = {"*": "internal", "reason": "confidential"}

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="staff_grant_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (Coalesce("department", 0, output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            # Second net under the rule: nobody gives a role to themselves, nobody approves what they gave.
            models.CheckConstraint(
                condition=~models.Q(granted_by_id=models.F("user")) & ~models.Q(approved_by_id=models.F("user")),
                name="staff_grant_not_by_holder",
            ),
            models.CheckConstraint(
                condition=~models.Q(approved_by_id=models.F("granted_by_id")), name="staff_grant_two_people"
            ),
        ]
        triggers = [moves_rights()]


class RoleGrantRequest(models.Model):
    """A sensitive role is asked for a person and waits until a second person decides."""

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    role = models.ForeignKey("staff.Role", models.PROTECT, related_name="+")
    department = models.ForeignKey("staff.Department", models.PROTECT, related_name="+", null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.TextField()
    requested_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=GrantRequestState.WAITING)
    decided_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)

    data_classes = {"*": "internal", "reason": "confidential", "decision_reason": "confidential"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(state=GrantRequestState.WAITING.value),
                name="staff_grant_request_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=GrantRequestState.APPROVED.value)
                | (~models.Q(decided_by=models.F("requested_by")) & ~models.Q(decided_by=models.F("user"))),
                name="staff_grant_request_two_people",
            ),
        ]
