from django.contrib.postgres.fields import ArrayField
from django.db import models

from citydesk.city.staff.rules import in_language


class Office(models.Model):
    """A line of the transfer directory: who answers for which subjects, when, and who after hours."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    names = models.JSONField(default=dict)
    department = models.ForeignKey("staff.Department", models.PROTECT, related_name="+", null=True, blank=True)
    # Language -> the residents' words for what this office does.
    subjects = models.JSONField(default=dict)
    # What find_offices reads: every language's name and subjects, folded.
    search_text = models.TextField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    mail = models.EmailField(blank=True)
    address = models.CharField(max_length=160, blank=True)
    # Empty: the hours are not known.
    calendar_code = models.CharField(max_length=60, blank=True)
    after_hours = models.CharField(max_length=80, blank=True)
    emergency = models.CharField(max_length=80, blank=True)
    notes = models.JSONField(default=dict)
    # False: another body, such as the county or a utility.
    is_city = models.BooleanField(default=True)
    # People with this skill who are not away answer for the office, after the people named.
    on_duty_skill = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField(default=True)
    # The system it was imported from; empty for an office of the profile, which alone changes those.
    source = models.CharField(max_length=60, blank=True, db_default="")
    # Weekday ("mon") -> opening hours of an imported office that keeps none of the profile's calendars.
    hours = models.JSONField(null=True, blank=True)

    data_classes = {"*": "internal"}

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        return in_language(self.names, language, default=self.name)


class OfficePerson(models.Model):
    """Somebody who answers for an office, in the order they are asked; `user` if they sign in here."""

    office = models.ForeignKey("staff.Office", models.PROTECT, related_name="+")
    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    # Weekdays on duty (0 is Monday); empty means every day the office is open.
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)

    data_classes = {"*": "internal", "phone": "personal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "position"], name="staff_office_person_order")]
