"""Importing what switches wrote: whole or not at all, the same again without effect, counted as the rules count."""

import json
from argparse import ArgumentParser
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from citydesk.city.profile import queries as profile
from citydesk.city.staff.tests.factories import access_with
from citydesk.contact.traffic import commands, queries, services
from citydesk.contact.traffic.choices import Formula
from citydesk.contact.traffic.models import (
    AgentState,
    ContactLeg,
    ImportAnomaly,
    IntervalCount,
    IntervalFact,
    StateFact,
)
from citydesk.contact.traffic.providers import READERS, Settings
from citydesk.contact.traffic.rules import FACT_COLUMNS, LegRecord, Sums, count_legs, is_whole, slot_of
from citydesk.contact.traffic.services import importing
from citydesk.contact.traffic.tests.factories import DAY, NOW, RIGHTS, import_text, make_queues
from citydesk.kernel.command_line import Console

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "golden"
LOG = (GOLDEN / "queue_log.txt").read_text(encoding="utf-8")
CONNECT = (GOLDEN / "connect.jsonl").read_text(encoding="utf-8")
DAY_OF = date(2026, 3, 10)


def sums_of(code="calls"):
    slots = queries.list_intervals(queue_code=code, since=DAY_OF, until=DAY_OF)
    return {one.starts_at: one.sums for one in slots}


def test_a_log_is_kept_and_counted_as_the_rules_count(tmp_path):
    make_queues()
    done = import_text(tmp_path, LOG)
    assert [(one.line, one.reason) for one in done.bad_rows] == [
        (35, "'x' is no number of seconds."),
        (45, "The line is cut off: time, call, queue, member and event are needed."),
        (47, "The file ends within this line."),
    ]
    told = [one for one in READERS["queue_log"](Settings()).read(LOG.splitlines(True)) if isinstance(one, LegRecord)]
    expected = {}
    for one in told:
        if one.queue == "calls":
            expected.setdefault(slot_of(one.entered_at, 30, profile.local_zone()), []).append(one)
    # A key by which the queue's callers ask to be called back is a callback.
    counted = {at: count_legs(some, threshold_s=20, short_abandon_s=5) for at, some in expected.items()}
    found = sums_of()
    first = min(counted)
    assert (counted[first].key_exits, found[first].callbacks) == (1, 1)
    same = [name for name in FACT_COLUMNS if name not in ("key_exits", "callbacks")]
    assert {at: [getattr(one, name) for name in same] for at, one in found.items()} == {
        at: [getattr(one, name) for name in same] for at, one in counted.items()
    }
    assert all(is_whole(one) for one in found.values())
    assert ContactLeg.objects.get(source_id="c6|permits|1773158965").parent_id == "c6|calls|1773158900"
    codes = set(ImportAnomaly.objects.values_list("code", flat=True))
    assert {"answer_without_entry", "second_end", "clock_step", "system_restart", "missing_end"} <= codes


def test_the_same_log_again_adds_nothing(tmp_path):
    make_queues()
    import_text(tmp_path, LOG)
    before = (ContactLeg.objects.count(), AgentState.objects.count(), ImportAnomaly.objects.count(), sums_of())
    again = import_text(tmp_path, LOG)
    assert (again.added, again.changed) == (0, 0)
    assert before == (ContactLeg.objects.count(), AgentState.objects.count(), ImportAnomaly.objects.count(), sums_of())


def test_a_log_that_was_rotated_in_the_middle_of_calls(tmp_path):
    """Each cut gives the legs of the whole log; the second part again finds no orphan either."""
    make_queues()
    lines = LOG.splitlines(True)[:26]
    import_text(tmp_path, "".join(lines), source="whole")
    whole = {one.source_id: (one.outcome, one.talk_s) for one in ContactLeg.objects.filter(source="whole")}
    for cut in (5, 12, 22):
        source = f"cut{cut}"
        import_text(tmp_path, "".join(lines[:cut]), source=source)
        import_text(tmp_path, "".join(lines[cut:]), source=source)
        import_text(tmp_path, "".join(lines[cut:]), source=source)
        legs = ContactLeg.objects.filter(source=source, is_current=True)
        assert {one.source_id: (one.outcome, one.talk_s) for one in legs} == whole
        assert not ImportAnomaly.objects.filter(source=source).exists()
        ends = AgentState.objects.filter(agent__source=source, ended_at=None).count()
        assert ends == AgentState.objects.filter(agent__source="whole", ended_at=None).count()


def test_half_an_import_leaves_nothing(tmp_path, monkeypatch):
    make_queues()

    def fall(_touched):
        raise RuntimeError("the machine stopped")

    monkeypatch.setattr(importing, "rebuild_days", fall)
    with pytest.raises(RuntimeError):
        import_text(tmp_path, LOG)
    assert not ContactLeg.objects.exists() and not AgentState.objects.exists() and not ImportAnomaly.objects.exists()


