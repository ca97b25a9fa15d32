"""The retention schedule as it is in force, with what waits under each series."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min
from django.utils.translation import get_language

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound, marked
from citydesk.kernel.registries import RetentionSeries, registries
from citydesk.management.records import rules
from citydesk.management.records.choices import SECTION, VIEW, Action
from citydesk.management.records.models import RetentionCandidate, SeriesProgress


@dataclass(frozen=True)
class Series:
    """A series of the schedule: its period in force, the kind of record it covers, what waits."""

    code: str
    name: str
    kind: str
    declared: RetentionSeries
    period: rules.Period
    action: str
    citation: str
    is_sample: bool
    source: str
    status: str
    waiting: int = 0
    oldest_on: date | None = None
    looked_at: datetime | None = None

    @property
    def is_destroyed(self) -> bool:
        """Whether records of the series are ever destroyed by a disposal."""
        return self.action == Action.DESTROY and bool(self.declared.destroy)

    def eligible_on(self, trigger: date) -> date:
        return rules.eligible_on(trigger, self.period, fiscal_year_starts=profile.city().fiscal_year_starts)

    def last_trigger_day(self, today: date) -> date | None:
        return rules.last_trigger_day(today, self.period, fiscal_year_starts=profile.city().fiscal_year_starts)

    def facts(self) -> dict[str, Any]:
        """The series as a disposal keeps it."""
        return {
            "code": self.code,
            "name": self.name,
            "citation": self.citation,
            "years": self.period.years,
            "months": self.period.months,
            "days": self.period.days,
            "basis": self.period.basis.value,
            "sample": self.is_sample,
        }


def series_in_force(on: date) -> list[Series]:
    """Every series of the schedule on a day, in its order; without what waits."""
    found = profile.entries(SECTION, on)
    return [
        _series(code, body)
        for code, body in sorted(found.items(), key=lambda pair: (pair[1].get("order", 100), pair[0]))
        if body["covers"] in registries.retention
    ]


def _series(code: str, body: dict[str, Any]) -> Series:
    language = (get_language() or "en").split("-")[0]
    return Series(
        code=code,
        name=body["name"].get(language) or next(iter(body["name"].values())),
        kind=body["covers"],
        declared=registries.retention[body["covers"]],
        period=rules.Period.of(body),
        action=body["action"],
        citation=body["citation"],
        is_sample=bool(body.get("sample")),
        source=str(body.get("source") or ""),
        status=str(body.get("status") or ""),
    )


def list_series(access: Access, *, on: date) -> list[Series]:
    """The schedule with how many records wait under each series; two statements."""
    access.require(VIEW)
    waiting = {
        row["kind"]: row
        for row in RetentionCandidate.objects.values("kind").annotate(n=Count("id"), oldest=Min("happened_on"))
    }
    looked = dict(SeriesProgress.objects.values_list("kind", "looked_at"))
    found = []
    for one in series_in_force(on):
        row = waiting.get(one.kind, {"n": 0, "oldest": None})
        values = {**vars(one), "waiting": row["n"], "oldest_on": row["oldest"], "looked_at": looked.get(one.kind)}
        found.append(Series(**values))
    return found


def series_of(kind: str, *, on: date) -> Series:
    """The series that covers a kind of record. Raises `NotFound`."""
    for one in series_in_force(on):
        if one.kind == kind:
            return one
    raise NotFound(marked("No series of the schedule covers this kind of record."))


def list_candidates(access: Access, kind: str, *, limit: int = 50) -> list[dict[str, Any]]:
    """The records that wait longest under a kind, oldest first."""
    access.require(VIEW)
    rows = RetentionCandidate.objects.filter(kind=kind).order_by("happened_at", "object_id")
    return [dict(row) for row in rows.values("object_id", "label", "happened_at", "eligible_on")[:limit]]
