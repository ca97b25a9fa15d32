"""Open contacts: started at the first key, saved at every pause, parked, resumed, dropped."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from citydesk.contact.interactions import rules
from citydesk.contact.interactions.choices import (
    OPEN_STATES,
    SUPERVISE,
    TAKE,
    WATCH_TOPIC,
    Channel,
    Direction,
    FormState,
    SegmentKind,
    State,
)
from citydesk.contact.interactions.models import FocusSegment, Interaction, PaperForm
from citydesk.contact.interactions.queries.sealed import require_open_words
from citydesk.contact.interactions.services.masking import mask_texts
from citydesk.kernel import audit, live
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict, Invalid, NotFound, StaleVersion
from citydesk.kernel.sequences import next_number

_SAVE = """
    UPDATE interactions_interaction
       SET draft = draft || %(changes)s, field_versions = field_versions || %(versions)s, version = version + 1,
           touched_at = %(now)s, save_key = %(key)s
     WHERE id = %(id)s AND version = %(version)s AND holder_id = %(holder)s AND state IN ('draft', 'parked')
 RETURNING CASE WHEN watched_until > %(now)s THEN pg_notify(%(channel)s, %(news)s)::text END
"""
# What was typed in the moment a supervisor took the contact over still comes in.
LATE_TEXT = timedelta(seconds=15)


@dataclass(frozen=True)
class DraftSaved:
    """The version the draft has now, and what was masked on the way (`{field: [kinds]}`)."""

    version: int
    saved_at: datetime
    masked: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def start_draft(
    *,
    access: Access,
    now: datetime,
    channel: str = Channel.PHONE,
    direction: str = Direction.IN,
    first: Mapping[str, Any] | None = None,
) -> int:
    """Open a contact in front of the clerk and return its id. The one that stood in front is parked, nothing is asked.

    `first` are draft fields known at once (the caller's number). Raises `NotAllowed`, `Invalid`.
    """
    access.require(TAKE)
    fields = _clean({"channel": channel, "direction": direction, **(first or {})})
    with transaction.atomic():
        lock_desk(access.actor)
        park_front(access.actor, now)
        row = Interaction.objects.create(
            number=next_number("IN", now.year),
            channel=Channel(channel),
            direction=Direction(direction),
            received_at=now,
            started_at=now,
            touched_at=now,
            holder_id=access.actor.staff_id,
            taken_by_id=access.actor.staff_id,
            entered_by_id=access.actor.staff_id,
            draft=fields,
        )
        open_segment(row.pk, SegmentKind.ACTIVE, access.actor, now)
        return row.pk


def save_draft(
    *, interaction_id: int, version: int, changes: Mapping[str, Any], key: str, actor: Actor, now: datetime
) -> DraftSaved:
    """Keep what was typed: one UPDATE. Sent twice with one `key`, it is kept once.

    `version` is the version the form was filled from; a change of another hand to another field is merged silently.
    Raises `StaleVersion` (facts: `mine`, `theirs`, `fields`, `version`, `changed_by`) when both changed one field:
    the stored text stays, the refused one is kept beside it in the draft. Raises `NotFound`, `Conflict`, `Invalid`.
    """
    fields, masked = mask_texts(_clean(changes))
    texts = {name: fields[name] for name in masked}
    with connection.cursor() as cursor:
        cursor.execute(
            _SAVE,
            {
                "changes": Jsonb(fields),  # type: ignore[dict-item]  # psycopg adapts it
                "versions": Jsonb(dict.fromkeys(fields, version + 1)),  # type: ignore[dict-item]  # psycopg adapts it
                "now": now,
                "key": key[:40],
                "id": interaction_id,
                "version": version,
                "holder": actor.staff_id,
                "channel": live.CHANNEL,
                "news": json.dumps({"topic": WATCH_TOPIC, "contact": interaction_id, "version": version + 1}),
            },
        )
        if cursor.rowcount == 1:
            return DraftSaved(version + 1, now, masked, texts)
    return _save_late(interaction_id, version, fields, key, actor, now, masked)


def _save_late(
    interaction_id: int,
    version: int,
    fields: dict[str, Any],
    key: str,
    actor: Actor,
    now: datetime,
    masked: dict[str, list[str]],
) -> DraftSaved:
    """A save whose version is not the stored one: a repeat, a merge, or two texts of one field."""
    with transaction.atomic():
        row = _lock_to_save(interaction_id, actor, now)
        texts = {name: fields[name] for name in masked}
        if key and row.save_key == key[:40]:
            return DraftSaved(row.version, row.touched_at, masked, texts)
        conflicts = rules.conflicting_fields(fields, row.draft, row.field_versions, version)
        merged = {name: value for name, value in fields.items() if name not in conflicts}
        row.version += 1
        row.draft = {**row.draft, **merged}
        row.field_versions = {**row.field_versions, **dict.fromkeys(merged, row.version)}
        row.touched_at, row.save_key = now, key[:40]
        if conflicts:
            refused = {"fields": {name: fields[name] for name in conflicts}, "by": actor.label, "at": now.isoformat()}
            row.draft["_kept"] = [*row.draft.get("_kept", []), refused][-20:]
            row.save_key = ""
        row.save(update_fields=["version", "draft", "field_versions", "touched_at", "save_key"])
        tell_watcher(row, now)
    if conflicts:
        raise StaleVersion(
            _("This was changed in another window while you wrote. Nothing is lost: choose one text."),
            field=conflicts[0],
            fields=conflicts,
            mine={name: fields[name] for name in conflicts},
            theirs={name: row.draft.get(name, "") for name in conflicts},
            version=row.version,
            changed_by=actor.label,
        )
    return DraftSaved(row.version, now, masked, texts)


def park(*, interaction_id: int, actor: Actor, now: datetime) -> None:
    """Set a contact aside; from now on its time counts as parked. Raises `NotFound`, `Conflict`."""
    with transaction.atomic():
        row = lock_open(interaction_id, actor)
        if row.state == State.DRAFT:
            switch(row, State.PARKED, actor, now)


def resume(*, interaction_id: int, actor: Actor, now: datetime) -> None:
    """Bring a contact in front; what stood there is parked. Raises `NotFound`, `Conflict`."""
    with transaction.atomic():
        lock_desk(actor)
        row = lock_open(interaction_id, actor)
        if row.state == State.DRAFT:
            return
        park_front(actor, now)
        switch(row, State.DRAFT, actor, now)


def bring_to_front(*, interaction_id: int, actor: Actor, now: datetime) -> None:
    """Note that the contact stands on the clerk's screen: time counts as active from now on (after `leave_front`)."""
    with transaction.atomic():
        row = lock_open(interaction_id, actor)
        if row.state == State.DRAFT:
            close_segment(row, now)
            open_segment(row.pk, SegmentKind.ACTIVE, actor, now)
            Interaction.objects.filter(pk=row.pk).update(touched_at=now)


def leave_front(*, interaction_id: int, actor: Actor, now: datetime) -> None:
    """Note that the clerk looks at something else: neither active nor parked time counts until `bring_to_front`."""
    with transaction.atomic():
        row = lock_open(interaction_id, actor)
        if row.state == State.DRAFT:
            close_segment(row, now)


def drop(*, interaction_id: int, reason: str, access: Access, now: datetime) -> None:
    """End an open contact without outcome. It is kept as abandoned with its reason and never counted as a contact.

    Raises `Invalid` without a reason, `NotFound`.
    """
    if not reason.strip():
        raise Invalid(_("Say why this contact is dropped."), field="reason")
    with transaction.atomic():
        row = lock_held_or_supervised(interaction_id, access, now)
        close_segment(row, now)
        Interaction.objects.filter(pk=row.pk).update(
            state=State.ABANDONED, abandoned_reason=reason.strip()[:300], version=row.version + 1
        )
        if row.draft.get("form"):  # the printed form can be keyed again
            PaperForm.objects.filter(interaction_id=row.pk).exclude(state=FormState.KEYED).update(interaction=None)
        act = audit.Act("interactions.dropped", "interactions.Interaction", row.pk, row.number, reason=reason)
        audit.record(act, actor=access.actor, now=now)
        tell_watcher(row, now)


def _clean(changes: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return rules.clean_changes(changes)
    except ValueError as error:
        raise Invalid(
            _("This text is longer than %(most)s characters. Shorten it; nothing was cut.")
            % {"most": rules.LONGEST_TEXT},
            field=str(error),
        ) from error


def lock_desk(actor: Actor) -> None:
    """One change at a time of what stands in front of a clerk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"interactions.front|{actor.id}"])


def lock_open(interaction_id: int, actor: Actor) -> Interaction:
    """The actor's own open contact, locked. Raises `NotFound`, `Conflict` when it is finished."""
    row = Interaction.objects.select_for_update(no_key=True).filter(pk=interaction_id).first()
    if row is None:
        raise NotFound(_("There is no such open contact."))
    if row.state not in OPEN_STATES:
        raise Conflict(_("This contact is finished."), state=row.state, number=row.number)
    if row.holder_id != actor.staff_id:
        raise NotFound(_("This contact is with a colleague now."))
    return row


def _lock_to_save(interaction_id: int, actor: Actor, now: datetime) -> Interaction:
    """The actor's open contact; or one a supervisor took over from them a moment ago: nothing typed is lost."""
    row = Interaction.objects.select_for_update(no_key=True).filter(pk=interaction_id).first()
    if (
        row is not None
        and row.state in OPEN_STATES
        and actor.staff_id is not None
        and row.taken_from_id == actor.staff_id
        and row.taken_at is not None
        and now - row.taken_at <= LATE_TEXT
    ):
        return row
    return lock_open(interaction_id, actor)


def lock_held_or_supervised(interaction_id: int, access: Access, now: datetime) -> Interaction:
    """An open contact for its holder or a supervisor, locked. Another's in confidence is `NotFound` to a supervisor."""
    row = Interaction.objects.select_for_update(no_key=True).filter(pk=interaction_id).first()
    is_own = row is not None and row.holder_id == access.actor.staff_id
    if row is None or (not is_own and not access.may(SUPERVISE)):
        raise NotFound(_("There is no such open contact."))
    if row.state not in OPEN_STATES:
        raise Conflict(_("This contact is finished."), state=row.state, number=row.number)
    if not is_own:
        require_open_words(row.draft, access, now)
    return row


def park_front(actor: Actor, now: datetime) -> None:
    front = Interaction.objects.select_for_update(no_key=True).filter(holder_id=actor.staff_id, state=State.DRAFT)
    for row in front:
        switch(row, State.PARKED, actor, now)


def switch(row: Interaction, state: State, actor: Actor, now: datetime) -> None:
    """Move a locked open contact to the front or aside and start the segment that goes with it."""
    close_segment(row, now)
    Interaction.objects.filter(pk=row.pk).update(state=state, touched_at=now)
    open_segment(row.pk, SegmentKind.ACTIVE if state == State.DRAFT else SegmentKind.PARKED, actor, now)
    tell_watcher(row, now)


def save_fields(row: Interaction, changes: Mapping[str, Any], now: datetime) -> int:
    """Write fields of a locked draft as one more version, and return it."""
    row.version += 1
    row.draft = {**row.draft, **changes}
    row.field_versions = {**row.field_versions, **dict.fromkeys(changes, row.version)}
    row.touched_at = now
    row.save(update_fields=["version", "draft", "field_versions", "touched_at"])
    tell_watcher(row, now)
    return row.version


def open_segment(interaction_id: int, kind: SegmentKind, actor: Actor, now: datetime) -> None:
    FocusSegment.objects.create(interaction_id=interaction_id, kind=kind, user_id=actor.staff_id, started_at=now)


def tell_watcher(row: Interaction, now: datetime) -> None:
    """A supervisor's page shows this contact: it asks again."""
    if row.watched_until is not None and row.watched_until > now:
        live.notify(WATCH_TOPIC, {"contact": row.pk, "version": row.version})


def close_segment(row: Interaction, now: datetime) -> None:
    """End the running stretch of a locked contact; a forgotten one ends after its last sign of life."""
    for one in FocusSegment.objects.filter(interaction_id=row.pk, ended_at__isnull=True):
        stretch = rules.Segment(SegmentKind(one.kind), one.started_at, None)
        one.ended_at = rules.segment_end(stretch, touched_at=row.touched_at, until=now)
        one.save(update_fields=["ended_at"])
