"""Shared procedures: begun by the department that owns them, written in versions, approved by another person."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from citydesk.city.knowledge import rules
from citydesk.city.knowledge.choices import (
    APPROVE_PROCEDURES,
    MOST_STEPS,
    WRITE_PROCEDURES,
    VersionState,
)
from citydesk.city.knowledge.events import ProcedureApproved
from citydesk.city.knowledge.models import (
    Procedure,
    ProcedureDepartment,
    ProcedureVersion,
)
from citydesk.city.knowledge.services.procedure_rows import ask, count, locked, note_act, take
from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel import outbox
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed


def make_procedure(
    *,
    code: str,
    titles: Mapping[str, str],
    owner: str,
    departments: Collection[str],
    service_codes: Collection[str],
    access: Access,
    now: datetime,
) -> str:
    """Begin a procedure of a department; its text is written next. Returns its code. Raises `Invalid`, `NotAllowed`."""
    access.require(WRITE_PROCEDURES)
    ids = {one.code: one.id for one in staff.list_departments()}
    if owner not in ids:
        raise Invalid(_("Choose the department that owns the text."), field="owner")
    _require_owner(access, ids[owner])
    if not rules.text_in(titles, "en").strip():
        raise Invalid(_("Give the procedure a title."), field="title")
    if not code.strip() or Procedure.objects.filter(code=code).exists():
        raise Invalid(_("Choose a code that no other procedure has."), field="code")
    _require_codes(service_codes, now)
    with transaction.atomic():
        row = Procedure.objects.create(
            code=code.strip()[:60],
            titles=dict(titles),
            owner_id=ids[owner],
            service_codes=sorted(set(service_codes)),
            made_at=now,
            changed_at=now,
        )
        take_departments(row, {owner, *departments}, now)
        note_act(row, "made", access.actor, now, {"owner": owner, "departments": sorted({owner, *departments})})
    return row.code


def write_version(
    *,
    code: str,
    titles: Mapping[str, str],
    steps: Sequence[Mapping[str, Any]],
    note: str,
    based_on: int,
    access: Access,
    now: datetime,
) -> int:
    """Write the next version, or anew the one that waits; returns its number. It waits for another person's approval.

    `steps`: `{key, title: {language: text}, text: {language: text}}`; a step without a key is new. Raises `Conflict`
    when another version came in between (`based_on` is the number the writer started from), `Invalid`.
    """
    with transaction.atomic():
        row = locked(code)
        _require_writer(access, row)
        checked = _checked_steps(steps)
        if not rules.text_in(titles, "en").strip():
            raise Invalid(_("Give the procedure a title."), field="title")
        if row.number and not note.strip():
            raise Invalid(_("Say what changed and why: those who accept it read this."), field="note")
        newest = row.versions.aggregate(newest=Max("number"))["newest"] or 0
        if newest != based_on:
            raise Conflict(_("Somebody else wrote a version meanwhile. Load it and decide."))
        waiting = row.versions.filter(state=VersionState.WAITING).first()
        if waiting is None:
            version = add_version(row, newest + 1, titles, checked, note, access.actor, now)
        else:
            version = waiting
            version.titles, version.steps, version.note = dict(titles), checked, note.strip()
            version.written_at, version.written_by_id = now, access.actor.staff_id
            version.written_by_label = access.actor.label[:120]
            version.save()
        _changed(row, now)
        note_act(row, "written", access.actor, now, {"version": version.number, "steps": len(checked)}, note.strip())
        return version.number


def decide_version(*, code: str, number: int, is_approved: bool, note: str = "", access: Access, now: datetime) -> None:
    """Approve or refuse the version that waits; never one's own. An approved one is in force and departments are asked.

    The owner's department has accepted it by this. Raises `NotAllowed`, `Conflict`, `Invalid` for a refusal without a
    reason.
    """
    access.require(APPROVE_PROCEDURES)
    if not is_approved and not note.strip():
        raise Invalid(_("Say why you refuse."), field="decision_note")
    with transaction.atomic():
        row = locked(code)
        version = row.versions.select_for_update().filter(number=number).first()
        if version is None or version.state != VersionState.WAITING:
            raise Conflict(_("This version waits for no decision."))
        if access.actor.staff_id is None or version.written_by_id == access.actor.staff_id:
            raise NotAllowed(_("Another person approves what you wrote."))
        version.state = VersionState.APPROVED if is_approved else VersionState.REFUSED
        version.decided_at, version.decided_by_id = now, access.actor.staff_id
        version.decided_by_label, version.decision_note = access.actor.label[:120], note.strip()
        version.save()
        note_act(row, "approved" if is_approved else "refused", access.actor, now, {"version": number}, note.strip())
        if is_approved:
            put_in_force(row, version, access.actor, now)


def drop_version(*, code: str, number: int, access: Access, now: datetime) -> None:
    """Take back the version that waits. Raises `Conflict`, `NotAllowed`."""
    with transaction.atomic():
        row = locked(code)
        _require_writer(access, row)
        if not row.versions.filter(number=number, state=VersionState.WAITING).update(state=VersionState.DROPPED):
            raise Conflict(_("This version waits for no decision."))
        note_act(row, "dropped", access.actor, now, {"version": number})


def set_departments(
    *, code: str, departments: Collection[str], service_codes: Collection[str], access: Access, now: datetime
) -> None:
    """Say which departments work by it and for which codes. One that leaves keeps what it accepted, for the record."""
    with transaction.atomic():
        row = locked(code)
        _require_writer(access, row)
        _require_codes(service_codes, now)
        owner = next((one.code for one in staff.list_departments() if one.id == row.owner_id), "")
        row.service_codes = sorted(set(service_codes))
        _changed(row, now)
        take_departments(row, {owner, *departments} - {""}, now)
        after = {"departments": sorted({owner, *departments}), "codes": row.service_codes}
        note_act(row, "departments", access.actor, now, after)


def retire_procedure(*, code: str, reason: str, access: Access, now: datetime) -> None:
    """End a procedure: nobody is asked any more and no desk shows it. Raises `Invalid` without a reason."""
    if not reason.strip():
        raise Invalid(_("Say why it ends."), field="reason")
    with transaction.atomic():
        row = locked(code)
        _require_writer(access, row)
        row.is_retired = True
        row.save(update_fields=["is_retired"])
        row.departments.update(asked_at=None)
        _changed(row, now)
        note_act(row, "retired", access.actor, now, None, reason.strip())


def put_in_force(row: Procedure, version: ProcedureVersion, actor: Actor, now: datetime) -> None:
    """An approved version is the one in force; the owner's department has accepted it, the others are asked."""
    row.number, row.titles, row.approved_at, row.changed_at = version.number, version.titles, now, now
    row.save(update_fields=["number", "titles", "approved_at", "changed_at"])
    for part in row.departments.select_related("department").filter(left_at__isnull=True):
        if part.department_id == row.owner_id:
            take(part, version.number, actor, now, "")
        else:
            part.asked_at, part.reminded_at, part.reminder_count = now, None, 0
            part.save(update_fields=["asked_at", "reminded_at", "reminder_count"])
            ask(row, part, 0, now)
    count(row)
    outbox.publish(ProcedureApproved(row.pk, row.code, version.number), now=now)


