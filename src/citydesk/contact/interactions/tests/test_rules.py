from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydesk.contact.interactions import rules
from citydesk.contact.interactions.choices import PromiseState, SegmentKind

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


@st.composite
def stretches(draw):
    """A contact's life: segments one after another, the last one may still run."""
    marks = sorted(draw(st.lists(st.integers(0, 7200), min_size=2, max_size=12)))
    kinds = draw(st.lists(st.sampled_from(SegmentKind), min_size=len(marks) - 1, max_size=len(marks) - 1))
    return [rules.Segment(kind, at(a), at(b)) for kind, a, b in zip(kinds, marks, marks[1:], strict=False)]


def time_of(segments, *, until=at(7200), talk=None, touched=at(7200)):
    return rules.compute_handle_time(segments, touched_at=touched, until=until, talk=talk)


@given(stretches())
def test_active_and_parked_time_fill_the_life_of_a_contact_and_no_more(segments):
    time = time_of(segments)
    life = int((segments[-1].ended_at - segments[0].started_at).total_seconds())
    assert time.active_seconds + time.parked_seconds == life


@given(stretches(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(segments, random):
    shuffled = list(segments)
    random.shuffle(shuffled)
    assert time_of(shuffled) == time_of(segments)


@given(stretches(), st.integers(0, 7200))
def test_splitting_a_segment_changes_nothing(segments, cut):
    split = []
    for one in segments:
        if one.started_at < at(cut) < one.ended_at:
            split += [
                rules.Segment(one.kind, one.started_at, at(cut)),
                rules.Segment(one.kind, at(cut), one.ended_at),
            ]
        else:
            split.append(one)
    assert time_of(split) == time_of(segments)


@given(stretches(), st.integers(0, 3600), st.integers(0, 3600))
def test_a_telephone_call_never_makes_a_contact_shorter(segments, start, length):
    talk = rules.Talk(at(start), at(start + length))
    with_call = time_of(segments, talk=talk)
    assert with_call.active_seconds >= max(length, time_of(segments).active_seconds)
    assert with_call.source == "telephone"


def test_parked_time_is_kept_apart():
    segments = [
        rules.Segment(SegmentKind.ACTIVE, at(0), at(120)),
        rules.Segment(SegmentKind.PARKED, at(120), at(720)),
        rules.Segment(SegmentKind.ACTIVE, at(720), at(780)),
    ]
    assert time_of(segments) == rules.HandleTime(180, 600, "screen")


def test_a_crashed_browser_stops_the_watch_after_the_last_sign_of_life():
    running = [rules.Segment(SegmentKind.ACTIVE, at(0), None)]
    assert time_of(running, touched=at(60), until=at(50_000)).active_seconds == 60 + 300


def test_a_promise_is_kept_to_the_second():
    assert rules.promise_state(due_at=at(60), done_at=at(60)) == PromiseState.KEPT
    assert rules.promise_state(due_at=at(60), done_at=at(61)) == PromiseState.BROKEN


def test_a_draft_takes_known_fields_only():
    assert rules.clean_changes({"words": "a", "q.wires": "no", "holder_id": "7", "_kept": "x", "code": 3}) == {
        "words": "a",
        "q.wires": "no",
    }


def test_a_text_too_long_is_refused_and_never_cut():
    with pytest.raises(ValueError, match="words"):
        rules.clean_changes({"words": "x" * 10_001})