def test_a_dry_run_says_what_would_be_and_keeps_nothing(tmp_path):
    make_queues()
    done = import_text(tmp_path, LOG, is_dry=True)
    assert done.added > 10 and done.is_dry
    assert not ContactLeg.objects.exists() and not IntervalFact.objects.exists()


def test_the_command_says_what_became_of_a_file(tmp_path, capsys):
    make_queues()
    file = tmp_path / "log"
    file.write_text(LOG, encoding="utf-8")
    parser = ArgumentParser()
    commands.register(parser.add_subparsers())
    given = parser.parse_args(["import", "contacts", str(file), "--format", "queue_log", "--source", "pbx"])
    assert given.run(given, Console(as_json=True)) == 1  # some rows were bad, the others are here
    told = json.loads(capsys.readouterr().out)
    assert (told["bad"], told["bad_rows"][0]["line"]) == (3, 35)
    assert ContactLeg.objects.filter(source="pbx").count() == 13


def test_queues_nobody_knows_are_named(tmp_path):
    make_queues("calls")
    done = import_text(tmp_path, LOG)
    assert (23, "There is no queue permits.") in [(one.line, one.reason) for one in done.bad_rows]
    assert ImportAnomaly.objects.filter(code="unknown_queue", about="permits").count() == 1


def test_records_told_again_are_revisions(tmp_path):
    make_queues()
    import_text(tmp_path, CONNECT, "connect", source="cloud")
    record = json.loads(CONNECT.splitlines()[0])
    later = {**record, "LastUpdateTimestamp": "2026-03-10T17:00:00Z"}
    later["Agent"] = {**record["Agent"], "AfterContactWorkDuration": 100}
    older = {**later, "LastUpdateTimestamp": "2026-03-10T15:00:00Z"}
    text = "\n".join(json.dumps(one) for one in (older, later, record, later)) + "\n"
    done = import_text(tmp_path, text, "connect", source="cloud")
    assert (done.added, done.changed, done.known) == (0, 1, 0)
    one, two = ContactLeg.objects.filter(source="cloud", source_id="a1").order_by("revision")
    assert (one.acw_s, one.is_current, two.acw_s, two.is_current) == (40, False, 100, True)
    assert import_text(tmp_path, text, "connect", source="cloud").known == 1
    assert sum(sums_of().values(), Sums()).acw_s == 100


def test_a_growing_log_learns_of_work_after_a_call_and_an_older_copy_takes_none_back(tmp_path):
    make_queues()
    lines = LOG.splitlines(True)
    short, whole = "".join(lines[:6]), "".join(lines[:10])

    def handled():
        fact = sums_of()[min(sums_of())]
        return fact.talk_s, fact.acw_s

    import_text(tmp_path, short)
    assert handled() == (120, 0)
    import_text(tmp_path, whole)
    assert handled() == (120, 30)
    assert import_text(tmp_path, short).changed == 0 and handled() == (120, 30)


def test_a_callback_told_later_says_what_the_first_call_was(tmp_path):
    make_queues()
    lines = CONNECT.splitlines(True)
    import_text(tmp_path, lines[2], "connect", source="cloud")
    assert ContactLeg.objects.get(source_id="a3").outcome == "transferred_in_queue"
    import_text(tmp_path, lines[3], "connect", source="cloud")
    assert ContactLeg.objects.get(source_id="a3", is_current=True).outcome == "callback_requested"
    assert import_text(tmp_path, lines[3], "connect", source="cloud").changed == 0


def test_time_of_agents_is_split_to_the_second(tmp_path):
    """The state from 16:20:00 to 22:00:08 lies in 24 quarters and is 20,408 seconds long."""
    make_queues()
    import_text(tmp_path, LOG)
    rows = StateFact.objects.filter(agent__name="PJSIP/203", state="available")
    assert (rows.count(), sum(one.seconds for one in rows)) == (24, 20_408)
    page = queries.get_metrics(access=access_with(*RIGHTS), queue_code="calls", since=DAY_OF, until=DAY_OF)
    occupancy = next(one.ratio for one in page.figures if one.metric.code == "occupancy")
    # Of those who answered calls of this queue that day.
    people = ContactLeg.objects.filter(queue__code="calls", outcome="answered", is_current=True).values("agent")
    ended = AgentState.objects.exclude(ended_at=None).filter(agent__in=people)
    spent = {}
    for one in ended:
        spent[one.state] = spent.get(one.state, 0) + round((one.ended_at - one.started_at).total_seconds())
    busy = spent["on_contact"] + spent["acw"]
    assert (occupancy.numerator, occupancy.denominator) == (busy, busy + spent["available"] + spent["ringing"])


