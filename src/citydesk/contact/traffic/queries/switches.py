"""Switches that tell of contacts: those that send, the runs that brought files, and what they call people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from citydesk.contact.traffic.choices import IMPORT_KIND, MANAGE
from citydesk.contact.traffic.models import ContactSource, SourceAgent
from citydesk.kernel.actors import Access
from citydesk.kernel.models import ImportRun

_RUN = (
    "id", "source", "file_name", "state", "started_at", "ended_at", "started_by", "rows_read", "rows_added",
    "rows_changed", "rows_known", "rows_bad",
)  # fmt: skip


@dataclass(frozen=True)
class SourceLine:
    """A switch that sends its records. Its secret is nowhere."""

    id: int
    code: str
    name: str
    format: str
    is_active: bool
    made_at: datetime
    made_by: str
    heard_at: datetime | None


@dataclass(frozen=True)
class AgentLine:
    """An agent as a switch calls them, and who that is."""

    id: int
    source: str
    name: str
    user_id: int | None
    person: str


def list_sources(*, access: Access) -> list[SourceLine]:
    """The switches that send, by code. Raises `NotAllowed`."""
    access.require(MANAGE)
    rows = ContactSource.objects.order_by("code")
    columns = ("id", "code", "name", "format", "is_active", "made_at", "made_by_label", "heard_at")
    return [SourceLine(*values) for values in rows.values_list(*columns)]


def list_runs(*, access: Access, limit: int = 30) -> list[dict[str, Any]]:
    """The last runs that brought a switch's file, the newest first. Raises `NotAllowed`."""
    access.require(MANAGE)
    rows = ImportRun.objects.filter(kind=IMPORT_KIND).order_by("-id")
    return [dict(row) for row in rows.values(*_RUN)[:limit]]


def list_agents(*, access: Access, limit: int = 500) -> list[AgentLine]:
    """Agents of all switches, those nobody has named first. Raises `NotAllowed`."""
    access.require(MANAGE)
    rows = SourceAgent.objects.order_by("user__name", "source", "name").values_list(
        "id", "source", "name", "user_id", "user__name"
    )
    found = [AgentLine(key, source, name, user, person or "") for key, source, name, user, person in rows[:limit]]
    return sorted(found, key=lambda one: one.user_id is not None)
