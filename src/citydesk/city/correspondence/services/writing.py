"""Writing a message: choose the language, fill the words, check consent, and leave the sending to a job."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.correspondence import rules
from citydesk.city.correspondence.choices import Channel, MessageState
from citydesk.city.correspondence.models import Message, Suppression
from citydesk.city.correspondence.queries import has_consent, templates_of
from citydesk.city.profile import queries as profile
from citydesk.kernel import outbox
from citydesk.kernel.actors import Actor
from citydesk.kernel.errors import Invalid
from citydesk.kernel.telephone import phone_words

DELIVER = "correspondence.deliver"


@dataclass(frozen=True)
class About:
    """What a message is about, for the history of that thing: its type, id and public number."""

    type: str
    id: int
    number: str = ""


def send(
    *,
    template: str,
    language: str,
    channel: str,
    to: str,
    fields: Mapping[str, str],
    about: About,
    key: str,
    customer_id: int | None = None,
    hold: bool = False,
    is_sealed: bool = False,
    actor: Actor,
    now: datetime,
) -> int:
    """Write one message and queue it; returns its id. The same `key` again returns the first message and sends nothing.

    A text without recorded consent, or to a suppressed address, is written as stopped with the reason, so that the
    person asking "why was I not told" gets an answer. `hold` keeps it until `release`. A letter (`to` is a name and a
    postal address in lines) waits in the print queue; a sealed one waits for `print_sealed` by the room that wrote it.
    Raises `Invalid` for a template the city does not have.
    """
    words = _words(template=template, language=language, channel=channel, fields=fields, now=now)
    why = _why_not(channel=channel, to=to, is_empty=not words.body.strip())
    state = MessageState.STOPPED if why else MessageState.HELD if hold else MessageState.QUEUED
    with transaction.atomic():
        message, is_new = Message.objects.get_or_create(
            key=key,
            defaults={
                "channel": Channel(channel),
                "state": state,
                "customer_id": customer_id,
                "address": to,
                "language": words.language,
                "template_code": template,
                "subject": words.subject,
                "body": words.body,
                "about_type": about.type,
                "about_id": about.id,
                "about_number": about.number,
                "why": why,
                "written_at": now,
                "settled_at": now if why else None,
                "is_sealed": is_sealed,
            },
        )
        if is_new and state == MessageState.QUEUED and channel != Channel.LETTER:
            outbox.defer(DELIVER, queue="messages", message_id=message.pk)
    return message.pk


def _words(*, template: str, language: str, channel: str, fields: Mapping[str, str], now: datetime) -> rules.Words:
    versions = templates_of(template, on=profile.city_today(now))
    if not versions:
        raise Invalid(_("The city has no message template %(code)s.") % {"code": template}, field="template")
    city = profile.city()
    chosen = rules.choose_language(language, versions.keys(), city.languages[0])
    values = {
        "city": city.name,
        "phone": phone_words(city.phone),
        **{name: str(value) for name, value in fields.items()},
    }
    return rules.write(versions[chosen], channel, values)


def _why_not(*, channel: str, to: str, is_empty: bool) -> str:
    if is_empty:
        return _("This message has no words for a text message.")
    if channel == Channel.SMS and not has_consent(to):
        return _("This number has not agreed to text messages.")
    blocked = Suppression.objects.filter(channel=channel, address=to, lifted_at=None).first()
    return blocked.reason if blocked else ""
