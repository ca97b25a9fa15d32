"""The profile's agencies, mirrored so that referrals can point to them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from citydesk.city.staff import queries as staff
from citydesk.contact.referrals.models import Agency
from citydesk.kernel.actors import Actor

_COPIED = (
    "kind", "way", "email", "language", "acknowledge_hours", "finish_hours", "remind_hours", "reminders", "link_days",
    "closes", "people", "agreements",
)  # fmt: skip


def project_agencies(*, entries: Mapping[str, Mapping[str, Any]], actor: Actor, now: datetime) -> None:
    """Mirror the section `agencies`; one that is gone is switched off, since old referrals name it."""
    departments = {one.code: one.id for one in staff.list_departments()}
    for code, body in entries.items():
        values = {
            "names": body["name"],
            "office_code": body.get("office", ""),
            "calendar_code": body.get("calendar", ""),
            "department_id": departments.get(body.get("department", "")),
            "is_active": True,
            **{name: body[name] for name in _COPIED if name in body},
        }
        Agency.objects.update_or_create(code=code, defaults=values)
    Agency.objects.exclude(code__in=entries.keys()).update(is_active=False)
