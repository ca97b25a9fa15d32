"""Quality of entry: rules with examples, the drawn sample, verification by somebody else, corrections by field."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.staff.tests.factories import make_user
from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.models import EntryCheck
from citydesk.contact.service_requests.queries import entry as queries
from citydesk.contact.service_requests.rules.entry import Entry, EntryRule, faults
from citydesk.contact.service_requests.tests.factories import MORNING, ServiceRequest, load_city, make_request, staff
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed

DAY = date(2026, 11, 24)
RULES = """
[entry_sample.sample]
daily = 4
[entry_rule.words]
kind = "words"
least = 3
name = {en = "Too few words", es = "Pocas palabras"}
[entry_rule.wires]
kind = "answered"
services = ["tree_down"]
questions = ["wires"]
name = {en = "Nobody asked about wires", es = "Nadie preguntó por cables"}
"""


def rule(kind, **more):
    return EntryRule(kind, kind, {"en": kind}, **more)


def an_entry(**more):
    usual = {
        "service": "pothole",
        "words": "A big hole",
        "has_point": True,
        "has_person": True,
        "is_anonymous": False,
        "answers": {},
    }
    return Entry(**{**usual, **more})


@pytest.mark.parametrize(
    ("asked", "good", "bad"),
    [
        (rule("words", least=3), {}, {"words": "A hole"}),
        (rule("place"), {}, {"has_point": False}),
        (rule("person"), {"has_person": False, "is_anonymous": True}, {"has_person": False}),
        (rule("answered", questions=("size",)), {"answers": {"size": "big"}}, {"answers": {"size": []}}),
        (
            rule("agrees", when={"out": ("no",)}, expect={"lanes": ("all",)}),
            {"answers": {"out": "no", "lanes": ["one", "all"]}},
            {"answers": {"out": "no", "lanes": "one"}},
        ),
        (rule("fits"), {"suggested": ("light", "pothole")}, {"suggested": ("light",)}),
    ],
)
def test_each_kind_of_rule_by_example(asked, good, bad):
    assert faults([asked], an_entry(**good)) == () and faults([asked], an_entry(**bad)) == (asked.code,)


def test_a_rule_of_another_code_is_not_asked():
    assert faults([rule("place", services=("tree_down",))], an_entry(has_point=False)) == ()


@given(st.text(max_size=40), st.integers(0, 5), st.dictionaries(st.sampled_from(["a", "b"]), st.text(max_size=3)))
def test_faults_are_the_rules_that_do_not_hold_each_once(words, least, answers):
    asked = [rule("words", least=least), rule("answered", questions=("a",)), rule("agrees", when={}, expect={})]
    found = faults(asked, an_entry(words=words, answers=answers))
    assert ("words" in found) == (len(words.split()) < least)
    assert ("answered" in found) == (not answers.get("a")) and "agrees" not in found
    assert len(set(found)) == len(found)


@pytest.fixture
def city(db):
    load_city({"entry_quality.toml": RULES})


def drawn(now=MORNING):
    services.draw_entry_sample(day=DAY, now=now)
    return list(EntryCheck.objects.order_by("request_id").values_list("request_id", flat=True))


def test_the_sample_is_the_days_own_the_size_the_profile_names_and_drawn_once(city):
    rows = [make_request("pothole", description=f"A big hole number {n}") for n in range(7)]
    make_request("uncoded")
    make_request("pothole", now=MORNING - timedelta(days=1))
    first = drawn()
    assert len(first) == 4 and set(first) <= {row.pk for row in rows}
    assert services.draw_entry_sample(day=DAY, now=MORNING) == 0 and drawn() == first


def test_a_confidential_request_is_never_drawn(city):
    row = make_request("pothole")
    ServiceRequest.objects.filter(pk=row.pk).update(is_confidential=True)
    assert drawn() == []


def test_what_the_rules_flag_stands_beside_it_and_comes_first(city):
    make_request("pothole", description="There is a hole in the road")
    bad = make_request("pothole", description="Hole")
    drawn()
    boss = staff("boss")
    [first, second] = queries.list_to_verify(boss, now=MORNING)
    assert (first.number, first.faults, second.faults) == (bad.number, ("Too few words",), ())


def one_check(**more):
    make_request("pothole")
    drawn()
    EntryCheck.objects.update(**more)
    return EntryCheck.objects.get()


def verify(check, who, wrong=(), now=MORNING):
    services.verify_entry(check_id=check.pk, wrong=wrong, note="", access=who, now=now)


def test_it_is_verified_once_by_somebody_else(city):
    boss, clerk = staff("boss"), staff("clerk", "representative")
    check = one_check(entered_by_id=boss.actor.staff_id)
    with pytest.raises(NotAllowed):
        verify(check, clerk)
    with pytest.raises(NotAllowed):
        verify(check, boss)
    assert queries.count_to_verify(boss) == 0
    other = staff("other")
    assert queries.count_to_verify(other) == 1
    with pytest.raises(Invalid):
        verify(check, other, ["shoe size"])
    verify(check, other, ["code", "place", "code"])
    with pytest.raises(Conflict):
        verify(check, other)
    figures = queries.entry_figures(now=MORNING)
    assert (figures.verified, figures.right) == (1, 0)
    assert dict(figures.wrong) == {"code": 1, "place": 1, "answers": 0, "description": 0, "customer": 0}


def test_corrections_are_counted_by_field_for_thirty_days(city):
    row, boss = make_request("pothole", description="A hole"), staff("boss")
    for words in ("A big hole", "A very big hole"):
        services.correct(
            request_id=row.pk,
            correction=services.Correction(description=words),
            reason="Heard again",
            access=boss,
            now=MORNING,
        )
    assert dict(queries.entry_figures(now=MORNING).corrected)["description"] == 2
    assert dict(queries.entry_figures(now=MORNING + timedelta(days=31)).corrected)["description"] == 0


def test_the_page_shows_the_sample_and_takes_the_answer(city):
    check = one_check()
    client = Client()
    client.force_login(make_user("chief", roles=["supervisor"]))
    page = client.get("/desk/requests/entry/").content.decode()
    assert "It is broken" in page
    # What is looked for stands there in words, with the codes it is asked of.
    assert "Nobody asked about wires" in page and "Tree down" in page and "4 are drawn by lot" in page
    assert client.post("/desk/requests/entry/", {"check": check.pk, "wrong": ["place"]}).status_code == 302
    check.refresh_from_db()
    assert check.wrong == ["place"]
    assert client.post("/desk/requests/entry/", {"check": check.pk}).status_code == 409


def test_who_left_an_address_is_somebody_to_tell(db):
    kind = 'kind = "person"\nname = {en = "Nobody to tell", es = "Nadie a quien avisar"}\n'
    load_city({"entry_quality.toml": f"[entry_rule.person]\n{kind}"})
    told = make_request("pothole", reporter=services.Person("Ana", "letter", "1210 Oak St"))
    nobody = make_request("pothole")
    found = queries.faults_of([told.pk, nobody.pk], now=MORNING)
    assert found == {told.pk: (), nobody.pk: ("person",)}


def test_answers_are_read_in_words(city):
    make_request("tree_down", answers={"wires": "unsure"})
    drawn()
    [one] = queries.list_to_verify(staff("boss"), now=MORNING)
    assert [answer for _question, answer in one.answers] == ["Not sure"]


def test_the_day_is_the_citys(city):
    """Recorded at two in the morning in universal time: the evening before in the city."""
    late = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    row = make_request("pothole", now=late)
    assert drawn(late) == [row.pk]
