"""What is told of a request in words of the reader: why it went where it went, its code on the map, its block."""

import pytest
from django.utils import translation

from citydesk.city.staff.tests.factories import make_team, make_user
from citydesk.contact.service_requests import queries
from citydesk.contact.service_requests.queries.public import PublicFilter, list_public
from citydesk.contact.service_requests.tests.factories import MORNING, everything, load_city, make_request, place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city():
    load_city()


def explained(row):
    page = queries.get_request(everything(), row.number, now=MORNING)
    return queries.explain_routings(page)[0]


def test_facts_and_rules_are_told_by_name():
    row = make_request("tree_down", answers={"wires": "no", "lanes": "all", "way_out": "no"}, place=place(council="7"))
    why = explained(row)
    shown = " ".join(f"{name} {value}" for name, value in why.facts)
    assert "tree_down" not in shown and "Tree down, blocking" in shown
    assert any(value == "No" for _name, value in why.facts)
    assert why.asked and not any(rule.held for rule in why.asked)
    assert why.asked[0].name != "trees_north" and why.asked[0].condition not in ("", "district:council")


def test_the_map_names_codes_in_the_language_of_who_reads():
    row = make_request("tree_down")
    with translation.override("es"):
        names = {one["number"]: one["service"] for one in queries.list_map(everything())}
    assert names[row.number] == row.service.names["es"] != row.service.name


def test_an_answer_of_several_reads_as_words():
    why = explained(make_request("tree_down", answers={"wires": "no", "lanes": "all", "way_out": "no"}))
    assert not any("[" in value or "_" in value for _name, value in why.facts)
    assert why.asked[-1].held and why.asked[-1].name == why.rule


def test_residents_read_the_block_in_their_language():
    row = make_request("tree_down")
    for language, words in (("en", "1200 block of Oak St"), ("es", "Cuadra 1200 de Oak St")):
        shown = {one.number: one.address for one in list_public(PublicFilter(is_open=True), language=language)}
        assert shown[row.number] == words


@pytest.mark.parametrize("page", ["near", "problems", "complaints"])
def test_a_fold_of_a_request_is_a_page_where_its_link_is_opened_apart(page, client):
    client.force_login(make_user("pam", roles=["supervisor"], teams=[make_team("public_works")]))
    row = make_request("tree_down")
    address = {
        "near": f"/desk/requests/{row.number}/near/",
        "problems": f"/desk/problems/of/{row.number}/",
        "complaints": f"/desk/complaints/of/{row.number}/",
    }[page]
    whole, part = client.get(address), client.get(address, headers={"HX-Request": "true"})
    assert (whole.status_code, part.status_code) == (200, 200)
    assert b"<h1>" in whole.content and b"<main" in whole.content
    assert b"<h1>" not in part.content and b"<main" not in part.content
