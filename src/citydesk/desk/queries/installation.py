"""What the administrator looks at: checks in words, jobs, no record of residents."""

from dataclasses import dataclass
from datetime import datetime

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


def count_jobs() -> dict[str, int]:
    return failed_jobs.count_jobs()
