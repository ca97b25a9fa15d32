"""Floor bulletins: posted, seen, withdrawn. Every open desk hears of them through the event process."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.knowledge.choices import POST_BULLETIN
from citydesk.city.knowledge.events import BulletinPosted
from citydesk.city.knowledge.models import Bulletin, BulletinAck, BulletinContact
from citydesk.city.knowledge.queries import forget_quiet
from citydesk.kernel import audit, live, outbox
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.kernel.numbering import parse_number

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
    if request_number.strip() and not parse_number(request_number):
        raise Invalid(_("This is no number of a request."), field="request_number")
    with transaction.atomic():
        bulletin = Bulletin.objects.create(
            text=text.strip(),
            read_aloud={language: line.strip() for language, line in read_aloud.items() if line.strip()},
            service_code=service_code,
            area=area.strip(),
            is_urgent=is_urgent,
            request_number=parse_number(request_number) or "",
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


def link_contact(
    *, bulletin_ids: Iterable[int], request_numbers: Iterable[str], contact_id: int, contact_number: str, now: datetime
) -> int:
    """Note that a contact concerned these bulletins, or the ones in force that have its requests pinned.

    Twice is once. Returns how many bulletins it concerned.
    """
    pinned = Bulletin.objects.in_force(now).filter(request_number__in=[one for one in request_numbers if one])
    told = Bulletin.objects.filter(pk__in=list(bulletin_ids))
    found = list((told | pinned).distinct().values_list("pk", flat=True))
    BulletinContact.objects.bulk_create(
        [
            BulletinContact(bulletin_id=one, contact_id=contact_id, contact_number=contact_number, at=now)
            for one in found
        ],
        ignore_conflicts=True,
    )
    return len(found)


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
