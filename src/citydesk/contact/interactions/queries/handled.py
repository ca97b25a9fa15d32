"""Saved contacts as work done: when they came, who took them when, how long they stood in front of somebody.

Nothing of whom they were about: sums and times of work need no customer.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from citydesk.contact.interactions.choices import (
    PASSED_ON,
    Channel,
    Direction,
    SegmentKind,
    State,
    TransferKind,
)
from citydesk.contact.interactions.models import FocusSegment, Interaction, Transfer

_TOGETHER = 1_000


@dataclass(frozen=True, slots=True)
class Handled:
    """A saved contact. `active_seconds` is None where nobody measured it (a web form, a form keyed from paper).

    `active` are the stretches in which it stood in front of whoever took it; parked time is in none of them. `passed`
    is the last transfer to an office of the directory by which somebody or a voice mail was reached: (its name, whether
    with a word before).
    """

    number: str
    channel: str
    language: str
    received_at: datetime
    started_at: datetime
    recorded_at: datetime
    taken_by_id: int | None
    active_seconds: int | None
    active: tuple[tuple[datetime, datetime], ...]
    passed: tuple[str, bool] | None = None


def list_handled(*, since: datetime, until: datetime, channels: Collection[Channel]) -> Iterator[Handled]:
    """Incoming contacts of these channels that were saved from `since` to before `until`, in the order begun."""
    rows = (
        Interaction.objects.filter(
            state=State.SAVED,
            direction=Direction.IN,
            channel__in=list(channels),
            recorded_at__gte=since,
            recorded_at__lt=until,
        )
        .order_by("pk")
        .values_list(
            "pk", "number", "channel", "language", "received_at", "started_at", "recorded_at", "taken_by_id",
            "active_seconds",
        )
    )  # fmt: skip
    waiting = []
    for row in rows.iterator(chunk_size=_TOGETHER):
        waiting.append(row)
        if len(waiting) >= _TOGETHER:
            yield from _with_stretches(waiting)
            waiting = []
    yield from _with_stretches(waiting)


def _with_stretches(rows: list[tuple[Any, ...]]) -> Iterator[Handled]:
    stretches = defaultdict(list)
    segments = FocusSegment.objects.filter(
        interaction_id__in=[row[0] for row in rows], kind=SegmentKind.ACTIVE, ended_at__isnull=False
    )
    for key, user, begin, end in segments.order_by("started_at").values_list(
        "interaction_id", "user_id", "started_at", "ended_at"
    ):
        if end is not None and end > begin:
            stretches[key, user].append((begin, end))
    passed = _passed_on([row[0] for row in rows])
    for key, number, channel, language, received, started, recorded, taken_by, seconds in rows:
        active = tuple(stretches[key, taken_by])
        yield Handled(
            number, channel, language, received, started, recorded, taken_by, seconds, active, passed.get(key)
        )


def _passed_on(keys: list[int]) -> dict[int, tuple[str, bool]]:
    rows = Transfer.objects.filter(interaction_id__in=keys, outcome__in=PASSED_ON).order_by("pk")
    found = rows.values_list("interaction_id", "office_name", "kind")
    return {key: (office, kind == TransferKind.WARM) for key, office, kind in found}