def test_the_page_of_a_day_names_formula_and_definition(tmp_path):
    make_queues()
    import_text(tmp_path, LOG)
    page = queries.get_metrics(access=access_with(*RIGHTS), queue_code="calls", since=DAY_OF, until=DAY_OF)
    chosen = next(one for one in page.levels if one.is_chosen)
    assert (chosen.formula, chosen.text) == (Formula.NET_OF_SHORT, "A / (N - S)")
    assert chosen.ratio.numerator == page.sums.answered_within
    assert chosen.ratio.denominator == page.sums.offered - page.sums.short_abandoned
    (definition,) = page.definitions
    assert definition == {"definition": 2, "formula": "net_of_short", "threshold_s": 20, "short_abandon_s": 5}
    assert page.waits["wait_longest"] == 60


def test_facts_are_thrown_away_and_come_back_the_same(tmp_path):
    make_queues()
    import_text(tmp_path, LOG)
    before = list(IntervalFact.objects.order_by("queue_id", "starts_at").values(*FACT_COLUMNS, "starts_at"))
    states = sorted(StateFact.objects.values_list("agent_id", "starts_at", "state", "seconds"))
    IntervalFact.objects.all().delete()
    counted = services.rebuild_facts(since=DAY_OF, until=DAY_OF, now=NOW)
    assert counted == len(before)
    assert before == list(IntervalFact.objects.order_by("queue_id", "starts_at").values(*FACT_COLUMNS, "starts_at"))
    assert states == sorted(StateFact.objects.values_list("agent_id", "starts_at", "state", "seconds"))


def test_counts_fill_intervals_without_legs_and_say_only_what_they_know(tmp_path):
    make_queues()
    rows = "".join(
        f"2026-11-01 0{1 + k // 12}:{k % 12 * 5:02d},{k}\n" for k in [*range(12), *range(12), *range(12, 24)]
    )
    done = import_text(tmp_path, "time,calls\n" + rows, "intervals", queue="calls")
    assert (done.added, done.bad) == (36, 0)  # the hour from one to two comes twice
    assert IntervalFact.objects.count() == 6
    access = access_with(*RIGHTS)
    page = queries.get_metrics(access=access, queue_code="calls", since=date(2026, 11, 1), until=date(2026, 11, 1))
    assert page.sums.offered == sum(range(12)) * 2 + sum(range(12, 24))
    told = {one.metric.code: one.ratio for one in page.figures}
    assert told["offered"].value == page.sums.offered and told["asa"] is None and told["abandon_rate"] is None
    assert {one.ratio for one in page.levels} == {None}
    # The same again, and one row with another number.
    again = import_text(tmp_path, "time,calls\n" + rows.replace("02:55,23", "02:55,24"), "intervals", queue="calls")
    assert (again.added, again.changed, again.known) == (0, 1, 35)
    assert IntervalCount.objects.filter(is_current=True).count() == 36
    bad = import_text(tmp_path, "time,calls,minutes\n2026-11-02 08:00,4,45\n", "intervals", queue="calls")
    assert "cannot be put into those of 30 min" in bad.bad_rows[0].reason


def test_what_was_told_stays():
    """Tables keep what they were told, whoever asks."""
    queue = make_queues()["calls"]
    leg = ContactLeg.objects.create(
        source="x", source_id="1", revised_at=DAY, queue=queue, entered_at=DAY, outcome="open"
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        ContactLeg.objects.filter(pk=leg.pk).update(talk_s=5)
    with pytest.raises(DatabaseError), transaction.atomic():
        leg.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactLeg.objects.create(
            source="x", source_id="1", revised_at=DAY, queue=queue, entered_at=DAY, outcome="open"
        )


def test_no_two_states_of_an_agent_share_a_moment(tmp_path):
    make_queues()
    import_text(tmp_path, "1773158400|N|calls|A|ADDMEMBER|\n1773159000|N|calls|A|REMOVEMEMBER|\n")
    import_text(tmp_path, "1773158700|N|calls|A|PAUSE|meal\n1773158800|N|calls|A|UNPAUSE|\n", now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        one = AgentState.objects.order_by("started_at").first()
        AgentState.objects.create(
            agent=one.agent, state="meal", started_at=one.started_at + timedelta(seconds=1), ended_at=one.ended_at
        )
    assert ImportAnomaly.objects.filter(code="overlapping_state").exists()
    assert AgentState.objects.filter(started_at__lt=datetime(2026, 3, 10, 16, 10, tzinfo=UTC)).count() == 1
