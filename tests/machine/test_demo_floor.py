"""The demo's telephone floor: the same day when asked again, nobody in two states, told bit by bit like whole."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from citydesk.contact.traffic.rules import LegRecord, StateRecord, faults_of, fit_stays
from citydesk.contact.traffic.rules.states import Stay
from config.demo.floor import Day, Member, Spoken, State, Turn, simulate
from config.demo.switch import counted

MONDAY = date(2026, 11, 16)
OPEN, CLOSE = datetime(2026, 11, 16, 12, tzinfo=UTC), datetime(2026, 11, 17, 0, tzinfo=UTC)
MEMBERS = [Member(f"PJSIP/{number}", number < 2) for number in range(8)]
WRITTEN = Spoken("PJSIP/3", OPEN + timedelta(hours=3), OPEN + timedelta(hours=3, minutes=4), "en")


def told():
    day = Day(MONDAY, ZoneInfo("America/New_York"), ((OPEN, CLOSE),), spoken=(WRITTEN,))
    return simulate(day, MEMBERS, ("calls", "spanish", "chat"), "seed", has_states=True)


def test_a_day_is_the_same_again_and_fits():
    day = told()
    assert day == told() and 150 < len(day.calls) < 350
    whole = list(day.upto(CLOSE + timedelta(hours=1)))
    assert not [one for one in whole if isinstance(one, LegRecord) and faults_of(one)]
    for member in MEMBERS:
        stays = [Stay(one.state, one.since, one.until) for one in day.stays if one.agent == member.name]
        assert not fit_stays([], stays).overlapping
    assert sum(bool(one.agent) for one in day.calls) > 0.8 * len(day.calls)


def test_told_bit_by_bit_it_is_what_it_is_as_a_whole():
    day, at, step = told(), OPEN - timedelta(hours=1), timedelta(minutes=37)
    legs, stays = {}, {}
    while at < CLOSE + timedelta(hours=1):
        for one in day.upto(at + step, at):
            if isinstance(one, StateRecord):
                stays[one.agent, one.state, one.since] = one.until
            else:
                legs[one.source_id] = one
        at += step
    whole = list(day.upto(at))
    assert legs == {one.source_id: one for one in whole if isinstance(one, LegRecord)}
    assert stays == {(one.agent, one.state, one.since): one.until for one in whole if isinstance(one, StateRecord)}


def test_on_a_planned_day_people_come_when_they_were_planned():
    begin, end = OPEN + timedelta(hours=1), CLOSE - timedelta(hours=1)
    meal = (OPEN + timedelta(hours=5), OPEN + timedelta(hours=5, minutes=30), State.MEAL)
    turns = (Turn("PJSIP/2", (begin, end), (meal,)), Turn("PJSIP/5", (begin, end)), Turn("somebody else", (begin, end)))
    day = Day(MONDAY, ZoneInfo("America/New_York"), ((OPEN, CLOSE),), turns=turns)
    stays = simulate(day, MEMBERS, ("calls", "spanish", "chat"), "seed", has_states=True).stays
    assert {one.agent for one in stays} == {"PJSIP/2", "PJSIP/5"}
    for name in ("PJSIP/2", "PJSIP/5"):
        own = [one for one in stays if one.agent == name]
        assert abs(min(one.since for one in own) - begin) < timedelta(minutes=30)
        assert abs(max(one.until for one in own) - end) < timedelta(minutes=15)
    meals = [one for one in stays if one.state == State.MEAL]
    assert [one.agent for one in meals] == ["PJSIP/2"] and abs(meals[0].since - meal[0]) < timedelta(minutes=5)


def test_the_night_line_answers_where_nobody_was_planned_and_counts_for_no_person():
    night = (Member("Local/night-1", True), Member("Local/night-2", False))
    early = (OPEN - timedelta(hours=6), OPEN)
    alone = (CLOSE - timedelta(hours=3), CLOSE)
    turns = (Turn("PJSIP/2", (OPEN, alone[0])),)
    day = Day(
        MONDAY, ZoneInfo("America/New_York"), ((OPEN, CLOSE),), (early,), turns=turns, night=night, uncovered=(alone,)
    )
    whole = simulate(day, MEMBERS, ("calls", "spanish", "chat"), "seed", has_states=True)
    by_night = [one for one in whole.calls if one.agent.startswith("Local/")]
    assert {one.agent for one in by_night} == {"Local/night-1", "Local/night-2"}
    assert all(one.left_at < OPEN or one.left_at > alone[0] for one in by_night)
    assert [one for one in by_night if one.left_at < OPEN] and [one for one in by_night if one.left_at > alone[0]]
    own = [one for one in whole.stays if one.agent == "PJSIP/2"]
    assert max(one.since for one in own) < alone[0] + timedelta(minutes=10)
    assert {one.agent for one in whole.stays} == {"PJSIP/2", "Local/night-1", "Local/night-2"}


def test_on_an_open_day_that_nobody_was_planned_for_the_night_line_alone_is_there():
    night = (Member("Local/night-1", True),)
    saturday = OPEN + timedelta(days=5), CLOSE + timedelta(days=5)
    day = Day(saturday[0].date(), ZoneInfo("America/New_York"), (saturday,), night=night, uncovered=(saturday,))
    whole = simulate(day, MEMBERS, ("calls", "", ""), "seed", has_states=True)
    assert {one.agent for one in whole.stays} == {"Local/night-1"}
    # Fewer call than on a working day, and at the hours at which people call.
    assert 30 < len(whole.calls) < 120


def test_callers_have_numbers_of_the_city():
    day = Day(MONDAY, ZoneInfo("America/Chicago"), ((OPEN, CLOSE),), area="918")
    calls = simulate(day, MEMBERS, ("calls", "", ""), "seed", has_states=False).calls
    assert calls and all(one.caller.startswith("918555") for one in calls)


def test_a_call_passed_on_has_the_number_it_was_put_through_to():
    day = Day(MONDAY, ZoneInfo("America/New_York"), ((OPEN, CLOSE),), offices=("+14235550190", "+14235550191"))
    told = simulate(day, MEMBERS, ("calls", "spanish", "chat"), "seed", has_states=True)
    passed_on = [one for one in told.calls if one.is_passed_on]
    names = {one.name for one in MEMBERS}
    assert passed_on and all(one.passed_on_to in {*day.offices, *names - {one.agent}} for one in passed_on)
    assert not [one for one in told.calls if one.passed_on_to and not one.is_passed_on]
    legs = {one.source_id: one for one in told.upto(CLOSE + timedelta(hours=1)) if isinstance(one, LegRecord)}
    assert {one.passed_on_to for one in passed_on} == {legs[one.id].transfer_to for one in passed_on}


def test_a_line_that_tells_counts_tells_the_same_again_and_they_add_up():
    told = list(counted("water", ((OPEN, CLOSE),)))
    assert told == list(counted("water", ((OPEN, CLOSE),))) and len(told) == 24
    assert 20 < sum(one.offered for one in told) < 100
    assert all(one.offered == one.answered + one.abandoned and one.answered_within <= one.answered for one in told)
