"""Office hours: when is it open, and when is so much open time over. Pure; exact to the microsecond; right across DST.

A calendar has several windows a weekday, dated exceptions and holidays. Lengths are elapsed time, never wall time: a
window of 00:00-24:00 is 23 hours long on the night the clocks go forward. A boundary that falls into the hour that is
skipped counts from the moment the clocks jump; one in the hour that is repeated means its first occurrence.
Open time is indexed once per calendar and year, so adding and measuring are two binary searches.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from citydesk.kernel.errors import CitydeskError, Invalid
from citydesk.kernel.holidays import WEEKDAYS, Holiday, holidays_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_WINDOW = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d) ?[-–] ?(?:([01]?\d|2[0-3]):([0-5]\d)|(24):(00))$")
# A calendar that stays closed for this many years will not open: an error in the profile, not a long wait.
_HORIZON_YEARS = 20
# A target of ninety days asks for each of them; a calendar remembers some years of days.
_MOST_DAYS_KEPT = 4000


class NeverOpen(CitydeskError):
    """The calendar has no open time within twenty years of the moment asked about."""

    code = "never_open"


@dataclass(frozen=True, order=True)
class Window:
    """Open from `opens` to `closes`, minutes of the local day; `closes` may be 1440 (midnight)."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= 1440:
            raise Invalid(f"a window must open before it closes: {self}", field="windows")

    def __str__(self) -> str:
        return f"{self.opens // 60:02d}:{self.opens % 60:02d}-{self.closes // 60:02d}:{self.closes % 60:02d}"


ALL_DAY = (Window(0, 1440),)


