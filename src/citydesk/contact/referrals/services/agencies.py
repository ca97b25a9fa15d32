"""The profile's agencies, mirrored so that referrals can point to them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.staff import queries as staff
from citydesk.contact.referrals.choices import CONNECT, KEY_PURPOSE
from citydesk.contact.referrals.models import Agency
from citydesk.kernel import audit
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import NotFound
from citydesk.kernel.sealing import seal

_COPIED = (
    "kind", "way", "email", "language", "acknowledge_hours", "finish_hours", "remind_hours", "reminders", "link_days",
    "closes", "open311", "people", "agreements",
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


def set_system_key(*, agency_code: str, key: str, access: Access, now: datetime) -> None:
    """Keep our key to an agency's Open311 system, sealed; empty forgets it. Raises `NotAllowed`, `NotFound`."""
    access.require(CONNECT)
    with transaction.atomic():
        row = Agency.objects.select_for_update().filter(code=agency_code).first()
        if row is None:
            raise NotFound(_("There is no such agency."))
        row.open311_key = seal(key.strip(), purpose=KEY_PURPOSE) if key.strip() else ""
        row.save(update_fields=["open311_key"])
        act = audit.Act("referrals.key_set", "referrals.agency", row.pk, row.code)
        audit.record(act, actor=access.actor, now=now)
