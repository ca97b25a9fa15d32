"""A referral in another Open311 system: handed over once, its status asked for and followed. Called by tasks alone.

The other side takes our referral's number as `Idempotency-Key`, so a repeat after a lost answer makes no second request
there, if it is a Citydesk; another server may make two, and then a person sees both.
"""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.referrals import labels
from citydesk.contact.referrals.choices import KEY_PURPOSE, OPEN_STATES, EntryKind, ReferralState
from citydesk.contact.referrals.events import ReferralAnswered
from citydesk.contact.referrals.models import Agency, OutsideCall, Referral
from citydesk.contact.referrals.rules import ANSWERS
from citydesk.contact.referrals.services.answering import settle
from citydesk.contact.referrals.services.writing import clean, keep, say
from citydesk.kernel.actors import Actor, ActorKind
from citydesk.kernel.errors import Invalid
from citydesk.kernel.outward import Heard, NotAllowedOutward, OutwardFailed, call
from citydesk.kernel.sealing import unseal

MOST_TRIES = 12
# What the contract's two statuses mean where the profile does not say otherwise.
_STATUSES = {"open": "accept", "closed": "done"}


def send_on(*, referral_id: int, now: datetime) -> str:
    """Hand a referral over to the other system; returns what came of it. A failure is tried again later."""
    row = Referral.objects.select_related("agency").get(pk=referral_id)
    outside, _is_new = OutsideCall.objects.get_or_create(referral=row)
    if outside.sent_at is not None or row.state not in OPEN_STATES:
        return "done before"
    try:
        made = _rows(call("POST", f"{row.agency.open311['url']}/requests.json", headers=_headers(row), body=_form(row)))
    except (OutwardFailed, NotAllowedOutward, Invalid) as error:
        return _failed(row, outside, str(getattr(error, "message", error)), now, is_final=isinstance(error, Invalid))
    number, token = str(made.get("service_request_id") or ""), str(made.get("token") or "")
    with transaction.atomic():
        row = _locked(referral_id)
        outside = OutsideCall.objects.select_for_update().get(referral=row)
        outside.sent_at, outside.token, outside.problem, outside.tries = now, token[:200], "", 0
        outside.next_at = now + _pace(row.agency)
        outside.save()
        row.external_number = number[:80]
        say(
            row,
            EntryKind.STATUS,
            _actor(row),
            now,
            text=_("Handed over. Their number: %(number)s") % {"number": number},
        )
        keep(row, ("external_number",), "handed_over", actor=_actor(row), now=now)
    return "sent"


def poll_due(*, now: datetime, limit: int = 50) -> int:
    """Ask for the status of what is due, and hand over what failed before; returns how many were asked.

    A system that failed us once is not asked again in the same round: its fifty referrals would cost fifty waits.
    """
    due = OutsideCall.objects.filter(next_at__lte=now).order_by("next_at")[:limit]
    silent: set[int] = set()
    asked = 0
    for referral_id, agency_id, sent_at in list(due.values_list("referral_id", "referral__agency_id", "sent_at")):
        if agency_id in silent:
            continue
        ask = send_on if sent_at is None else poll
        asked += 1
        if ask(referral_id=referral_id, now=now) == "failed":
            silent.add(agency_id)
    return asked


def poll(*, referral_id: int, now: datetime) -> str:
    """Ask the other system how a referral stands, and follow it."""
    row = Referral.objects.select_related("agency").get(pk=referral_id)
    outside = OutsideCall.objects.get(referral=row)
    base = row.agency.open311["url"]
    try:
        if not row.external_number and outside.token:
            told = _rows(call("GET", f"{base}/tokens/{quote(outside.token, safe='')}.json"))
            row.external_number = str(told.get("service_request_id") or "")[:80]
        if not row.external_number:
            return _failed(row, outside, "no number yet", now)
        told = _rows(call("GET", f"{base}/requests/{quote(row.external_number, safe='')}.json?{_jurisdiction(row)}"))
    except (OutwardFailed, NotAllowedOutward, Invalid) as error:
        return _failed(row, outside, str(getattr(error, "message", error)), now)
    status, notes = str(told.get("status") or "")[:60].lower(), str(told.get("status_notes") or "")[:2000]
    return _follow(referral_id, row.external_number, status, notes, now)


