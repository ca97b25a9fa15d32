"""The nightly look: what it finds, what it leaves alone, and that looking again changes nothing."""

from datetime import timedelta

import pytest

from citydesk.city.customers.services import merge, unmerge
from citydesk.city.customers.tests.factories import make_customer
from citydesk.contact.problems import queries, services
from citydesk.contact.problems.choices import DetectionState
from citydesk.contact.problems.models import AssetMark, Detection, Problem, Watch
from citydesk.contact.problems.tests.factories import DAY, MORNING, load_city, reported, worker
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.tests.factories import ServiceRequest, everything
from citydesk.kernel.actors import Actor
from citydesk.kernel.errors import NotFound
from citydesk.kernel.tests.jobs import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city():
    load_city()


def look(now=MORNING, **more):
    return services.detect(now=now, **more)


def found(**more):
    return list(Detection.objects.filter(**more).order_by("pk"))


def test_three_at_one_address_are_found_and_explained():
    rows = [reported(days) for days in (60, 30, 2)]
    assert look().found == 1
    (one,) = found()
    assert (one.by, one.event_count, one.report_count, one.state) == ("address", 3, 3, "new")
    assert set(one.reports.values_list("request_id", flat=True)) == {row.pk for row in rows}
    page = queries.get_detection(worker(), one.pk, now=MORNING)
    assert page.reasons == [
        "3 times “Pothole” at 1218 Oak St, from 25 Sep 2026 to 22 Nov 2026.",
        "The rule “The same at one address” asks for 3 within 90 days.",
    ]
    assert len(page.requests) == 3 and page.hidden == 0


def test_what_is_outside_the_window_or_the_codes_is_not_counted():
    reported(100), reported(50), reported(2)
    reported(40, "tree_down", lat=35.06), reported(20, "tree_down", lat=35.07)
    look()
    assert found() == []


def test_several_reports_of_one_happening_count_once_and_that_is_said():
    for days in (60, 30, 2, 1.9):
        reported(days)
    look()
    (one,) = found()
    assert (one.event_count, one.report_count) == (3, 4)
    assert "4 requests are 3 events" in queries.get_detection(worker(), one.pk, now=MORNING).reasons[2]


def test_looking_again_changes_nothing_and_looks_at_nothing():
    for days in (60, 30, 2):
        reported(days)
    look()
    before = Detection.objects.values().get()
    again = look(MORNING + timedelta(minutes=1))
    assert (again.seen, again.found, again.updated) == (0, 0, 0)
    assert Detection.objects.values().get() == before
    # Even when the mark is lost: the same is found, once.
    Watch.objects.all().delete()
    again = look(MORNING + timedelta(minutes=1))
    assert again.found == 0 and Detection.objects.count() == 1


def test_a_look_in_steps_finds_the_same():
    for days in (60, 30, 2):
        reported(days)
    for _ in range(3):
        assert look(most=1).seen == 1
    assert look().seen == 0
    assert [one.event_count for one in found()] == [3]


def test_the_newest_minutes_are_left_to_the_next_look():
    reported(30), reported(0.001)
    assert look().seen == 1
    assert look(MORNING + timedelta(hours=1)).seen == 1


def test_a_fourth_one_brings_the_detection_up_to_date():
    for days in (60, 30, 20):
        reported(days)
    look()
    reported(2)
    done = look(MORNING + timedelta(minutes=1))
    assert (done.found, done.updated) == (0, 1)
    assert [one.event_count for one in found()] == [4]


def test_duplicates_confidential_and_held_ones_are_not_counted():
    rows = [reported(days) for days in (60, 30, 2)]
    requests.merge_duplicate(request_id=rows[2].pk, parent_id=rows[1].pk, access=everything(), now=MORNING - DAY)
    ServiceRequest.objects.filter(pk=rows[0].pk).update(is_confidential=True)
    look()
    assert found() == []


def test_a_detection_that_holds_no_longer_is_let_go():
    rows = [reported(days) for days in (60, 30, 2)]
    look()
    requests.merge_duplicate(request_id=rows[2].pk, parent_id=rows[1].pk, access=everything(), now=MORNING)
    assert look(MORNING + timedelta(hours=1)).gone == 1
    assert found()[0].state == DetectionState.GONE
    # And one whose window passed.
    Detection.objects.update(state="new")
    assert look(MORNING + 100 * DAY).gone == 1


def test_one_person_is_found_by_number_and_without_a_place():
    ana = make_customer("Ana", "Ruiz")
    person = requests.Person("Ana Ruiz", "none", "", "en", ana.id)
    for at, days in enumerate((60, 40, 20, 2)):
        reported(days, "tree_down", line=f"{1200 + at} Elm St", lat=35.05 + at * 0.01, reporter=person)
    look()
    (one,) = found()
    assert (one.by, one.customer_id, one.place_label, one.lat, one.event_count) == ("customer", ana.id, "", None, 4)
    assert ana.number in queries.get_detection(worker(), one.pk, now=MORNING).reasons[0]
    lead = worker("dina")
    few = type(lead)(lead.actor, frozenset({"problems.view"}), frozenset(), frozenset({one.department_id}))
    with pytest.raises(NotFound):
        queries.get_detection(few, one.pk, now=MORNING)


