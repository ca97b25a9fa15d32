"""One card for director and supervisor with everything that waits for their own decision, and nothing else."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from citydesk.city.customers import services as customers
from citydesk.city.customers.tests.factories import make_customer
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.contact.complaints import services as complaints
from citydesk.contact.complaints.queries import decisions as of_complaints
from citydesk.contact.complaints.tests import factories as complaint_cases
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.choices import ManyKind
from citydesk.contact.service_requests.tests.factories import MORNING, load_city, make_request
from citydesk.desk.queries.decisions import list_decisions
from citydesk.kernel.actors import Access, Actor, ActorKind
from citydesk.kernel.registries import load_dotted, registries
from citydesk.management.records import services as records
from citydesk.management.records.tests import factories as record_cases
from citydesk.management.timekeeping import services as timekeeping
from citydesk.management.timekeeping.tests import factories as time_cases
from citydesk.management.workforce import services as workforce
from citydesk.management.workforce.tests import life_cases, test_life

pytestmark = pytest.mark.django_db
SHOWN = "Decisions waiting for you"


@pytest.fixture
def two(db):
    """Two supervisors: what one proposes the other decides."""
    load_city()
    return [access_of(make_user(name, roles=["supervisor"])) for name in ("pam", "lou")]


def propose(who, number: int = 1) -> None:
    """Acts, exports, due times and cautions that wait for somebody else than `who`."""
    act = {"reason": "no_action", "text": "", "note": "Storm is over"}
    for turn in range(number):
        ids, at = [make_request("pothole").pk], MORNING + timedelta(minutes=turn)
        given = {"reason": "The storm is over", "access": who, "now": at}
        requests.propose_many(kind=ManyKind.CLOSE, ids=ids, count=1, given=act, **given)
        requests.propose_many(kind=ManyKind.EXPORT, ids=[], count=1, given={"query": "", "form": "csv"}, **given)
        customers.propose_caution(
            kind="animal",
            text="A dog",
            source="Crew",
            expires_on=date(2027, 1, 3),
            today=MORNING.date(),
            customer_id=make_customer("Ana").id,
            access=who,
            now=at,
        )


def codes(access: Access, now=MORNING) -> dict[str, int]:
    """The kinds that wait for a reader, with how many."""
    found = {}
    for code, one in registries.decisions.items():
        waiting = load_dotted(one.waiting)(access, now) if access.may(one.permission) else None
        if waiting:
            found[code] = waiting.count
    return found


def test_every_kind_is_known_leads_somewhere_and_is_nothing_to_who_has_no_right():
    nobody = Access(Actor(ActorKind.STAFF, 0, "Nobody"), frozenset())
    for one in registries.decisions.values():
        assert one.permission in registries.permissions and reverse(one.url_name)
        assert load_dotted(one.waiting)(nobody, MORNING) is None
        assert not one.one_url_name or leads_somewhere(one.one_url_name), one.code


def leads_somewhere(name: str) -> bool:
    for arguments in ([1], ["x"], ["x", "en"]):
        try:
            return bool(reverse(name, args=arguments))
        except NoReverseMatch:
            continue
    return False


def test_what_one_proposes_waits_for_the_other_alone(two):
    pam, lou = two
    propose(pam)
    assert codes(pam) == {}
    assert codes(lou) == {"service_requests.many": 2, "customers.cautions": 1}
    # Who does not see every request of an act does not decide it.
    blind = replace(lou, permissions=lou.permissions - {"service_requests.view_all"}, team_ids=frozenset())
    assert codes(replace(blind, department_ids=frozenset()))["service_requests.many"] == 1


def test_the_card_costs_as_many_statements_for_one_as_for_many(two):
    pam, lou = two
    propose(pam)
    few = statements(lou)
    propose(pam, number=5)
    assert statements(lou) == few
    assert codes(lou)["service_requests.many"] == 12


def statements(access) -> int:
    list_decisions(access, MORNING)
    with CaptureQueriesContext(connection) as told:
        list_decisions(access, MORNING)
    return len(told.captured_queries)


def test_the_page_names_each_kind_with_its_oldest_and_the_longest_waiting_first(client, two):
    pam, lou = two
    propose(pam)
    client.force_login(user_of(lou))
    card = card_of(client)
    assert "Acts on many requests" in card and reverse("service_requests:approvals") in card
    assert "Cautions about people and places" in card and card.count(">oldest since") == 2
    client.force_login(user_of(pam))
    assert "Nothing waits for your decision." in card_of(client)


def user_of(access):
    return get_user_model().objects.get(pk=access.actor.staff_id)


def card_of(client) -> str:
    main = client.get("/desk/").content.decode().partition("<main")[2]
    return main.partition(SHOWN)[2].partition("</section>")[0]


def test_the_director_has_the_card_and_clerks_have_none(client, two):
    client.force_login(make_user("dora", roles=["director"]))
    assert SHOWN in client.get("/desk/").content.decode()
    client.force_login(make_user("ray", roles=["representative"]))
    assert SHOWN not in client.get("/desk/").content.decode()


def test_plans_and_letters_wait_for_those_alone_who_may_agree_now(db):
    complaint_cases.load_city()
    who = complaint_cases.people()
    row = complaint_cases.submitted(who, amount="400.00")
    waiting = of_complaints.approvals(who.small, MORNING)
    assert (waiting.count, waiting.oldest) == (1, (row.number,))
    assert of_complaints.approvals(who.vera, MORNING) is None
    # Two must agree: who has said yes is asked no more.
    complaint_cases.act(row, complaints.approve_plan, who.small)
    assert of_complaints.approvals(who.small, MORNING) is None
    assert of_complaints.approvals(who.big, MORNING).count == 1
    # Somebody without an authority for credits would be refused.
    poor = replace(who.big, limits={})
    assert of_complaints.approvals(poor, MORNING) is None


def test_appeals_wait_for_those_who_had_no_part_in_the_first_decision(db):
    complaint_cases.load_city()
    who = complaint_cases.people()
    row = complaint_cases.mailed(who)
    day = MORNING + timedelta(days=1)
    complaint_cases.act(row, complaints.receive_appeal, who.emil, day, words="It is too little", came_at=day)
    judge = replace(who.judge, permissions=who.judge.permissions | {"complaints.appeal", "complaints.view"})
    assert of_complaints.appeals(judge, MORNING).count == 1
    panel = judge.team_ids
    partial = replace(who.big, permissions=who.big.permissions | {"complaints.appeal"}, team_ids=panel)
    assert of_complaints.appeals(partial, MORNING) is None


def test_lists_to_be_destroyed_wait_for_who_did_not_propose_them(db):
    record_cases.load_city_with_schedule()
    record_cases.old_request("Alpha", now=record_cases.LONG_AGO)
    records.find_candidates(now=record_cases.NOW)
    rosa = record_cases.officer()
    given = {"kind": "service_requests.request", "reason": "Yearly", "access": rosa, "now": record_cases.NOW}
    number = records.propose_disposal(**given)
    boss = replace(rosa, actor=record_cases.officer("dora", "director").actor)
    boss = replace(boss, permissions=boss.permissions | {"records.approve"})
    query = load_dotted(registries.decisions["records.disposals"].waiting)
    assert query(boss, record_cases.NOW).oldest == (number,)
    assert query(replace(rosa, permissions=boss.permissions), record_cases.NOW) is None


def test_sheets_and_leave_wait_for_who_approves_for_these_people(db):
    time_cases.load_city()
    who = time_cases.people()
    time_cases.full_week(who.dana)
    sheet = time_cases.submitted(who.dana)
    time_cases.ask(who.osei, date(2026, 12, 7), code="family")
    now = time_cases.NOW
    mine = codes(who.priscilla, now)
    assert (mine["timekeeping.sheets"], mine["timekeeping.leave"]) == (1, 1)
    assert not {"timekeeping.sheets", "timekeeping.leave"} & set(codes(who.stranger, now))
    assert not {"timekeeping.sheets", "timekeeping.leave"} & set(codes(who.dana, now))
    timekeeping.approve_sheet(sheet_id=sheet.pk, access=who.priscilla, now=now)
    assert "timekeeping.sheets" not in codes(who.priscilla, now)


def test_swaps_wait_for_who_plans_and_is_none_of_the_two(db):
    life_cases.load()
    who = life_cases.desk()
    row = test_life.offered(who)
    assert "workforce.swaps" not in codes(who.priscilla, life_cases.NOW)
    given = {"swap_id": row.pk, "is_accepted": True, "access": who.osei, "now": life_cases.NOW}
    workforce.answer_swap(**given, version=row.version)
    assert codes(who.priscilla, life_cases.NOW)["workforce.swaps"] == 1
    planner = replace(who.osei, permissions=who.priscilla.permissions, team_ids=who.priscilla.team_ids)
    assert "workforce.swaps" not in codes(planner, life_cases.NOW)
