"""Why a request went where it went, in the reader's words: no code of the profile is shown."""

import pytest
from django.utils import translation

from citydesk.contact.service_requests import queries
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
