from django.db import models

from citydesk.contact.service_requests.choices import PhotoRule, PublicPlace, PublicText, Urgency


class ServiceCode(models.Model):
    """What a request can be about: the facts of the profile's `services` that lists and joins need, as in force today.

    The whole definition (questions, scripts, rules) is the profile's entry of the same code; a request keeps the day
    by whose entry it was decided. Codes are never deleted: one that is no longer offered is not active.
    """

    code = models.CharField(max_length=60, unique=True)
    group_code = models.CharField(max_length=60, blank=True)
    # Name in the city's first language, for sorting and joins; `names` has every language.
    name = models.CharField(max_length=160)
    names = models.JSONField(default=dict)
    position = models.IntegerField(default=100)
    department = models.ForeignKey("staff.Department", models.PROTECT, related_name="+", null=True, blank=True)
    team = models.ForeignKey("staff.Team", models.PROTECT, related_name="+", null=True, blank=True)
    sla_code = models.CharField(max_length=60, blank=True)
    urgency = models.CharField(max_length=10, default=Urgency.NORMAL)
    public_text = models.CharField(max_length=12, default=PublicText.SERVICE_NAME)
    public_place = models.CharField(max_length=5, default=PublicPlace.BLOCK)
    photos = models.CharField(max_length=12, default=PhotoRule.NONE)
    is_confidential = models.BooleanField(default=False)
    is_internal = models.BooleanField(default=False)
    is_coding_queue = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # False: made by an import that met a code the profile does not know.
    is_from_profile = models.BooleanField(default=True)
    projected_at = models.DateTimeField()

    data_classes = {"*": "public", "sla_code": "internal", "team": "internal", "projected_at": "internal"}
    reported_rows = "NOT is_confidential"

    class Meta:
        indexes = [models.Index(fields=["group_code", "position"], name="sr_code_group")]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        """The name in a language, else in the city's first."""
        return self.names.get(language) or self.name
