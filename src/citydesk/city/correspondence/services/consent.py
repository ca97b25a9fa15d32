"""Consent to text messages: recorded with how it was given, taken back by STOP at any time."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.correspondence import rules
from citydesk.city.correspondence.choices import UNSENT, Channel, ConsentState, MessageState
from citydesk.city.correspondence.events import ConsentRevoked
from citydesk.city.correspondence.models import Consent, Message, Suppression
from citydesk.city.correspondence.queries import has_consent
from citydesk.kernel import outbox
from citydesk.kernel.actors import Actor


def record_consent(*, phone: str, how: str, actor: Actor, now: datetime, is_granted: bool = True) -> None:
    """Note that the owner of a number agreed to texts, or took it back. Agreeing twice writes one row.

    `phone` in E.164, `how` in words: "on the telephone", "web form", "replied STOP".
    """
    with transaction.atomic():
        if has_consent(phone) == is_granted and (is_granted or Consent.objects.filter(phone=phone).exists()):
            return
        state = ConsentState.GRANTED if is_granted else ConsentState.REVOKED
        row = Consent.objects.create(phone=phone, state=state, at=now, how=how[:120], actor_label=actor.label[:120])
        if not is_granted:
            words = _("The number said STOP.")
            Message.objects.filter(channel=Channel.SMS, address=phone, state__in=UNSENT).update(
                state=MessageState.STOPPED, why=words, settled_at=now
            )
            outbox.publish(ConsentRevoked(row.pk), now=now)


def receive_text(*, phone: str, text: str, actor: Actor, now: datetime) -> str:
    """A text came in: STOP and START words change consent at once. Returns "revoked", "granted" or "" (a reply)."""
    word = rules.consent_word(text)
    if word:
        record_consent(
            phone=phone,
            how=_("replied %(word)s") % {"word": text.strip()[:20]},
            actor=actor,
            now=now,
            is_granted=word == ConsentState.GRANTED,
        )
    return word


def suppress(*, channel: str, address: str, reason: str, now: datetime) -> None:
    """Write no more to an address, for a reason in words. Doing it twice keeps the first."""
    Suppression.objects.get_or_create(
        channel=channel, address=address, lifted_at=None, defaults={"reason": reason[:200], "since": now}
    )
