"""The profile's groups, mirrored into the room's tables. One the profile no longer has is switched off, not deleted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from citydesk.city.staff import queries as staff
from citydesk.contact.traffic import queries as traffic
from citydesk.kernel.actors import Actor
from citydesk.management.workforce.models import GroupQueue, StaffingGroup


def project_groups(*, entries: Mapping[str, Mapping[str, Any]], actor: Actor, now: datetime) -> None:
    """Mirror the section `staffing` as it holds today: groups, and which queues each takes."""
    queues = {one.code: one.id for one in traffic.list_queues(only_active=False)}
    taken: set[int] = set()
    for code, body in entries.items():
        group, _made = StaffingGroup.objects.update_or_create(
            code=code,
            defaults={
                "names": dict(body["name"]),
                "team_id": staff.team(body["team"]).id,
                "slot_minutes": body["slot_minutes"],
                "calendar_code": body["calendar"],
                "position": body["order"],
                "is_active": True,
            },
        )
        for place, row in enumerate(body["queues"]):
            queue_id = queues[row["queue"]]
            taken.add(queue_id)
            GroupQueue.objects.update_or_create(
                queue_id=queue_id, defaults={"group": group, "work": row["work"], "position": place}
            )
    GroupQueue.objects.exclude(queue_id__in=taken).delete()
    StaffingGroup.objects.exclude(code__in=list(entries)).update(is_active=False)
