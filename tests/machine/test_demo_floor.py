"""The demo's telephone floor: the same day when asked again, nobody in two states, told bit by bit like whole."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from citydesk.contact.traffic.rules import LegRecord, StateRecord, faults_of, fit_stays
from citydesk.contact.traffic.rules.states import Stay
from config.demo.floor import Day, Member, Spoken, simulate

MONDAY = date(2026, 11, 16)
OPEN, CLOSE = datetime(2026, 11, 16, 12, tzinfo=UTC), datetime(2026, 11, 17, 0, tzinfo=UTC)
MEMBERS = [Member(f"PJSIP/{number}", number < 2) for number in range(8)]
WRITTEN = Spoken("PJSIP/3", OPEN + timedelta(hours=3), OPEN + timedelta(hours=3, minutes=4), "en")


def told():
    day = Day(MONDAY, ZoneInfo("America/New_York"), ((OPEN, CLOSE),), spoken=(WRITTEN,))
    return simulate(day, MEMBERS, ("calls", "spanish", "chat"), "seed", has_states=True)


def test_a_day_is_the_same_again_and_fits():
    day = told()
    assert day == told() and 250 < len(day.calls) < 500
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
