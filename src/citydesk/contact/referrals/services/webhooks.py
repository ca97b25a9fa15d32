"""Telling programs of events: signed, once by the event id, tried again with growing delay, paused when none hears."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.referrals.choices import CONNECT, HOOK_EVENTS, HOOK_PURPOSE, DeliveryState, HookState, Share
from citydesk.contact.referrals.models import Delivery, Webhook
from citydesk.contact.service_requests import queries as requests
from citydesk.contact.service_requests.queries.records import read_record
from citydesk.kernel import audit, outbox
from citydesk.kernel.actors import Access, Actor, ActorKind
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.outward import NotAllowedOutward, OutwardFailed, call, target_of
from citydesk.kernel.sealing import seal, unseal

OBJECT = "referrals.webhook"
# Tries after 1 min, 5 min, 25 min, 2 h, 10 h and a day; then it failed, and a person may send it again.
DELAYS = (1, 5, 25, 125, 625, 1440)
# In a row: with the rest between tries that is about two days in which nobody heard.
PAUSED_AFTER = 10
# After so many failures in a row a program is tried by one event at a time.
RESTS_AFTER = 3
# What anybody on the desk may see: nothing confidential leaves by an event.
_OPENLY = Access(Actor(ActorKind.SYSTEM), frozenset({"service_requests.view", "service_requests.view_all"}))


@dataclass(frozen=True)
class Scope:
    """Of which requests a program hears, and what beyond ids, numbers and codes, under which agreement until when."""

    service_codes: Sequence[str] = ()
    department_code: str = ""
    shares: Sequence[str] = ()
    agreement: str = ""
    agreement_ends_on: date | None = None


def make_webhook(
    *, name: str, url: str, events: Sequence[str], scope: Scope | None = None, access: Access, now: datetime
) -> str:
    """Make a webhook; returns its secret, which is never shown again. Raises `NotAllowed`, `Invalid`."""
    access.require(CONNECT)
    scope = scope or Scope()
    if not name.strip():
        raise Invalid(_("Say whose program this is."), field="name")
    if not events or set(events) - set(HOOK_EVENTS):
        raise Invalid(_("Choose what it hears of."), field="events")
    try:
        target_of(url)
    except NotAllowedOutward as error:
        raise Invalid(_("The address must be https and public."), field="url") from error
    department_id = _checked_scope(scope, profile.city_today(now))
    secret = f"whs_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        hook = Webhook.objects.create(
            name=name.strip()[:120],
            url=url.strip()[:400],
            secret=seal(secret, purpose=HOOK_PURPOSE),
            events=sorted(set(events)),
            service_codes=sorted(set(scope.service_codes)),
            department_id=department_id,
            shares=sorted(set(scope.shares)),
            agreement=scope.agreement.strip()[:160],
            agreement_ends_on=scope.agreement_ends_on,
            made_at=now,
            made_by_label=access.actor.label[:120],
        )
        _note(hook, "hook_made", access, now, _scope_facts(hook))
    return secret


def _checked_scope(scope: Scope, today: date) -> int | None:
    """The department's id. Raises `Invalid`."""
    unknown = sorted(set(scope.service_codes) - set(profile.entries("services", today)))
    if unknown:
        raise Invalid(_("There is no code %(code)s.") % {"code": unknown[0]}, field="hook_codes")
    if set(scope.shares) - set(Share):
        raise Invalid(_("Choose what it is told."), field="shares")
    if scope.shares and not scope.agreement.strip():
        raise Invalid(_("Name the agreement that allows it."), field="agreement")
    if scope.shares and scope.agreement_ends_on and scope.agreement_ends_on < today:
        raise Invalid(_("This agreement has ended."), field="agreement_ends_on")
    if not scope.department_code:
        return None
    ids = {one.code: one.id for one in staff.list_departments()}
    if scope.department_code not in ids:
        raise Invalid(_("There is no such department."), field="department")
    return ids[scope.department_code]


def change_scope(*, webhook_id: int, events: Sequence[str], scope: Scope, access: Access, now: datetime) -> None:
    """Change what a program hears of and is told, from the next event on. Raises `Invalid`, `NotFound`, `Conflict`."""
    access.require(CONNECT)
    if not events or set(events) - set(HOOK_EVENTS):
        raise Invalid(_("Choose what it hears of."), field="events")
    department_id = _checked_scope(scope, profile.city_today(now))
    with transaction.atomic():
        hook = Webhook.objects.select_for_update().filter(pk=webhook_id).first()
        if hook is None:
            raise NotFound(_("There is no such program."))
        if hook.state == HookState.ENDED:
            raise Conflict(_("This is not possible now."))
        before = _scope_facts(hook)
        hook.events, hook.service_codes = sorted(set(events)), sorted(set(scope.service_codes))
        hook.department_id, hook.shares = department_id, sorted(set(scope.shares))
        hook.agreement, hook.agreement_ends_on = scope.agreement.strip()[:160], scope.agreement_ends_on
        hook.save()
        _note(hook, "hook_changed", access, now, _scope_facts(hook), before)


