"""What switches write, read into our words. The golden files were written and checked by hand."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from citydesk.contact.traffic.choices import AgentStateKind, LegOutcome
from citydesk.contact.traffic.providers import READERS, Settings
from citydesk.contact.traffic.rules import CountRecord, LegRecord, Oddity, StateRecord
from citydesk.contact.traffic.tests.readable import readable
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import BadRow

GOLDEN = Path(__file__).parent / "golden"
BANK = Path(__file__).parents[6] / "shared/data/calls/bank_calls_5min_2003.csv"
NEW_YORK = ZoneInfo("America/New_York")


def read(kind, lines, **settings):
    return list(READERS[kind](Settings(**settings)).read(lines))


def of(told, kind):
    return [one for one in told if isinstance(one, kind)]


def golden(name):
    return (GOLDEN / name).read_text(encoding="utf-8").splitlines(keepends=True)


# --- queue_log -------------------------------------------------------------------------------------------------------


def test_every_event_of_a_queue_log_by_hand():
    """Ring in milliseconds, pauses, transfers to a second leg, a restart, orphans, a clock set back, cut-off lines."""
    expected = [one.rstrip("\n") for one in golden("queue_log.expected")]
    assert readable(read("queue_log", golden("queue_log.txt"))) == expected


def test_the_unit_of_a_ring_that_nobody_answered_is_milliseconds():
    told = read("queue_log", ["1773158400|c|q|A|ADDMEMBER|\n", "1773158430|c|q|A|RINGNOANSWER|15000\n"])
    ringing = next(one for one in of(told, StateRecord) if one.state == AgentStateKind.RINGING)
    assert ringing.until - ringing.since == timedelta(seconds=15)


def test_a_log_cut_in_two_reads_like_one():
    """What was going on when the first part ended is taken up by the second, and named alike."""
    whole = golden("queue_log.txt")[:26]
    one = read("queue_log", whole)
    ended = {leg.source_id: leg for leg in of(one, LegRecord)}
    for cut in range(1, len(whole)):
        first = read("queue_log", whole[:cut])

        class Kept:
            legs = staticmethod(lambda at, told=first: [leg for leg in of(told, LegRecord) if leg.ended_at is None])
            states = staticmethod(lambda at, told=first: [one for one in of(told, StateRecord) if one.until is None])

        second = read("queue_log", whole[cut:], before=Kept())
        assert not of(first, Oddity) + of(second, Oddity), cut
        last = {leg.source_id: leg for leg in [*of(first, LegRecord), *of(second, LegRecord)]}
        assert {key: (leg.outcome, leg.wait_s, leg.talk_s, leg.agent) for key, leg in last.items()} == {
            key: (leg.outcome, leg.wait_s, leg.talk_s, leg.agent) for key, leg in ended.items()
        }


def test_a_truncated_log_never_counts_half_a_number():
    lines = ["1773158400|c|q|NONE|ENTERQUEUE||1\n", "1773158410|c|q|A|CONNECT|10|x|1\n", "1773158500|c|q|A|COMPLETEA"]
    *_, leg = of(told := read("queue_log", lines), LegRecord)
    assert leg.outcome == LegOutcome.ANSWERED and leg.ended_at is None and leg.talk_s == 0
    (bad,) = of(told, BadRow)
    assert (bad.line, bad.reason) == (3, "The file ends within this line.")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("abc|c|q|A|CONNECT|1|x|1\n", "'abc' is no time."),
        ("99999999999999|c|q|A|CONNECT|1|x|1\n", "is no time."),
        ("nan|c|q|A|CONNECT|1|x|1\n", "is no time."),
        ("1773158400|c\n", "The line is cut off"),
        ("1773158400|c|q|A|COMPLETEAGENT|5|-3|1\n", "'-3' is no number of seconds."),
        ("1773158400||q|A|ENTERQUEUE||1\n", "The call or the queue is missing."),
    ],
)
def test_bad_lines_are_named_and_the_others_are_read(line, reason):
    told = read("queue_log", [line, "1773158400|d|q|NONE|ENTERQUEUE||1\n"])
    (bad,) = of(told, BadRow)
    assert bad.line == 1 and reason in bad.reason
    assert [leg.source_id for leg in of(told, LegRecord)] == ["d|q|1773158400"]


def test_words_of_pauses_of_a_city():
    lines = ["1773158400|c|q|A|PAUSE|siesta\n", "1773158500|c|q|A|UNPAUSE|\n"]
    (stay, _) = of(read("queue_log", lines, pauses={"Siesta": AgentStateKind.MEAL}), StateRecord)
    assert (stay.state, stay.aux) == (AgentStateKind.MEAL, "siesta")


CALL = (
    "1773158400|c|q|NONE|ENTERQUEUE||1\n",
    "1773158410|c|q|A|CONNECT|10|x|1\n",
    "1773158500|c|q|A|COMPLETEAGENT|10|90|1\n",
)


@pytest.mark.parametrize(
    ("after", "acw"),
    [
        ([(500, "PAUSE|acw"), (545, "UNPAUSE|")], 45),
        ([(508, "PAUSEALL|Wrap-up"), (545, "UNPAUSEALL|")], 37),
        ([(500, "PAUSE|acw"), (520, "PAUSE|lunch"), (900, "UNPAUSE|")], 20),
        ([(500, "PAUSE|acw"), (900, "UNPAUSE|")], 60),  # the queue allows a minute
        ([(511, "PAUSE|acw"), (545, "UNPAUSE|")], 0),  # too late to be the call's
        ([(500, "PAUSE|lunch"), (505, "PAUSE|acw"), (545, "UNPAUSE|")], 0),
        ([(500, "PAUSE|acw")], 0),  # it lasts: nobody knows how long
        ([], 0),
    ],
)
def test_work_after_a_call_is_the_pause_that_begins_with_its_end(after, acw):
    lines = [*CALL, *(f"1773158{second}|NONE|q|A|{event}\n" for second, event in after)]
    (leg,) = of(read("queue_log", lines, most_after={"q": 60}), LegRecord)
    assert (leg.acw_s, leg.talk_s, leg.handle_s) == (acw, 90, 90 + acw)
    # Signed in before the call, the agent is free for a moment between the two; nothing changes by that.
    signed_in = ["1773158390|NONE|q|A|ADDMEMBER|\n", *lines]
    (leg,) = of(read("queue_log", signed_in, most_after={"q": 60}), LegRecord)
    assert leg.acw_s == acw


def test_the_next_call_ends_the_work_after_the_one_before():
    more = [
        "1773158505|NONE|q|A|PAUSE|acw\n", "1773158520|d|q|NONE|ENTERQUEUE||2\n",
        "1773158530|d|q|A|CONNECT|10|x|1\n", "1773158590|d|q|A|COMPLETECALLER|10|60|1\n",
    ]  # fmt: skip
    legs = {one.source_id[0]: one.acw_s for one in of(read("queue_log", [*CALL, *more]), LegRecord)}
    assert legs == {"c": 24, "d": 0}, "it rang for the last second"


def test_a_queue_log_is_read_fast_enough():
    """20,000 lines a second are asked of a usual machine; a third of that holds on a slow one."""
    lines = []
    for call in range(4_000):
        at = 1773158400 + 3 * call
        lines += [
            f"{at}|{call}|calls|NONE|ENTERQUEUE||423555{call:04d}|1\n",
            f"{at + 8}|{call}|calls|PJSIP/{call % 40}|CONNECT|8|{call}b|5\n",
            f"{at + 8}|{call}|calls|PJSIP/{call % 40}|COMPLETECALLER|8|120|1\n",
        ]
    began = time.process_time()
    assert len(of(read("queue_log", lines), LegRecord)) == 4_000
    assert len(lines) / (time.process_time() - began) > 6_000


# --- contact records -------------------------------------------------------------------------------------------------


def test_contact_records_by_hand():
    """Answered with hold and work after, abandoned, called back, moved, a failed line, never queued, open, bad ones."""
    expected = [one.rstrip("\n") for one in golden("connect.expected")]
    assert readable(read("connect", golden("connect.jsonl"))) == expected


def test_a_list_and_one_record_are_read_too():
    one = golden("connect.jsonl")[1].strip()
    (plain,) = read("connect", [one])
    (listed,) = read("connect", ["[\n", one, "\n]"])
    (spread,) = read("connect", ["{\n", one[1:]])
    assert plain.source_id == listed.source_id == spread.source_id == "a2"
    assert read("connect", []) == []
    with pytest.raises(Invalid):
        read("connect", ["[", one, ","])


# --- counts ----------------------------------------------------------------------------------------------------------


def test_counts_with_the_clock_of_the_city():
    """The hour that comes twice is two hours; one that never was, and one that comes twice without reason, are bad."""
    lines = [
        "Start,Calls,Answered\n",
        "2026-11-01 00:30,5,4\n",
        "2026-11-01 01:00,6,6\n",
        "2026-11-01 01:30,7,\n",
        "2026-11-01 01:00,8,8\n",
        "2026-11-01 01:30,9,8\n",
        "2026-11-01 02:00,1,1\n",
        "2026-11-01 02:00,2,1\n",
        "2026-03-08 02:30,3,1\n",
        "2026-11-01 03:00,many,1\n",
        "2026-11-01 03:3",
    ]
    told = read("intervals", lines, queue="calls", zone=NEW_YORK)
    assert readable(told) == [
        "8 bad 2026-11-01 02:00 : '2026-11-01 02:00' is there twice.",
        "9 bad 2026-03-08 02:30 : 2026-03-08 02:30:00 never was: clocks went forward.",
        "10 bad 2026-11-01 03:00 : 'many' is no whole number (offered).",
        "11 bad 2026-11-01 03:3 : The row is cut off: it has fewer cells than the header.",
        "2 count calls 2026-11-01T04:30 30 min 5",
        "3 count calls 2026-11-01T05:00 30 min 6",
        "4 count calls 2026-11-01T05:30 30 min 7",
        "5 count calls 2026-11-01T06:00 30 min 8",
        "6 count calls 2026-11-01T06:30 30 min 9",
        "7 count calls 2026-11-01T07:00 30 min 1",
    ]
    assert [one.answered for one in of(told, CountRecord)][:3] == [4, 6, None]


def test_counts_need_their_columns_and_a_queue():
    with pytest.raises(Invalid, match="no column offered"):
        read("intervals", ["start,size\n"])
    (bad,) = read("intervals", ["start,calls\n", "2026-01-01,4\n"])
    assert "names no queue" in bad.reason
    (named,) = read(
        "intervals", ["a,b\n", "2026-01-01,4\n"], queue="q", minutes=30, columns={"since": "A", "offered": "b"}
    )
    assert named.since == datetime(2026, 1, 1, tzinfo=UTC)


def test_the_bank_of_2003_is_read_whole():
    if not BANK.parents[2].is_dir():
        pytest.skip("a clone without ../shared")
    with BANK.open(encoding="utf-8") as lines:
        head = [next(lines) for _ in range(400)]
    told = read("intervals", head, queue="calls", zone=NEW_YORK)
    assert {type(one) for one in told} == {CountRecord} and len(told) == 399
    assert {one.minutes for one in told} == {5}
    assert (told[0].since, told[0].offered) == (datetime(2003, 3, 3, 12, tzinfo=UTC), 111)
