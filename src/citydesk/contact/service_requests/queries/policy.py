"""What the city's profile decides about requests on a day: services, classes, rules, reasons. Kept per process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from citydesk.city.profile import queries as profile
from citydesk.city.profile.rules import UnknownEntry
from citydesk.city.staff import queries as staff
from citydesk.contact.service_requests.models import ServiceCode
from citydesk.contact.service_requests.rules import catalog, codes, routing, sla
from citydesk.kernel.calendars import BusinessCalendar, always_open
from citydesk.kernel.errors import NotFound, marked

T = TypeVar("T")
_MOST_KEPT = 5000
# What was made from a profile's body, kept as long as the body itself lives: bodies are never changed in place.
_made: dict[tuple[str, int], tuple[Any, Any]] = {}


@dataclass(frozen=True)
class HoldReason:
    """Why a request may stand still: its words, whether clocks stop, proposed review and limit in days."""

    code: str
    names: Mapping[str, str]
    stops_clocks: bool
    review_days: int
    limit_days: int


def services(on: date) -> dict[str, catalog.Service]:
    """The catalog in force on a day, by code."""
    bodies = profile.entries("services", on)
    return _keep("services", bodies, lambda: {code: catalog.service_of(code, body) for code, body in bodies.items()})


def service(code: str, on: date) -> catalog.Service:
    """A service as the profile has it on a day, else as the catalog's row has it (a code an import brought)."""
    try:
        body = profile.entry("services", code, on)
    except UnknownEntry:
        return _service_elsewhen(code)
    return _keep("service", body, lambda: catalog.service_of(code, body))


def _service_elsewhen(code: str) -> catalog.Service:
    """A code the profile does not have on the day: its latest entry, else the bare row of the catalog."""
    row = ServiceCode.objects.filter(code=code).first()
    if row is None:
        raise NotFound(marked("There is no such service code."), field="service_code")
    latest = profile.history_of_entry("services", code)
    if latest:
        return catalog.service_of(code, latest[-1].body)
    return catalog.unknown_service(code, row.name)


def groups(on: date) -> dict[str, dict[str, Any]]:
    """Groups of the catalog by code, in order: `{name: {en, es}, order}`."""
    bodies = profile.entries("service_groups", on)
    return dict(sorted(bodies.items(), key=lambda pair: (int(pair[1].get("order") or 100), pair[0])))


def code_index(on: date) -> codes.CodeIndex:
    """The finder's index over the catalog of a day; internal codes included, the asker filters."""
    bodies = profile.entries("services", on)

    def make() -> codes.CodeIndex:
        named = profile.entries("service_groups", on)
        return codes.build_index(
            one.words(named.get(one.group, {}).get("name")) for one in services(on).values() if not one.is_coding_queue
        )

    return _keep("code_index", bodies, make)


def sla_class(code: str, on: date) -> sla.SlaClass | None:
    """An SLA class on a day; None for a code without one (an imported request)."""
    body = profile.entries("sla", on).get(code) if code else None
    return _keep("sla", body, lambda: sla.sla_class(code, body)) if body else None


def routing_rules(on: date) -> list[routing.Rule]:
    """The routing rules of a day in the order they are asked."""
    bodies = profile.entries("routing", on)
    return _keep("routing", bodies, lambda: routing.in_order(bodies))


def hold_reasons(on: date) -> dict[str, HoldReason]:
    """Reasons for a hold on a day, by code."""
    return {
        code: HoldReason(
            code,
            body["name"],
            bool(body.get("pauses", True)),
            int(body.get("review_days") or 1),
            int(body.get("limit_days") or 30),
        )
        for code, body in profile.entries("hold_reasons", on).items()
    }


def calendar(code: str, on: date) -> BusinessCalendar:
    """A calendar on a day; one the profile no longer has counts every hour, and the doctor page says so."""
    try:
        return profile.calendar(code, on)
    except UnknownEntry:
        return always_open(str(profile.local_zone()), code)


def coding_queue_code(on: date) -> str:
    """The code under which a contact is recorded that no code fits; empty when the city has none."""
    return next((code for code, one in services(on).items() if one.is_coding_queue), "")


def today(now: datetime) -> date:
    """The city's day."""
    return profile.city_today(now)


def teams_by_code() -> dict[str, staff.TeamRow]:
    """Teams by their profile code."""
    return kept_for_profile("teams", lambda: {team.code: team for team in staff.list_teams()})


def departments_by_code() -> dict[str, staff.DepartmentRow]:
    """Departments by their profile code."""
    return kept_for_profile("departments", lambda: {one.code: one for one in staff.list_departments()})


def code_rows() -> dict[str, ServiceCode]:
    """Rows of the catalog by code; a code brought by an import after the load is read when it is met."""
    return kept_for_profile("codes", lambda: {row.code: row for row in ServiceCode.objects.all()})


def code_row(code: str) -> ServiceCode:
    """One row of the catalog. Raises `NotFound`."""
    row = code_rows().get(code) or ServiceCode.objects.filter(code=code).first()
    if row is None:
        raise NotFound(marked("There is no such service code."), field="service_code")
    return row


def kept_for_profile(name: str, make: Callable[[], T]) -> T:
    """Something the profile's load decides, kept until the next load; before a first load made each time."""
    if not profile.version():
        return make()
    now = profile.snapshot()
    kept = _loads.get(name)
    if kept is None or kept[0] is not now:
        _loads[name] = kept = (now, make())
    return kept[1]


def profile_load() -> object:
    """Stands for the load in force: the same object until the next. The key of what is drawn from the profile."""
    return kept_for_profile("load", object)


# The snapshot something was made under, and the thing: another snapshot means another load.
_loads: dict[str, tuple[Any, Any]] = {}


def forget() -> None:
    """Drop what is kept (an import made codes; between tests)."""
    _loads.clear()
    _made.clear()


def _keep(kind: str, body: Any, make: Callable[[], T]) -> T:
    key = (kind, id(body))
    kept = _made.get(key)
    if kept is None or kept[0] is not body:
        if len(_made) >= _MOST_KEPT:
            _made.clear()
        _made[key] = kept = (body, make())
    return kept[1]
