"""Load the city's streets: names, other names, center lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from citydesk.city.places import rules
from citydesk.city.places.choices import Layer
from citydesk.city.places.models import Street
from citydesk.city.places.services.loading import LoadReport, record_load, turn_token
from citydesk.kernel.actors import Actor
from citydesk.kernel.errors import Invalid

_MOST_ALIASES_TEXT = 390


@dataclass(frozen=True)
class StreetRow:
    """One street of the city's list. `lines` are center lines of [lon, lat] pairs; `aliases` other names in use."""

    name: str
    aliases: tuple[str, ...] = ()
    lines: Sequence[Sequence[Sequence[float]]] | None = None
    source: str = ""
    as_of: date | None = None
    is_sample: bool = False
    facts: dict[str, str] = field(default_factory=dict)


def load_streets(
    *, rows: Iterable[StreetRow], actor: Actor, now: datetime, source: str = "", retire_missing: bool = True
) -> LoadReport:
    """Bring the streets to the given list, in one transaction. Streets with address points are never retired.

    Raises `Invalid` for a street without a name or a line that is none.
    """
    with transaction.atomic():
        wanted = {row.key: row for row in (street_of(one) for one in rows)}
        known = {row.key: row for row in Street.objects.all()}
        fresh = [row for key, row in wanted.items() if key not in known]
        changed = [merged for key, row in wanted.items() if key in known and (merged := _changed(known[key], row))]
        gone = []
        if retire_missing:
            gone = [row for key, row in known.items() if key not in wanted and row.is_active and not row.point_count]
        for street in gone:
            street.is_active = False
        Street.objects.bulk_create(fresh, batch_size=2000)
        Street.objects.bulk_update([*changed, *gone], [*_LOADED, "search", "is_active"], batch_size=1000)
        report = LoadReport(len(fresh), len(changed), len(gone), len(wanted) - len(fresh) - len(changed))
        if report.touched:
            turn_token(Layer.STREETS, now)
            record_load("streets", report, source=source, actor=actor, now=now)
    return report


_LOADED = ("name", "base", "aliases", "lines", "source", "as_of", "is_sample")


def street_of(row: StreetRow) -> Street:
    """The table row for a street of the list, not saved."""
    key = rules.normalize_street(row.name)[:120]
    if not key:
        raise Invalid("A street has no name.", field="name")
    aliases = [name for name in (rules.normalize_street(one) for one in row.aliases) if name and name != key]
    lines = None
    if row.lines:
        lines = [[[round(float(lon), 6), round(float(lat), 6)] for lon, lat, *_ in line] for line in row.lines]
        if any(len(line) < 2 for line in lines):
            raise Invalid(f"A line of {row.name} has fewer than two points.", field="lines")
    return Street(
        key=key,
        name=row.name.strip()[:120] if not row.name.isupper() else rules.display_line(key),
        base=rules.parse_line(key).name[:100] or key[:100],
        aliases=list(dict.fromkeys(aliases)),
        search=" ".join((key, *aliases))[:_MOST_ALIASES_TEXT],
        lines=lines,
        source=row.source,
        as_of=row.as_of,
        is_sample=row.is_sample,
    )


def _changed(known: Street, row: Street) -> Street | None:
    """The known row with the list's values if any differs; lines and aliases once known stay when the list has none."""
    row.lines = row.lines or known.lines
    row.aliases = row.aliases or known.aliases
    row.search = " ".join((row.key, *row.aliases))[:_MOST_ALIASES_TEXT]
    if known.is_active and all(getattr(known, name) == getattr(row, name) for name in _LOADED):
        return None
    for name in (*_LOADED, "search"):
        setattr(known, name, getattr(row, name))
    known.is_active = True
    return known
