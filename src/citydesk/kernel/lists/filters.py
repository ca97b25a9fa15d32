"""Typed filters. What arrives in an address is parsed into a value first; only code written here reaches the query."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from citydesk.kernel.actors import Access
from citydesk.kernel.errors import CitydeskError, Invalid
from citydesk.kernel.sealing import seal, sealed_anew, unseal
from citydesk.kernel.texts import date_words

LONGEST_TEXT = 200
# What `TextFilter` writes: a sign, and a token of Fernet, whose first bytes are its version and a year below 2106.
_SEALED = re.compile(r"(~|%7E)(gAAAA[A-Za-z0-9_-]+)")


@dataclass(frozen=True)
class Option:
    """One value of a filter with its words; `is_selected` in the state of a page."""

    value: str
    label: Any
    is_selected: bool = False


Options = tuple[Option, ...] | Callable[[Access], Iterable[Option]]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One way to narrow a list. `code` names it in the address; `permission`, if any, is needed to use it."""

    code: str
    label: Any
    permission: str = ""
    kind = "filter"

    def names(self) -> tuple[str, ...]:
        """The names this filter reads from the address."""
        return (self.code,)

    def parse(self, given: Mapping[str, list[str]], access: Access, now: datetime) -> Any:
        """The typed value, or None when the filter is not used. Raises `Invalid`."""
        raise NotImplementedError

    def apply(self, rows: "QuerySet[Any]", value: Any) -> "QuerySet[Any]":
        """The narrowed rows."""
        raise NotImplementedError

    def words(self, value: Any, options: tuple[Option, ...]) -> str:
        """The value as the page names it."""
        return ", ".join(str(option.label) for option in options if option.is_selected)

    def query(self, value: Any) -> list[tuple[str, str]]:
        """The value as it stands in an address."""
        return [(self.code, str(value))]

    def options_for(self, access: Access, value: Any) -> tuple[Option, ...]:
        """What can be chosen, with what is chosen marked."""
        return ()


@dataclass(frozen=True, kw_only=True)
class ChoiceFilter(Filter):
    """One of a fixed set. Narrows `field`, or calls `narrow(rows, value)` where one column does not say it."""

    options: Options
    field: str = ""
    narrow: Callable[..., Any] | None = None
    kind = "choice"

    def options_for(self, access: Access, value: Any) -> tuple[Option, ...]:
        chosen = set(value) if isinstance(value, tuple) else {value}
        offered = self.options(access) if callable(self.options) else self.options
        return tuple(Option(str(one.value), one.label, str(one.value) in chosen) for one in offered)

    def parse(self, given: Mapping[str, list[str]], access: Access, now: datetime) -> Any:
        values = [one for one in given.get(self.code, []) if one]
        return self._known(values[-1:], access)[0] if values else None

    def _known(self, values: list[str], access: Access) -> tuple[str, ...]:
        known = {option.value for option in self.options_for(access, None)}
        if not set(values) <= known:
            raise Invalid(_("This choice does not exist."), field=self.code)
        return tuple(dict.fromkeys(values))

    def apply(self, rows: "QuerySet[Any]", value: Any) -> "QuerySet[Any]":
        return self.narrow(rows, value) if self.narrow else rows.filter(**{self.field: value})


@dataclass(frozen=True, kw_only=True)
class ColumnsFilter(Filter):
    """Which columns are drawn and in which order: part of the address like a filter, but it narrows nothing.

    The address says `cols=due.number.place`; what is not known is left out, the first of two alike counts.
    """

    known: tuple[str, ...]
    kind = "columns"

    def parse(self, given: Mapping[str, list[str]], access: Access, now: datetime) -> Any:
        return self.chosen((given.get(self.code) or [""])[-1]) or None

    def chosen(self, text: str) -> tuple[str, ...]:
        """The columns that a text names."""
        return tuple(dict.fromkeys(one for one in text[:LONGEST_TEXT].split(".") if one in self.known))

    def apply(self, rows: "QuerySet[Any]", value: Any) -> "QuerySet[Any]":
        return rows

    def query(self, value: Any) -> list[tuple[str, str]]:
        return [(self.code, ".".join(value))]


