"""Offices of another system's directory, as rows of a sheet tell them. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from citydesk.city.staff.rules.directory import fold
from citydesk.kernel.calendars import parse_windows
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import Mapped, identifier_of, text_of, yes_or_no

OFFICE_FIELDS = (
    "code", "office", "department", "people", "subjects", "hours", "phone", "after_hours", "emergency", "email",
    "address", "note", "is_city",
)  # fmt: skip
OFFICE_NEEDED = ("office", "phone")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = {day: place for place, day in enumerate(DAYS)} | {
    "lun": 0, "mar": 1, "mie": 2, "mié": 2, "jue": 3, "vie": 4, "sab": 5, "sáb": 5, "dom": 6,
}  # fmt: skip
_ALWAYS = frozenset({"always", "24/7", "24 hours", "24h", "24 h", "open 24 hours"})
_LINE = re.compile(r"^(?P<days>[^\W\d]+(?:\s*[-–,/&]\s*[^\W\d]+)*)\.?:?\s+(?P<hours>\d.*|closed)$", re.IGNORECASE)
_CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")
_PERSON = re.compile(r"^(?P<name>.*?[^\d\s(+,])[\s,:]*(?P<phone>[+(]?\d[\d\s().+-]*)?$")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class ImportedOffice:
    """An office. `hours` are windows by weekday; None where `calendar` names one of the profile or nobody knows."""

    code: str
    name: str
    department: str
    people: tuple[tuple[str, str], ...]
    subjects: tuple[str, ...]
    hours: Mapping[str, str] | None
    calendar: str
    phone: str
    after_hours: str
    emergency: str
    email: str
    address: str
    note: str
    is_city: bool


def read_office(
    mapping: Mapped, row: Mapping[str, Any], *, calendars: Collection[str], departments: Mapping[str, str]
) -> ImportedOffice:
    """One office. `departments` are folded names and codes -> codes. Raises `Invalid` with the field and the reason."""
    name = text_of(mapping, row, "office")
    if not name or len(name) > 120:
        raise Invalid("An office has a name of 1 to 120 letters.", field="office")
    code = identifier_of(mapping, row, "code") or "_".join(fold(name).split())[:60]
    if not _CODE.fullmatch(code):
        raise Invalid(f"{code[:60]!r} is no code: small letters, digits and _.", field="code")
    department = text_of(mapping, row, "department")
    if department and fold(department).strip() not in departments:
        raise Invalid(f"There is no department {department[:60]!r}.", field="department")
    hours, calendar = read_hours(text_of(mapping, row, "hours"), calendars)
    email = text_of(mapping, row, "email")
    if email and not _MAIL.fullmatch(email):
        raise Invalid(f"{email[:60]!r} is no e-mail address.", field="email")
    is_city = yes_or_no(mapping, row, "is_city")
    return ImportedOffice(
        code=code,
        name=name,
        department=departments.get(fold(department).strip(), ""),
        people=read_people(text_of(mapping, row, "people")),
        subjects=tuple(one.strip() for one in re.split(r"[;|\n]", text_of(mapping, row, "subjects")) if one.strip()),
        hours=hours,
        calendar=calendar,
        phone=read_phone(identifier_of(mapping, row, "phone"), "phone"),
        after_hours=read_phone(identifier_of(mapping, row, "after_hours"), "after_hours"),
        emergency=read_phone(identifier_of(mapping, row, "emergency"), "emergency"),
        email=email,
        address=text_of(mapping, row, "address")[:160],
        note=text_of(mapping, row, "note"),
        is_city=True if is_city is None else is_city,
    )


def read_hours(text: str, calendars: Collection[str]) -> tuple[dict[str, str] | None, str]:
    """Opening hours: a calendar of the profile by code, "24/7", or "mon-fri 08:00-12:00, 13:00-17:00; sat 9:00-12:00".

    Returns windows by weekday, and the calendar's code. Empty is not known. Raises `Invalid`, field "hours".
    """
    said = " ".join(text.casefold().split())
    if not said:
        return None, ""
    if said in calendars:
        return None, said
    if said in _ALWAYS:
        return dict.fromkeys(DAYS, "00:00-24:00"), ""
    found: dict[str, str] = {}
    for part in filter(None, (one.strip() for one in said.split(";"))):
        days, hours = _line(part)
        for day in days:
            if day in found:
                raise Invalid(f"{day} has hours twice.", field="hours")
            found[day] = hours
    return {day: hours for day, hours in found.items() if hours}, ""


def _line(part: str) -> tuple[list[str], str]:
    """The weekdays and the windows of "mon-fri 08:00-17:00"."""
    parted = _LINE.match(part)
    if parted is None:
        raise Invalid(f"{part[:60]!r} are no hours: write mon-fri 08:00-17:00; sat 09:00-12:00.", field="hours")
    try:
        windows = parse_windows(parted["hours"])
    except Invalid as error:
        raise Invalid(str(error.message), field="hours") from error
    return _days(parted["days"]), ", ".join(map(str, windows))


def _days(text: str) -> list[str]:
    days: list[str] = []
    for part in re.split(r"[,/&]", text):
        first, _dash, last = (one.strip() for one in part.replace("–", "-").partition("-"))
        begin, end = _day(first), _day(last or first)
        # "sat-mon" goes around the end of the week.
        days += [DAYS[place % 7] for place in range(begin, (end if end >= begin else end + 7) + 1)]
    return days


def _day(word: str) -> int:
    place = _DAY_NAMES.get(word[:3])
    if place is None:
        raise Invalid(f"{word!r} is no weekday.", field="hours")
    return place


def read_people(text: str) -> tuple[tuple[str, str], ...]:
    """People in the order they are asked: "Ana Ruiz 423 555 0101; bo" as names (or user names) and numbers."""
    found = []
    for part in filter(None, (one.strip() for one in re.split(r"[;|\n]", text))):
        parted = _PERSON.match(part)
        if parted is None or len(parted["name"]) > 120:
            raise Invalid(f"{part[:60]!r} is no person.", field="people")
        found.append((parted["name"].strip(), read_phone((parted["phone"] or "").strip(), "people")))
    return tuple(found)


def read_phone(text: str, field: str) -> str:
    """A number in digits, with + and country where it is a full one ("+14235550100", "911"). Raises `Invalid`."""
    if not text:
        return ""
    digits = re.sub(r"[\s().-]", "", text)
    bare = digits.removeprefix("+")
    if not bare.isascii() or not bare.isdecimal() or not 2 <= len(bare) <= 15:
        raise Invalid(f"{text[:40]!r} is no telephone number.", field=field)
    if digits.startswith("+"):
        return digits
    if len(bare) == 10:
        return f"+1{bare}"
    return f"+{bare}" if len(bare) == 11 and bare.startswith("1") else bare
