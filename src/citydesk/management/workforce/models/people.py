import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q


class Contract(models.Model):
    """What was agreed with a person about when they work, in force from `first` through `last` (None: until further
    notice). Minutes are paid minutes a week; clock times are minutes after midnight. A changed contract is a new row.

    `templates` names the shifts that may be given; empty: every shift. `overtime_after` None: never asked.
    """

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+", db_index=False)
    first = models.DateField()
    last = models.DateField(null=True, blank=True)
    min_minutes = models.PositiveSmallIntegerField()
    max_minutes = models.PositiveSmallIntegerField()
    max_days = models.PositiveSmallIntegerField(default=5)
    weekdays = ArrayField(models.PositiveSmallIntegerField())  # 0 is Monday
    earliest = models.PositiveSmallIntegerField(default=0)
    latest = models.PositiveSmallIntegerField(default=1440)
    min_rest = models.PositiveSmallIntegerField(default=660)
    max_run = models.PositiveSmallIntegerField(default=6)
    overtime_after = models.PositiveSmallIntegerField(null=True, blank=True)
    approved_overtime = models.PositiveSmallIntegerField(default=0)
    templates = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)

    data_classes = {"*": "personal", "id": "internal"}

    class Meta:
        ordering = ["user", "first"]
        constraints = [
            models.CheckConstraint(condition=Q(last=None) | Q(last__gte=F("first")), name="workforce_contract_days"),
            models.CheckConstraint(
                condition=Q(max_minutes__gte=F("min_minutes"), max_minutes__lte=7 * 24 * 60),
                name="workforce_contract_minutes",
            ),
            models.CheckConstraint(
                condition=Q(latest__gt=F("earliest"), latest__lte=2 * 24 * 60), name="workforce_contract_clock"
            ),
            models.CheckConstraint(
                condition=Q(max_days__gte=1, max_days__lte=7, max_run__gte=1), name="workforce_contract_week"
            ),
            ExclusionConstraint(
                name="workforce_contract_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (
                        models.Func(
                            "first", "last", models.Value("[]"), function="DATERANGE", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]


class Gathering(models.Model):
    """A training or meeting that takes people of a group from the desk in a week, placed by who solves the schedule.

    `is_together`: in as few sittings as the desk can spare people for, as a meeting; otherwise each for themselves,
    where they are missed least. Taken back by `dropped_at`, never deleted.
    """

    group = models.ForeignKey("workforce.StaffingGroup", models.PROTECT, related_name="+")
    week_start = models.DateField()
    kind = models.CharField(max_length=8)
    title = models.CharField(max_length=120)
    minutes = models.PositiveSmallIntegerField()
    first = models.DateField()
    last = models.DateField()
    is_together = models.BooleanField(default=False)
    # In two parts, where it finds no place in one piece or people would be missed for it.
    may_split = models.BooleanField(default=False, db_default=False)
    people = ArrayField(models.BigIntegerField(), default=list, blank=True)  # ids of staff; empty: the whole group
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "internal", "people": "personal"}

    class Meta:
        ordering = ["first", "id"]
        indexes = [models.Index(fields=["group", "week_start"], name="workforce_gathering_week")]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="workforce_gathering_days"),
            models.CheckConstraint(condition=Q(minutes__gte=15, minutes__lte=480), name="workforce_gathering_minutes"),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
