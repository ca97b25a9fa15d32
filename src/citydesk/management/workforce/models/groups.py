from django.db import models

from citydesk.management.workforce.choices import Work


class StaffingGroup(models.Model):
    """People of one team who take the contacts of some queues. Mirrored from the profile, for rows to point at.

    What the group plans with (shrinkage, patience, handle times) is read in the profile of the day that is planned.
    """

    code = models.CharField(max_length=40, unique=True)
    names = models.JSONField(default=dict)
    team = models.ForeignKey("staff.Team", models.PROTECT, related_name="+")
    slot_minutes = models.PositiveSmallIntegerField(default=30)
    calendar_code = models.CharField(max_length=40)
    position = models.PositiveIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(slot_minutes__in=[15, 30]), name="workforce_slot_of_15_or_30"),
        ]

    def __str__(self) -> str:
        return self.code


class GroupQueue(models.Model):
    """A queue whose contacts a group takes, and what kind of work they are. A queue belongs to one group at most."""

    group = models.ForeignKey(StaffingGroup, models.PROTECT, related_name="queues")
    queue = models.OneToOneField("traffic.Queue", models.PROTECT, related_name="+")
    work = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Work])
    position = models.PositiveIntegerField(default=100)

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["position", "id"]
