"""Writing a checked profile: effective-dated, idempotent, in one transaction."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Func

from citydesk.city.profile.choices import ChangeKind
from citydesk.city.profile.events import ProfileLoaded
from citydesk.city.profile.models import ProfileEntry, ProfileLoad, ProfileState
from citydesk.city.profile.queries import refresh
from citydesk.city.profile.rules import ALWAYS, NEVER, Change, Checked, Span, plan_changes
from citydesk.city.profile.services.project import project_sections
from citydesk.kernel.actors import Actor
from citydesk.kernel.audit import Act, record
from citydesk.kernel.errors import Conflict
from citydesk.kernel.outbox import publish


@dataclass(frozen=True)
class Plan:
    """What a load would change. `effective` is `ALWAYS` for the first load into an empty database."""

    changes: list[Change]
    effective: date
    today: date

    def counts(self) -> dict[str, int]:
        """How many codes are added, changed and closed."""
        counted = Counter(change.kind.value for change in self.changes)
        return {kind.value: counted.get(kind.value, 0) for kind in ChangeKind}


@dataclass(frozen=True)
class LoadResult:
    """What a load did. `load_id` is None when the database already had it all."""

    load_id: int | None
    plan: Plan


def plan_load(*, checked: Checked, effective: date | None, now: datetime, drop_planned: bool = False) -> Plan:
    """What loading would change, without writing.

    Without `effective` the changes hold from today; the very first load holds since always. Raises `Conflict` when
    the database belongs to another city, and when periods of another load begin after `effective` and `drop_planned`
    is not given: they would be lost.
    """
    today = now.astimezone(checked.snapshot().zone(date.max)).date()
    stored = _stored_spans()
    _refuse_other_city(checked, stored)
    day = effective or (today if stored else ALWAYS)
    changes = plan_changes(stored, checked.spans(), day)
    if not drop_planned:
        _refuse_lost_plans(changes, stored)
    return Plan(changes, day, today)


@transaction.atomic
def load_profile(
    *, checked: Checked, effective: date | None, actor: Actor, now: datetime, drop_planned: bool = False
) -> LoadResult:
    """Write a checked profile and let the rooms mirror what is in force today.

    A changed entry closes its old row and opens a new one; old rows are never edited. The same profile twice writes
    nothing. A second change on the same day replaces the first: the row it replaces keeps an empty period, because
    the day is the finest grain of the profile. Raises `Conflict` (see `plan_load`).
    """
    _lock_state(now)
    plan = plan_load(checked=checked, effective=effective, now=now, drop_planned=drop_planned)
    load = _write(plan, checked, actor, now) if plan.changes else None
    refresh()
    project_sections(on=plan.today, actor=actor, now=now, bulk=_bulk(checked))
    if load is None:
        return LoadResult(None, plan)
    counts = plan.counts()
    record(Act("profile.loaded", "profile.load", load.id, checked.folder.name, after=counts), actor=actor, now=now)
    publish(
        ProfileLoaded(
            load_id=load.id,
            version=ProfileState.objects.values_list("version", flat=True).get(id=1),
            effective="" if plan.effective == ALWAYS else plan.effective.isoformat(),
            changed=[[change.section, change.code] for change in plan.changes],
        ),
        now=now,
    )
    transaction.on_commit(refresh)
    return LoadResult(load.id, plan)


def _stored_spans() -> dict[tuple[str, str], list[Span]]:
    found: dict[tuple[str, str], list[Span]] = defaultdict(list)
    rows = ProfileEntry.objects.exclude(valid__isempty=True)
    columns = ("id", "section", "code", "valid", "body", "source_file", "line")
    for row, section, code, valid, body, file, line in rows.values_list(*columns):
        found[section, code].append(Span(valid.lower or ALWAYS, valid.upper or NEVER, body, row, file, line))
    return found


def _refuse_other_city(checked: Checked, stored: dict[tuple[str, str], list[Span]]) -> None:
    """One city, one database: a second city's profile would close the first one's rules."""
    known = {span.body["code"] for span in stored.get(("city", "city"), [])}
    given = {item.body["code"] for item in checked.items.get("city", [])}
    if known and not known & given:
        raise Conflict(
            f"This database belongs to {', '.join(sorted(known))}, the profile to {', '.join(sorted(given))}.",
            hint="A city needs a database of its own.",
        )


def _refuse_lost_plans(changes: Sequence[Change], stored: dict[tuple[str, str], list[Span]]) -> None:
    """A row that begins after the change would end before it begins: somebody planned it, so ask first."""
    lost = [
        f"{change.section} {change.code} from {span.start.isoformat()}"
        for change in changes
        for span in stored.get((change.section, change.code), [])
        if span.start > change.on
    ]
    if lost:
        raise Conflict(
            f"Values already planned for later would be lost: {', '.join(sorted(lost)[:5])}.",
            field="effective",
            hint="Choose a later day, or drop the planned values on purpose.",
            lost=lost,
        )


def _lock_state(now: datetime) -> None:
    ProfileState.objects.get_or_create(
        id=1, defaults={"version": 0, "stamp": uuid.uuid4().hex, "in_force_on": now.date()}
    )
    ProfileState.objects.select_for_update().get(id=1)


def _write(plan: Plan, checked: Checked, actor: Actor, now: datetime) -> ProfileLoad:
    load = ProfileLoad.objects.create(
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:120],
        profile=checked.folder.name,
        digest=checked.folder.digest(),
        effective=None if plan.effective == ALWAYS else plan.effective,
        summary=_summary(plan),
    )
    for change in plan.changes:
        for row, end in change.close:
            _close(row, end, load)
    ProfileEntry.objects.bulk_create(
        [_row(change, span, load) for change in plan.changes for span in change.write], batch_size=500
    )
    ProfileState.objects.filter(id=1).update(version=F("version") + 1, stamp=uuid.uuid4().hex, in_force_on=plan.today)
    return load


def _close(row: int, end: date, load: ProfileLoad) -> None:
    """End a row's period the day before `end`; a row that would have begun later gets an empty period."""
    valid = Func(F("valid"), DateRange(None, end), template="%(expressions)s", arg_joiner=" * ")
    ProfileEntry.objects.filter(id=row).update(valid=valid, closed_by=load)


def _row(change: Change, span: Span, load: ProfileLoad) -> ProfileEntry:
    return ProfileEntry(
        section=change.section,
        code=change.code,
        valid=DateRange(None if span.start == ALWAYS else span.start, None if span.end == NEVER else span.end),
        body=span.body,
        source_file=span.file,
        line=span.line,
        load=load,
    )


def _summary(plan: Plan) -> dict[str, Any]:
    return {
        "counts": plan.counts(),
        "changes": [
            {
                "kind": change.kind.value,
                "section": change.section,
                "code": change.code,
                "on": "" if change.on == ALWAYS else change.on.isoformat(),
                "keys": change.changed_keys() if change.kind == ChangeKind.CHANGED else [],
            }
            for change in plan.changes
        ],
    }


def _bulk(checked: Checked) -> dict[tuple[str, str], Any]:
    return {
        (section, item.code): item.bulk
        for section, items in checked.items.items()
        for item in items
        if item.bulk is not None
    }