def _scope_facts(hook: Webhook) -> dict[str, Any]:
    return {
        "events": list(hook.events),
        "codes": list(hook.service_codes),
        "department": hook.department_id,
        "shares": list(hook.shares),
        "agreement": hook.agreement,
        "ends": hook.agreement_ends_on.isoformat() if hook.agreement_ends_on else "",
    }


def set_webhook_state(*, webhook_id: int, state: str, access: Access, now: datetime) -> None:
    """Pause, resume or end a webhook. An ended one stays ended."""
    access.require(CONNECT)
    with transaction.atomic():
        hook = Webhook.objects.select_for_update().filter(pk=webhook_id).first()
        if hook is None:
            raise NotFound(_("There is no such program."))
        if hook.state == HookState.ENDED or state not in list(HookState):
            raise Conflict(_("This is not possible now."))
        hook.state, hook.failures = state, 0
        hook.save(update_fields=["state", "failures"])
        _note(hook, f"hook_{state}", access, now)


def queue_event(*, event: str, event_id: str, payload: Mapping[str, Any], happened_at: datetime, now: datetime) -> int:
    """Write one delivery for every program that hears of the event; returns how many are new."""
    hooks = [one for one in Webhook.objects.filter(state=HookState.ACTIVE) if event in one.events]
    if not hooks:
        return 0
    request_id = payload["request_id"]
    facts = _facts_of(request_id)
    if facts is None:
        return 0
    made = 0
    with transaction.atomic():
        for hook in hooks:
            if not hears_of(hook, facts["service__code"], facts["team__department_id"]):
                continue
            body = {"id": event_id, "event": event, "happened_at": happened_at.isoformat(), "data": dict(payload)}
            if shared := _shared(hook, request_id, now):
                body["shared"] = shared
            delivery, is_new = Delivery.objects.get_or_create(
                webhook=hook,
                event_id=event_id,
                defaults={
                    "event": event,
                    "payload": body,
                    "request_id": request_id,
                    "made_at": now,
                    "next_at": now,
                },
            )
            if is_new:
                outbox.defer("referrals.deliver", queue="outside", delivery_id=delivery.pk)
                made += 1
    return made


def _facts_of(request_id: int) -> dict[str, Any] | None:
    """Code and department of a request that may be spoken of openly; None for any other."""
    rows = requests.requests_in_sight(_OPENLY).filter(pk=request_id, is_confidential=False)
    found = rows.values("service__code", "team__department_id").first()
    return dict(found) if found else None


def hears_of(hook: Webhook, service_code: str, department_id: int | None) -> bool:
    """Whether a request of this code, with a team of this department, is in a program's scope."""
    in_codes = not hook.service_codes or service_code in hook.service_codes
    return in_codes and (hook.department_id is None or hook.department_id == department_id)


def is_shared(hook: Webhook, now: datetime) -> bool:
    """Whether the agreement holds today."""
    ends = hook.agreement_ends_on
    return bool(hook.shares and hook.agreement) and (ends is None or profile.city_today(now) <= ends)


def _shared(hook: Webhook, request_id: int, now: datetime) -> dict[str, Any]:
    """What the agreement lets the program know of a request beyond its number."""
    if not is_shared(hook, now):
        return {}
    fields = {one.code: one.text for one in read_record(_OPENLY, request_id).fields}
    shared: dict[str, Any] = {"agreement": hook.agreement}
    for share, code in ((Share.PLACE, "place"), (Share.WORDS, "description"), (Share.REPORTER, "reporter")):
        if share in hook.shares:
            shared[share.value] = fields.get(code, "")
    if Share.ANSWERS in hook.shares:
        answers = {code: text for code, text in fields.items() if code.startswith("answer.")}
        shared[Share.ANSWERS.value] = {code.removeprefix("answer."): text for code, text in answers.items()}
    return shared


