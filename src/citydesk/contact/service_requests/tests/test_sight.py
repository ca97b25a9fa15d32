"""A department knows the people of its own requests; in confidence nobody is known."""

import pytest

from citydesk.city.customers import queries as customers
from citydesk.city.customers import services as customer_services
from citydesk.city.customers.tests.factories import NOW, make_customer
from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.tests.factories import load_city, make_request
from citydesk.kernel.errors import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db):
    load_city()


def reader(role: str, team: str):
    return access_of(make_user(f"{role}_{team}", roles=[role], teams=[make_team(team)]))


def reported_by(customer, **more):
    return make_request("pothole", reporter=services.Person(customer_id=customer.id, name="Maria"), **more)


def found(access, text):
    return [one.id for one in customers.find(access, text)]


def test_a_department_finds_and_opens_the_people_of_its_own_requests_alone(city):
    ours, others = make_customer("Maria", "Okafor"), make_customer("Marta", "Okafor")
    reported_by(ours)
    worker, stranger = reader("department_worker", "public_works"), reader("department_worker", "forestry")
    desk = reader("representative", "desk_311")
    assert found(worker, "Okafor") == [ours.id] == found(worker, ours.number)
    assert found(worker, others.number) == found(stranger, "Okafor") == []
    assert sorted(found(desk, "Okafor")) == sorted([ours.id, others.id])
    assert customers.get_customer(worker, ours.id, NOW).number == ours.number
    for access, customer in ((worker, others), (stranger, ours)):
        with pytest.raises(NotFound):
            customers.get_customer(access, customer.id, NOW)
        with pytest.raises(NotFound):
            customers.id_by_number(access, customer.number)


def test_whoever_is_told_is_known_and_a_merged_person_by_who_they_are_today(city):
    maria, twin = make_customer("Maria", "Okafor"), make_customer("M", "Okafor")
    row = make_request("pothole")
    boss = reader("supervisor", "desk_311")
    services.follow(request_id=row.pk, person=services.Person(customer_id=twin.id), access=boss, now=NOW)
    lead = reader("department_lead", "public_works")
    assert found(lead, "Okafor") == [twin.id]
    customer_services.merge(kept_id=maria.id, merged_id=twin.id, reason="one person", actor=boss.actor, now=NOW)
    assert found(lead, "Okafor") == [maria.id]


def test_many_others_of_the_name_do_not_crowd_theirs_out(city):
    for _n in range(130):
        make_customer("Aaron", "Okafor")
    ours = make_customer("Zoe", "Okafor")
    reported_by(ours)
    assert found(reader("department_worker", "public_works"), "Okafor") == [ours.id]


def test_a_confidential_request_makes_its_reporter_known_to_nobody(city):
    maria = make_customer("Maria", "Okafor")
    row = reported_by(maria, is_confidential=True)
    assert row.customer_id is None and row.identity_handle
    assert found(reader("department_worker", "public_works"), "Okafor") == []


def test_a_request_that_becomes_confidential_forgets_who_reported_it(city):
    maria = make_customer("Maria", "Okafor")
    row = reported_by(maria)
    boss = reader("supervisor", "desk_311")
    services.correct(
        request_id=row.pk,
        correction=services.Correction(service_code="complaint"),
        reason="It is about an officer",
        access=boss,
        now=NOW,
    )
    row.refresh_from_db()
    assert row.is_confidential and row.customer_id is None and row.identity_handle
    assert list(row.followers.values_list("name", "channel", "to", "customer_id")) == [("", "none", "", None)]
