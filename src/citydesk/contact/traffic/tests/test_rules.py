"""The arithmetic of traffic: formulas by the published vector, slots over clock changes, sums, states, matching."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.contact.traffic import rules
from citydesk.contact.traffic.choices import AgentStateKind, Formula, LegOutcome, WorkClass
from citydesk.contact.traffic.rules.handle_time import ExpectedHandle, expected_handle
from citydesk.contact.traffic.rules.intervals import LENGTHS, cut, day_bounds
from citydesk.contact.traffic.rules.states import Stay, fit_stays, overlaps, state_of_pause

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
VECTORS = Path(__file__).parents[6] / "shared/vectors/staffing.json"
MILLION = 10**9


def leg(wait=10, outcome=LegOutcome.ANSWERED, at=NOON, **more):
    left = None if outcome == LegOutcome.OPEN else at + timedelta(seconds=wait)
    ended = left and left + timedelta(seconds=more.get("talk_s", 0) + more.get("hold_s", 0))
    return rules.LegRecord(
        source_id="1", queue="q", entered_at=at, wait_ended_at=left, ended_at=ended, outcome=outcome, **more
    )


# --- service level ---------------------------------------------------------------------------------------------------


def test_five_formulas_give_five_answers_for_the_published_center():
    """48 calls a minute, one minute each, 50 people, patience two minutes, threshold 20 s; 1 % left within 5 s."""
    served, left_within, left = 0.9430189547469585, 0.029845436960825585, 0.03091224916219337
    short = round(MILLION * 0.01)
    sums = rules.Sums(
        offered=MILLION,
        answered=MILLION - round(MILLION * left),
        answered_within=round(MILLION * served),
        abandoned=round(MILLION * left) - short,
        short_abandoned=short,
        abandoned_within=round(MILLION * left_within),
    )
    found = {one: rules.service_level(one, sums).value for one in Formula}
    assert len({round(value, 5) for value in found.values()}) == 5
    told = {one: round(value, 5) for one, value in found.items()}
    assert told == {
        Formula.STRICT: 0.94302,
        Formula.NET_OF_SHORT: round(served / 0.99, 5),
        Formula.NET_OF_ABANDONED: 0.97203,
        Formula.ANY_REMOVAL: 0.97286,
        Formula.OF_ANSWERED: 0.97310,
    }
    assert set(rules.FORMULAS) == set(Formula)


def test_formulas_meet_the_shared_vectors():
    if not VECTORS.parents[1].is_dir():
        pytest.skip("a clone without ../shared")
    for one in json.loads(VECTORS.read_text())["erlang_a"]:
        sums = rules.Sums(
            offered=MILLION,
            answered=MILLION - round(MILLION * one["Pab"]),
            answered_within=round(MILLION * one["served_T"]),
            abandoned=round(MILLION * one["Pab"]),
            abandoned_within=round(MILLION * one["ab_T"]),
        )
        told = {
            Formula.STRICT: one["SL_served_off"],
            Formula.ANY_REMOVAL: one["SL1"],
            Formula.OF_ANSWERED: one["SL_ans"],
            Formula.NET_OF_ABANDONED: one["SL_netshort"],
        }
        for formula, expected in told.items():
            assert rules.service_level(formula, sums).value == pytest.approx(expected, abs=3e-9)


def test_a_day_is_the_sum_of_its_slots_and_not_the_mean_of_shares():
    quiet = rules.Sums(offered=2, answered=2, answered_within=2)
    busy = rules.Sums(offered=98, answered=98, answered_within=49)
    assert rules.service_level(Formula.STRICT, quiet + busy) == rules.Ratio(51, 100)
    assert rules.share_of_intervals_met(Formula.STRICT, [quiet, busy, rules.Sums()], Decimal("0.8")) == rules.Ratio(
        1, 2
    )
    assert rules.service_level(Formula.STRICT, rules.Sums()).value is None


legs = st.builds(
    leg,
    wait=st.integers(0, 90),
    outcome=st.sampled_from(sorted(set(LegOutcome) - {LegOutcome.SHORT_ABANDONED})),
    at=st.integers(0, 86_400).map(lambda s: NOON + timedelta(seconds=s)),
    talk_s=st.integers(0, 900),
    hold_s=st.integers(0, 60),
    acw_s=st.integers(0, 60),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(legs, max_size=30), st.integers(0, 40), st.integers(0, 15))
def test_sums_are_whole_and_add_up_over_slots(some, threshold, short):
    """I1 for any legs; the sums of slots are the sums of the day; formulas stay within 0 and 1 and in their order."""
    told = {"threshold_s": threshold, "short_abandon_s": short}
    day = rules.count_legs(some, **told)
    assert rules.is_whole(day)
    slots: dict = {}
    for one in some:
        slots.setdefault(rules.slot_of(one.entered_at, 15, NEW_YORK), []).append(one)
    assert sum((rules.count_legs(part, **told) for part in slots.values()), rules.Sums()) == day
    found = {one: rules.service_level(one, day) for one in Formula}
    assert all(one.value is None or 0 <= one.value <= 1 for one in found.values())
    assert found[Formula.STRICT].numerator <= found[Formula.ANY_REMOVAL].numerator
    assert found[Formula.NET_OF_SHORT].denominator <= found[Formula.STRICT].denominator


def test_callbacks_and_exits_are_no_abandons_and_short_ones_are_apart():
    some = [
        leg(3, LegOutcome.ABANDONED),
        leg(5, LegOutcome.ABANDONED),
        leg(30, LegOutcome.CALLBACK_REQUESTED),
        leg(10, LegOutcome.TIMEOUT),
        leg(0, LegOutcome.EMPTY_EXIT),
        leg(outcome=LegOutcome.OPEN),
    ]
    sums = rules.count_legs(some, threshold_s=20, short_abandon_s=5)
    assert (sums.abandoned, sums.short_abandoned, sums.abandoned_within) == (1, 1, 2)
    assert (sums.callbacks, sums.timeouts, sums.empty_exits, sums.still_open) == (1, 1, 1, 1)
    assert sums.removed_within == 2  # the callback came after the threshold


# --- metrics ---------------------------------------------------------------------------------------------------------


def test_metrics_divide_sums():
    some = [leg(10, talk_s=100, hold_s=20, acw_s=30), leg(30, talk_s=50), leg(40, LegOutcome.ABANDONED)]
    sums = rules.count_legs(some, threshold_s=20, short_abandon_s=5)
    given = {name: getattr(sums, name) for name in rules.FACT_COLUMNS}
    told = {code: rules.value_of(rules.CATALOG[code], given) for code in ("asa", "aht", "abandon_rate", "hold_rate")}
    assert told["asa"] == rules.Ratio(40, 2)
    assert told["aht"] == rules.Ratio(200, 2)
    assert told["abandon_rate"] == rules.Ratio(1, 3)
    assert told["hold_rate"] == rules.Ratio(1, 2)


def test_shrinkage_is_one_less_the_share_and_a_missing_sum_is_no_zero():
    shrinkage = rules.value_of(rules.CATALOG["shrinkage"], {"for_contacts_s": 70, "paid_s": 100})
    assert shrinkage == rules.Ratio(30, 100)
    with pytest.raises(KeyError):
        rules.value_of(rules.CATALOG["occupancy"], {"on_contact_s": 1})


def test_every_metric_of_this_room_is_made_of_sums_that_are_kept():
    kept = {*rules.FACT_COLUMNS, "on_contact_s", "on_hold_s", "after_s", "available_s", "ringing_s", "logged_s"}
    for one in rules.CATALOG.values():
        assert one.text and one.version <= rules.DEFINITIONS
        if one.is_of_queue:
            assert {name.lstrip("-") for name in (*one.numerator, *one.denominator)} <= kept


# --- intervals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 6, 1), 24)],
)
@pytest.mark.parametrize("minutes", LENGTHS)
def test_days_of_23_and_25_hours_have_as_many_slots(day, hours, minutes):
    slots = rules.day_slots(day, minutes, NEW_YORK)
    assert len(slots) == hours * 60 // minutes
    assert all(one.until == two.since for one, two in pairwise(slots))
    assert len({one.since for one in slots}) == len(slots)


def test_the_hour_that_comes_twice_is_two_hours():
    first = datetime(2026, 11, 1, 5, 10, tzinfo=UTC)  # 01:10 summer time
    second = first + timedelta(hours=1)  # 01:10 winter time
    assert rules.slot_of(first, 30, NEW_YORK) != rules.slot_of(second, 30, NEW_YORK)


moments = st.integers(0, 40 * 86_400).map(lambda s: datetime(2026, 10, 1, tzinfo=UTC) + timedelta(seconds=s))


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(0, 90_000), st.sampled_from(LENGTHS), st.sampled_from([NEW_YORK, ZoneInfo("Asia/Kolkata")]))
def test_time_is_split_to_the_second(since, seconds, minutes, zone):
    """I3: the parts of a stretch are its whole, none is longer than a slot, and each begins on the zone's clock."""
    until = since + timedelta(seconds=seconds)
    parts = rules.split(since, until, minutes, zone)
    assert sum(parts.values(), timedelta()) == until - since
    assert all(timedelta() < one <= timedelta(minutes=minutes) for one in parts.values())
    for begin in parts:
        shown = begin.astimezone(zone)
        assert (shown.minute % minutes, shown.second) == (0, 0)
        assert (begin - rules.origin_of(zone)) % timedelta(minutes=minutes) == timedelta()


