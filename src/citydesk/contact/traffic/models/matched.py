from django.contrib.postgres.fields import ArrayField
from django.db import models


class LegMatch(models.Model):
    """A leg of the switch and a contact of the desk that are one contact: each at most once, with score and reasons.

    `matched_by` is set when a person said so; the rule leaves those pairs alone.
    """

    leg = models.OneToOneField("traffic.ContactLeg", models.PROTECT, related_name="match")
    interaction = models.OneToOneField("interactions.Interaction", models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField(null=True)
    reasons = ArrayField(models.CharField(max_length=40), default=list)
    rule_version = models.PositiveSmallIntegerField(null=True)
    matched_at = models.DateTimeField()
    matched_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+", db_index=False)

    data_classes = {"*": "internal"}
