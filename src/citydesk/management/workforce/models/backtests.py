import pgtrigger
from django.db import models
from django.db.models import F, Q

from citydesk.management.workforce.choices import Model, Verdict


class BacktestRun(models.Model):
    """A queue's forecast tried on its past from `origins` days on, `horizon` open days ahead, beside its challengers.

    `chosen` is the method that foretells from then on and `verdict` says why. Scores are kept as sums.
    """

    queue = models.ForeignKey("traffic.Queue", models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    first_origin = models.DateField()
    last_origin = models.DateField()
    origins = models.PositiveIntegerField()
    horizon = models.PositiveSmallIntegerField()
    before = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Model])
    chosen = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Model])
    verdict = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Verdict])
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [models.Index(fields=["queue", "-on", "-id"], name="workforce_backtest_latest")]
        constraints = [
            models.UniqueConstraint(fields=["queue", "on", "digest"], name="workforce_backtest_once"),
            models.CheckConstraint(
                condition=Q(last_origin__gte=F("first_origin"), origins__gte=1), name="workforce_backtest_origins"
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]


class BacktestScore(models.Model):
    """Sums of one method `ahead` open days ahead; `ahead` 0 are all of them. WAPE is `errors` / `came`, bias `signed` /
    `came`, coverage `covered` / `ranged` (a method without ranges has none)."""

    run = models.ForeignKey(BacktestRun, models.PROTECT, related_name="scores")
    method = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Model])
    ahead = models.PositiveSmallIntegerField()
    errors = models.FloatField()
    signed = models.FloatField()
    came = models.FloatField()
    slots = models.PositiveIntegerField()
    covered = models.PositiveIntegerField()
    ranged = models.PositiveIntegerField()

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["method", "ahead"]
        constraints = [
            models.UniqueConstraint(fields=["run", "method", "ahead"], name="workforce_score_once"),
            models.CheckConstraint(
                condition=Q(errors__gte=0, came__gte=0, covered__lte=F("ranged")), name="workforce_score_sums"
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]