def test_cutting_nothing_gives_nothing():
    assert list(cut(rules.Slot(NOON, NOON), 15, NEW_YORK)) == []
    assert day_bounds(date(2026, 3, 8), NEW_YORK).since == datetime(2026, 3, 8, 5, tzinfo=UTC)


# --- legs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"talk_s": -1}, "below zero"),
        ({"wait_ended_at": NOON - timedelta(seconds=1)}, "before it entered"),
        ({"ended_at": NOON}, "before it left"),
        ({"wait_ended_at": None, "ended_at": None}, "open and has left"),
        ({"entered_at": datetime(2026, 3, 10)}, "no zone"),
    ],
)
def test_impossible_legs_are_named(changes, said):
    assert rules.faults_of(leg()) == ""
    assert said in rules.faults_of(leg()._replace(**changes))


# --- states ----------------------------------------------------------------------------------------------------------


def stay(state, since, until, **more):
    return Stay(state, NOON + timedelta(seconds=since), until and NOON + timedelta(seconds=until), **more)


def test_states_told_again_are_known_and_open_ones_end():
    kept = [stay("available", 0, 60, id=1), stay("on_contact", 60, None, id=2)]
    told = [stay("available", 0, 60), stay("on_contact", 60, 90), stay("acw", 90, 100), stay("break", 80, 95)]
    fitted = fit_stays(kept, told)
    assert [one.id for one in fitted.ended] == [2]
    assert [one.state for one in fitted.known] == ["available"]
    assert [one.state for one in fitted.overlapping] == ["break"]
    assert [one.state for one in fitted.new] == ["acw"]
    again = fit_stays([replace(one, id=9) for one in (*kept[:1], *fitted.ended, *fitted.new)], told)
    assert (again.new, again.ended) == ([], [])


