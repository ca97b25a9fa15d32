"""What the administrator looks at: checks in words, jobs, no record of residents."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from citydesk.kernel import failed_jobs, health
from citydesk.kernel.registries import registries


@dataclass(frozen=True)
class CheckLine:
    code: str
    label: str
    is_well: bool
    detail: str


def list_checks(now: datetime) -> list[CheckLine]:
    """Every health check of the house as a sentence."""
    _worst, states = health.deep(now)
    labels = {code: check.label for code, check in registries.health_checks.items()}
    return [CheckLine(code, str(labels[code]), state.level == "ok", state.words) for code, state in states.items()]


def list_stalled_jobs(now: datetime) -> list[failed_jobs.FailedJob]:
    """Jobs that gave up or have failed three times and more."""
    return failed_jobs.list_failed_jobs()


# What the desk calls the work of a room that is done in the background.
WORK: dict[str, Any] = {
    "correspondence": _("Messages to residents"),
    "service_requests": _("Clocks and escalations of requests"),
    "interactions": _("Figures of contacts"),
    "referrals": _("Referrals and other systems"),
    "knowledge": _("Bulletins and procedures"),
    "problems": _("The nightly look for repeating problems"),
    "records": _("Retention and public records"),
    "statistics": _("Figures of the reports"),
    "workforce": _("Schedules and forecasts"),
    "timekeeping": _("Time and leave"),
    "traffic": _("Figures of the telephone"),
    "kernel": _("What follows from what was saved"),
}
OTHER_WORK = _("Other work in the background")
PATIENCE = timedelta(minutes=15)  # before it is called standing still


def list_stopped_work(now: datetime) -> list[tuple[str, failed_jobs.StoppedWork]]:
    """What stands still, in the desk's words: what gave up, and what has waited for a quarter of an hour."""
    rows = failed_jobs.list_stopped_work(waits_since=now - PATIENCE)
    return [(str(WORK.get(row.room, OTHER_WORK)), row) for row in rows]


def count_jobs() -> dict[str, int]:
    return failed_jobs.count_jobs()