@dataclass(frozen=True, kw_only=True)
class MultiFilter(ChoiceFilter):
    """Any of several; the value is a tuple. The address repeats the name: `state=open&state=on_hold`."""

    kind = "multi"

    def parse(self, given: Mapping[str, list[str]], access: Access, now: datetime) -> Any:
        values = [one for one in given.get(self.code, []) if one]
        return self._known(values, access) if values else None

    def apply(self, rows: "QuerySet[Any]", value: Any) -> "QuerySet[Any]":
        return self.narrow(rows, value) if self.narrow else rows.filter(**{f"{self.field}__in": value})

    def query(self, value: Any) -> list[tuple[str, str]]:
        return [(self.code, one) for one in value]


@dataclass(frozen=True, kw_only=True)
class BoolFilter(Filter):
    """Yes, no or not asked: "1", "0", nothing."""

    field: str = ""
    narrow: Callable[..., Any] | None = None
    yes: Any = None
    no: Any = None
    kind = "bool"

    def parse(self, given: Mapping[str, list[str]], access: Access, now: datetime) -> Any:
        value = (given.get(self.code) or [""])[-1]
        if value not in ("", "0", "1"):
            raise Invalid(_("This choice does not exist."), field=self.code)
        return None if value == "" else value == "1"

    def apply(self, rows: "QuerySet[Any]", value: Any) -> "QuerySet[Any]":
        return self.narrow(rows, value) if self.narrow else rows.filter(**{self.field: value})

    def query(self, value: Any) -> list[tuple[str, str]]:
        return [(self.code, "1" if value else "0")]

    def options_for(self, access: Access, value: Any) -> tuple[Option, ...]:
        yes, no = self.yes or _("Yes"), self.no or _("No")
        return (Option("1", yes, value is True), Option("0", no, value is False))


@dataclass(frozen=True, kw_only=True)
class TextFilter(Filter):
    """Words. Looks in `fields` without regard to case, or calls `narrow(rows, text)`.

    People search for people, so in an address the words are sealed: a form posts them and `ListSpec.query_for` writes
    the address.
    """

    fields: tuple[str, ...] = ()
    narrow: Callable[..., Any] | None = None
    kind = "text"

    def parse(self, given: Mapping[str, list[str]], access: Access, now: datetime) -> Any:
        text = (given.get(self.code) or [""])[-1]
        if text.startswith("~"):
            text = unseal(text[1:], purpose="list.words")
        text = " ".join(text.replace("\0", " ").split())
        if len(text) > LONGEST_TEXT:
            raise Invalid(_("These are too many words to search for."), field=self.code)
        return text or None

    def apply(self, rows: "QuerySet[Any]", value: Any) -> "QuerySet[Any]":
        if self.narrow:
            return self.narrow(rows, value)
        anywhere = Q()
        for name in self.fields:
            anywhere |= Q(**{f"{name}__icontains": value})
        return rows.filter(anywhere)

    def words(self, value: Any, options: tuple[Option, ...]) -> str:
        return str(value)

    def query(self, value: Any) -> list[tuple[str, str]]:
        return [(self.code, "~" + seal(value, purpose="list.words"))]


def sealed_words_anew(kept: Any) -> Any:
    """A list's address that somebody kept, or a mapping that holds one, with its words under the current key; None
    where it has none. Raises `Invalid`."""
    if isinstance(kept, Mapping):
        turned = {key: sealed_words_anew(value) for key, value in kept.items()}
        some = {key: value for key, value in turned.items() if value is not None}
        return {**kept, **some} if some else None
    if not isinstance(kept, str) or not _SEALED.search(kept):
        return None
    return _SEALED.sub(lambda found: found[1] + sealed_anew(found[2], purpose="list.words"), kept)


