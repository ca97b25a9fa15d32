"""Procedures that come with the city profile: versions by their text, differences by their words."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from citydesk.city.knowledge import rules
from citydesk.city.knowledge.choices import PROCEDURE, VersionState
from citydesk.city.knowledge.models import Difference, Procedure, ProcedureDepartment
from citydesk.city.knowledge.services.procedure_rows import count, take
from citydesk.city.knowledge.services.procedures import add_version, put_in_force, take_departments
from citydesk.city.staff import queries as staff
from citydesk.kernel import audit
from citydesk.kernel.actors import Actor


def project_procedures(*, entries: Mapping[str, Mapping[str, Any]], actor: Actor, now: datetime) -> None:
    """Bring the profile's procedures in. A text that the profile did not change keeps what the desk wrote since.

    The first version counts as accepted by all who take part: it is how they work already. A later one is asked.
    """
    owners = {one.code: one.id for one in staff.list_departments()}
    with transaction.atomic():
        for code, entry in entries.items():
            row, is_new = Procedure.objects.update_or_create(
                code=code,
                defaults={
                    "owner_id": owners[entry["owner"]],
                    "service_codes": sorted(entry["services"]),
                    "remind_days": entry["remind_days"],
                    "is_retired": False,
                    "from_profile": True,
                    "changed_at": now,
                },
                create_defaults={
                    "owner_id": owners[entry["owner"]],
                    "service_codes": sorted(entry["services"]),
                    "remind_days": entry["remind_days"],
                    "titles": entry["title"],
                    "from_profile": True,
                    "made_at": now,
                    "changed_at": now,
                },
            )
            if is_new:
                take_departments(row, {entry["owner"], *entry["departments"]}, now)
            _project_text(row, entry, actor, now)
        Procedure.objects.filter(is_retired=False, from_profile=True).exclude(code__in=entries).update(
            is_retired=True, changed_at=now
        )


def _project_text(row: Procedure, entry: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    steps = [{"key": one["key"], "title": one["title"], "text": one["text"]} for one in entry["steps"]]
    origin = hashlib.sha256(
        json.dumps([entry["title"], steps], sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()
    if row.versions.filter(origin=origin).exists():
        return
    row.versions.filter(state=VersionState.WAITING).update(state=VersionState.DROPPED)
    number = (row.versions.aggregate(newest=Max("number"))["newest"] or 0) + 1
    version = add_version(row, number, entry["title"], steps, "", actor, now, origin=origin)
    version.state, version.decided_at, version.decided_by_label = VersionState.APPROVED, now, actor.label[:120]
    version.save()
    is_first = row.number == 0
    put_in_force(row, version, actor, now)
    if is_first:
        for part in row.departments.filter(left_at__isnull=True).exclude(accepted=number):
            take(part, number, actor, now, "")
        _project_differences(row, entry, steps, actor, now)
        count(row)
    act = audit.Act("procedures.approved", PROCEDURE, row.pk, row.code, after={"version": number})
    audit.record(act, actor=actor, now=now)


def _project_differences(
    row: Procedure, entry: Mapping[str, Any], steps: list[dict[str, Any]], actor: Actor, now: datetime
) -> None:
    by_key = {one["key"]: one for one in steps}
    parts = {
        one.department.code: one
        for one in ProcedureDepartment.objects.select_related("department").filter(procedure=row)
    }
    Difference.objects.bulk_create(
        Difference(
            part=parts[one["department"]],
            step=one["step"],
            kind=one["kind"],
            text=one["text"],
            reason=one["reason"],
            seen=rules.step_digest(by_key[one["step"]]),
            since=now,
            by_label=actor.label[:120],
        )
        for one in entry["differences"]
        if one["department"] in parts and one["step"] in by_key
    )
