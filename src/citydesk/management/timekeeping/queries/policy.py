"""What the city's profile decides about time and leave on a day."""

from collections.abc import Iterable
from datetime import date

from citydesk.city.profile import queries as profile
from citydesk.city.profile.rules import UnknownEntry
from citydesk.kernel.errors import NotFound, marked
from citydesk.management.timekeeping.choices import BLACKOUT_SECTION, LEAVE_SECTION, POLICY, TIME_SECTION
from citydesk.management.timekeeping.rules.leave_types import LeaveRules, leave_of
from citydesk.management.timekeeping.rules.policy import TimePolicy, policy_of
from citydesk.management.timekeeping.rules.requests import Blackout

# Before a city wrote anything down: what the federal law says, paid under codes of our own.
_UNWRITTEN = TimePolicy(pay_codes={"regular": "REG", "overtime": "OT", "comp": "COMP"})


def policy_on(day: date) -> TimePolicy:
    """How time is counted on a day."""
    try:
        return policy_of(profile.entry(TIME_SECTION, POLICY, day))
    except UnknownEntry:
        return _UNWRITTEN


def leave_rules_on(day: date) -> dict[str, LeaveRules]:
    """The kinds of leave of a day by code, in their order."""
    known = [leave_of(code, body) for code, body in profile.entries(LEAVE_SECTION, day).items()]
    return {one.code: one for one in sorted(known, key=lambda one: (one.order, one.code))}


def leave_rules(code: str, day: date) -> LeaveRules:
    """One kind of leave on a day; of one the day does not have, the latest there was. Raises `NotFound`."""
    try:
        return leave_of(code, profile.entry(LEAVE_SECTION, code, day))
    except UnknownEntry:
        spans = profile.history_of_entry(LEAVE_SECTION, code)
        if not spans:
            raise NotFound(marked("There is no such kind of leave."), field="leave_type") from None
        return leave_of(code, spans[-1].body)


def blackouts_on(day: date) -> Iterable[Blackout]:
    """The days without leave that the profile of a day knows."""
    return [
        Blackout(
            code, body["name"], date.fromisoformat(body["first"]), date.fromisoformat(body["last"]),
            frozenset(body["teams"]),
        )
        for code, body in profile.entries(BLACKOUT_SECTION, day).items()
    ]  # fmt: skip


def closed_days(calendar_code: str, first: date, last: date) -> frozenset[date]:
    """Holidays of a calendar between two days: nobody uses leave on them."""
    try:
        calendar = profile.calendar(calendar_code, first)
    except UnknownEntry:
        return frozenset()
    days = (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
    return frozenset(day for day in days if calendar.holiday_on(day))
