"""Sections `staffing`, `staffing_flags` and `shift_templates`: what is read, and what is refused with its reason."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.city.profile.rules import Folder, Notes, Reading
from citydesk.management.workforce.choices import Work
from citydesk.management.workforce.rules import groups, profile, shift_templates

GROUP = """
[staffing.desk]
name = {en = "Desk", es = "Mesa"}
team = "desk_311"
calendar = "desk"
shrinkage = {planned = 0.2, unplanned = 0.1}
"""
CALLS = '[[staffing.desk.queues]]\nqueue = "calls"\nhandle = 240\n'
SHIFT = """
[template.day]
name = {en = "Day", es = "Día"}
length = 510
first = "08:00"
last = "09:00"
meal = {minutes = 30, first = 180, last = 300}
breaks = [15, 15]
"""


def read(parse: Any, text: str, file: str = "staffing.toml") -> tuple[list[Any], list[str]]:
    """The entries, and the reasons of every problem."""
    notes = Notes(languages=("en", "es"))
    items = parse(Reading("x", (file,), Folder("x", {file: text}), notes))
    return items, [str(one) for one in notes.problems]


def test_a_group_is_read_with_what_it_leaves_out() -> None:
    (item,), problems = read(profile.parse_staffing, GROUP + CALLS)
    assert problems == []
    assert item.body["slot_minutes"] == 30 and item.body["most_busy"] is None and item.body["shrinkage_by"] == []
    (queue,) = item.body["queues"]
    assert (queue["work"], queue["handle_s"], queue["patience_s"], queue["due_hours"]) == ("waits", 240, None, "24")
    mine = groups.settings_of("desk", item.body)
    assert mine.shrinkage_at(0, 480) == mine.shrinkage and mine.queues[0].handle_of_person(None) == 240
    assert mine.queues[0].handle_of_person(300.0) == 300.0


def test_the_first_division_that_fits_counts() -> None:
    rows = (
        '[[staffing.desk.shrinkage_by]]\nweekdays = ["monday"]\nhours = "07:00-08:00"\nplanned = 0.5\n'
        '[[staffing.desk.shrinkage_by]]\nweekdays = ["monday"]\nplanned = 0.3\n'
    )
    (item,), problems = read(profile.parse_staffing, GROUP + rows + CALLS)
    assert problems == []
    mine = groups.settings_of("desk", item.body)
    planned = [float(mine.shrinkage_at(day, minute).planned) for day, minute in ((0, 420), (0, 480), (1, 420))]
    assert planned == [0.5, 0.3, 0.2]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GROUP, "queues"),
        (GROUP + "slot_minutes = 20\n" + CALLS, "must be 15 or 30"),
        (GROUP.replace("0.1", "0.8") + CALLS, "together below 1"),
        (GROUP + "most_busy = 0\n" + CALLS, "must be above 0"),
        (GROUP + '[[staffing.desk.shrinkage_by]]\nhours = "9-8"\nplanned = 0.1\n' + CALLS, "hours"),
        (GROUP + CALLS + 'work = "chat"\nconcurrency = 2\n', "was never measured"),
        (GROUP + CALLS + "patients = 3\n", "did you mean patience?"),
    ],
)
def test_a_group_that_does_not_hold_is_refused(text: str, reason: str) -> None:
    _items, problems = read(profile.parse_staffing, text)
    assert any(reason in one for one in problems), problems


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('kind = "storm"', "names no day"),
        ('kind = "closed"\nmonthly = 5', "closed"),
        ('kind = "storm"\nmonthly = 5\nfactor = 1.5', "author says whose"),
        ('kind = "storm"\ndays = [{first = 2026-02-03, last = 2026-02-01}]', "is before first"),
        ('kind = "bill_drop"\nmonthly = 32', "at most 31"),
    ],
)
def test_a_flag_that_does_not_hold_is_refused(body: str, reason: str) -> None:
    _items, problems = read(profile.parse_flags, f'[flag.x]\nname = {{en = "X", es = "X"}}\n{body}\n')
    assert any(reason in one for one in problems), problems


def test_a_flag_of_one_day_ends_on_it() -> None:
    text = '[flag.x]\nname = {en = "X", es = "X"}\nkind = "campaign"\ndays = [{first = 2026-02-03}]\n'
    (item,), problems = read(profile.parse_flags, text)
    assert problems == [] and item.body["days"] == [{"first": "2026-02-03", "last": "2026-02-03"}]


def test_a_queue_has_one_group_in_slots_of_its_length() -> None:
    other = (GROUP + CALLS).replace("staffing.desk", "staffing.other")
    items, _problems = read(profile.parse_staffing, GROUP + CALLS + other)
    found = [str(one) for one in profile.check_staffing({profile.SECTION: items})]
    assert len(found) == 1 and "calls is taken by desk already" in found[0]

    class Queue:
        code, body = "calls", {"slot_minutes": 15}

    mine: dict[str, Any] = {profile.SECTION: items[:1], "queues": [Queue()]}
    assert "must be those of the queue calls" in str(profile.check_staffing(mine)[0])


@settings(max_examples=40)
@given(
    at_once=st.integers(1, 4),
    more=st.lists(st.integers(0, 200), min_size=3, max_size=3),
    foretold=st.one_of(st.none(), st.floats(60, 900)),
)
def test_chats_at_once_take_a_share_of_a_person_each(at_once: int, more: list[int], foretold: float | None) -> None:
    """A share of a chat that takes longer beside others; a longer foretold time lengthens it by as much."""
    measured = {count + 2: 400 + sum(more[: count + 1]) for count in range(3)}
    work = groups.QueueWork("chat", Work.CHAT, 400, None, at_once, measured, 24)
    share = work.handle_of_person(None)
    assert share == pytest.approx({1: 400, **measured}[at_once] / at_once)
    if foretold:
        assert work.handle_of_person(foretold) == pytest.approx(share * foretold / 400)


def test_a_shift_is_read_with_its_begins() -> None:
    (item,), problems = read(shift_templates.parse_templates, SHIFT, "shift_templates.toml")
    assert problems == [] and item.body["starts"] == [480, 510, 540]
    shift = shift_templates.template_of("day", item.body)
    assert shift.length == 510 and shift.weekdays == frozenset(range(7)) and shift_templates.is_for(item.body, "any")
    assert not shift_templates.is_for({**item.body, "groups": ["other"]}, "any")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("length = 510", "length = 511", "must be a multiple"),
        ('last = "09:00"', 'last = "07:00"', "is before first"),
        ('first = "08:00"', 'first = "8 o\'clock"', "must be a time"),
        ('first = "08:00"', 'first = "08:05"', "quarter hours"),
        ("[15, 15]", "[15, 55]", "longer ones are meals"),
        ("first = 180, last = 300", "first = 300, last = 180", "is before first"),
        ("first = 180, last = 300", "first = 500, last = 600", "room for the meal"),
    ],
)
def test_a_shift_that_does_not_hold_is_refused(old: str, new: str, reason: str) -> None:
    _items, problems = read(shift_templates.parse_templates, SHIFT.replace(old, new), "shift_templates.toml")
    assert any(reason in one for one in problems), problems
