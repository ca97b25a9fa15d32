"""The calendar that phones subscribe to."""

import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.management.workforce.rules.ics import Event, calendar

AT = datetime(2026, 11, 1, 4, tzinfo=UTC)


def unfolded(text: str) -> list[str]:
    return re.sub(r"\r\n[ \t]", "", text).split("\r\n")


def one(summary: str = "Shift", name: str = "My shifts") -> str:
    return calendar(name, [Event("a@b", AT, AT + timedelta(hours=9), AT, summary)])


def test_moments_are_utc_whatever_zone_they_were_given_in():
    far = timezone(timedelta(hours=-5))
    text = calendar("x", [Event("u", AT.astimezone(far), (AT + timedelta(hours=9)).astimezone(far), AT, "Shift")])
    lines = unfolded(text)
    assert "DTSTART:20261101T040000Z" in lines and "DTEND:20261101T130000Z" in lines
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]


def test_what_would_end_a_line_or_a_value_is_escaped():
    assert r"SUMMARY:Desk 4\; late\, with Ana\nand \\" in unfolded(one("Desk 4; late, with Ana\r\nand \\"))


@settings(max_examples=80)
@given(st.text(max_size=300))
def test_no_line_is_longer_than_75_octets_and_nothing_is_lost(words):
    text = one(words)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    kept = "".join(c for c in words.replace("\r\n", "\n").replace("\r", "\n") if c == "\n" or c >= " ")
    summary = next(line for line in unfolded(text) if line.startswith("SUMMARY:"))[8:]
    read = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), summary)
    assert read == kept
