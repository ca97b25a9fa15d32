"""Backtests: how good the forecast would have been, beside its challengers, and which method is in use."""

from collections.abc import Mapping
from dataclasses import dataclass

from citydesk.kernel.actors import Access
from citydesk.management.workforce.choices import VIEW, Model
from citydesk.management.workforce.models import BacktestRun, BacktestScore


def method_in_use(queue_id: int) -> Model:
    """The method the queue's last backtest chose; the default before there is one."""
    chosen = BacktestRun.objects.filter(queue_id=queue_id).order_by("-on", "-id").values_list("chosen", flat=True)
    return Model(chosen.first() or Model.DEFAULT)


@dataclass(frozen=True, slots=True)
class MethodScore:
    """A method's shares over all origins: WAPE, signed bias, share inside the range; by open days ahead as well."""

    method: Model
    wape: float | None
    bias: float | None
    coverage: float | None
    slots: int
    by_ahead: Mapping[int, float | None]
    coverage_by_ahead: Mapping[int, float | None]


@dataclass(frozen=True)
class BacktestPage:
    """The last backtest of a queue, its methods from the best on, and the nights before it."""

    run: BacktestRun
    methods: tuple[MethodScore, ...]
    aheads: tuple[int, ...]
    earlier: tuple[BacktestRun, ...]


def last_backtest(access: Access, queue_id: int, *, most: int = 15) -> BacktestPage | None:
    """The last backtest of a queue; None before the first. Raises `NotAllowed`."""
    access.require(VIEW)
    runs = list(BacktestRun.objects.filter(queue_id=queue_id).order_by("-on", "-id")[:most])
    if not runs:
        return None
    scores: dict[Model, dict[int, BacktestScore]] = {}
    for one in BacktestScore.objects.filter(run=runs[0]):
        scores.setdefault(Model(one.method), {})[one.ahead] = one
    methods = [_method(model, rows) for model, rows in scores.items()]
    methods.sort(key=lambda one: (one.wape is None, one.wape))
    aheads = sorted({ahead for rows in scores.values() for ahead in rows if ahead})
    return BacktestPage(runs[0], tuple(methods), tuple(aheads), tuple(runs[1:]))


def _method(model: Model, rows: Mapping[int, BacktestScore]) -> MethodScore:
    whole = rows[0]
    return MethodScore(
        method=model,
        wape=_share(whole.errors, whole.came),
        bias=_share(whole.signed, whole.came),
        coverage=_share(whole.covered, whole.ranged),
        slots=whole.slots,
        by_ahead={ahead: _share(one.errors, one.came) for ahead, one in rows.items() if ahead},
        coverage_by_ahead={ahead: _share(one.covered, one.ranged) for ahead, one in rows.items() if ahead},
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
