from django.db import models
from django.db.models import F, Q


class Requirement(models.Model):
    """How many people of a group one slot needs, made of the points in force. Made anew with them, never edited.

    `required` are at work on contacts, `scheduled` are on the roster so that so many are. `contacts` and `handle_s`
    are of what must be answered at once, `chats` and `waiting_hours` stand beside it; `high` is the load that is
    exceeded one time in ten, `required_high` the people for it. `formula`, `target` and `threshold_s` are of the queue
    that decided (`queue`). `least` are those the desk opens with, whatever comes. `parts` says how the number came
    about. `is_unstable`: the line holds only because callers hang up.
    """

    group = models.ForeignKey("workforce.StaffingGroup", models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    contacts = models.DecimalField(max_digits=10, decimal_places=3)
    high = models.DecimalField(max_digits=10, decimal_places=3)
    handle_s = models.DecimalField(max_digits=8, decimal_places=2)
    patience_s = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    chats = models.DecimalField(max_digits=10, decimal_places=3, default=0)
    waiting_hours = models.DecimalField(max_digits=8, decimal_places=3, default=0)
    required = models.PositiveIntegerField()
    required_high = models.PositiveIntegerField()
    scheduled = models.PositiveIntegerField()
    least = models.PositiveSmallIntegerField(default=0, db_default=0)
    shrinkage = models.DecimalField(max_digits=5, decimal_places=4)
    queue = models.ForeignKey("traffic.Queue", models.PROTECT, null=True, related_name="+", db_index=False)
    formula = models.CharField(max_length=16, blank=True)
    target = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    threshold_s = models.PositiveIntegerField(null=True)
    short_abandon_s = models.PositiveIntegerField(default=0)
    service_level = models.FloatField(null=True)
    occupancy = models.FloatField(null=True)
    parts = models.JSONField(default=list)
    is_unstable = models.BooleanField(default=False)
    is_lagged = models.BooleanField(default=False)
    is_overridden = models.BooleanField(default=False)
    is_sure = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["group", "starts_at"], name="workforce_required_once"),
            models.CheckConstraint(condition=Q(scheduled__gte=F("required")), name="workforce_required_rostered"),
            models.CheckConstraint(
                condition=Q(contacts__gte=0, high__gte=0, chats__gte=0), name="workforce_required_load"
            ),
            models.CheckConstraint(condition=Q(shrinkage__gte=0, shrinkage__lt=1), name="workforce_required_shrinkage"),
        ]
        indexes = [models.Index(fields=["group", "day"], name="workforce_required_day")]
