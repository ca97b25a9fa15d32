"""A small checked profile for tests, and a loader for real ones."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings

from citydesk.city.profile import queries, services
from citydesk.city.profile.rules import Folder
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.registries import registries
from citydesk.kernel.tests.kept_rows import MadeOnce

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)

CITY = """
[city]
code = "smallville"
name = "Smallville"
state = "TN"
timezone = "America/New_York"
languages = ["en", "es"]
units = "imperial"
phone = "+14235550100"
phone_short = "311"
emergency_phone = "911"
default_calendar = "office"
map_center = [35.05, -85.30]
map_bounds = [34.95, -85.45, 35.15, -85.15]
fiscal_year_starts = 7
reopen_days = 14
sample = true
"""
CALENDARS = """
[holidays.city]
name = {en = "City holidays", es = "Feriados de la ciudad"}
days = [
  {rule = "fourth Thursday of November", name = {en = "Thanksgiving Day", es = "Día de Acción de Gracias"}},
  {rule = "December 25", observed = "nearest", name = {en = "Christmas Day", es = "Navidad"}},
]

[calendar.office]
name = {en = "Office hours", es = "Horario de oficina"}
holidays = "city"
[calendar.office.hours]
monday = "08:00-12:00, 13:00-17:00"
tuesday = "08:00-12:00, 13:00-17:00"
wednesday = "08:00-12:00, 13:00-17:00"
thursday = "08:00-12:00, 13:00-17:00"
friday = "08:00-12:00, 13:00-17:00"

[calendar.always]
name = {en = "Always", es = "Siempre"}
always_open = true
"""
KPIS = """
[kpi.on_time]
name = {en = "Closed on time", es = "Cerradas a tiempo"}
measure = "requests_on_time_share"
target = 90
unit = "percent"
direction = "at_least"
"""
SMALL: dict[str, str] = {"city.toml": CITY, "calendars.toml": CALENDARS, "kpis.toml": KPIS}


def small_folder(changes: Mapping[str, str] | None = None) -> Folder:
    """The small profile, with files added or replaced."""
    return Folder("smallville", {**SMALL, **(changes or {})})


def load_small(changes: Mapping[str, str] | None = None, *, effective: date | None = None, now: datetime = NOON):
    """Check and load the small profile; the way to have a city in a test: zone, languages, office hours.

    `changes` adds or replaces files: `load_small({"departments.toml": "..."})`.
    """
    checked = services.check_folder(folder=small_folder(changes))
    return services.load_profile(checked=checked, effective=effective, actor=SYSTEM, now=now)


_small = MadeOnce()


def have_small(changes: Mapping[str, str] | None = None, *, now: datetime = NOON) -> None:
    """The city that `load_small` makes, for tests that are not about loading: most find it made and get its rows."""
    key = (small_folder(changes).digest(), now, tuple(registries.profile_sections.values()))
    _small.have(key, lambda: load_small(changes, now=now))
    queries.refresh()
    queries.snapshot()  # as after loading: the process knows it


def load_shipped(name: str = "riverton", *, now: datetime = NOON):
    """Check and load a shipped profile."""
    checked = services.check_folder(
        folder=services.read_folder(path=Path(settings.PROFILES_DIR) / name), with_examples=False
    )
    return services.load_profile(checked=checked, effective=None, actor=SYSTEM, now=now)
