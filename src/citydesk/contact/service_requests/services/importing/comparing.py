"""Whether what came is what the file has: counts by year, code and status on both sides, identifiers that lack."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Count
from django.db.models.functions import ExtractYear

from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.rules.importing import ImportedRow, ImportMapping
from citydesk.contact.service_requests.services.importing.loading import KIND, ImportResult, RequestLoader
from citydesk.contact.service_requests.services.importing.reading import read_rows
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.imports.runs import running

MOST_NAMED = 1_000
_AT_ONCE = 5_000
Key = tuple[int, str, str]


@dataclass(frozen=True)
class ComparedLine:
    """How many requests of a year, code and status the file has, and how many are here."""

    year: int
    code: str
    status: str
    in_file: int
    here: int


@dataclass
class Comparison:
    """Both sides. `missing` are identifiers of the file that are not here, `surplus` how many are here alone."""

    lines: list[ComparedLine] = field(default_factory=list)
    in_file: int = 0
    here: int = 0
    bad: int = 0
    twice: int = 0
    missing: list[str] = field(default_factory=list)
    missing_count: int = 0
    surplus: int = 0

    @property
    def differing(self) -> list[ComparedLine]:
        return [one for one in self.lines if one.in_file != one.here]


def compare_requests(
    *, file: Path, mapping: ImportMapping, now: datetime, advance: Callable[[int], Any] = lambda _count: None
) -> Comparison:
    """Compare a file with what came from its source. Years are those of the file's zone. Writes nothing.

    Raises `Invalid` for a file that cannot be read.
    """
    found, counted, seen = Comparison(), Counter[Key](), set[str]()
    with running(kind=KIND, source=mapping.source, file=file, actor=SYSTEM, now=now, is_dry=True) as run:
        loader = RequestLoader(mapping, SYSTEM, now, run, ImportResult(), create_codes=False)
        for row in _good_rows(file, mapping, found, advance):
            if row.external_id in seen:
                found.twice += 1
                continue
            seen.add(row.external_id)
            counted[row.received_at.astimezone(mapping.zone).year, loader.code_of(row.code), row.state] += 1
    here = _here(mapping)
    keys = sorted({*counted, *here})
    found.lines = [ComparedLine(*key, counted[key], here[key]) for key in keys]
    found.in_file, found.here = counted.total(), here.total()
    _name_missing(found, seen, mapping.source)
    return found


def _good_rows(
    file: Path, mapping: ImportMapping, found: Comparison, advance: Callable[[int], Any]
) -> Iterator[ImportedRow]:
    for _line, row in read_rows(file, mapping):
        advance(1)
        if isinstance(row, ImportedRow):
            yield row
        else:
            found.bad += 1


def _here(mapping: ImportMapping) -> Counter[Key]:
    rows = ServiceRequest.objects.filter(source=mapping.source).exclude(external_id="")
    by_year = rows.annotate(year=ExtractYear("received_at", tzinfo=mapping.zone))
    counts = by_year.values_list("year", "service__code", "state").annotate(n=Count("pk")).order_by()
    return Counter({(year, code, state): n for year, code, state, n in counts})


def _name_missing(found: Comparison, seen: set[str], source: str) -> None:
    """Identifiers on one side alone; looked up in portions."""
    wanted, matched = sorted(seen), 0
    for begin in range(0, len(wanted), _AT_ONCE):
        part = wanted[begin : begin + _AT_ONCE]
        rows = ServiceRequest.objects.filter(source=source, external_id__in=part)
        known = set(rows.values_list("external_id", flat=True))
        matched += len(known)
        lacking = [one for one in part if one not in known]
        found.missing_count += len(lacking)
        found.missing += lacking[: MOST_NAMED - len(found.missing)]
    found.surplus = found.here - matched