@dataclass(frozen=True)
class DatedException:
    """One day that differs: its own windows, or closed when there are none. Stands above holidays and weekdays."""

    day: date
    windows: tuple[Window, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class _Year:
    """The open intervals of one local year in microseconds since the epoch, and the open time before each."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int

    def open_until(self, moment: int) -> int:
        """Open microseconds of this year before a moment."""
        at = bisect_right(self.starts, moment) - 1
        if at < 0:
            return 0
        return self.before[at] + min(moment, self.ends[at]) - self.starts[at]


@dataclass(frozen=True)
class BusinessCalendar:
    """Office hours of one kind of office in one zone. `weekly` has seven tuples of windows, Monday first."""

    zone: str
    weekly: tuple[tuple[Window, ...], ...]
    exceptions: tuple[DatedException, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    code: str = ""
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)
    _closed: dict[int, dict[date, str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _days: dict[date, DatedException] = field(default_factory=dict, init=False, repr=False, compare=False)
    _windows: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise Invalid("a calendar has seven weekdays", field="weekly")
        for windows in (*self.weekly, *(one.windows for one in self.exceptions)):
            _check_order(windows)
        for one in self.exceptions:
            if one.day in self._days:
                raise Invalid(f"{one.day} is listed twice among the exceptions", field="exceptions")
            self._days[one.day] = one

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def local_windows_on(self, day: date) -> tuple[Window, ...]:
        """The day's windows in local minutes, holidays and exceptions applied."""
        special = self._days.get(day)
        if special is not None:
            return special.windows
        return () if self.holiday_on(day) else self.weekly[day.weekday()]

    def windows_on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The day's windows as (opens, closes) in UTC; a window the clocks skip entirely is left out."""
        known = self._windows.get(day)
        if known is None:
            if len(self._windows) >= _MOST_DAYS_KEPT:
                self._windows.clear()
            known = tuple((_moment(a), _moment(b)) for a, b in self._intervals(day, self.local_windows_on(day)))
            self._windows[day] = known
        return known

    def holiday_on(self, day: date) -> str:
        """The name of the holiday observed on the day, or empty text."""
        return self._closed_in(day.year).get(day, "")

    def is_open(self, at: datetime) -> bool:
        """Whether the office is open at the moment; the closing minute itself is closed."""
        moment = _micro(at)
        year = self._year(self._local_year(at))
        index = bisect_right(year.starts, moment) - 1
        return index >= 0 and moment < year.ends[index]

    def next_open(self, at: datetime) -> datetime:
        """The moment itself when open, else the next opening, in UTC. Raises `NeverOpen`."""
        if self.is_open(at):
            return at.astimezone(UTC)
        moment, first = _micro(at), self._local_year(at)
        for number in range(first, min(first + _HORIZON_YEARS, 9999)):
            year = self._year(number)
            index = bisect_left(year.starts, moment)
            if index < len(year.starts):
                return _moment(year.starts[index])
        raise NeverOpen(f"The calendar {self.code} does not open.")

    def next_close(self, at: datetime) -> datetime | None:
        """The end of the open time that runs at the moment or comes next; None when it never closes again."""
        moment = _micro(self.next_open(at))
        first = self._local_year(_moment(moment))
        for number in range(first, min(first + _HORIZON_YEARS, 9999)):
            year = self._year(number)
            index = bisect_right(year.starts, moment) - 1
            if index < 0 or year.ends[index] <= moment:
                return _moment(moment)  # the stretch ended with the year before
            moment = year.ends[index]
            if self._local_year(_moment(moment)) == number:
                return _moment(moment)
        return None

    def last_close(self, at: datetime) -> datetime | None:
        """The last closing at or before the moment; None when there was none this year and the year before."""
        moment, first = _micro(at), self._local_year(at)
        for number in (first, first - 1):
            ends = self._year(number).ends
            for end in reversed(ends[: bisect_right(ends, moment)]):
                if not self.is_open(_moment(end)):  # else the stretch goes on into the next year
                    return _moment(end)
        return None

    def business_between(self, start: datetime, end: datetime) -> timedelta:
        """Open time from `start` to `end`; negative when `end` is the earlier."""
        if end < start:
            return -self.business_between(end, start)
        first, last = self._local_year(start), self._local_year(end)
        length = self._year(last).open_until(_micro(end)) - self._year(first).open_until(_micro(start))
        return timedelta(microseconds=length + sum(self._year(number).total for number in range(first, last)))

    def add_business(self, start: datetime, length: timedelta) -> datetime:
        """The earliest moment, in UTC, at which `length` of open time has gone by since `start`.

        Zero gives `start` itself. A negative length counts back: the latest moment with that much open time before
        `start`. Raises `NeverOpen`.
        """
        wanted = length // _MICROSECOND
        if wanted == 0:
            return start.astimezone(UTC)
        first = self._local_year(start)
        wanted += self._year(first).open_until(_micro(start))
        return _moment(self._forward(first, wanted) if length > timedelta(0) else self._back(first, wanted))

    def _forward(self, first: int, wanted: int) -> int:
        idle = 0
        for number in range(first, 9999):
            year = self._year(number)
            if wanted <= year.total:
                index = bisect_left(year.before, wanted) - 1
                return year.starts[index] + wanted - year.before[index]
            wanted -= year.total
            idle = 0 if year.total else idle + 1
            if idle > _HORIZON_YEARS:
                break
        raise NeverOpen(f"The calendar {self.code} does not open for that long.")

    def _back(self, first: int, wanted: int) -> int:
        idle, number = 0, first
        while wanted < 0 and number > 1:
            number -= 1
            total = self._year(number).total
            wanted += total
            idle = 0 if total else idle + 1
            if idle > _HORIZON_YEARS:
                break
        year = self._year(number)
        if wanted < 0 or not year.starts:
            raise NeverOpen(f"The calendar {self.code} was not open for that long.")
        index = max(bisect_right(year.before, wanted) - 1, 0)
        return year.starts[index] + wanted - year.before[index]

    def _local_year(self, at: datetime) -> int:
        if at.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return at.astimezone(self.tz).year

    def _closed_in(self, number: int) -> dict[date, str]:
        if number not in self._closed:
            self._closed[number] = holidays_of(self.holidays, number)
        return self._closed[number]

    def _year(self, number: int) -> _Year:
        known = self._years.get(number)
        if known is None:
            known = self._years[number] = self._index(number)
        return known

    def _index(self, number: int) -> _Year:
        starts: list[int] = []
        ends: list[int] = []
        day = date(number, 1, 1)
        for offset in range(366):
            today = day + timedelta(days=offset)
            if today.year != number:
                break
            for opens, closes in self._intervals(today, self.local_windows_on(today)):
                if ends and ends[-1] == opens:
                    ends[-1] = closes  # one stretch over midnight
                else:
                    starts.append(opens)
                    ends.append(closes)
        before, total = [], 0
        for opens, closes in zip(starts, ends, strict=True):
            before.append(total)
            total += closes - opens
        return _Year(starts, ends, before, total)

    def _intervals(self, day: date, windows: Iterable[Window]) -> list[tuple[int, int]]:
        zone = self.tz
        pairs = [(_boundary(day, one.opens, zone), _boundary(day, one.closes, zone)) for one in windows]
        return [(opens, closes) for opens, closes in pairs if opens < closes]


def always_open(zone: str, code: str = "") -> BusinessCalendar:
    """A calendar that never closes: elapsed time."""
    return BusinessCalendar(zone, (ALL_DAY,) * 7, code=code)


def parse_windows(text: str) -> tuple[Window, ...]:
    """ "08:00-12:00, 13:00-17:00" as windows; empty text or "closed" is none. Raises `Invalid`."""
    if text.strip().lower() in ("", "closed"):
        return ()
    found = []
    for part in text.split(","):
        match = _WINDOW.match(part.strip())
        if not match:
            raise Invalid(f"not hours: {part.strip()}", field="windows", hint='Write "08:00-17:00", or "closed".')
        opens, closes = int(match[1]) * 60 + int(match[2]), int(match[3] or match[5]) * 60 + int(match[4] or match[6])
        if not opens < closes:
            raise Invalid(f"hours must end after they begin: {part.strip()}", field="windows")
        found.append(Window(opens, closes))
    _check_order(tuple(found))
    return tuple(found)


def parse_calendar(raw: Mapping[str, Any], zone: str, code: str = "") -> BusinessCalendar:
    """A calendar from a profile's table. Raises `Invalid` naming the key.

    `always = true`, or `weekly` (keys monday ... sunday or mon ... sun -> hours), `holidays` (list of {name, rule,
    observed, first_year, last_year}) and `exceptions` (list of {date, windows, name}). `zone` in the table wins.
    """
    zone = raw.get("zone", zone)
    weekly = raw.get("weekly", {})
    days = {str(key).lower(): value for key, value in weekly.items()}
    unknown = set(days) - {*WEEKDAYS, *(name[:3] for name in WEEKDAYS)}
    if unknown:
        raise Invalid(f"not a weekday: {', '.join(sorted(unknown))}", field="weekly")
    hours = tuple(parse_windows(days.get(name, days.get(name[:3], ""))) for name in WEEKDAYS)
    return BusinessCalendar(
        zone=zone,
        weekly=(ALL_DAY,) * 7 if raw.get("always") else hours,
        exceptions=tuple(_exception(one) for one in raw.get("exceptions", ())),
        holidays=tuple(_holiday(one) for one in raw.get("holidays", ())),
        code=code,
    )


def _exception(raw: Mapping[str, Any]) -> DatedException:
    day = raw.get("date")
    if isinstance(day, str):
        day = date.fromisoformat(day)
    if not isinstance(day, date):
        raise Invalid("an exception needs a date", field="exceptions")
    return DatedException(day, parse_windows(raw.get("windows", "")), raw.get("name", ""))


def _holiday(raw: Mapping[str, Any]) -> Holiday:
    if "name" not in raw or "rule" not in raw:
        raise Invalid("a holiday needs a name and a rule", field="holidays")
    known = {key: raw[key] for key in ("observed", "first_year", "last_year") if key in raw}
    return Holiday(raw["name"], str(raw["rule"]), **known)


def _check_order(windows: tuple[Window, ...]) -> None:
    for earlier, later in pairwise(windows):
        if later.opens < earlier.closes:
            raise Invalid(f"windows overlap or are out of order: {earlier} and {later}", field="windows")


def _boundary(day: date, minute: int, zone: ZoneInfo) -> int:
    """Microseconds since the epoch of a local minute of a day."""
    if minute == 1440:
        day, minute = day + timedelta(days=1), 0
    local = datetime.combine(day, time(minute // 60, minute % 60), zone)
    early, late = local.utcoffset(), local.replace(fold=1).utcoffset()
    moment = _micro(local)
    if early == late or early is None or late is None or late < early:
        return moment  # plain, or the first of two
    # The minute does not exist. Read with the two offsets it lies before and after the jump; the jump is between.
    low, high = _micro(local.replace(fold=1)), moment
    while high - low > 1:
        middle = (low + high) // 2
        if _moment(middle).astimezone(zone).utcoffset() == early:
            low = middle
        else:
            high = middle
    return high


def _micro(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return (at.astimezone(UTC) - EPOCH) // _MICROSECOND


def _moment(micro: int) -> datetime:
    return EPOCH + timedelta(microseconds=micro)