def deliver(*, delivery_id: int, now: datetime) -> str:
    """Try one delivery; returns its state. The call is made outside of any transaction."""
    found = Delivery.objects.select_related("webhook").get(pk=delivery_id)
    hook = found.webhook
    if found.state != DeliveryState.WAITING or hook.state != HookState.ACTIVE:
        return found.state
    if (until := resting_until(found, now)) is not None:
        Delivery.objects.filter(pk=delivery_id, state=DeliveryState.WAITING).update(next_at=until)
        return found.state
    told = (
        found.payload if is_shared(hook, now) else {key: one for key, one in found.payload.items() if key != "shared"}
    )
    body = json.dumps(told, sort_keys=True, ensure_ascii=False).encode()
    status, problem = None, ""
    try:
        heard = call("POST", hook.url, headers=signed(hook, found, body, now), body=body)
        status, problem = heard.status, "" if heard.is_fine else f"status {heard.status}"
    except (OutwardFailed, NotAllowedOutward) as error:
        problem = str(getattr(error, "message", error))[:200]
    return _settle(delivery_id, status, problem, now)


def signed(hook: Webhook, delivery: Delivery, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of a call: HMAC-SHA256 over time, a point and the body, so that an old call cannot be sent anew."""
    at = str(int(now.timestamp()))
    secret = unseal(hook.secret, purpose=HOOK_PURPOSE).encode()
    mark = hmac.new(secret, at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Citydesk-Event": delivery.event,
        "X-Citydesk-Event-Id": delivery.event_id,
        "X-Citydesk-Timestamp": at,
        "X-Citydesk-Signature": f"sha256={mark}",
    }


def resting_until(delivery: Delivery, now: datetime) -> datetime | None:
    """Until when a program that did not hear several in a row is left alone: one event at a time tries whether it
    hears again, and the others wait for what comes of that; None when this one may try."""
    if delivery.webhook.failures < RESTS_AFTER:
        return None
    tried = Delivery.objects.filter(webhook=delivery.webhook, state=DeliveryState.WAITING, tries__gt=0, next_at__gt=now)
    return tried.exclude(pk=delivery.pk).order_by("next_at").values_list("next_at", flat=True).first()


def _settle(delivery_id: int, status: int | None, problem: str, now: datetime) -> str:
    with transaction.atomic():
        row = Delivery.objects.select_for_update().get(pk=delivery_id)
        hook = Webhook.objects.select_for_update().get(pk=row.webhook_id)
        row.tries, row.status, row.problem = row.tries + 1, status, problem
        if not problem:
            row.state, row.done_at, row.next_at, hook.failures = DeliveryState.DELIVERED, now, None, 0
        elif row.tries > len(DELAYS):
            row.state, row.next_at = DeliveryState.FAILED, None
        else:
            row.next_at = now + timedelta(minutes=DELAYS[row.tries - 1])
        if problem:
            hook.failures += 1
            if hook.failures >= PAUSED_AFTER and hook.state == HookState.ACTIVE:
                hook.state = HookState.PAUSED
                _note(hook, "hook_paused_itself", Access(Actor(ActorKind.SYSTEM, None, "Citydesk")), now)
        row.save()
        hook.save(update_fields=["failures", "state"])
        return row.state


def deliver_due(*, now: datetime, limit: int = 100) -> int:
    """Try again what is due; returns how many were tried."""
    due = Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=now, webhook__state=HookState.ACTIVE)
    ids = list(due.order_by("next_at").values_list("pk", flat=True)[:limit])
    for one in ids:
        deliver(delivery_id=one, now=now)
    return len(ids)


def redeliver(*, delivery_id: int, access: Access, now: datetime) -> None:
    """Send an event again under its id, whatever became of it. Raises `NotFound`, `Conflict` for an ended program."""
    access.require(CONNECT)
    with transaction.atomic():
        row = Delivery.objects.select_related("webhook").select_for_update(of=("self",)).filter(pk=delivery_id).first()
        if row is None:
            raise NotFound(_("There is no such delivery."))
        if row.webhook.state != HookState.ACTIVE:
            raise Conflict(_("The program is paused. Resume it first."))
        row.state, row.tries, row.next_at, row.done_at = DeliveryState.WAITING, 0, now, None
        row.save(update_fields=["state", "tries", "next_at", "done_at"])
        Webhook.objects.filter(pk=row.webhook_id).update(failures=0)  # a person asks: no waiting for others
        outbox.defer("referrals.deliver", queue="outside", delivery_id=row.pk)
        _note(row.webhook, "redelivered", access, now)


def _note(
    hook: Webhook,
    code: str,
    access: Access,
    now: datetime,
    after: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
) -> None:
    act = audit.Act(f"referrals.{code}", OBJECT, hook.pk, hook.name, before=before, after=after)
    audit.record(act, actor=access.actor, now=now)
