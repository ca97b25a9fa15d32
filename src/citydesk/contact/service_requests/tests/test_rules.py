"""Codes by words, questions, routes, moves, duplicates, publicity and counting: decisions without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import CloseReason, RequestState
from citydesk.contact.service_requests.rules import (
    catalog,
    closing,
    codes,
    counting,
    duplicates,
    publicity,
    questions,
    routing,
    workflow,
)
from citydesk.kernel.errors import Conflict, Invalid

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
INDEX = codes.build_index(
    [
        codes.CodeWords(
            "tree_down",
            {"en": "Tree down, blocking", "es": "Árbol caído que bloquea"},
            {"en": ["fallen tree", "tree fell"], "es": ["árbol caído", "se cayó un árbol"]},
        ),
        codes.CodeWords("tree_trim", {"en": "Tree trim or prune", "es": "Poda de árbol"}, {"en": ["low branches"]}),
        codes.CodeWords(
            "pothole", {"en": "Pothole", "es": "Bache"}, {"en": ["hole in road"], "es": ["hoyo en la calle"]}
        ),
        codes.CodeWords(
            "missed_trash",
            {"en": "Missed trash pickup", "es": "Basura no recogida"},
            {"en": ["garbage not collected", "skipped my can"], "es": ["no pasó el camión de la basura"]},
        ),
    ]
)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("tree down on my street, blocking", "tree_down"),
        ("a tree fell on the road", "tree_down"),
        ("se cayo un arbol", "tree_down"),
        ("ÁRBOL CAIDO", "tree_down"),
        ("branches are too low", "tree_trim"),
        ("potole", "pothole"),
        ("potholes", "pothole"),
        ("hay un hoyo en la calle", "pothole"),
        ("they did not collect my garbage", "missed_trash"),
        ("garbge", "missed_trash"),
        ("no recogieron la basura", "missed_trash"),
        ("poth", "pothole"),
    ],
)
def test_residents_words_find_the_code(words, code):
    assert codes.find_codes(INDEX, words, "en")[0].code == code


def test_matched_words_are_marked_and_a_synonym_is_named():
    first = codes.find_codes(INDEX, "tree down", "en")[0]
    assert ("Tree", True) in first.marked and "".join(piece for piece, _ in first.marked) == "Tree down, blocking"
    spanish = codes.find_codes(INDEX, "hoyo en la calle", "en")[0]
    assert (spanish.name, spanish.because) == ("Pothole", "hoyo en la calle")


def test_three_at_most_and_nothing_for_nothing():
    assert len(codes.find_codes(INDEX, "tree pothole trash poda", "en")) == 3
    assert codes.find_codes(INDEX, "", "en") == [] and codes.find_codes(INDEX, "xyzzy qwrty", "en") == []


@given(st.text(max_size=200))
def test_no_text_breaks_the_finder(text):
    for one in codes.find_codes(INDEX, text, "es"):
        assert one.code in INDEX.codes and 0 < one.score < 5


QUESTIONS = tuple(
    questions.question(body)
    for body in (
        {"code": "wires", "ask": {"en": "Wires?"}, "type": "yes_no_unsure", "required": True,
         "stops": [{"when": ["yes"], "say": {"en": "Call 911."}}]},
        {"code": "lanes", "ask": {"en": "Lanes?"}, "type": "one_of", "options": [
            {"code": "one", "name": {"en": "One lane", "es": "Un carril"}}, {"code": "all", "name": {"en": "All"}}]},
        {"code": "way_out", "ask": {"en": "Way out?"}, "type": "yes_no", "required": True,
         "show_if": {"lanes": ["all"]}},
        {"code": "height", "ask": {"en": "Feet?"}, "type": "number", "at_least": "0", "at_most": "200"},
        {"code": "seen", "ask": {"en": "Seen on?"}, "type": "date"},
        {"code": "kinds", "ask": {"en": "Kinds?"}, "type": "several_of", "options": [
            {"code": "a", "name": {"en": "A"}}, {"code": "b", "name": {"en": "B"}}]},
    )
)  # fmt: skip


def test_a_hidden_question_is_neither_asked_nor_kept():
    checked = questions.check(QUESTIONS, {"wires": "no", "lanes": "one", "way_out": "yes"})
    assert checked.answers == {"wires": "no", "lanes": "one"} and not checked.errors
    missing = questions.check(QUESTIONS, {"wires": "no", "lanes": "all"})
    assert [error.field for error in missing.errors] == ["way_out"]


def test_answers_by_name_and_in_any_case_become_codes():
    checked = questions.check(QUESTIONS, {"wires": "NO", "lanes": "Un carril", "height": "1,5", "kinds": ["B", "a"]})
    assert checked.answers == {"wires": "no", "lanes": "one", "height": "15", "kinds": ["a", "b"]}


@pytest.mark.parametrize("text", ["2026-11-04", "11/4/2026", "11-04-2026", "11 4 2026"])
def test_a_day_is_taken_as_people_write_it(text):
    assert questions.check(QUESTIONS, {"wires": "no", "seen": text}).answers["seen"] == "2026-11-04"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("wires", "maybe"),
        ("height", "tall"),
        ("height", "-1"),
        ("height", "NaN"),
        ("seen", "yesterday"),
        ("seen", "13/24/2026"),
        ("kinds", ["c"]),
    ],
)
def test_what_is_no_answer_is_refused_at_its_question(field, value):
    errors = questions.check(QUESTIONS, {"wires": "no", field: value}).errors
    assert [error.field for error in errors] == [field]


def test_stops_are_met_and_drafts_may_be_incomplete():
    checked = questions.check(QUESTIONS, {"wires": "yes"}, must_be_complete=False)
    assert [stop.say["en"] for _, stop in checked.stops] == ["Call 911."] and not checked.ends


@given(
    st.dictionaries(
        st.sampled_from([q.code for q in QUESTIONS]),
        st.one_of(st.text(max_size=30), st.lists(st.text(max_size=5), max_size=3)),
    )
)
def test_checking_twice_is_checking_once(given_answers):
    once = questions.check(QUESTIONS, given_answers).answers
    assert questions.check(QUESTIONS, once).answers == once


def test_the_first_urgency_rule_wins():
    rules = [
        questions.urgency_rule({"when": {"lanes": ["all"]}, "urgency": "emergency", "sla": "now"}),
        questions.urgency_rule({"when": {"wires": ["no"]}, "urgency": "low"}),
    ]
    assert questions.urgency_of(rules, {"lanes": "all", "wires": "no"}, base="normal", sla="std")[:2] == (
        "emergency",
        "now",
    )
    assert questions.urgency_of(rules, {"wires": "no"}, base="normal", sla="std")[:2] == ("low", "std")
    assert questions.urgency_of(rules, {}, base="normal", sla="std")[:2] == ("normal", "std")


def rule(code, order, **body):
    return routing.rule_of(code, {"order": order, "name": {"en": code}, "team": f"team_{code}", **body})


def test_rules_are_asked_in_order_and_the_first_that_holds_wins():
    bodies = {
        "late": {"order": 30, "name": {}, "team": "c"},
        "north": {
            "order": 10,
            "name": {},
            "team": "a",
            "districts": {"forestry": ["N-1", "N-2"]},
            "services": ["tree"],
        },
        "all_trees": {"order": 20, "name": {}, "team": "b", "services": ["tree"]},
    }
    facts = routing.Facts("tree", "trees", {"forestry": "S-1"})
    decision = routing.decide(routing.in_order(bodies), facts, default_team="default")
    assert decision.team == "b" and [one.code for one in decision.passed] == ["north"]
    assert (decision.passed[0].condition, decision.passed[0].had) == ("district:forestry", "S-1")
    other = routing.decide(routing.in_order({"north": bodies["north"]}), facts, default_team="default")
    assert other.team == "default" and other.rule is None


def test_every_named_condition_must_hold():
    one = rule(
        "x", 1, answers={"lanes": ["all"]}, urgencies=["emergency"], hours={"calendar": "crews", "is_open": False}
    )
    facts = routing.Facts("s", "g", {}, {"lanes": ["all", "one"]}, "emergency", "web", lambda code: False)
    assert routing.first_failed(one, facts) is None
    open_now = routing.Facts("s", "g", {}, {"lanes": "all"}, "emergency", "web", lambda code: True)
    assert routing.first_failed(one, open_now).condition == "hours:crews"


@pytest.mark.parametrize("state", list(RequestState))
@pytest.mark.parametrize("move", [one.code for one in workflow.MOVES])
def test_every_state_and_move_is_decided_by_the_table(state, move):
    if state in workflow.move(move).sources:
        assert workflow.require_move(move, state).code == move
    else:
        with pytest.raises(Conflict):
            workflow.require_move(move, state)


def test_no_state_is_a_trap_and_a_right_that_is_missing_is_said():
    for state in RequestState:
        moves = workflow.next_moves(state, {choices.EDIT})
        assert any(may and one.to not in (None, state) for one, may in moves), state
        for one, may in moves:
            assert may == (one.permission == choices.EDIT)
    for state in RequestState:
        keys = [one.key for one, _ in workflow.next_moves(state, ())]
        assert len(keys) == len(set(keys)), state


def test_reopening_has_a_window():
    workflow.require_reopenable(closed_at=NOW, now=NOW + timedelta(days=14), days=14, reason="done")
    with pytest.raises(Conflict):
        workflow.require_reopenable(closed_at=NOW, now=NOW + timedelta(days=14, seconds=1), days=14, reason="done")
    with pytest.raises(Conflict):
        workflow.require_reopenable(closed_at=NOW, now=NOW, days=14, reason="duplicate")


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("The hole was fixed today.", True),
        ("El bache fue reparado.", True),
        ("It was not fixed: the road belongs to the state.", False),
        ("No fue reparado, la calle es del estado.", False),
        ("Please ask the utility.", False),
        ("We looked. It is done!", True),
        ("", False),
    ],
)
def test_a_closing_that_claims_done_is_known(text, is_said):
    assert closing.says_it_is_done(text) is is_said
    if is_said:
        with pytest.raises(Invalid):
            closing.require_honest(CloseReason.NOT_OURS, text)
    closing.require_honest(CloseReason.DONE, text)


@pytest.mark.parametrize("rule_text", ["nothing", "service_name", "reviewed", "as_typed"])
@pytest.mark.parametrize("state", ["none", "pending", "reviewed"])
def test_typed_words_are_public_only_where_the_code_says_as_typed(rule_text, state):
    shown = publicity.public_description(publicity.Rule(rule_text), typed="SECRET", reviewed="ok", review_state=state)
    assert ("SECRET" in shown) == (rule_text == "as_typed" and state != "reviewed")
    assert (shown == "ok") == (state == "reviewed" and rule_text in ("reviewed", "as_typed"))


def test_a_place_is_reduced_to_the_block():
    where = {"label": "1218 Oak St", "block_label": "1200 block of Oak St", "lat": 35.123456, "lon": -85.123456}
    block = publicity.public_place(publicity.Rule(place="block"), **where)
    assert block.label == "1200 block of Oak St" and block.lat != 35.123456 and not block.is_exact
    assert publicity.public_place(publicity.Rule(place="none"), **where) == publicity.PublicPlaceView()
    assert publicity.public_place(publicity.Rule(place="exact"), **where).lat == 35.123456


def test_only_done_is_told_as_done():
    told = {reason: publicity.status_code(RequestState.CLOSED, reason) for reason in CloseReason}
    assert [reason for reason, words in told.items() if words == "closed_done"] == [CloseReason.DONE]


def test_near_means_near_recent_and_open_first():
    nearby = duplicates.Nearby(150, 14, ("tree",))
    rows = [
        duplicates.Candidate(1, 35.0010, -85.0, "closed", NOW - timedelta(days=1)),
        duplicates.Candidate(2, 35.0012, -85.0, "open", NOW - timedelta(days=1)),
        duplicates.Candidate(3, 35.0100, -85.0, "open", NOW - timedelta(days=1)),
        duplicates.Candidate(4, 35.0001, -85.0, "open", NOW - timedelta(days=15)),
        duplicates.Candidate(5, 35.0002, -85.0, "in_progress", NOW - timedelta(days=13)),
    ]
    assert [one.id for one in duplicates.nearest(nearby, 35.0, -85.0, rows, now=NOW)] == [5, 2, 1]


@given(st.lists(st.floats(0, 1e8), min_size=1, max_size=200), st.sampled_from([0.5, 0.9]))
def test_a_percentile_from_the_histogram_is_within_its_error(values, share):
    histogram = {}
    for value in values:
        histogram[counting.bucket_of(value)] = histogram.get(counting.bucket_of(value), 0) + 1
    read = counting.percentile(histogram, share)
    exact = sorted(values)[max(-(-int(share * len(values) * 1000) // 1000) - 1, 0)]
    assert read is not None and read.low - 1e-6 <= exact * (1 + 1e-6) and exact <= read.high * (1 + 1e-6) + 1
    assert read.error <= 0.026


def test_an_unknown_code_publishes_its_name_and_asks_nothing():
    one = catalog.unknown_service("HPD-1", "HEAT/HOT WATER")
    assert one.questions == () and one.sla == "" and not one.nearby.is_on
    assert publicity.names_service(one.public) and one.public.text == "service_name"


def test_what_rules_refuse_is_said_in_the_readers_language():
    one = questions.question({"code": "how_many", "ask": {"en": "How many?"}, "type": "number", "at_most": 9})
    (wrong,) = questions.check([one], {"how_many": "12"}).errors
    assert (wrong.message, str(wrong)) == ("At most 9.", "At most 9.")
    with translation.override("es"):
        assert wrong.message == "Como máximo 9."
        with pytest.raises(Invalid) as refused:
            closing.require_honest("not_ours", "We fixed it.")
        assert "el trabajo se hizo" in refused.value.message and refused.value.hint.startswith("Elija")
