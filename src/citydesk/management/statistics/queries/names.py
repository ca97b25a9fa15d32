"""Words for what figures are divided by: names of codes, departments, teams, districts, people."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.places import queries as places
from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.service_requests.queries import policy
from citydesk.kernel.errors import Invalid
from citydesk.kernel.texts import date_words
from citydesk.management.statistics import labels

Words = Callable[[Any], str]


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def _in(names: Mapping[str, str] | None, plain: str) -> str:
    return (names or {}).get(_language()) or plain


def code_names(today: date) -> dict[str, str]:
    """Every service code with its name: the profile's, and those imports brought, by their own."""
    found = {code: _in(body.get("name"), code) for code, body in profile.entries("services", today).items()}
    return {**_imported(), **found}


def _imported() -> dict[str, str]:
    """Codes with rows of their own, imported ones among them."""
    return {code: str(row.name) for code, row in policy.code_rows().items()}


def group_names(today: date) -> dict[str, str]:
    return {code: _in(body.get("name"), code) for code, body in profile.entries("service_groups", today).items()}


def department_names() -> dict[int, str]:
    return {one.id: _in(one.names, one.name) for one in staff.list_departments(only_active=False)}


def team_names() -> dict[int, str]:
    return {one.id: _in(one.names, one.name) for one in staff.list_teams(only_active=False)}


def district_names() -> dict[str, str]:
    return {one["code"]: str(one["name"]) for one in places.list_districts("council")}


def words_for(name: str, values: Iterable[Any], today: date) -> Words:
    """How the values of one key read. One statement at most, for all of them."""
    given = [one for one in values if one not in (None, "")]
    tables: dict[str, Callable[[], Mapping[Any, Any]]] = {
        "code": lambda: code_names(today),
        "reason": lambda: code_names(today),
        "group": lambda: group_names(today),
        "department": department_names,
        "team": team_names,
        "district": district_names,
        "representative": lambda: staff.names_of([int(one) for one in given]),
        "channel": lambda: labels.CHANNELS,
        "outcome": lambda: labels.OUTCOMES,
        "weekday": lambda: labels.WEEKDAYS,
        "age": lambda: labels.AGES,
    }
    if name in ("day", "week", "month"):
        return partial(_day_words, name)
    if name == "hour":
        return hour_words
    known = tables[name]() if name in tables else {}
    return lambda value: str(known.get(value, "") or value or labels.NOBODY)


def _day_words(name: str, value: Any) -> str:
    return date_words(value, "F Y" if name == "month" else "j M Y")


def hour_words(hour: Any) -> str:
    """ "10 to 11" """
    return _("%(from)02d to %(to)02d") % {"from": hour, "to": hour + 1}


def ids_of(name: str, values: Iterable[str]) -> tuple[Any, ...]:
    """Departments, teams and people by code or number, hours and weekdays as numbers; others as they are."""
    return tuple(_id_of(name, one.strip()) for one in values if one.strip())


def _id_of(name: str, value: str) -> Any:
    if name in ("department", "team"):
        if value.isdecimal():
            return int(value)
        rows: Any = staff.list_departments if name == "department" else staff.list_teams
        found = next((one.id for one in rows(only_active=False) if one.code == value), None)
        if found is None:
            raise Invalid(_("There is no %(what)s %(value)s.") % {"what": name, "value": value}, field=name)
        return found
    if name == "representative" and not value.isdecimal():
        return staff.user_by_username(value).id
    if name in ("hour", "weekday", "representative"):
        if not value.isdecimal():
            raise Invalid(_("%(value)s is not a number.") % {"value": value}, field=name)
        return int(value)
    return value
