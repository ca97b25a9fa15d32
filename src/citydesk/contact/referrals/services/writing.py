"""What every act ends with: the row under a new version, an entry of what was said, history, event; and mail."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from citydesk.city.correspondence import services as correspondence
from citydesk.contact.referrals import labels
from citydesk.contact.referrals.choices import LONGEST_TEXT, OBJECT, OPEN_STATES, EntryKind, Way
from citydesk.contact.referrals.models import Referral, ReferralEntry, ReferralFile
from citydesk.contact.referrals.queries.links import path_of
from citydesk.contact.referrals.queries.sight import referrals_in_sight
from citydesk.kernel import audit, outbox, texts
from citydesk.kernel.actors import SYSTEM, Access, Actor
from citydesk.kernel.detectors import mask_numbers
from citydesk.kernel.errors import Conflict, Invalid, NotFound, StaleVersion


def take(referral_id: int, access: Access, *, permission: str, version: int | None = None) -> Referral:
    """Lock a referral the reader sees. Raises `NotFound`, `NotAllowed`, `StaleVersion`."""
    row = (
        referrals_in_sight(access)
        .select_related("agency")
        .select_for_update(of=("self",))
        .filter(pk=referral_id)
        .first()
    )
    if row is None:
        raise NotFound(_("There is no such referral."))
    access.require(permission)
    if version is not None and version != row.version:
        raise StaleVersion(_("Somebody else changed this referral first."), version=row.version, theirs=row.version)
    return row


def require_open(row: Referral) -> None:
    """Raise `Conflict` when the referral ended."""
    if row.state not in OPEN_STATES:
        raise Conflict(_("This referral has ended; nothing can be added."))


def clean(text: str, field: str = "text") -> str:
    """Words as they are kept: without control signs, card and social-security numbers masked. Raises `Invalid`."""
    words = text.replace("\x00", "").strip()
    if len(words) > LONGEST_TEXT:
        raise Invalid(_("This is too long."), field=field)
    return mask_numbers(words).text


def say(
    row: Referral, kind: EntryKind, actor: Actor, now: datetime, *, text: str = "", files: Iterable[int] = ()
) -> ReferralEntry:
    """Write an entry with its files."""
    is_ours = actor.kind != "agency"
    entry = ReferralEntry.objects.create(
        referral=row, at=now, kind=kind, is_ours=is_ours, by_label=actor.label[:120], text=text
    )
    ReferralFile.objects.bulk_create(
        [ReferralFile(referral=row, entry=entry, file_id=one, is_ours=is_ours) for one in files]
    )
    return entry


def keep(
    row: Referral, fields: Iterable[str], code: str, *, actor: Actor, now: datetime, event: Any = None, reason: str = ""
) -> None:
    """Write the changed fields with history and event."""
    row.version += 1
    row.save(update_fields=sorted({*fields, "version"}))
    facts = {"agency": row.agency.names, "request": row.request_number}
    act = audit.Act(f"referrals.{code}", OBJECT, row.pk, row.number, after=facts, reason=reason)
    audit.record(act, actor=actor, now=now)
    if event is not None:
        outbox.publish(event, now=now)


def mail(row: Referral, template: str, happening: str, now: datetime, *, text: str = "") -> None:
    """Write to the other side, in their language, once for each happening; nothing where there is no address."""
    if row.way != Way.EMAIL or not row.email:
        return
    with translation.override(row.language):
        fields = {
            "number": row.number,
            "request": row.request_number,
            "agency": labels.in_language(row.agency.names),
            "service": labels.in_language(row.service_names),
            "place": row.place_label or _("no place given"),
            "text": text,
            "due": texts.full_time(row.acknowledge_at),
            "link": f"{settings.SITE_URL}{path_of(row.link_key)}",
        }
    correspondence.send(
        template=template,
        language=row.language,
        channel="email",
        to=row.email,
        fields=fields,
        about=correspondence.About(OBJECT, row.pk, row.number),
        key=f"rf:{row.pk}:{happening}",
        actor=SYSTEM,
        now=now,
    )
