"""What statistics offers the house: measures of requests and contacts, the report, figures on opening pages."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from citydesk.kernel.registries import (
    FileGuard,
    HealthCheck,
    HomeCard,
    Measure,
    NavItem,
    Permission,
    ProfileSection,
    registries,
)
from citydesk.management.statistics.choices import DUE_ON_TIME, EXPORT, FACTS_CONTACTS, FACTS_REQUESTS, VIEW
from citydesk.management.statistics.queries.kpis import kpi_card
from citydesk.management.statistics.queries.moved import moved_card
from citydesk.management.statistics.rules import texts
from citydesk.management.statistics.rules.peers import parse_peers

_QUERIES = "citydesk.management.statistics.queries"


def _of_requests(code: str, label: Any, definition: Any, unit: str, sql: str, drill: str = "") -> Measure:
    return Measure(code, label, definition, unit, FACTS_REQUESTS, sql, version=1, drill=drill)


registries.add(
    _of_requests(
        "requests_opened",
        _("Requests opened"),
        _(
            "Service requests by the city's day they were received, whatever became of them. Requests held by a spam "
            "brake are counted when they are released. How many of them are still open stands beside it."
        ),
        "count",
        texts.OPENED,
        "opened",
    ),
    _of_requests(
        "requests_closed",
        _("Requests closed"),
        _(
            "Service requests by the city's day they were closed, for any reason, whenever they were received. A "
            "reopened request is not counted until it is closed again, then once, on its last closing."
        ),
        "count",
        texts.CLOSED,
        "closed",
    ),
    _of_requests(
        "requests_open",
        _("Requests open now"),
        _("Of the requests received in these days, how many are open as the facts were last brought up to date."),
        "count",
        texts.OPEN,
        "open",
    ),
    _of_requests(
        "requests_open_by_age",
        _("Open requests by age"),
        _("Requests open now, by whole days since the day of receipt."),
        "count",
        texts.OPEN_BY_AGE,
        "open",
    ),
    _of_requests(
        "requests_open_late",
        _("Open and late"),
        _(
            "Requests received in these days that are open now and past their due time. A request whose clock stands "
            "is late only if it was late when the clock stopped."
        ),
        "count",
        texts.OPEN_LATE,
        "late",
    ),
    _of_requests(
        "requests_closed_hours_median",
        _("Median hours to close"),
        _(
            "Half of the requests closed in these days took at most so many hours from receipt to closing, on the "
            "city's wall clock, nights, weekends and holds included. Open requests have no closing time: they are "
            "left out and their number stands beside it."
        ),
        "hours",
        texts.MEDIAN_HOURS,
        "closed",
    ),
    _of_requests(
        "requests_closed_hours_p90",
        _("90th percentile of hours to close"),
        _(
            "Nine of ten requests closed in these days took at most so many hours from receipt to closing, on the "
            "city's wall clock, nights, weekends and holds included. Open requests have no closing time: they are "
            "left out and their number stands beside it."
        ),
        "hours",
        texts.P90_HOURS,
        "closed",
    ),
    _of_requests(
        "requests_on_time_share",
        _("Closed on time"),
        _(
            "Of the requests closed in these days that had a target, the share that was closed by it. The target's "
            "clock runs in its service hours and stands on hold; the hours on hold stand beside it, and how many were "
            "closed without a target. Open requests, late ones too, are not in it: see open and late."
        ),
        "percent",
        texts.ON_TIME,
        "judged",
    ),
    _of_requests(
        DUE_ON_TIME,
        _("On time of those due"),
        _(
            "Of the requests that were due in these days, the share that was closed on time, whenever they came. "
            "Closed late and open past their due time both count as missed, so nothing is left out because it is not "
            "closed yet. Requests whose due time is still to come and those whose clock stands are not judged; their "
            "number stands beside it, with hours on hold, returns, reopenings, not ours and duplicates of those due."
        ),
        "percent",
        texts.DUE_ON_TIME,
        "due",
    ),
    _of_requests(
        "requests_hold_hours_mean",
        _("Mean hours on hold"),
        _("Hours on hold of the requests closed in these days, spread over all of them, held or not."),
        "hours",
        texts.HOLD_HOURS,
        "closed",
    ),
    _of_requests(
        "requests_returned",
        _("Returns"),
        _("How often departments gave back requests received in these days. A request returned twice counts twice."),
        "count",
        texts.RETURNED,
        "returned",
    ),
    _of_requests(
        "requests_returned_share",
        _("Returns per hundred requests"),
        _("Returns by departments for each hundred requests received in these days."),
        "percent",
        texts.RETURNED_SHARE,
        "returned",
    ),
    _of_requests(
        "requests_reopened",
        _("Reopenings"),
        _("How often requests received in these days were reopened. A request reopened twice counts twice."),
        "count",
        texts.REOPENED,
        "reopened",
    ),
    _of_requests(
        "requests_reopened_share",
        _("Reopenings per hundred requests"),
        _("Reopenings for each hundred requests received in these days."),
        "percent",
        texts.REOPENED_SHARE,
        "reopened",
    ),
    _of_requests(
        "requests_not_ours_share",
        _("Closed as not ours"),
        _("Of the requests closed in these days, the share that was closed because somebody else is responsible."),
        "percent",
        texts.NOT_OURS_SHARE,
        "not_ours",
    ),
    _of_requests(
        "requests_duplicates",
        _("Duplicates"),
        _("Requests closed in these days because another request was about the same thing."),
        "count",
        texts.DUPLICATES,
        "duplicate",
    ),
    _of_requests(
        "requests_duplicate_share",
        _("Share of duplicates"),
        _("Of the requests closed in these days, the share that was closed as a duplicate of another."),
        "percent",
        texts.DUPLICATE_SHARE,
        "duplicate",
    ),
    _of_requests(
        "requests_done_share",
        _("Closed as done"),
        _("Of the requests closed in these days, the share where the work was done."),
        "percent",
        texts.DONE_SHARE,
        "done",
    ),
    _of_requests(
        "requests_contacts_mean",
        _("Contacts per request"),
        _("How often residents asked about one and the same request, the first time included."),
        "count",
        texts.CONTACTS_PER_REQUEST,
        "opened",
    ),
    Measure(
        "contacts_active_seconds_mean",
        _("Mean active handling time"),
        _(
            "Mean seconds a representative worked on a contact taken live. Time parked is left out; contacts without "
            "a handle time, such as letters, are left out and counted beside it."
        ),
        "seconds",
        FACTS_CONTACTS,
        texts.CONTACTS_ACTIVE_MEAN,
        drill="contacts",
    ),
    Measure(
        "contacts_parked_seconds_mean",
        _("Mean parked time"),
        _("Mean seconds a contact was parked, of the contacts that have a handle time."),
        "seconds",
        FACTS_CONTACTS,
        texts.CONTACTS_PARKED_MEAN,
        drill="contacts",
    ),
)

registries.add(
    Permission(VIEW, _("Read reports")),
    Permission(EXPORT, _("Take reports and lists away as files")),
    NavItem("reports", _("Reports"), "statistics:report", VIEW, order=80),
    HomeCard("statistics.kpis", ("director", "supervisor"), kpi_card, "statistics/card_kpis.jinja", VIEW, order=5),
    HomeCard("statistics.moved", ("director",), moved_card, "statistics/card_moved.jinja", VIEW, order=6),
    ProfileSection("peers", ("peers.toml",), parse_peers),
    HealthCheck("statistics.facts", _("Counted facts"), f"{_QUERIES}.freshness.check_facts"),
    FileGuard("statistics.report", f"{_QUERIES}.printed.may_open_file"),
)
