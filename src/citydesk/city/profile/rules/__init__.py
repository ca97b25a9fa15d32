"""Reading, checking and dating a city profile: pure. Rooms import `Item` and `Reading` from here for their sections."""

from citydesk.city.profile.rules.calendars import calendar_from, parse_calendars, parse_holidays
from citydesk.city.profile.rules.city import NO_CITY, City, city_from, parse_city
from citydesk.city.profile.rules.examples import ExampleOutcome, run_examples
from citydesk.city.profile.rules.fields import Fields, Notes, as_json, unknown_word
from citydesk.city.profile.rules.folder import Folder
from citydesk.city.profile.rules.lists import (
    parse_ask_office,
    parse_caller_classes,
    parse_contact_scripts,
    parse_interpreters,
    parse_kpis,
)
from citydesk.city.profile.rules.periods import ALWAYS, NEVER, Change, Span, body_on, plan_change, plan_changes, span_of
from citydesk.city.profile.rules.portal import parse_portal_quick, parse_portal_tiles
from citydesk.city.profile.rules.problems import Item, Problem, ProfileRefused, UnknownEntry
from citydesk.city.profile.rules.reading import Document, Reading
from citydesk.city.profile.rules.sample_stories import parse_sample_stories
from citydesk.city.profile.rules.sample_year import parse_sample_questions, parse_sample_year
from citydesk.city.profile.rules.snapshot import Snapshot, differences
from citydesk.city.profile.rules.validation import Checked, declared_languages, validate

__all__ = [
    "ALWAYS",
    "NEVER",
    "NO_CITY",
    "Change",
    "Checked",
    "City",
    "Document",
    "ExampleOutcome",
    "Fields",
    "Folder",
    "Item",
    "Notes",
    "Problem",
    "ProfileRefused",
    "Reading",
    "Snapshot",
    "Span",
    "UnknownEntry",
    "as_json",
    "body_on",
    "calendar_from",
    "city_from",
    "declared_languages",
    "differences",
    "parse_ask_office",
    "parse_calendars",
    "parse_caller_classes",
    "parse_city",
    "parse_contact_scripts",
    "parse_holidays",
    "parse_interpreters",
    "parse_kpis",
    "parse_portal_quick",
    "parse_portal_tiles",
    "parse_sample_questions",
    "parse_sample_stories",
    "parse_sample_year",
    "plan_change",
    "plan_changes",
    "run_examples",
    "span_of",
    "unknown_word",
    "validate",
]
