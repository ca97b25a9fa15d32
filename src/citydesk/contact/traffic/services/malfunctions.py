"""The log of malfunctions: what did not work, from when to when, and whom it kept from taking contacts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.traffic.choices import REPORT, MalfunctionKind
from citydesk.contact.traffic.models import Malfunction
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.versions import check_version

OBJECT = "traffic.malfunction"


@dataclass(frozen=True, kw_only=True)
class MalfunctionFacts:
    """What is told of a malfunction. `user_ids` are the people affected; `is_everybody` instead of names."""

    kind: MalfunctionKind | str
    what: str
    started_at: datetime
    ended_at: datetime | None = None
    is_everybody: bool = False
    user_ids: Collection[int] = ()
    queue_codes: Collection[str] = ()


def report_malfunction(*, facts: MalfunctionFacts, access: Access, now: datetime) -> int:
    """Note a malfunction; returns its id. Raises `NotAllowed`, `Invalid`."""
    access.require(REPORT)
    values = _checked(facts, now)
    with transaction.atomic():
        row = Malfunction.objects.create(**values, reported_by_id=access.actor.staff_id, reported_at=now)
        _note(row, "malfunction_reported", access, now)
    return row.pk


def end_malfunction(*, malfunction_id: int, ended_at: datetime, outcome: str, access: Access, now: datetime) -> None:
    """Say that it works again, and what it was. Raises `NotAllowed`, `NotFound`, `Conflict`, `Invalid`."""
    access.require(REPORT)
    with transaction.atomic():
        row = _locked(malfunction_id)
        if row.ended_at is not None:
            raise Conflict(_("It has ended already."))
        if not row.started_at < ended_at <= now:
            raise Invalid(_("It ended after it began, and not in the future."), field="ended_at")
        row.ended_at, row.outcome, row.version = ended_at, outcome.strip()[:300], row.version + 1
        row.save(update_fields=["ended_at", "outcome", "version"])
        _note(row, "malfunction_ended", access, now)


def change_malfunction(
    *, malfunction_id: int, facts: MalfunctionFacts, version: int, access: Access, now: datetime
) -> None:
    """Correct what was noted; what it was before stays in the history. Raises as above, and `StaleVersion`."""
    access.require(REPORT)
    values = _checked(facts, now)
    with transaction.atomic():
        row = _locked(malfunction_id)
        check_version(row, version, mine=values)
        before = {"what": row.what, "from": row.started_at.isoformat(), "to": str(row.ended_at or "")}
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
        _note(row, "malfunction_corrected", access, now, before)


def _locked(malfunction_id: int) -> Malfunction:
    row = Malfunction.objects.select_for_update().filter(pk=malfunction_id).first()
    if row is None:
        raise NotFound(_("There is no such malfunction."))
    return row


def _checked(facts: MalfunctionFacts, now: datetime) -> dict[str, Any]:
    if facts.kind not in list(MalfunctionKind):
        raise Invalid(_("Choose what kind it is."), field="kind")
    if not facts.what.strip():
        raise Invalid(_("Say what did not work."), field="what")
    if facts.started_at > now or (facts.ended_at and not facts.started_at < facts.ended_at <= now):
        raise Invalid(_("It ended after it began, and not in the future."), field="ended_at")
    if not facts.is_everybody and not facts.user_ids:
        raise Invalid(_("Say who could not take contacts."), field="user_ids")
    return {
        "kind": MalfunctionKind(facts.kind).value,
        "what": facts.what.strip()[:200],
        "started_at": facts.started_at,
        "ended_at": facts.ended_at,
        "is_everybody": facts.is_everybody,
        "user_ids": [] if facts.is_everybody else sorted(set(facts.user_ids)),
        "queue_codes": sorted(set(facts.queue_codes)),
    }


def _note(row: Malfunction, code: str, access: Access, now: datetime, before: Mapping[str, Any] | None = None) -> None:
    after = {"what": row.what, "from": row.started_at.isoformat(), "to": str(row.ended_at or "")}
    act = audit.Act(f"traffic.{code}", OBJECT, row.pk, row.what, before=dict(before) if before else None, after=after)
    audit.record(act, actor=access.actor, now=now)
