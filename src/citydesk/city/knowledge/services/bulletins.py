"""Floor bulletins: posted, seen, withdrawn. Every open desk hears of them through the event process."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from citydesk.city.knowledge.choices import POST_BULLETIN
from citydesk.city.knowledge.events import BulletinPosted
from citydesk.city.knowledge.models import Bulletin, BulletinAck
from citydesk.city.knowledge.queries import forget_quiet
from citydesk.kernel import audit, live, outbox
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

TOPIC = "bulletin"


def post_bulletin(
    *,
    text: str,
    read_aloud: Mapping[str, str],
    expires_at: datetime,
    service_code: str = "",
    area: str = "",
    is_urgent: bool = False,
    request_number: str = "",
    access: Access,
    now: datetime,
) -> int:
    """Put a bulletin on every open desk; returns its id. Raises `NotAllowed`, `Invalid`."""
    access.require(POST_BULLETIN)
    if access.actor.staff_id is None:
        raise NotAllowed(_("A bulletin is posted by a person."))
    if not text.strip():
        raise Invalid(_("Write what every desk must know."), field="text")
    if expires_at <= now:
        raise Invalid(_("The end lies in the past."), field="expires_at")
    with transaction.atomic():
        bulletin = Bulletin.objects.create(
            text=text.strip(),
            read_aloud={language: line.strip() for language, line in read_aloud.items() if line.strip()},
            service_code=service_code,
            area=area.strip(),
            is_urgent=is_urgent,
            request_number=request_number,
            starts_at=now,
            expires_at=expires_at,
            posted_by_id=access.actor.staff_id,
        )
        _tell(bulletin, "bulletins.posted", access, now)
        outbox.publish(BulletinPosted(bulletin.pk), now=now)
    return bulletin.pk


def withdraw_bulletin(*, bulletin_id: int, reason: str, access: Access, now: datetime) -> None:
    """Take a bulletin off the desks before it ends. Raises `NotAllowed`, `NotFound`, `Conflict`."""
    access.require(POST_BULLETIN)
    with transaction.atomic():
        bulletin = _locked(bulletin_id)
        if bulletin.withdrawn_at or bulletin.expires_at <= now:
            raise Conflict(_("This bulletin is over already."))
        bulletin.withdrawn_at = now
        bulletin.save(update_fields=["withdrawn_at"])
        _tell(bulletin, "bulletins.withdrawn", access, now, reason)


def acknowledge(*, bulletin_id: int, access: Access, now: datetime) -> None:
    """Note that the person has seen it; twice is once. Raises `NotFound`."""
    if access.actor.staff_id is None or not Bulletin.objects.filter(pk=bulletin_id).exists():
        raise NotFound(_("There is no such bulletin."))
    BulletinAck.objects.get_or_create(bulletin_id=bulletin_id, user_id=access.actor.staff_id, defaults={"at": now})


def count_contact(*, bulletin_id: int) -> None:
    """One more contact concerned this bulletin."""
    Bulletin.objects.filter(pk=bulletin_id).update(contact_count=F("contact_count") + 1)


def _locked(bulletin_id: int) -> Bulletin:
    bulletin = Bulletin.objects.select_for_update().filter(pk=bulletin_id).first()
    if bulletin is None:
        raise NotFound(_("There is no such bulletin."))
    return bulletin


def _tell(bulletin: Bulletin, code: str, access: Access, now: datetime, reason: str = "") -> None:
    act = audit.Act(code, "knowledge.bulletin", bulletin.pk, after={"text": bulletin.text}, reason=reason)
    audit.record(act, actor=access.actor, now=now)
    forget_quiet()
    live.notify(TOPIC, {"bulletin": bulletin.pk, "urgent": bulletin.is_urgent})
