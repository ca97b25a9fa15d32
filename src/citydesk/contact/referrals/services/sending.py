"""Handing a request to somebody outside."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.referrals import labels
from citydesk.contact.referrals.choices import SEND, SERIES, EntryKind, Way
from citydesk.contact.referrals.events import ReferralSent
from citydesk.contact.referrals.models import Agency, Referral
from citydesk.contact.referrals.queries.agencies import calendar_of
from citydesk.contact.referrals.rules import Dues, dues_of
from citydesk.contact.referrals.services.writing import clean, keep, mail, say
from citydesk.contact.service_requests import queries as requests
from citydesk.contact.service_requests import services as request_services
from citydesk.kernel import outbox
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Invalid
from citydesk.kernel.sequences import next_number


def new_link_key() -> str:
    """192 random bits; the address itself is signed from them."""
    return secrets.token_urlsafe(24)


def send_referral(
    *,
    request_number: str,
    agency_code: str,
    text: str,
    email: str = "",
    file_ids: Iterable[int] = (),
    access: Access,
    now: datetime,
    version: int | None = None,
) -> str:
    """Refer a request; returns the referral's number. The request's state follows in the same transaction.

    `text` is what the other side reads. `file_ids` are files of the request they may see. `email` replaces the
    agency's address for this one. Raises `Invalid`, `Conflict`, `NotAllowed`, `NotFound`, `StaleVersion`.
    """
    access.require(SEND)
    words = clean(text)
    if not words:
        raise Invalid(_("Write what they are asked to do."), field="text")
    agency = Agency.objects.filter(code=agency_code, is_active=True).first()
    if agency is None:
        raise Invalid(_("Choose whom to refer it to."), field="agency")
    brief = requests.get_brief(access, request_number)
    shown = [one for one in file_ids if one in brief.file_ids]
    dues = dues_of(
        calendar_of(agency, now),
        now,
        acknowledge_hours=agency.acknowledge_hours,
        finish_hours=agency.finish_hours or None,
        link_days=agency.link_days,
    )
    with transaction.atomic():
        request_services.refer(
            request_id=brief.id,
            to=labels.in_language(agency.names),
            reason=words,
            follow_up_at=dues.acknowledge_at,
            access=access,
            now=now,
            version=version,
        )
        row = _row(brief, agency, words, _address(email or agency.email), dues, access.actor, now)
        say(row, EntryKind.SENT, access.actor, now, text=words, files=shown)
        event = ReferralSent(row.pk, row.number, brief.id, agency.code, row.way)
        keep(row, (), "sent", actor=access.actor, now=now, event=event)
        mail(row, "referral", "sent", now, text=words)
        if row.way == Way.OPEN311:
            outbox.defer("referrals.send_on", queue="outside", referral_id=row.pk)
        return row.number


def _row(
    brief: requests.Brief, agency: Agency, words: str, email: str, dues: Dues, actor: Actor, now: datetime
) -> Referral:
    """The referral, with what it copies of the request and of the agency as they are today."""
    return Referral.objects.create(
        number=next_number(SERIES, profile.city_today(now).year),
        request_id=brief.id,
        request_number=brief.number,
        service_names=brief.service_names,
        agency=agency,
        way=agency.way,
        text=words,
        place_label=brief.place_label,
        lat=brief.lat,
        lon=brief.lon,
        service_code=brief.service_code,
        email=email,
        language=agency.language,
        link_key=new_link_key(),
        link_ends_at=dues.link_ends_at,
        sent_at=now,
        sent_by_id=actor.staff_id,
        sent_by_label=actor.label[:120],
        acknowledge_at=dues.acknowledge_at,
        finish_at=dues.finish_at,
        remind_at=dues.acknowledge_at if agency.reminders else None,
    )


def _address(email: str) -> str:
    found = email.strip()
    if found and ("@" not in found[1:-1] or any(sign in found for sign in " \r\n,;<>")):
        raise Invalid(_("This is not an e-mail address."), field="email")
    return found[:254]
