from django.db import models


class ThrottleBucket(models.Model):
    """How much of an allowance is left. The key is a hash, so no address or name is kept. Unlogged: losing it at a
    crash of the database only resets the brakes."""

    key = models.CharField(max_length=64, primary_key=True)
    tokens = models.FloatField()
    was_allowed = models.BooleanField()
    touched_at = models.DateTimeField(db_index=True)

    data_classes = {"*": "internal"}
