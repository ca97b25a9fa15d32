"""The forecast of a queue tried on its past each night, beside its challengers: which method foretells from then on."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic import queries as traffic
from citydesk.contact.traffic.queries import QueueLine
from citydesk.kernel import audit
from citydesk.kernel.actors import Actor
from citydesk.kernel.errors import Invalid
from citydesk.management.workforce.choices import Model, Verdict
from citydesk.management.workforce.models import BacktestRun, BacktestScore
from citydesk.management.workforce.queries.backtests import method_in_use
from citydesk.management.workforce.queries.past import Past, past_of
from citydesk.management.workforce.rules.forecast.backtest import LEAST_HISTORY, Backtest, Method, Result, backtest
from citydesk.management.workforce.rules.forecast.choosing import Decision, choose
from citydesk.management.workforce.rules.forecast.planned import METHODS
from citydesk.management.workforce.services.overrides import OBJECT, hold_queue

# Open days ahead; days from one origin to the next (no multiple of a week, so that every weekday has its turn); days
# back of which origins are taken.
HORIZON, STEP, TRIED_DAYS = 10, 7, 100


def backtest_queue(
    *,
    queue_code: str,
    actor: Actor,
    now: datetime,
    on: date | None = None,
    methods: Mapping[Model, Method] | None = None,
) -> int:
    """Try the forecast on what came before a day (today) and decide which method foretells; returns the run's id.

    The same past makes no second run. `methods` are challengers that only a worker can reckon with. Raises `NotFound`,
    `Invalid` where the past is too short.
    """
    queue = traffic.get_queue(queue_code)
    today = on or profile.city_today(now)
    past = past_of(queue, today, today)
    tried = {**METHODS, **(methods or {})}
    digest = _digest(past, tried)
    known = BacktestRun.objects.filter(queue_id=queue.id, on=today, digest=digest).first()
    if known is not None:
        return known.pk
    dates = past.history.dates
    if len(dates) < LEAST_HISTORY + HORIZON:
        words = _("The past has %(days)s days; %(needed)s are needed.")
        raise Invalid(words % {"days": len(dates), "needed": LEAST_HISTORY + HORIZON}, field="queue")
    tested = backtest(
        past.history,
        past.calendar,
        HORIZON,
        step=STEP,
        challengers={model.value: method for model, method in tried.items()},
        least_history=max(LEAST_HISTORY, len(dates) - TRIED_DAYS),
    )
    with transaction.atomic():
        hold_queue(queue.id)
        return _keep(queue, tested, today, digest, actor, now).pk


def _keep(queue: QueueLine, tested: Backtest, today: date, digest: str, actor: Actor, now: datetime) -> BacktestRun:
    before = method_in_use(queue.id)
    decision = choose(before, tested)
    run = BacktestRun.objects.create(
        queue_id=queue.id,
        on=today,
        first_origin=tested.origins[0],
        last_origin=tested.origins[-1],
        origins=len(tested.origins),
        horizon=HORIZON,
        before=before,
        chosen=decision.chosen,
        verdict=decision.verdict,
        digest=digest,
        made_at=now,
    )
    results = {Model.DEFAULT: tested.default, **{Model(name): one for name, one in tested.challengers.items()}}
    BacktestScore.objects.bulk_create([row for model, result in results.items() for row in _scores(run, model, result)])
    _note(queue, before, decision, actor, now)
    return run


def _scores(run: BacktestRun, model: Model, result: Result) -> list[BacktestScore]:
    return [
        BacktestScore(
            run=run,
            method=model,
            ahead=ahead,
            errors=score.errors,
            signed=score.signed,
            came=score.came,
            slots=score.slots,
            covered=score.covered,
            ranged=score.ranged,
        )
        for ahead, score in [(0, result.whole), *sorted(result.by_horizon.items())]
    ]


def _note(queue: QueueLine, before: Model, decision: Decision, actor: Actor, now: datetime) -> None:
    if decision.verdict is not Verdict.SWITCHED:
        return
    name = next(iter(queue.name.values()), queue.code)
    act = audit.Act(
        "workforce.method_changed", OBJECT, queue.id, name, before=before.value, after=decision.chosen.value
    )
    audit.record(act, actor=actor, now=now)


def _digest(past: Past, tried: Mapping[Model, Method]) -> str:
    flags = sorted(past.calendar.flags.items())
    parts = (sorted(one.value for one in tried), HORIZON, STEP, TRIED_DAYS, past.history.days, flags)
    return sha256(repr(parts).encode()).hexdigest()
