"""Quality of entry: a sample of each day is drawn, verified by somebody else than who entered it; corrections count."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.models import EntryCheck, FieldCorrection, ServiceRequest
from citydesk.contact.service_requests.queries import entry as entry_queries
from citydesk.contact.service_requests.rules import entry as rules
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

# What was received longer before it was keyed is not drawn; the bound lets an index find the day.
_KEYED_WITHIN = timedelta(days=60)
# Drawn by the digest of number and day: every request of a day has the same chance, a day gives the same sample twice.
# Who entered it is in the history. What nobody codes yet, what is confidential and what a brake holds is not drawn.
_DRAW = """
    SELECT r.id, (SELECT a.actor_id FROM kernel_auditentry a
                   WHERE a.object_type = %(type)s AND a.object_id = r.id AND a.code = 'service_requests.recorded'
                     AND a.actor_kind = 'staff' ORDER BY a.id LIMIT 1)
      FROM service_requests_servicerequest r
     WHERE r.received_at >= %(earliest)s
       AND r.recorded_at >= %(from)s AND r.recorded_at < %(to)s AND NOT r.is_confidential AND NOT r.is_held
       AND r.service_id <> ALL (SELECT id FROM service_requests_servicecode WHERE is_coding_queue)
     ORDER BY md5(r.number || %(day)s) LIMIT %(most)s
"""


def draw_entry_sample(*, day: date, now: datetime) -> int:
    """Draw requests recorded on a day for verification; returns how many are new. Drawn twice, nothing is added."""
    zone = profile.local_zone()
    begins = datetime.combine(day, time.min, tzinfo=zone)
    ends = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    wanted: dict[str, Any] = {
        "type": choices.OBJECT_TYPE,
        "earliest": begins - _KEYED_WITHIN,
        "from": begins,
        "to": ends,
        "day": day.isoformat(),
        "most": entry_queries.sample_size(day),
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_DRAW, wanted)
            drawn = dict(cursor.fetchall())
        known = set(EntryCheck.objects.filter(request_id__in=drawn).values_list("request_id", flat=True))
        flagged = entry_queries.faults_of([one for one in drawn if one not in known], now=now)
        EntryCheck.objects.bulk_create(
            [
                EntryCheck(request_id=one, day=day, entered_by_id=drawn[one], faults=list(found))
                for one, found in flagged.items()
            ],
            ignore_conflicts=True,
        )
        return len(flagged)


def verify_entry(*, check_id: int, wrong: Sequence[str], note: str, access: Access, now: datetime) -> None:
    """Say what of a drawn request was taken down wrongly; nothing wrong is an answer too.

    Raises `NotAllowed` (the right, or one's own entry), `NotFound`, `Conflict` when it was verified, `Invalid`.
    """
    access.require(choices.SUPERVISE)
    unknown = [one for one in wrong if one not in rules.FIELDS]
    if unknown:
        raise Invalid(_("There is no such field."), field="wrong")
    with transaction.atomic():
        row = EntryCheck.objects.select_for_update().filter(pk=check_id).first()
        if row is None or not ServiceRequest.objects.visible_to(access).filter(pk=row.request_id).exists():
            raise NotFound(_("There is no such request."))
        if row.checked_at is not None:
            raise Conflict(_("A colleague verified this already."))
        if row.entered_by_id == access.actor.staff_id:
            raise NotAllowed(_("You entered this yourself. Somebody else verifies it."))
        row.checked_by_id, row.checked_at = access.actor.staff_id, now
        row.wrong, row.note = sorted(set(wrong)), note.strip()[:300]
        row.save(update_fields=["checked_by", "checked_at", "wrong", "note"])
        act = audit.Act(
            "service_requests.entry_verified", choices.OBJECT_TYPE, row.request_id, after={"wrong": row.wrong}
        )
        audit.record(act, actor=access.actor, now=now)


def count_corrections(request_id: int, what: Iterable[str], *, now: datetime) -> None:
    """Count corrected fields, each once, in the correcting transaction."""
    fields = sorted({rules.field_of(one) for one in what})
    FieldCorrection.objects.bulk_create([FieldCorrection(request_id=request_id, field=one, at=now) for one in fields])
