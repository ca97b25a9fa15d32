"""What an open contact has led to so far: noted in the draft by one key each, written as outcomes when it is saved."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.interactions import rules
from citydesk.contact.interactions.choices import OutcomeKind, State
from citydesk.contact.interactions.services.drafts import lock_open, save_fields, switch
from citydesk.contact.interactions.services.masking import mask_texts
from citydesk.contact.interactions.services.promises import make_promise
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Invalid
from citydesk.kernel.outbox import plain

MOST_NOTED = 30


def note_outcome(
    *, interaction_id: int, kind: OutcomeKind, facts: Mapping[str, Any], actor: Actor, now: datetime
) -> int:
    """Note an outcome in the draft and return the draft's version. The same target is noted once per kind.

    `facts`: `label`, `target_type`, `target_id`, `target_number` and what the kind needs (`due_at`, `phone`, `text` for
    a promise; `office_name`, `transfer_kind`, `outcome` for a transfer). A me-too, or a status told about a request
    nearby (`replaces_request`), takes the place of the request being written. Raises `NotFound`, `Conflict`, `Invalid`.
    """
    safe, _masked = mask_texts(plain(dict(facts)))
    with transaction.atomic():
        row = lock_open(interaction_id, actor)
        noted = [
            one
            for one in row.draft.get("outcomes", [])
            if not (safe.get("target_id") and one["kind"] == kind and one.get("target_id") == safe["target_id"])
        ]
        if len(noted) >= MOST_NOTED:
            raise Invalid(_("One contact holds at most %(most)s outcomes. Save this one first.") % {"most": MOST_NOTED})
        noted.append({**safe, "key": uuid4().hex[:8], "kind": kind.value, "at": now.isoformat()})
        changes: dict[str, Any] = {"outcomes": noted}
        if safe.get("replaces_request"):
            changes["no_request"] = "1"
        return save_fields(row, changes, now)


def forget_outcome(*, interaction_id: int, key: str, actor: Actor, now: datetime) -> int:
    """Take a noted outcome (or a stashed request, or "request", the one being written) off the draft again."""
    with transaction.atomic():
        row = lock_open(interaction_id, actor)
        if key == "request":
            return save_fields(row, {"no_request": "1"}, now)
        outcomes = row.draft.get("outcomes", [])
        gone = [one for one in outcomes if one["key"] == key]
        requests = [one for one in row.draft.get("requests", []) if one["key"] != key]
        changes: dict[str, Any] = {"outcomes": [one for one in outcomes if one["key"] != key], "requests": requests}
        if any(one.get("replaces_request") for one in gone):
            changes["no_request"] = ""
        return save_fields(row, changes, now)


def want_request(*, interaction_id: int, actor: Actor, now: datetime) -> int:
    """Put the request being written back among the outcomes."""
    with transaction.atomic():
        return save_fields(lock_open(interaction_id, actor), {"no_request": ""}, now)


def stash_request(*, interaction_id: int, label: str, actor: Actor, now: datetime) -> int:
    """Set the request being written aside, complete, and clear its fields for another one. The person stays.

    What "me too" or "told the status" took the place of is no request and is not set aside.
    Raises `Invalid` when no code was chosen yet.
    """
    with transaction.atomic():
        row = lock_open(interaction_id, actor)
        fields = rules.request_fields(row.draft)
        if not fields.get("code"):
            raise Invalid(_("Choose a code for this request first."), field="code")
        stash = {"key": uuid4().hex[:8], "label": label[:200], "fields": fields, "words": row.draft.get("words", "")}
        changes: dict[str, Any] = dict.fromkeys(fields, "")
        wanted = [] if row.draft.get("no_request") == "1" else [stash]
        changes |= {"requests": [*row.draft.get("requests", []), *wanted], "no_request": "", "words": ""}
        return save_fields(row, changes, now)


def drop_call(*, interaction_id: int, number: str, text: str, due_at: datetime, access: Access, now: datetime) -> int:
    """The call broke off: keep the number, promise to call back, park the draft. One key. Returns the version.

    The promise is a dated task at once, whatever becomes of the draft. Raises `Invalid` without a number to call,
    `NotFound`, `Conflict`.
    """
    if not number.strip():
        raise Invalid(_("There is no number to call back. Write it under Who."), field="who")
    facts: dict[str, Any] = {"label": text, "text": text, "due_at": due_at, "phone": number.strip()}
    with transaction.atomic():
        row = lock_open(interaction_id, access.actor)
        facts["promise_id"] = make_promise(
            interaction_id=row.pk,
            text=text,
            due_at=due_at,
            phone=number.strip(),
            language=row.draft.get("language") or row.language,
            customer_id=rules.chosen_customer(row.draft),
            access=access,
            now=now,
        )
        note_outcome(interaction_id=row.pk, kind=OutcomeKind.PROMISE, facts=facts, actor=access.actor, now=now)
        row = lock_open(interaction_id, access.actor)
        version = save_fields(row, {"callback_number": number.strip(), "ending": "dropped"}, now)
        if row.state == State.DRAFT:
            switch(row, State.PARKED, access.actor, now)
        return version
