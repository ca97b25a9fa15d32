"""How times, spans and numbers are written for people: "Tue 14:05, 3 h ago", in the city's zone."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

from babel import Locale, UnknownLocaleError
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.kernel.telephone import phone_words


def in_language(names: Mapping[str, str], *, default: str = "") -> str:
    """A text in the language of who reads ("es-MX" falls back to "es"), else `default`, else any there is."""
    language = get_language() or ""
    return names.get(language) or names.get(language.partition("-")[0]) or default or next(iter(names.values()), "")


_said: dict[tuple[int, str | None], tuple[Mapping[Any, Any], dict[Any, str]]] = {}


def words_of(texts: Mapping[Any, Any]) -> dict[Any, str]:
    """A module's constant texts by code, in the language of who reads: each is translated once a process and language,
    not at every page that shows a few of them."""
    key = (id(texts), get_language())
    known = _said.get(key)
    if known is None:
        # The texts are kept with their words, so that no other mapping can ever have their id.
        known = _said[key] = (texts, {code: str(text) for code, text in texts.items()})
    return known[1]


def local(moment: datetime) -> datetime:
    """The moment in the zone that is active (the city's)."""
    return timezone.localtime(moment)


class Teller:
    """Times in words as of one moment. A list makes one: zone, language and words are looked up once, not by row."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or timezone.now()
        self.zone = timezone.get_current_timezone()
        self.language = get_language()
        self.today = self.now.astimezone(self.zone).date()
        self._said: dict[str, str] = {}

    def _(self, message: str) -> str:
        if message not in self._said:
            self._said[message] = _(message)
        return self._said[message]

    def span(self, length: timedelta) -> str:
        """A span in its largest sensible unit: "44 min", "6 h", "2 d"."""
        return _span(length, self._)

    def ago(self, moment: datetime) -> str:
        """ "3 h ago" or "in 2 h"."""
        return _ago(self.now - moment, self._)

    def day_and_clock(self, moment: datetime) -> str:
        """ "Tue 14:05", as the function of this name."""
        return _day_and_clock(moment.astimezone(self.zone), self.today, self.language)

    def full_time(self, moment: datetime) -> str:
        """ "Tuesday 24 November 2026, 14:05 EST"."""
        return _full_time(moment.astimezone(self.zone), self.language)

    def is_today(self, moment: datetime) -> bool:
        """Whether the moment is on the day of `now`, in the city."""
        return moment.astimezone(self.zone).date() == self.today

    def standing(self, moment: datetime) -> "Standing":
        """All of a moment's words that do not move with the minute; the same due times are told all day."""
        return _standing(moment, self.zone, self.today, self.language)


class Standing(NamedTuple):
    """A moment by ISO 8601, in full, as day and clock, and whether it is today in the city."""

    iso: str
    full: str
    day_and_clock: str
    is_today: bool


@lru_cache(maxsize=8192)
def _standing(moment: datetime, zone: tzinfo, today: date, language: str | None) -> Standing:
    here = moment.astimezone(zone)
    return Standing(
        moment.isoformat(),
        _full_time(here, language),
        _day_and_clock(here, today, language),
        here.date() == today,
    )


def span(length: timedelta) -> str:
    """A span in its largest sensible unit: "44 min", "6 h", "2 d"."""
    return _span(length, _)


def _span(length: timedelta, _: Callable[[str], str]) -> str:
    minutes = int(abs(length.total_seconds()) // 60)
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": minutes // 60}
    return _("%(n)s d") % {"n": minutes // (24 * 60)}


def clock(moment: datetime | None) -> str:
    """Hours and minutes of the day: "14:05"."""
    return local(moment).strftime("%H:%M") if moment else ""


def day_and_clock(moment: datetime | None, now: datetime | None = None) -> str:
    """ "Tue 14:05" within a week either way, "24 Nov 14:05" within the year, with the year beyond."""
    if moment is None:
        return ""
    return _day_and_clock(local(moment), local(now or timezone.now()).date(), get_language())


def _day_and_clock(here: datetime, today: date, language: str | None) -> str:
    day = here.date()
    form = "D" if abs((day - today).days) < 7 else "j M" if day.year == today.year else "j M Y"
    return f"{_day_words(day, form, language)} {here.hour:02d}:{here.minute:02d}"


def full_time(moment: datetime | None) -> str:
    """The whole date and time with the zone, for titles and prints: "Tuesday 24 November 2026, 14:05 EST"."""
    return _full_time(local(moment), get_language()) if moment else ""


def _full_time(here: datetime, language: str | None) -> str:
    return f"{_day_words(here.date(), 'l j F Y', language)}, {here.hour:02d}:{here.minute:02d} {here.tzname()}"


@lru_cache(maxsize=4096)
def _day_words(day: date, form: str, language: str | None) -> str:
    """A day in words. A list says the same few days in every row; only day and language decide the words."""
    if (language or "").startswith("es"):
        # Spanish writes months small and joins whole names by "de": "4 dic", "4 de diciembre de 2026".
        form = form.replace("M", "b").replace("j F", r"j \d\e F").replace("F Y", r"F \d\e Y")
    return date_format(day, form)


def date_words(day: date, form: str) -> str:
    """A day in words by a form of Django's ("j M Y", "l j F", "F Y"), as the reader's language writes it. Of a moment
    it is the day in that moment's own zone."""
    return _day_words(day.date() if isinstance(day, datetime) else day, form, get_language())


def weekday_date(day: datetime) -> str:
    """The day as a heading: "Tuesday 24 November"."""
    return date_words(local(day), "l j F")


def near_date(day: date) -> str:
    """A day of a week one is looking at: "Tue 24 Nov"."""
    return _day_words(day, "D j M", get_language())


def short_date(day: date | datetime | None) -> str:
    """ "24 Nov 2026"."""
    if day is None:
        return ""
    return _day_words(local(day).date() if isinstance(day, datetime) else day, "j M Y", get_language())


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """ "3 h ago" or "in 2 h"."""
    return _ago((now or timezone.now()) - moment, _) if moment else ""


def _ago(length: timedelta, _: Callable[[str], str]) -> str:
    text = _span(length, _)
    return _("%(span)s ago") % {"span": text} if length >= timedelta(0) else _("in %(span)s") % {"span": text}


def count(number: Any) -> str:
    """A whole number with the language's grouping; a text is one that was written before."""
    if isinstance(number, str) or (type(number) is int and 0 <= number < 1000):
        return str(number)
    return number_format(number, decimal_pos=0, force_grouping=True)


def duration_clock(seconds: int | float | None) -> str:
    """Seconds as "04:12", or "1:04:12" from an hour on."""
    whole = int(seconds or 0)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes:02d}:{left:02d}"


def language_name(code: str) -> str:
    """A language in words of the reader's: "es" is "Spanish". A code that no language has stays as it is."""
    return _language_name(code, (get_language() or "en").split("-")[0]) if code else ""


@lru_cache(maxsize=500)
def _language_name(code: str, reads: str) -> str:
    try:
        return (Locale.parse(code.replace("-", "_")).get_display_name(reads) or code).capitalize()
    except (UnknownLocaleError, ValueError):
        return code


FILTERS: dict[str, Callable[..., Any]] = {
    "span": span,
    "clock": clock,
    "day_and_clock": day_and_clock,
    "full_time": full_time,
    "short_date": short_date,
    "weekday_date": weekday_date,
    "near_date": near_date,
    "ago": ago,
    "count": count,
    "duration_clock": duration_clock,
    "language_name": language_name,
    "phone": phone_words,
    "iso": lambda moment: moment.isoformat() if moment else "",
}
