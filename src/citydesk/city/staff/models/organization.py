from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models

from citydesk.city.staff.choices import TeamKind
from citydesk.city.staff.models.rights import moves_rights
from citydesk.city.staff.rules import in_language


class Department(models.Model):
    """A department of the city, mirrored from the profile. `name` is in the city's first language."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    names = models.JSONField(default=dict)
    mail = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    data_classes = {"*": "public", "mail": "internal"}
    reported_rows = ""

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        return in_language(self.names, language, default=self.name)


class Team(models.Model):
    """People who take work together: an office team, a crew or a vendor, with the calendar their hours follow."""

    code = models.CharField(max_length=60, unique=True)
    department = models.ForeignKey("staff.Department", models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    names = models.JSONField(default=dict)
    kind = models.CharField(max_length=10, default=TeamKind.OFFICE)
    calendar_code = models.CharField(max_length=60, default="office")
    mail = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    # The office team a crew belongs to.
    part_of = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)
    skill_codes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    is_active = models.BooleanField(default=True)

    data_classes = {"*": "internal"}
    reported_rows = ""

    class Meta:
        triggers = [moves_rights()]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        return in_language(self.names, language, default=self.name)


class TeamMembership(models.Model):
    """A person belongs to a team on the days in `valid` (city dates, upper end excluded)."""

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    team = models.ForeignKey("staff.Team", models.PROTECT, related_name="+")
    is_lead = models.BooleanField(default=False)
    valid = DateRangeField()

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="staff_membership_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("team", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]
        triggers = [moves_rights()]


class Skill(models.Model):
    """Something a person can do that work may need: a language, a license, a trade."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    names = models.JSONField(default=dict)
    # BCP 47 code when the skill is to speak with residents in that language.
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)

    data_classes = {"*": "internal"}

    def __str__(self) -> str:
        return self.name


class UserSkill(models.Model):
    """A person has a skill on the days in `valid`."""

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    skill = models.ForeignKey("staff.Skill", models.PROTECT, related_name="+")
    valid = DateRangeField()

    data_classes = {"*": "personal"}

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="staff_user_skill_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("skill", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]
