"""Backtests: how good the forecast would have been, beside its challengers, and which method is in use."""

from citydesk.management.workforce.choices import Model
from citydesk.management.workforce.models import BacktestRun


def method_in_use(queue_id: int) -> Model:
    """The method the queue's last backtest chose; the default before there is one."""
    chosen = BacktestRun.objects.filter(queue_id=queue_id).order_by("-on", "-id").values_list("chosen", flat=True)
    return Model(chosen.first() or Model.DEFAULT)
