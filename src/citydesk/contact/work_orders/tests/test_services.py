"""A work order from planning to inspection, and what a crew may not do."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from citydesk.city.profile.tests.factories import load_small
from citydesk.city.staff.tests.factories import make_team
from citydesk.contact.work_orders import queries, services
from citydesk.contact.work_orders.tests.factories import NOW, crew_member, make_work_order, planner
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, StaleVersion
from citydesk.kernel.idempotency import OtherBody
from citydesk.kernel.tests.jobs import waiting_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew():
    return make_team(kind="crew")


def page(access, number):
    return queries.get_work_order(access, number)


def finish(order, access, **given):
    values = {"result_code": "done", "result_note": "", "key": "k1", "now": NOW, **given}
    return services.finish(work_order_id=order, access=access, **values)


@pytest.fixture
def city():
    load_small()


def test_from_planning_to_an_accepted_inspection(city, crew):
    office, worker = planner(), crew_member(crew)
    checklist = [{"en": "Lines checked", "es": "Líneas revisadas"}]
    order, number = make_work_order(office, crew_id=crew.pk, needs_inspection=True, checklist=checklist)
    services.start(work_order_id=order, access=worker, now=NOW)
    services.tick(work_order_id=order, position=1, is_done=True, access=worker, now=NOW)
    for _twice in range(2):
        services.add_line(
            work_order_id=order,
            kind="labor",
            what="2 persons",
            quantity=Decimal("1.5"),
            unit_cost=Decimal("30.00"),
            key="l1",
            access=worker,
            now=NOW + timedelta(hours=7),  # evening in the city, the next day in London
        )
    assert page(office, number).labor[0]["worked_on"] == date(2026, 11, 24)
    assert finish(order, worker) == finish(order, worker) == {"state": "done"}
    services.inspect(work_order_id=order, passed=True, reason="", access=office, now=NOW)
    done = page(office, number)
    assert (done.order["state"], done.order["inspection"], done.done_of, done.cost) == (
        "done",
        "passed",
        (1, 1),
        Decimal("45.00"),
    )
    assert [line.code.split(".")[1] for line in reversed(done.history)] == [
        "created",
        "started",
        "ticked",
        "labor",
        "finished",
        "passed",
    ]


def test_a_result_sent_twice_from_a_dead_spot_counts_once_and_another_result_is_refused(crew):
    worker = crew_member(crew)
    order, _number = make_work_order(crew_id=crew.pk)
    finish(order, worker)
    with pytest.raises(OtherBody):
        finish(order, worker, result_code="not_found", result_note="no tree")
    with pytest.raises(Conflict):
        finish(order, worker, key="k2")


def test_could_not_needs_words(crew):
    order, _number = make_work_order(crew_id=crew.pk)
    with pytest.raises(Invalid) as refused:
        finish(order, crew_member(crew), result_code="no_access")
    assert refused.value.field == "result_note"


def test_made_safe_keeps_the_order_open(crew):
    order, number = make_work_order(crew_id=crew.pk)
    assert finish(order, crew_member(crew), result_code="made_safe") == {"state": "paused"}
    assert page(planner(), number).order["finished_at"] is None


def test_a_photo_can_be_asked_for(crew):
    order, _number = make_work_order(crew_id=crew.pk, needs_photo=True)
    with pytest.raises(Conflict):
        finish(order, crew_member(crew))


def test_nobody_inspects_their_own_work():
    office = planner()
    order, _number = make_work_order(office, needs_inspection=True)
    finish(order, office)
    with pytest.raises(NotAllowed):
        services.inspect(work_order_id=order, passed=True, reason="", access=office, now=NOW)


def test_work_not_accepted_goes_back_to_the_crew(crew):
    office, worker = planner(), crew_member(crew)
    order, number = make_work_order(office, crew_id=crew.pk, needs_inspection=True)
    finish(order, worker)
    with pytest.raises(Invalid):
        services.inspect(work_order_id=order, passed=False, reason="", access=office, now=NOW)
    services.inspect(work_order_id=order, passed=False, reason="wood left", access=office, now=NOW)
    again = page(worker, number).order
    assert (again["state"], again["reopened_count"], again["result_code"]) == ("planned", 1, "")


def test_another_crews_order_is_not_there(crew):
    order, number = make_work_order(crew_id=crew.pk)
    stranger = crew_member(make_team(kind="crew"))
    with pytest.raises(NotFound):
        page(stranger, number)
    with pytest.raises(NotFound):
        services.start(work_order_id=order, access=stranger, now=NOW)


def test_two_planners_the_second_is_told(crew):
    office = planner()
    order, number = make_work_order(office, crew_id=crew.pk)
    plan = {
        "crew_id": crew.pk,
        "scheduled_date": date(2026, 11, 25),
        "priority": "2",
        "instructions": "",
        "access": office,
        "now": NOW,
        "work_order_id": order,
        "version": 1,
    }
    services.plan_work_order(**plan)
    services.plan_work_order(**plan)  # the same plan sent twice, or two who agree
    with pytest.raises(StaleVersion) as caught:
        services.plan_work_order(**{**plan, "scheduled_date": date(2026, 11, 27), "instructions": "bring the saw"})
    assert caught.value.facts["theirs"]["scheduled_date"] == date(2026, 11, 25)
    assert caught.value.facts["changed_by"] == office.actor.label
    assert page(office, number).order["scheduled_date"] == date(2026, 11, 25)


def test_the_crews_round_is_today_and_what_is_late(crew):
    office, worker = planner(), crew_member(crew)
    make_work_order(office, crew_id=crew.pk, scheduled_date=date(2026, 11, 26))
    first, _ = make_work_order(
        office, crew_id=crew.pk, scheduled_date=date(2026, 11, 23), due_at=NOW - timedelta(hours=1)
    )
    second, _ = make_work_order(office, crew_id=crew.pk)
    rows = queries.list_round(worker, today=date(2026, 11, 24), now=NOW)
    assert [row["id"] for row in rows] == [first, second]


def test_another_systems_number_is_noted_once():
    office = planner()
    order, number = make_work_order(office)
    other, _ = make_work_order(office)
    words = {"system": "Cityworks", "number": "77120", "status": "dispatched", "access": office, "now": NOW}
    for _twice in range(2):
        services.set_external(work_order_id=order, **words)
    assert page(office, number).order["version"] == 2
    assert queries.get_by_external(office, "Cityworks", "77120") == number
    with pytest.raises(Conflict):
        services.set_external(work_order_id=other, **words)


def test_whoever_asked_hears_of_the_result(crew):
    source = services.Source("service_requests.request", 9, "SR-26-000009-X")
    order, _number = make_work_order(crew_id=crew.pk, source=source)
    finish(order, crew_member(crew))
    assert queries.list_about("service_requests.request", [9])[0]["id"] == order
    told = [one for job in waiting_jobs() for one in job["args"].get("handlings", ())]
    told = [one["payload"] for one in told if one["event"] == "work_orders.WorkOrderCompleted"]
    assert [one["source_id"] for one in told if one["work_order_id"] == order] == [9]


def test_called_off_needs_a_reason_and_can_be_opened_again():
    office = planner()
    order, number = make_work_order(office)
    with pytest.raises(Invalid):
        services.cancel(work_order_id=order, reason=" ", access=office, now=NOW)
    services.cancel(work_order_id=order, reason="asked twice", access=office, now=NOW)
    services.reopen(work_order_id=order, reason="was not asked twice", access=office, now=NOW)
    assert page(office, number).order["state"] == "planned"


def test_machines_and_material_cost_too_and_a_line_is_taken_back_by_its_opposite(city, crew):
    office, worker = planner(), crew_member(crew)
    order, number = make_work_order(office, crew_id=crew.pk)
    for key, kind, what, quantity, cost in (
        ("e1", "equipment", "Chipper", "2", "45.50"),
        ("m1", "material", "Cold patch", "3", "12.25"),
        ("m2", "material", "Cold patch", "-1", "12.25"),
    ):
        words = {"kind": kind, "what": what, "quantity": Decimal(quantity), "unit_cost": Decimal(cost), "key": key}
        services.add_line(work_order_id=order, access=worker, now=NOW, **words)
    shown = page(office, number)
    assert shown.cost == Decimal("115.50") and [line["unit"] for line in shown.material] == ["pieces", "pieces"]
    for kind, quantity, field in (("food", "1", "kind"), ("labor", "0", "quantity"), ("labor", "10001", "quantity")):
        with pytest.raises(Invalid) as refused:
            services.add_line(
                work_order_id=order, kind=kind, what="x", quantity=Decimal(quantity), key=kind, access=worker, now=NOW
            )
        assert refused.value.field == field