@dataclass(frozen=True)
class DateRange:
    """Whole local days from `first` to `last`, both included; either may be missing. `preset` names a moving range."""

    first: date | None
    last: date | None
    preset: str = ""


@dataclass(frozen=True, kw_only=True)
class DateRangeFilter(Filter):
    """Local days: `<code>_from`, `<code>_to` as ISO dates, or `<code>` with a preset that moves with the day."""

    field: str
    is_moment: bool = True  # the column holds moments, not dates
    presets: tuple[str, ...] = ("today", "yesterday", "7d", "30d", "month", "year")
    kind = "dates"

    def names(self) -> tuple[str, ...]:
        return (self.code, f"{self.code}_from", f"{self.code}_to")

    def parse(self, given: Mapping[str, list[str]], access: Access, now: datetime) -> Any:
        preset, first, last = ((given.get(name) or [""])[-1].strip() for name in self.names())
        if preset:
            if preset not in self.presets:
                raise Invalid(_("This choice does not exist."), field=self.code)
            return _preset(preset, timezone.localtime(now).date())
        if not first and not last:
            return None
        value = DateRange(_day(first, f"{self.code}_from"), _day(last, f"{self.code}_to"))
        if value.first and value.last and value.last < value.first:
            raise Invalid(_("The last day is before the first."), field=f"{self.code}_to")
        return value

    def apply(self, rows: "QuerySet[Any]", value: Any) -> "QuerySet[Any]":
        bounds: dict[str, Any] = {}
        if value.first:
            bounds[f"{self.field}__gte"] = _midnight(value.first) if self.is_moment else value.first
        if value.last:
            after = value.last + timedelta(days=1)
            bounds[f"{self.field}__lt"] = _midnight(after) if self.is_moment else after
        return rows.filter(**bounds)

    def query(self, value: Any) -> list[tuple[str, str]]:
        if value.preset:
            return [(self.code, value.preset)]
        pairs = ((f"{self.code}_from", value.first), (f"{self.code}_to", value.last))
        return [(name, day.isoformat()) for name, day in pairs if day]

    def options_for(self, access: Access, value: Any) -> tuple[Option, ...]:
        chosen = value.preset if value else ""
        return tuple(Option(code, preset_words(code), code == chosen) for code in self.presets)

    def words(self, value: Any, options: tuple[Option, ...]) -> str:
        if value.preset:
            return preset_words(value.preset)
        first, last = (date_words(day, "j M Y") if day else "" for day in (value.first, value.last))
        if first and last:
            return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
        return _("from %(day)s") % {"day": first} if first else _("until %(day)s") % {"day": last}


def preset_words(code: str) -> str:
    """A moving range in words."""
    return {
        "today": _("today"),
        "yesterday": _("yesterday"),
        "7d": _("last 7 days"),
        "30d": _("last 30 days"),
        "month": _("this month"),
        "year": _("this year"),
    }[code]


def _preset(code: str, today: date) -> DateRange:
    first, last = {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "7d": (today - timedelta(days=6), today),
        "30d": (today - timedelta(days=29), today),
        "month": (today.replace(day=1), today),
        "year": (today.replace(month=1, day=1), today),
    }[code]
    return DateRange(first, last, code)


def _day(text: str, name: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(_("This is not a date."), field=name, hint=_("Write it like 2026-11-24.")) from error
    if not 1900 <= day.year <= 2199:
        raise Invalid(_("This year is out of range."), field=name)
    return day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def parse_all(
    filters: Iterable[Filter], given: Mapping[str, list[str]], access: Access, now: datetime
) -> tuple[dict[str, Any], list[CitydeskError]]:
    """The values of the filters in use, and what could not be understood (such a filter is left out)."""
    values: dict[str, Any] = {}
    problems: list[CitydeskError] = []
    for one in filters:
        if one.permission and not access.may(one.permission):
            continue
        try:
            value = one.parse(given, access, now)
        except Invalid as error:
            problems.append(error)
            continue
        if value is not None:
            values[one.code] = value
    return values, problems
