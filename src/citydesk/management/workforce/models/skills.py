import pgtrigger
from django.db import models
from django.db.models import Q


class SkillSetting(models.Model):
    """What a group's slots ask of skills instead of the profile, from a Monday on: the newest version that holds that
    day counts. `needs` are rows of skill, at_least, weekdays, windows, and what the load proposed; None: the profile's
    again. Never changed: another word is a further version."""

    group = models.ForeignKey("workforce.StaffingGroup", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    first = models.DateField()
    needs = models.JSONField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["group", "version"], name="workforce_skills_version"),
            models.CheckConstraint(condition=Q(version__gte=1), name="workforce_skills_first_version"),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]
