"""Calls received: what a switch's call detail records tell, joined with the legs of queues, each call counted once."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.city.staff.tests.factories import access_with, make_role, make_user
from citydesk.contact.traffic import queries
from citydesk.contact.traffic.choices import BEFORE_QUEUE, VIEW, CallEnd
from citydesk.contact.traffic.models import ContactLeg, ReceivedCall
from citydesk.contact.traffic.providers import READERS, Settings
from citydesk.contact.traffic.queries.monthly import get_month
from citydesk.contact.traffic.rules import NO_CALLS, OF_CALLS, CallPart, CallSums, Ratio, Trunk, end_of
from citydesk.contact.traffic.tests.factories import NOW, RIGHTS, TRUNK, import_text, make_queues
from citydesk.kernel.errors import Invalid, NotFound
from citydesk.kernel.imports.columns import BadRow

GOLDEN = (Path(__file__).parent / "golden" / "cdr.csv").read_text(encoding="utf-8")
MARCH = date(2026, 3, 10)
NEW_YORK = ZoneInfo("America/New_York")
# One of the calls entered two queues one after the other; another leg has no record.
LOG = """1773158415|1773158400.1|calls|NONE|ENTERQUEUE||+14235550101|1
1773158425|1773158400.1|calls|PJSIP/201|CONNECT|10|r|5
1773158500|1773158400.1|calls|PJSIP/201|BLINDTRANSFER|9|ext|10|75|1
1773158505|1773158400.1|permits|NONE|ENTERQUEUE||+14235550101|1
1773158540|1773158400.1|permits|PJSIP/202|CONNECT|35|r|5
1773158560|1773158400.1|permits|PJSIP/202|COMPLETECALLER|35|20|1
1773158700|1773158699.99|calls|NONE|ENTERQUEUE||+14235550102|1
1773158720|1773158699.99|calls|NONE|ABANDON|1|1|20
"""
ENDS = {
    CallEnd.QUEUED: 1, CallEnd.UNTOLD: 1, CallEnd.PUT_THROUGH: 1, CallEnd.VOICEMAIL: 1, CallEnd.CLOSED: 1,
    CallEnd.MENU: 1, CallEnd.FAILED: 1, CallEnd.HUNG_UP: 1,
}  # fmt: skip


def read(text, zone=NEW_YORK, trunks=(Trunk("main", ("from-pstn", "ivr-*", "ext-queues"), ("closed-*",)),)):
    return list(READERS["cdr"](Settings(zone=zone, trunks=trunks)).read(io.StringIO(text)))


def record(unique, start, *, context="from-pstn", more=""):
    return (
        f'"","1","s","{context}","1","PJSIP/t","","Playback","","{start}","","{start}",10,0,"NO ANSWER",'
        f'"DOCUMENTATION","{unique}"{more}\n'
    )


# --- records ---------------------------------------------------------------------------------------------------------


def test_each_record_tells_what_it_can_and_bad_ones_are_named():
    found = read(GOLDEN)
    bad = [(one.line, one.reason) for one in found if isinstance(one, BadRow)]
    assert bad == [
        (11, "It has 4 columns; records with a unique id have 17, 18, 20 or 21."),
        (12, "It was answered for longer than it lasted."),
        (13, "'2026-13-10 12:09:00' is no time."),
        (14, "'SURPRISED' is no disposition."),
        (15, "'fifteen' is no unique id."),
        (16, "The file ends within this line."),
    ]
    parts = [one for one in found if isinstance(one, CallPart)]
    # The call that the office made is none of them.
    assert [one.call_id for one in parts] == [
        "1773158400.1", "1773158400.1", "1773158460.4", "1773158520.5", "1773158580.6", "1773158640.7", "1773158700.8",
        "1773158760.9", "1773158880.12",
    ]  # fmt: skip
    queued = parts[0] + parts[1]
    assert (queued.started_at, queued.ended_at) == (
        datetime(2026, 3, 10, 16, 0, tzinfo=UTC), datetime(2026, 3, 10, 16, 2, 40, tzinfo=UTC),
    )  # fmt: skip
    assert [end_of(one, is_queued=False) for one in (queued, *parts[2:])] == [
        CallEnd.UNTOLD, CallEnd.MENU, CallEnd.HUNG_UP, CallEnd.CLOSED, CallEnd.PUT_THROUGH, CallEnd.VOICEMAIL,
        CallEnd.FAILED, CallEnd.UNTOLD,
    ]  # fmt: skip
    assert not [one for one in parts if "423555" in repr(one)], "nobody's number is kept"


def test_whose_clock_it_is_the_unique_id_says():
    told = [
        ("2026-03-10 12:00:00", "1773158400.1"),
        ("2026-03-10 16:00:00", "1773158400.1"),
        # A system name before it, and a record that began later on the same channel.
        ("2026-03-10 12:30:00", "pbx1-1773158400.1"),
        # Half past one comes twice on the first of November: by the first clock and by the second.
        ("2026-11-01 01:30:00", "1793511000.2"),
        ("2026-11-01 01:30:00", "1793514600.3"),
    ]
    found = [one.started_at for start, unique in told for one in read(record(unique, start))]
    assert found == [
        datetime(2026, 3, 10, 16, 0, tzinfo=UTC), datetime(2026, 3, 10, 16, 0, tzinfo=UTC),
        datetime(2026, 3, 10, 16, 30, tzinfo=UTC), datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
    ]  # fmt: skip


def test_columns_beyond_the_plain_ones_come_as_the_switch_was_told():
    at = "2026-03-10 12:00:00"
    for more in ("", ',"field"', ',"","1773158399.7",5', ',"field","","1773158399.7",5'):
        (part,) = read(record("1773158400.1", at, more=more))
        is_linked = "399.7" in more
        assert part.call_id == ("1773158399.7" if is_linked else "1773158400.1")
        assert part.ids == {"1773158400.1", part.call_id}
    plain = ",".join(record("1773158400.1", at).split(",")[:16]) + "\n"
    with pytest.raises(Invalid, match="loguniqueid"):
        read(plain)
    with pytest.raises(Invalid, match=r"trunk"):
        read(GOLDEN, trunks=())


START = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
PARTS = st.builds(
    lambda ids, trunk, start, lasted, flags: CallPart(
        "c", frozenset(ids), trunk, START + timedelta(seconds=start), START + timedelta(seconds=start + lasted), *flags
    ),
    st.sets(st.sampled_from(["c", "d", "e"])), st.sampled_from(["a", "b"]), st.integers(0, 50), st.integers(0, 50),
    st.tuples(*[st.booleans()] * 6),
)  # fmt: skip


@given(PARTS, PARTS, PARTS, st.booleans())
@settings(max_examples=150)
def test_records_in_any_order_and_any_number_of_times_are_one_call(a, b, c, is_queued):
    assert a + b == b + a and (a + b) + c == a + (b + c) and a + a == a and (a + b) + b == a + b
    assert (a + b).ended_at >= (a + b).started_at
    # What brought a call nearer to the desk is not undone by another record.
    order = list(CallEnd)
    ends = [end_of(one, is_queued=is_queued) for one in (a + b, a)]
    assert order.index(ends[0]) <= order.index(ends[1])


@given(st.dictionaries(st.sampled_from(list(CallEnd)), st.integers(0, 500)), st.integers(0, 9_000))
@settings(max_examples=100)
def test_received_is_the_queued_the_put_through_the_untold_and_those_before_a_queue(ends, trunk_s):
    sums = CallSums(ends, trunk_s).sums
    before = sum(sums[f"calls_{one.value}"] for one in BEFORE_QUEUE)
    assert before == sums["before_queue"]
    assert sums["received"] == before + sums["calls_queued"] + sums["calls_put_through"] + sums["calls_untold"]
    assert CallSums(ends, trunk_s) + NO_CALLS == NO_CALLS + CallSums(ends, trunk_s)


# --- kept and joined -------------------------------------------------------------------------------------------------


def kept():
    return {
        one.call_id: (one.outcome, one.queued_at, one.started_at, one.ended_at) for one in ReceivedCall.objects.all()
    }


@pytest.mark.django_db
@pytest.mark.parametrize("is_log_first", [True, False])
def test_calls_and_legs_find_each_other_whichever_comes_first(tmp_path, is_log_first):
    make_queues(more=TRUNK)
    brings = [lambda: import_text(tmp_path, LOG), lambda: import_text(tmp_path, GOLDEN, "cdr")]
    done = [bring() for bring in (brings if is_log_first else reversed(brings))]
    tally = done[1] if is_log_first else done[0]
    assert (tally.read, tally.added, tally.known, tally.changed, tally.bad) == (15, 9, 0, 0, 6)
    found = queries.get_received(access=access_with(*RIGHTS), since=MARCH, until=MARCH)
    assert {one: some for one, some in found.whole.by_end.items() if some} == ENDS and found.whole.received == 8
    call = ReceivedCall.objects.get(call_id="1773158400.1")
    assert call.queued_at == datetime(2026, 3, 10, 16, 0, 15, tzinfo=UTC) and call.outcome == "queued"
    assert found.value("time_before_queue") == Ratio(15, 1)
    assert found.value("before_queue_rate") == Ratio(5, 8)
    # Three stays in queues of one call and of another that no record tells.
    legs = queries.legs_of_calls(access=access_with(*RIGHTS), day=MARCH)
    assert (legs.legs, legs.calls, legs.again, legs.alone) == (3, 1, 1, 1)
    before = kept()
    again = import_text(tmp_path, GOLDEN, "cdr")
    assert (again.added, again.changed, again.known) == (0, 0, 9) and kept() == before


@pytest.mark.django_db
def test_a_file_cut_within_a_call_gives_the_same_calls(tmp_path):
    make_queues(more=TRUNK)
    lines = GOLDEN.splitlines(True)
    second = import_text(tmp_path, "".join(lines[1:]), "cdr")
    first = import_text(tmp_path, lines[0], "cdr")
    assert (second.added, first.added, first.changed) == (8, 0, 1)
    apart = kept()
    ReceivedCall.objects.all().delete()
    import_text(tmp_path, GOLDEN, "cdr")
    assert kept() == apart


@pytest.mark.django_db
def test_a_call_stays_joined_when_its_leg_is_gone_and_other_switches_do_not_join(tmp_path):
    make_queues(more=TRUNK)
    import_text(tmp_path, LOG, source="another")
    import_text(tmp_path, GOLDEN, "cdr")
    assert ReceivedCall.objects.get(call_id="1773158400.1").outcome == "untold"
    import_text(tmp_path, LOG)
    joined = ReceivedCall.objects.get(call_id="1773158400.1")
    assert joined.outcome == "queued"
    ContactLeg.objects.update(is_current=False)
    import_text(tmp_path, GOLDEN, "cdr")
    joined.refresh_from_db()
    assert joined.outcome == "queued"


@pytest.mark.django_db
def test_by_the_calendar_a_call_of_the_night_came_while_closed(tmp_path):
    make_queues(more=TRUNK + 'calendar = "office"\n')
    import_text(
        tmp_path, record("1773187200.1", "2026-03-10 20:00:00") + record("1773156600.1", "2026-03-10 11:30:00"), "cdr"
    )
    assert dict(ReceivedCall.objects.values_list("call_id", "outcome")) == {
        "1773187200.1": "closed", "1773156600.1": "hung_up",
    }  # fmt: skip


@pytest.mark.django_db
def test_without_a_trunk_the_file_is_refused_and_nothing_is_kept(tmp_path):
    make_queues()
    with pytest.raises(Invalid, match="trunk"):
        import_text(tmp_path, GOLDEN, "cdr")
    assert not ReceivedCall.objects.exists()


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def march(tmp_path):
    make_queues(more=TRUNK)
    import_text(tmp_path, LOG)
    import_text(tmp_path, GOLDEN, "cdr")


@pytest.mark.django_db
@pytest.mark.parametrize("figure", OF_CALLS)
def test_the_calls_behind_a_figure_add_up_to_it(march, figure):
    found = queries.calls_behind(access=access_with(*RIGHTS), day=MARCH, figure=figure)
    assert sum(one.above for one in found.rows) == found.ratio.numerator
    if found.rows and any(one.below for one in found.rows):
        assert sum(one.below for one in found.rows) == found.ratio.denominator


@pytest.mark.django_db
def test_day_month_and_calls_tell_the_same(march, client):
    client.force_login(make_user("sue", roles=[make_role("sees_traffic", [VIEW])]))
    day = client.get(reverse("traffic:day"), {"queue": "calls", "on": "2026-03-10"}).content.decode()
    for words in ("Calls received", "Came while closed", "5 / 8", "62.5 %", "3 calls to queues: 1 of those received"):
        assert words in day, words
    asked = {"on": "2026-03-10", "figure": "before_queue"}
    page = client.get(reverse("traffic:received"), asked).content.decode()
    assert "Main number" in page and page.count("1773158") == 5 and "423555" not in page
    file = client.get(reverse("traffic:received"), {**asked, "as": "csv"}).content.decode("utf-8-sig")
    assert sum(int(one["above"]) for one in csv.DictReader(io.StringIO(file))) == 5
    asked = {"month": "2026-03", "queue": "calls"}
    month = client.get(reverse("traffic:month"), asked).content.decode()
    assert "Calls received, day by day" in month and "figure=calls_closed" in month
    rows = list(
        csv.reader(
            io.StringIO(client.get(reverse("traffic:month"), {**asked, "as": "csv"}).content.decode("utf-8-sig"))
        )
    )
    assert ["Month", "2026-03", "Calls received", "8", "8", ""] in rows
    assert ["Day", "2026-03-10", "Share that ended before a queue", "0.625", "5", "8"] in rows
    assert client.get(reverse("traffic:month"), {**asked, "as": "pdf"}).content.startswith(b"%PDF")
    assert client.get(reverse("traffic:received"), {"figure": "offered"}).status_code == 404
    found = get_month(access=access_with(*RIGHTS), month=MARCH, now=NOW)
    assert found.now.calls.whole.received == 8 and not found.before.calls.days


@pytest.mark.django_db
def test_a_figure_nobody_knows_has_no_calls(march):
    with pytest.raises(NotFound):
        queries.calls_behind(access=access_with(*RIGHTS), day=MARCH, figure="offered")
