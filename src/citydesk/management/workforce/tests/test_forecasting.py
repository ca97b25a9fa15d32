"""Forecasts, overrides, backtests and staff required as they are kept, of a desk that has a past."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from citydesk.city.staff.tests.factories import access_with
from citydesk.contact.traffic.tests.factories import correct_fact, make_facts
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.destruction import Eraser
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed
from citydesk.management.workforce import services
from citydesk.management.workforce.choices import VIEW, ChangeKind, Model
from citydesk.management.workforce.models import (
    BacktestRun,
    BacktestScore,
    ForecastOverride,
    ForecastPoint,
    ForecastRun,
    GroupQueue,
    Requirement,
    StaffingGroup,
)
from citydesk.management.workforce.queries.groups import list_groups
from citydesk.management.workforce.queries.records import backtests_due, forecasts_due
from citydesk.management.workforce.queries.requirement import required_slots
from citydesk.management.workforce.services.destruction import destroy_backtests, destroy_forecasts
from citydesk.management.workforce.tests.forecast_cases import (
    NOW,
    QUEUES,
    STAFFING,
    THANKSGIVING,
    TODAY,
    at,
    calls_at,
    fill,
    load_desk,
    planner,
)

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 27)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def desk(db):
    load_desk()
    fill("calls")
    return planner()


def foretell(**more) -> ForecastRun:
    return ForecastRun.objects.get(pk=services.forecast_queue(queue_code="calls", actor=SYSTEM, now=NOW, **more))


def points(day: date) -> list[ForecastPoint]:
    return list(ForecastPoint.objects.filter(day=day, is_current=True).order_by("starts_at"))


def override(who, day=FRIDAY, kind=ChangeKind.FACTOR, amount="0.5", **more):
    given = {"starts_at": at(day, 0), "ends_at": at(day + timedelta(days=1), 0), "reason": "Bridge day", "now": NOW}
    return services.override_forecast(
        queue_code="calls", kind=kind, amount=Decimal(amount), access=who, **{**given, **more}
    )


def test_the_profile_says_who_takes_which_queues(db):
    load_desk()
    assert [one.code for one in list_groups(planner())] == ["desk"]
    assert list(GroupQueue.objects.values_list("queue__code", "work")) == [("calls", "waits"), ("mail", "can_wait")]
    load_desk({"staffing.toml": STAFFING.replace("staffing.desk", "staffing.front")})
    assert list(StaffingGroup.objects.filter(is_active=True).values_list("code", flat=True)) == ["front"]
    assert set(GroupQueue.objects.values_list("group__code", flat=True)) == {"front"}


def test_a_forecast_says_what_it_rests_on_and_closed_means_zero(desk):
    run = foretell()
    assert (run.first, run.last, run.method) == (TODAY, TODAY + timedelta(days=27), Model.DEFAULT)
    friday = points(FRIDAY)
    assert [one.slot for one in friday] == [*range(16, 24), *range(26, 34)]
    ten = next(one for one in friday if one.slot == 20)
    # Not the 30th of October: the turn of a month is no usual day.
    assert ten.basis_days == [FRIDAY - timedelta(days=7 * back) for back in (5, 3, 2, 1)]
    assert ten.basis_values == [float(calls_at(day, 20)) for day in ten.basis_days]
    assert ten.low < ten.model < ten.high and ten.is_sure is False  # the day after a closed one was never seen
    assert ten.factors[0]["kind"] == "after_closed" and (ten.handle_s, ten.is_handle_sure) == (Decimal("240.00"), True)
    closed = points(THANKSGIVING)
    assert closed and all(one.is_closed and one.value == 0 and one.high == 0 for one in closed)
    assert all(one.is_sure for one in points(date(2026, 12, 15)))
    bills = {(one["kind"], one["cases"], one["author"]) for row in points(date(2026, 12, 10)) for one in row.factors}
    assert bills == {("bill_drop", 3, "")}, "three such days were seen: they know better than a guess"


def test_nothing_from_the_cutoff_on_is_read(desk):
    before = foretell()
    known = list(before_rows := ForecastPoint.objects.filter(run=before).order_by("starts_at").values_list(*_TOLD))
    make_facts(
        "calls", [(at(TODAY + timedelta(days=ahead), slot), 999_999) for ahead in (0, 1, 7) for slot in (18, 20)]
    )
    with CaptureQueriesContext(
        connection,
    ) as asked:
        again = foretell()
    assert again.pk == before.pk, "the same past made another run"
    read = [one["sql"] for one in asked if "traffic_intervalfact" in one["sql"]]
    assert len(read) == 1 and str(at(TODAY, 0).date()) in read[0]
    # Another cutoff does read them, so the test would see a leak.
    later = foretell(cutoff=TODAY + timedelta(days=1))
    assert later.pk != before.pk and list(before_rows) == known
    assert ForecastPoint.objects.filter(run=later, basis_values__contains=[999_999.0]).exists()


_TOLD = ("starts_at", "model", "low", "high", "basis_values", "handle_s")


def test_the_same_past_makes_one_run_and_a_corrected_past_another(desk):
    first = foretell()
    count = ForecastPoint.objects.count()
    assert foretell().pk == first.pk and ForecastPoint.objects.count() == count
    correct_fact(at(date(2026, 11, 20), 20), 500)
    second = foretell()
    assert second.pk != first.pk
    assert {one.run_id for one in points(FRIDAY)} == {second.pk}
    assert ForecastPoint.objects.filter(run=first, is_current=True).count() == 0
    correct_fact(at(date(2026, 11, 20), 20), calls_at(date(2026, 11, 20), 20))
    assert foretell().pk == first.pk
    assert {one.run_id for one in points(FRIDAY)} == {first.pk}
    assert services.thin_points(now=NOW) == 0
    assert services.thin_points(now=NOW + timedelta(days=200)) == count


def test_who_knew_less_does_not_speak_over_who_knew_more(desk):
    newer = foretell()
    older = foretell(cutoff=MONDAY)
    assert older.pk != newer.pk
    assert {one.run_id for one in points(MONDAY)} == {older.pk}
    assert {one.run_id for one in points(FRIDAY)} == {newer.pk}
    assert ForecastPoint.objects.filter(run=older, is_current=False).exists()
    assert {one.run_id for one in points(FRIDAY)} == {foretell().pk}


def test_forecasts_are_destroyed_when_their_time_has_come(desk):
    """With their points and the corrections that rest on them; what a person said and asked of staff stays."""
    run = foretell()
    resting = {"base": run, "kind": "intraday", "correction": 1, "seen_slots": 8, "digest": "x"}
    same = ("queue", "method", "cutoff", "first", "last", "history_first", "history_days", "rules_version", "made_at")
    ForecastRun.objects.create(**{name: getattr(run, name) for name in same}, **resting)
    assert not forecasts_due(before=run.made_at)
    due = forecasts_due(before=NOW + timedelta(days=800))
    assert {one.id for one in due} == set(ForecastRun.objects.values_list("pk", flat=True)) and len(due) == 2
    eraser = Eraser(proof="RD-1", kind="workforce.forecasts", object_id=run.pk, label=due[0].label)
    destroy_forecasts(ids=[run.pk], eraser=eraser, now=NOW)
    gone = eraser.finish(now=NOW).rows
    assert gone["workforce_forecastrun"] == 2 and gone["workforce_forecastpoint"]
    assert not ForecastRun.objects.exists() and not ForecastPoint.objects.exists()


def test_a_queue_without_a_past_is_refused(db):
    load_desk()
    with pytest.raises(Invalid):
        foretell()
    assert not ForecastRun.objects.exists()


def test_an_override_stands_beside_the_model_and_can_be_taken_back(desk):
    foretell()
    services.compute_requirement(group_code="desk", first=TODAY, last=FRIDAY, now=NOW)
    models = [one.model for one in points(FRIDAY)]
    needed = sum(one.required for one in _required(FRIDAY))
    word = override(desk)
    now = points(FRIDAY)
    assert [one.model for one in now] == models
    assert [float(one.value) for one in now] == pytest.approx([float(one) / 2 for one in models], abs=0.001)
    assert sum(one.required for one in _required(FRIDAY)) < needed
    assert all(one.is_overridden for one in _required(FRIDAY))
    foretell(cutoff=TODAY)  # the next run keeps the word
    correct_fact(at(date(2026, 11, 20), 20), 500)
    foretell()
    assert all(one.override_id == word for one in points(FRIDAY))
    services.end_override(override_id=word, access=desk, now=NOW)
    assert all(one.value == one.model and one.override_id is None for one in points(FRIDAY))
    assert not any(one.is_overridden for one in _required(FRIDAY))
    with pytest.raises(Conflict):
        services.end_override(override_id=word, access=desk, now=NOW)


def _required(day):
    return required_slots(StaffingGroup.objects.get(code="desk").pk, day, day)


def test_a_total_on_a_closed_day_is_shared_out(desk):
    foretell()
    override(desk, THANKSGIVING, ChangeKind.TOTAL, "160", reason="Storm: the desk opens")
    assert {one.value for one in points(THANKSGIVING)} == {Decimal(10)}
    assert all(one.model == 0 and one.is_closed for one in points(THANKSGIVING))


def test_overrides_replace_each_other_whole_or_not_at_all(desk):
    foretell()
    first = override(desk, starts_at=at(FRIDAY, 18), ends_at=at(FRIDAY, 22))
    second = override(desk, amount="0.8", starts_at=at(FRIDAY, 16), ends_at=at(FRIDAY, 24))
    assert ForecastOverride.objects.get(pk=first).replaced_by_id == second
    with pytest.raises(Conflict):
        override(desk, starts_at=at(FRIDAY, 22), ends_at=at(FRIDAY, 30))
    for wrong in (
        {"amount": "21"},
        {"reason": "  "},
        {"starts_at": at(TODAY, 18)},
        {"starts_at": at(date(2027, 3, 1), 0)},
    ):
        with pytest.raises(Invalid):
            override(
                desk, **({"ends_at": wrong["starts_at"] + timedelta(hours=1)} if "starts_at" in wrong else {}) | wrong
            )
    with pytest.raises(NotAllowed):
        override(access_with(VIEW))
    with pytest.raises(DatabaseError), transaction.atomic():
        ForecastOverride.objects.filter(pk=second).update(is_current=True, replaced_by=None, ended_at=None, amount=3)
    assert ForecastOverride.objects.get(pk=second).amount == Decimal("0.8")


def test_the_rest_of_the_day_follows_half_of_the_difference(desk):
    run = foretell()
    expected = {one.slot: one.model for one in points(TODAY)}
    seen = [slot for slot in expected if slot < 28]
    noon = at(TODAY, 28) + timedelta(minutes=6)
    make_facts("calls", [(at(TODAY, slot), round(float(expected[slot]) * 2)) for slot in seen[:7]])
    assert services.correct_today(queue_code="calls", actor=SYSTEM, now=at(TODAY, 23) + timedelta(minutes=6)) is None
    make_facts("calls", [(at(TODAY, slot), round(float(expected[slot]) * 2)) for slot in seen[7:]])
    made = ForecastRun.objects.get(pk=services.correct_today(queue_code="calls", actor=SYSTEM, now=noon))
    assert made.base_id == run.pk and made.seen_slots == len(seen)
    assert abs(made.correction - Decimal("1.5")) < Decimal("0.01")
    after = {one.slot: one for one in points(TODAY)}
    assert {slot for slot, one in after.items() if one.run_id == made.pk} == set(range(29, 34))
    assert all(after[slot].model == round(expected[slot] * made.correction, 3) for slot in range(29, 34))
    assert services.correct_today(queue_code="calls", actor=SYSTEM, now=noon) is None
    assert _required(TODAY)


def test_a_backtest_keeps_sums_and_says_who_won(db):
    load_desk()
    drawn = random.Random(20261124)
    fill("calls", weeks=24, count=lambda day, slot: calls_at(day, slot) + drawn.randrange(20))
    made = services.backtest_queue(queue_code="calls", actor=SYSTEM, now=NOW)
    run = BacktestRun.objects.get(pk=made)
    assert (run.chosen, run.verdict, run.horizon) == (Model.DEFAULT, "kept", 10) and run.origins >= 6
    scores = {(one.method, one.ahead): one for one in BacktestScore.objects.filter(run=run)}
    assert {method for method, _ahead in scores} == {"default", "last_week"}
    parts = [one for (method, ahead), one in scores.items() if method == "default" and ahead]
    assert abs(sum(one.errors for one in parts) - scores["default", 0].errors) < 1e-6
    assert services.backtest_queue(queue_code="calls", actor=SYSTEM, now=NOW) == made


def test_a_challenger_takes_over_only_when_it_is_really_better(db):
    load_desk()
    # What comes follows a rule of three days that only this challenger knows.
    fill("calls", weeks=24, count=lambda day, slot: 40 + 20 * (day.toordinal() % 3))

    def knows(known, days):
        return [
            tuple(40.0 + 20 * (day.toordinal() % 3) if 16 <= slot < 34 else None for slot in range(48)) for day in days
        ]

    methods = {Model.HOLT_WINTERS: knows}
    run = BacktestRun.objects.get(
        pk=services.backtest_queue(queue_code="calls", actor=SYSTEM, now=NOW, methods=methods)
    )
    assert (run.before, run.chosen, run.verdict) == (Model.DEFAULT, Model.HOLT_WINTERS, "switched")
    assert foretell(methods=methods).method == Model.HOLT_WINTERS
    # Without the worker's methods the default stands in.
    assert foretell().method == Model.DEFAULT
    _backtests_go_but_the_last(run)


def _backtests_go_but_the_last(last: BacktestRun) -> None:
    """The last one of a queue says what foretells, however old it is; the ones before go with their scores."""
    same = ("queue", "first_origin", "last_origin", "origins", "horizon", "before", "chosen", "verdict", "made_at")
    given = {name: getattr(last, name) for name in same}
    old = BacktestRun.objects.create(**given, on=last.on - timedelta(days=1), digest="before")
    BacktestScore.objects.create(
        run=old, method="default", ahead=0, errors=1, signed=0, came=9, slots=3, covered=2, ranged=3
    )
    assert not backtests_due(before=old.made_at)
    due = backtests_due(before=NOW + timedelta(days=800))
    assert [one.id for one in due] == [old.pk]
    eraser = Eraser(proof="RD-2", kind="workforce.backtests", object_id=old.pk, label=due[0].label)
    destroy_backtests(ids=[old.pk], eraser=eraser, now=NOW)
    assert eraser.finish(now=NOW).rows == {"workforce_backtestrun": 1, "workforce_backtestscore": 1}
    assert BacktestRun.objects.get() == last and last.scores.exists()


def test_staff_required_comes_from_the_points_and_says_how(desk):
    fill("mail", count=lambda day, slot: 3)
    for code in ("calls", "mail"):
        services.forecast_queue(queue_code=code, actor=SYSTEM, now=NOW)
    made = services.compute_requirement(group_code="desk", first=TODAY, last=FRIDAY, now=NOW)
    rows = list(Requirement.objects.order_by("starts_at"))
    assert made == len(rows) == 4 * 16  # Monday is over and was never foretold
    ten = next(one for one in rows if one.starts_at == at(TODAY, 20))
    calls, mail = ten.parts
    assert calls["agents"] + mail["agents"] == ten.required <= ten.scheduled
    assert calls["formula"] == ten.formula == "net_of_short" and calls["level"] >= 0.8
    assert calls["queues"][0]["code"] == "calls" and not calls["is_usual_patience"]
    assert float(ten.shrinkage) == pytest.approx(0.3)
    assert {float(one.shrinkage) for one in rows if one.day == FRIDAY} == {0.5}
    assert all(one.required == 0 and one.scheduled == 0 for one in rows if one.day == THANKSGIVING)
    hours = sum(float(one.waiting_hours) for one in rows)
    assert hours == pytest.approx(3 * 16 * 3 * 240 / 3600, rel=0.1)
    slot = _required(TODAY)[0]
    assert slot.starts_at == at(TODAY, 16) and slot.high > slot.forecast > 0 and slot.minutes == 30
    again = services.compute_requirement(group_code="desk", first=TODAY, last=FRIDAY, now=NOW)
    assert again == made and [one.required for one in Requirement.objects.order_by("starts_at")] == [
        one.required for one in rows
    ]


def test_the_clock_change_leaves_no_gap(db):
    load_desk({"queues.toml": QUEUES.replace('calendar = "office"', 'calendar = "always"', 1)})
    fill("calls")
    foretell(cutoff=date(2026, 10, 20))
    long_day = points(date(2026, 11, 1))
    assert len(long_day) == 50 and len({one.starts_at for one in long_day}) == 50