def test_customers_that_are_one_are_counted_as_one_and_apart_again():
    ana, same = make_customer("Ana", "Ruiz"), make_customer("Anna", "Ruiz")
    mine, theirs = [], []
    for at, (days, who, rows) in enumerate(((60, ana, mine), (40, same, theirs), (20, ana, mine), (2, same, theirs))):
        person = requests.Person(who.display_name, "none", "", "en", who.id)
        where = {"line": f"{1200 + at} Elm St", "lat": 35.05 + at * 0.01}
        rows.append(reported(days, "tree_down", reporter=person, **where).pk)
    look()
    assert found() == []
    clerk = Actor("staff", 1, "Clerk")
    merge(kept_id=ana.id, merged_id=same.id, reason="Same telephone", actor=clerk, now=MORNING)
    run_jobs(only={"kernel.handle_events"})
    (one,) = found()
    assert (one.customer_id, one.event_count, one.state) == (ana.id, 4, "new")
    # A problem opened from it counts both; again one person each, it lets the other's requests go.
    number = services.open_problem(title="The same caller", detection_id=one.pk, access=worker(), now=MORNING)
    problem = Problem.objects.get(number=number)
    linked = problem.requests.values_list("request_id", flat=True)
    assert set(linked) == {*mine, *theirs}
    assert len(queries.problems.event_times(problem, MORNING - 90 * DAY)) == 4
    unmerge(customer_id=same.id, reason="Two sisters", actor=clerk, now=MORNING)
    run_jobs(only={"kernel.handle_events"})
    one.refresh_from_db()
    assert (one.state, one.event_count, one.customer_id) == ("linked", 2, ana.id)
    assert set(linked.all()) == set(mine) and len(found()) == 1
    # Doing it again changes nothing.
    services.recount_people(customer_ids=[ana.id, same.id], now=MORNING)
    assert len(found()) == 1 and set(linked.all()) == set(mine)


def test_near_by_is_found_and_keeps_its_name_when_the_place_shifts():
    for at, days in enumerate((30, 20, 10)):
        reported(days, "tree_down", line=f"{1200 + at} Elm St", lat=35.05 + at * 0.0003)
    look()
    (one,) = found()
    assert (one.by, one.event_count, one.radius_m) == ("code", 3, 100)
    assert "within 330 ft of" in queries.get_detection(worker(), one.pk, now=MORNING).reasons[0]
    reported(1, "tree_down", line="1210 Elm St", lat=35.0508)
    look(MORNING + timedelta(minutes=1))
    assert [row.pk for row in found()] == [one.pk] and found()[0].event_count in (3, 4)


def test_assets_are_found_by_the_answer_that_names_them():
    load_city(
        """
[recurrence.one_pole]
name = {en = "One pole", es = "Un poste"}
by = "asset"
question = "wires"
services = ["tree_down"]
days = 90
count = 2
"""
    )
    rows = [reported(days, "tree_down", line=f"{days} Elm St", lat=35 + days / 100) for days in (40, 20)]
    look()
    (one,) = found()
    assert (one.by, one.asset, one.event_count) == ("asset", "NO", 2)
    assert AssetMark.objects.filter(request_id=rows[0].pk, asset="NO").count() == 1


def test_changed_rules_look_at_their_windows_anew():
    for days in (60, 30):
        reported(days)
    look()
    assert found() == []
    load_city(
        """
[recurrence.one_address]
name = {en = "Twice at one address", es = "Dos veces"}
by = "address"
days = 90
count = 2
services = ["pothole"]
"""
    )
    assert look(MORNING + timedelta(minutes=1)).found == 1


def test_what_is_put_aside_comes_back_with_as_many_again():
    boss = worker()
    for days in (60, 50, 40):
        reported(days)
    look()
    (one,) = found()
    services.dismiss(detection_id=one.pk, reason="Paving is planned", access=boss, now=MORNING)
    reported(20), reported(10)
    look(MORNING + timedelta(minutes=1))
    assert found()[0].state == DetectionState.DISMISSED
    reported(3)
    look(MORNING + timedelta(minutes=2))
    back = found()[0]
    assert (back.state, back.is_return, back.event_count) == ("new", True, 6)
    assert "put aside at 3" in queries.get_detection(boss, back.pk, now=MORNING).reasons[-1]


def test_without_rules_nothing_is_looked_at():
    load_city("")
    reported(3)
    assert look().seen == 0 and not Watch.objects.exists()


def test_a_look_costs_the_same_statements_for_few_and_for_many_changes(django_assert_max_num_queries):
    for days in range(10, 60):
        reported(days, line=f"{1200 + days % 5} Oak St", lat=35.05 + days % 5 / 100)
    with django_assert_max_num_queries(80):
        look()