def _follow(referral_id: int, number: str, status: str, notes: str, now: datetime) -> str:
    """Write what the other system says: the state follows a mapped status, new words stand as a message."""
    with transaction.atomic():
        row = _locked(referral_id)
        outside = OutsideCall.objects.select_for_update().get(referral=row)
        is_news = (status, notes) != (outside.status, outside.notes)
        outside.status, outside.notes, outside.asked_at, outside.problem, outside.tries = status, notes, now, "", 0
        outside.next_at = now + _pace(row.agency) if row.state in OPEN_STATES else None
        row.external_number = number
        if is_news and row.state in OPEN_STATES:
            _answer(row, status, notes, now)
            outside.next_at = outside.next_at if row.state in OPEN_STATES else None
        outside.save()
    return status


def _answer(row: Referral, status: str, notes: str, now: datetime) -> None:
    meant = {**_STATUSES, **row.agency.open311.get("statuses", {})}.get(status, "message")
    if meant == "accept" and row.state == ReferralState.ACCEPTED:
        meant = "message"
    answer, actor = ANSWERS[meant], _actor(row)
    words = clean(notes) or status
    say(row, answer.kind, actor, now, text=words)
    row.heard_at, row.seen_at = now, None
    settle(row, answer.to, words, actor, now)
    fields = ("state", "acknowledged_at", "ended_at", "remind_at", "external_number", "heard_at", "seen_at")
    event = ReferralAnswered(row.pk, row.number, row.request_id, answer.code)
    keep(row, fields, answer.kind.value, actor=actor, now=now, event=event)


def _failed(row: Referral, outside: OutsideCall, why: str, now: datetime, *, is_final: bool = False) -> str:
    """Remember what went wrong and try later, longer each time; in the end a person sees it on the chase list."""
    outside.tries += 1
    is_over = is_final or outside.tries >= MOST_TRIES
    outside.problem = why[:200]
    outside.next_at = None if is_over else now + min(timedelta(minutes=2 ** min(outside.tries, 8)), timedelta(hours=4))
    outside.save()
    if is_over:
        with transaction.atomic():
            locked = _locked(row.pk)
            say(locked, EntryKind.STATUS, _actor(locked), now, text=_("Their system: %(why)s") % {"why": why[:200]})
            locked.heard_at, locked.seen_at = now, None
            keep(locked, ("heard_at", "seen_at"), "not_reached", actor=_actor(locked), now=now)
    return "failed"


def _rows(heard: Heard) -> dict[str, Any]:
    """The first row of an Open311 answer. Raises `OutwardFailed` for what passes, `Invalid` for a refusal."""
    if heard.status >= 500 or heard.status == 429:
        raise OutwardFailed(f"status {heard.status}")
    try:
        told = json.loads(heard.body)
    except ValueError as error:
        raise OutwardFailed(f"status {heard.status}, not readable") from error
    if not heard.is_fine:
        first = told[0] if isinstance(told, list) and told and isinstance(told[0], dict) else {}
        raise Invalid(f"status {heard.status}: {first.get('description', '')}"[:200])
    rows = told.get("service_requests", []) if isinstance(told, dict) else told
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
        raise OutwardFailed("an empty answer")
    return rows[0]


def _form(row: Referral) -> bytes:
    known = row.agency.open311
    values = {
        "service_code": known.get("codes", {}).get(row.service_code) or known.get("default_code") or row.service_code,
        "description": f"{row.text}\n\n{row.number}, {row.request_number}",
        "address_string": row.place_label,
        **({"lat": str(row.lat), "long": str(row.lon)} if row.lat is not None and row.lon is not None else {}),
        "jurisdiction_id": known.get("jurisdiction", ""),
        "api_key": unseal(row.agency.open311_key, purpose=KEY_PURPOSE) if row.agency.open311_key else "",
    }
    return urlencode({name: value for name, value in values.items() if value}).encode()


def _headers(row: Referral) -> dict[str, str]:
    return {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": row.number}


def _jurisdiction(row: Referral) -> str:
    found = row.agency.open311.get("jurisdiction", "")
    return urlencode({"jurisdiction_id": found}) if found else ""


def _pace(agency: Agency) -> timedelta:
    return timedelta(minutes=agency.open311.get("minutes", 15))


def _locked(referral_id: int) -> Referral:
    return Referral.objects.select_related("agency").select_for_update(of=("self",)).get(pk=referral_id)


def _actor(row: Referral) -> Actor:
    return Actor(ActorKind.AGENCY, row.agency_id, labels.in_language(row.agency.names)[:120])
