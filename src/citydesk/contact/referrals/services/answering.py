"""What the other side says through its link. The signed link is the right; the request's state follows."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.referrals import labels
from citydesk.contact.referrals.choices import FILE_PURPOSE, MOST_FILES, EntryKind, ReferralState
from citydesk.contact.referrals.events import ReferralAnswered
from citydesk.contact.referrals.models import Referral
from citydesk.contact.referrals.queries.links import require_link
from citydesk.contact.referrals.rules import ANSWERS, Answer, problem_of
from citydesk.contact.referrals.services.writing import clean, keep, say
from citydesk.contact.service_requests import services as requests
from citydesk.kernel.actors import SYSTEM_ACCESS, Access, Actor, ActorKind
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.kernel.files import store_upload
from citydesk.kernel.idempotency import once

_KEPT = ("state", "acknowledged_at", "ended_at", "remind_at", "external_number", "answered_by", "heard_at")


def answer_by_link(
    *,
    token: str,
    answer: str,
    name: str,
    text: str,
    external_number: str = "",
    files: Sequence[Any] = (),
    key: str,
    now: datetime,
) -> str:
    """Take one answer: accept, message, return or done. The same `key` again does nothing; returns the answer's code.

    `files` are uploads: proof. Raises `NotFound` for a link that does not open, `Conflict`, `OtherBody` for the same
    key with other words or files, `Invalid`.
    """
    if len(files) > MOST_FILES:
        raise Invalid(_("At most %(count)s files at once.") % {"count": MOST_FILES}, field="files")
    found = require_link(token, now=now)
    given = {"answer": answer, "name": name, "text": text, "number": external_number, "files": _digests(files)}

    def act() -> dict[str, Any]:
        return _take(found.pk, answer, name, text, external_number, files, now)

    done = once(scope=f"referrals.answer:{found.pk}", key=key[:80], given=given, now=now, act=act)
    return str(done["answer"])


def _digests(files: Sequence[Any]) -> list[str]:
    """SHA-256 of each upload, which is read anew afterwards: the same words with another file are another answer."""
    found = []
    for one in files:
        digest = hashlib.sha256()
        for part in one.chunks():
            digest.update(part)
        one.seek(0)
        found.append(digest.hexdigest())
    return found


def _take(
    referral_id: int, code: str, name: str, text: str, external_number: str, files: Sequence[Any], now: datetime
) -> dict[str, Any]:
    with transaction.atomic():
        row = Referral.objects.select_related("agency").select_for_update(of=("self",)).get(pk=referral_id)
        answer = _require(code, row.state, name, text)
        actor = _actor(row, name)
        stored = [store_upload(one, purpose=FILE_PURPOSE, actor=actor, now=now).pk for one in files]
        words = clean(text)
        say(row, answer.kind, actor, now, text=words, files=stored)
        row.answered_by, row.heard_at, row.seen_at = name.strip()[:120], now, None
        row.external_number = external_number.replace("\x00", "").strip()[:80] or row.external_number
        settle(row, answer.to, words, actor, now)
        event = ReferralAnswered(row.pk, row.number, row.request_id, answer.code)
        keep(row, (*_KEPT, "seen_at"), answer.kind.value, actor=actor, now=now, event=event)
        return {"answer": answer.code}


def _require(code: str, state: str, name: str, text: str) -> Answer:
    """The answer, or why not: `Conflict` when its time is over, `Invalid` at the field that is missing."""
    problem = problem_of(code, state=state, name=name, text=text)
    if problem == "ended":
        raise Conflict(_("This referral has ended; nothing can be added."))
    if problem == "taken":
        raise Conflict(_("You took this on already."))
    if problem:
        words, field = {
            "act": (_("Choose what you want to say."), "act"),
            "name": (_("Write your name, so that we know whom to ask."), "name"),
            "message": (_("Write your message."), "text"),
            "return": (_("Write why you return it and, if you know, who is responsible."), "text"),
            "done": (_("Write what was done."), "text"),
            "long": (_("This is too long."), "text"),
        }[problem]
        raise Invalid(words, field=field)
    return ANSWERS[code]


def settle(row: Referral, to: ReferralState | None, words: str, actor: Actor, now: datetime) -> None:
    """Move a locked referral and its request. Any answer but a message counts as acknowledgement; a message too."""
    row.acknowledged_at = row.acknowledged_at or now
    row.remind_at = None
    access = Access(actor, SYSTEM_ACCESS.permissions)
    if to is None:
        requests.add_note(request_id=row.request_id, text=f"{row.number}: {words}", access=access, now=now)
        if row.state == ReferralState.SENT:
            _accept(row, words, access, now)
        return
    if to == ReferralState.ACCEPTED:
        _accept(row, words, access, now)
        return
    row.state, row.ended_at = to, now
    if to == ReferralState.DONE and row.agency.closes:
        requests.close(request_id=row.request_id, reason="done", note=f"{row.number}: {words}", access=access, now=now)
        return
    is_done = to == ReferralState.DONE
    said = _("They say it is done: %(words)s") % {"words": words} if is_done else words
    requests.referral_back(
        request_id=row.request_id, answer=said, is_accepted=False, is_done=is_done, access=access, now=now
    )


def _accept(row: Referral, words: str, access: Access, now: datetime) -> None:
    row.state = ReferralState.ACCEPTED
    said = words or str(labels.ENTRIES[EntryKind.ACCEPTED])
    requests.referral_back(request_id=row.request_id, answer=said, is_accepted=True, access=access, now=now)


def _actor(row: Referral, name: str) -> Actor:
    who = f"{name.strip()}, {labels.in_language(row.agency.names)}"
    return Actor(ActorKind.AGENCY, row.agency_id, who[:120])