some_stays = st.lists(
    st.tuples(st.sampled_from(["available", "acw"]), st.integers(0, 50), st.integers(1, 30)).map(
        lambda one: stay(one[0], one[1], one[1] + one[2])
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(some_stays, some_stays)
def test_nothing_kept_ever_overlaps(first, second):
    kept = fit_stays([], first).new
    fitted = fit_stays([replace(one, id=place) for place, one in enumerate(kept)], second)
    whole = [*kept, *fitted.new]
    assert not any(overlaps(one, two) for place, one in enumerate(whole) for two in whole[place + 1 :])
    assert len(fitted.new) + len(fitted.known) + len(fitted.overlapping) == len(second)


def test_words_of_pauses():
    assert state_of_pause(" ACW ") == AgentStateKind.ACW
    assert state_of_pause("back_office") == AgentStateKind.OFFLINE_WORK
    assert state_of_pause("") == AgentStateKind.BREAK
    assert state_of_pause("zebra") is None


# --- matching --------------------------------------------------------------------------------------------------------


def spoken(key, at=0, agent=1, number="4235550101", talk=120):
    answered = NOON + timedelta(seconds=at)
    return rules.Spoken(key, agent, answered, answered + timedelta(seconds=talk), number)


def contact(key, at=0, agent=1, *numbers):
    return rules.Contact(key, agent, NOON + timedelta(seconds=at), frozenset(numbers))


def test_agent_time_and_number_pair_a_leg_with_its_contact():
    (found,) = rules.match_contacts([spoken(1)], [contact(7, 8, 1, "14235550101"), contact(8, 40)])
    assert (found.contact_id, found.score) == (7, 120)
    assert found.reasons == ("during:8", "same_agent", "same_number")


def test_what_speaks_against_a_pair_counts():
    assert rules.match_contacts([spoken(1)], [contact(7, 8, 2)]) == []  # another clerk
    assert (
        rules.match_contacts([spoken(1)], [contact(7, 8, 2, "4235550101")]) == []
    )  # and the number alone is not enough
    assert rules.match_contacts([spoken(1)], [contact(7, 8, 1, "4235559999")]) == []  # another number
    assert rules.match_contacts([spoken(1)], [contact(7, -121, 1, "4235550101")]) == []  # too early
    (found,) = rules.match_contacts([spoken(1, agent=None)], [contact(7, 8, 1, "4235550101")])
    assert found.score == 80


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 600), st.sampled_from([1, 2, None])), max_size=8),
    st.lists(st.tuples(st.integers(0, 600), st.sampled_from([1, 2, None])), max_size=8),
    st.randoms(use_true_random=False),
)
def test_each_is_paired_once_and_the_order_does_not_matter(calls, records, mixed):
    some = [spoken(place, at, agent) for place, (at, agent) in enumerate(calls)]
    contacts = [contact(place, at, agent) for place, (at, agent) in enumerate(records)]
    found = rules.match_contacts(some, contacts)
    assert len({one.leg_id for one in found}) == len(found) == len({one.contact_id for one in found})
    mixed.shuffle(some)
    mixed.shuffle(contacts)
    assert set(rules.match_contacts(some, contacts)) == set(found)


def test_handle_time_is_expected_by_class_of_work():
    """Too few of a queue's own: all queues' of the class; a class never stands for another one."""
    sums = {(1, WorkClass.PLAIN): (30, 6_000), (1, WorkClass.INTERPRETED): (5, 3_000),
            (2, WorkClass.PLAIN): (2, 900), (2, WorkClass.INTERPRETED): (20, 9_000),
            (2, WorkClass.ESCALATED): (19, 9_500)}  # fmt: skip
    found = expected_handle(sums)
    assert found[1, WorkClass.PLAIN] == ExpectedHandle(200, 30)
    assert found[2, WorkClass.PLAIN] == ExpectedHandle(6_900 / 32, 32, is_of_all_queues=True)
    assert found[1, WorkClass.INTERPRETED] == ExpectedHandle(480, 25, is_of_all_queues=True)
    assert found[2, WorkClass.INTERPRETED] == ExpectedHandle(450, 20)
    assert not [key for key in found if key[1] == WorkClass.ESCALATED]
