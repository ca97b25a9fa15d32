"""What the three loads have in common: their report, and the token that tells processes to reload."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from citydesk.city.places.choices import Layer
from citydesk.city.places.models import MapToken, Street
from citydesk.kernel.actors import Actor
from citydesk.kernel.audit import Act, record


@dataclass(frozen=True)
class LoadReport:
    """Rows that a load added, changed, retired (no longer on the list) and left as they were."""

    added: int = 0
    changed: int = 0
    retired: int = 0
    unchanged: int = 0

    @property
    def touched(self) -> int:
        """Rows written."""
        return self.added + self.changed + self.retired


def turn_token(layer: Layer, now: datetime) -> None:
    """Tell every process to reload what it keeps of this layer, once the running transaction commits."""
    MapToken.objects.update_or_create(layer=layer, defaults={"token": uuid.uuid4(), "changed_at": now})


def record_load(layer: str, report: LoadReport, *, source: str, actor: Actor, now: datetime) -> None:
    """One audit entry for a load, with its counts."""
    record(
        Act(
            code="places.loaded",
            object_type="places.layer",
            object_id=0,
            object_label=layer,
            after={
                "layer": layer,
                "added": report.added,
                "changed": report.changed,
                "retired": report.retired,
                "source": source,
            },
        ),
        actor=actor,
        now=now,
    )


def count_points() -> None:
    """Bring `Street.point_count` up to date: streets with many addresses come first while typing."""
    counted = Street.objects.annotate(points=Count("addresses", filter=Q(addresses__is_active=True)))
    stale = [
        Street(id=street.id, point_count=street.points)
        for street in counted.only("id", "point_count")
        if street.point_count != street.points
    ]
    Street.objects.bulk_update(stale, ["point_count"], batch_size=2000)
