"""When facts were brought up to date and compared, and reports that were printed."""

from django.db import models

from citydesk.kernel.actors import Access
from citydesk.management.statistics.choices import PrintState


class FactRefresh(models.Model):
    """The last time a room's fact table was brought up to date, and the last time it was compared with its sums."""

    code = models.CharField(max_length=60, primary_key=True)
    # Whatever was committed before this moment is counted.
    as_of = models.DateTimeField()
    counted = models.IntegerField(default=0)
    took_ms = models.IntegerField(default=0)
    compared_at = models.DateTimeField(null=True, blank=True)
    # Days whose sums differ from their facts; empty when all agree.
    difference = models.CharField(max_length=300, blank=True)

    data_classes = {"*": "internal"}


class PrintedReportQuerySet(models.QuerySet["PrintedReport"]):
    def visible_to(self, access: Access) -> "PrintedReportQuerySet":
        """One's own printed reports: they hold what their maker may see."""
        return self.filter(made_by_id=access.actor.staff_id or 0)


class PrintedReport(models.Model):
    """A report being printed, or printed: drawn by the worker, fetched by whoever asked."""

    made_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    query = models.CharField(max_length=2000, blank=True)
    language = models.CharField(max_length=10)
    may_see_small = models.BooleanField(default=False)
    may_see_sealed = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=PrintState.WAITING)
    steps_done = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=1)
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = PrintedReportQuerySet.as_manager()

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="statistics_print_created")]