def take_departments(row: Procedure, codes: Collection[str], now: datetime) -> None:
    """Make these departments, and no others, take part."""
    ids = {one.code: one.id for one in staff.list_departments()}
    unknown = sorted(set(codes) - set(ids))
    if unknown:
        raise Invalid(_("There is no such department."), field="departments")
    wanted = {ids[one] for one in codes}
    row.departments.exclude(department_id__in=wanted).filter(left_at__isnull=True).update(left_at=now, asked_at=None)
    for department_id in sorted(wanted):
        part, is_new = ProcedureDepartment.objects.get_or_create(procedure=row, department_id=department_id)
        if part.left_at is not None or is_new:
            part.left_at = None
            part.asked_at = now if row.number and part.accepted < row.number else None
            part.save(update_fields=["left_at", "asked_at"])
            if part.asked_at:
                ask(row, part, 0, now)
    count(row)


def _changed(row: Procedure, now: datetime) -> None:
    row.changed_at = now
    row.save(update_fields=["changed_at", "service_codes"])


def add_version(
    row: Procedure,
    number: int,
    titles: Mapping[str, str],
    steps: list[dict[str, Any]],
    note: str,
    actor: Actor,
    now: datetime,
    *,
    origin: str = "",
) -> ProcedureVersion:
    """Write a version that waits."""
    return ProcedureVersion.objects.create(
        procedure=row,
        number=number,
        titles=dict(titles),
        steps=steps,
        note=note.strip(),
        written_at=now,
        written_by_id=actor.staff_id,
        written_by_label=actor.label[:120],
        origin=origin,
    )


def _checked_steps(steps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Steps with a key each; new ones get the next free number. Raises `Invalid`."""
    kept = [
        one for one in steps if rules.text_in(one["title"], "en").strip() or rules.text_in(one["text"], "en").strip()
    ]
    if not kept:
        raise Invalid(_("Write at least one step."), field="steps")
    if len(kept) > MOST_STEPS:
        raise Invalid(_("At most %(count)s steps.") % {"count": MOST_STEPS}, field="steps")
    taken = {str(one.get("key", "")) for one in kept}
    free = (f"s{at}" for at in range(1, 10_000) if f"s{at}" not in taken)
    found: list[dict[str, Any]] = []
    for one in kept:
        if not rules.text_in(one["title"], "en").strip():
            raise Invalid(_("Every step needs a title."), field="steps")
        key = str(one.get("key", ""))[:40]
        found.append({"key": key or next(free), "title": _words(one["title"]), "text": _words(one["text"])})
    if len({one["key"] for one in found}) < len(found):
        raise Invalid(_("A step stands there twice."), field="steps")
    return found


def _words(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: one.strip() for language, one in texts.items() if one.strip()}


def _require_codes(service_codes: Collection[str], now: datetime) -> None:
    unknown = sorted(set(service_codes) - set(profile.entries("services", profile.city_today(now))))
    if unknown:
        raise Invalid(_("There is no code %(code)s.") % {"code": unknown[0]}, field="service_codes")


def _require_writer(access: Access, row: Procedure) -> None:
    access.require(WRITE_PROCEDURES)
    _require_owner(access, row.owner_id)
    if row.is_retired:
        raise Conflict(_("This procedure has ended."))


def _require_owner(access: Access, department_id: int) -> None:
    if department_id not in access.department_ids and not access.may(APPROVE_PROCEDURES):
        raise NotAllowed(_("The department that owns a procedure writes it."))
