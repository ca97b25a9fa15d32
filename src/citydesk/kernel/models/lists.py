from django.db import models


class SavedView(models.Model):
    """A list's filters and order under a name: one person's, or a team's. `query` is the list's canonical address."""

    list_code = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    query = models.TextField(blank=True)
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    position = models.IntegerField(default=0)
    made_by_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    data_classes = {"*": "internal", "query": "personal"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(owner_id__isnull=True) ^ models.Q(team_id__isnull=True),
                name="kernel_view_is_owned_once",
            ),
            models.UniqueConstraint(
                fields=["list_code", "owner_id", "name"],
                condition=models.Q(owner_id__isnull=False),
                name="kernel_view_name_of_person",
            ),
            models.UniqueConstraint(
                fields=["list_code", "team_id", "name"],
                condition=models.Q(team_id__isnull=False),
                name="kernel_view_name_of_team",
            ),
        ]
