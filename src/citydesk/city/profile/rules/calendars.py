"""Office hours and holidays as the profile writes them, and the kernel's calendar made of a stored entry."""

from typing import Any

from citydesk.city.profile.rules.fields import Fields
from citydesk.city.profile.rules.problems import Item
from citydesk.city.profile.rules.reading import Reading
from citydesk.kernel.calendars import BusinessCalendar, parse_calendar, parse_windows
from citydesk.kernel.errors import Invalid
from citydesk.kernel.holidays import OBSERVED, WEEKDAYS, Holiday


def parse_holidays(reading: Reading) -> list[Item]:
    """`[holidays.<code>]`: lists of holidays that calendars name."""
    return [
        entry.item({"name": entry.translated("name"), "days": _days(entry)}) for entry in reading.tables("holidays")
    ]


def _days(entry: Fields) -> list[dict[str, Any]]:
    days = []
    for day in entry.tables("days"):
        given: dict[str, Any] = {
            "name": day.translated("name"),
            "rule": day.text("rule"),
            "observed": day.optional.choice("observed", OBSERVED),
            "first_year": day.optional.whole("first_year", 1),
            "last_year": day.optional.whole("last_year", 9999),
        }
        try:
            if given["rule"]:
                Holiday("", given["rule"])
        except Invalid as error:
            day.problem(str(error.message), "rule")
        days.append(given)
    return days


def parse_calendars(reading: Reading) -> list[Item]:
    """`[calendar.<code>]`. The named holidays are copied in, so that a stored calendar stands on its own."""
    lists = {entry.key: entry for entry in Reading.tables(_silent(reading), "holidays")}
    items = []
    for entry in reading.tables("calendar"):
        is_always = entry.optional.boolean("always_open")
        holidays = entry.optional.code("holidays", of="holidays")
        body: dict[str, Any] = {
            "name": entry.translated("name"),
            "always": is_always,
            "weekly": _weekly(entry, is_always),
            "holiday_list": holidays,
            "holidays": _days(lists[holidays]) if holidays in lists else [],
            "exceptions": [_exception(one) for one in entry.optional.tables("exceptions")],
        }
        _check_days(entry, body["exceptions"])
        items.append(entry.item(body))
    return items


def _silent(reading: Reading) -> Reading:
    """A second reading of the holidays whose problems are not noted again."""
    from citydesk.city.profile.rules.fields import Notes

    return Reading("holidays", reading.files, reading.folder, Notes(reading.languages))


def _weekly(entry: Fields, is_always: bool) -> dict[str, str]:
    hours = entry.optional.table("hours")
    if not is_always and not entry.has("hours"):
        entry.problem("needs hours, or always_open = true")
    if is_always and entry.has("hours"):
        entry.problem("is given beside always_open = true", "hours")
    return {day: _hours(hours, day) for day in WEEKDAYS if hours.has(day)}


def _hours(entry: Fields, key: str) -> str:
    """ "08:00-12:00, 13:00-17:00" (or a list of windows), checked."""
    raw = entry.raw.get(key, "")
    text = ", ".join(entry.words(key)) if isinstance(raw, list) else entry.optional.text(key)
    try:
        parse_windows(text)
    except Invalid as error:
        entry.problem(str(error.message), key)
        return ""
    return text


def _exception(entry: Fields) -> dict[str, Any]:
    return {
        "date": entry.date("date"),
        "windows": _hours(entry, "hours") if entry.has("hours") else "",
        "name": entry.translated("reason"),
    }


def _check_days(entry: Fields, exceptions: list[dict[str, Any]]) -> None:
    seen = set()
    for one in exceptions:
        if one["date"] and one["date"] in seen:
            entry.problem(f"has two exceptions on {one['date']}")
        seen.add(one["date"])


def calendar_from(code: str, body: dict[str, Any], zone: str) -> BusinessCalendar:
    """The kernel's calendar of a stored entry. Names of holidays are in the first language."""
    return parse_calendar(
        {
            **body,
            "holidays": [{**day, "name": _first(day["name"])} for day in body["holidays"]],
            "exceptions": [{**one, "name": _first(one["name"])} for one in body["exceptions"]],
        },
        zone,
        code,
    )


def _first(texts: dict[str, str]) -> str:
    return next(iter(texts.values()), "")
