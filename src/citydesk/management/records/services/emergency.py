"""Opening one record in an emergency, and all that ends it. Whose it is, is told at once."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from citydesk.city.correspondence import queries as letters
from citydesk.city.correspondence import services as correspondence
from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel import audit, live
from citydesk.kernel.actors import SYSTEM, Access
from citydesk.kernel.errors import Invalid, NotAllowed, NotFound
from citydesk.kernel.exports import Emergency, UnderGlass
from citydesk.kernel.numbering import parse_number
from citydesk.kernel.registries import load_dotted, registries
from citydesk.kernel.texts import day_and_clock
from citydesk.kernel.throttle import throttle
from citydesk.management.records.choices import BREAK_GLASS, OPENING_TYPE, About, EndedBy
from citydesk.management.records.models import EmergencyNotice, EmergencyOpening
from citydesk.management.records.queries.emergency import running_opening
from citydesk.management.records.rules import emergency as rules

TEMPLATE = "emergency_opened"
REASON_LENGTH = 300
# Tries of one person: enough for a number that was misread, too few to learn what exists.
TRIES, TRIES_SECONDS = 10, 15 * 60


def open_in_emergency(
    *, number: str, reason: str, mark: str, is_proved: bool, access: Access, now: datetime
) -> EmergencyOpening:
    """Open one record that is kept from the reader, for an hour and for the session of `mark`. Its owner is told.

    `is_proved`: the reader has just proved again who they are. Raises `NotFound` without the right, `NotAllowed`
    without the proof, `TooMany`, and `Invalid`: without a reason, and with one sentence for a number that is none, that
    nobody has, and that may not or need not be opened, alike.
    """
    access.require_sight(BREAK_GLASS)
    if not is_proved or not mark:
        raise NotAllowed(_("First prove who you are."))
    said = _checked(reason)
    throttle(f"emergency:{access.actor.id}", limit=TRIES, per_seconds=TRIES_SECONDS, now=now)
    with transaction.atomic():
        found = _find(access, number)
        if found is None:
            asked = parse_number(number) or ""
            act = audit.Act("records.emergency_refused", OPENING_TYPE, 0, asked, reason=said)
            audit.record(act, actor=access.actor, now=now)
        else:
            return _open(*found, said, mark, access, now)
    raise Invalid(_("Nothing is opened under this number. What you may see anyway needs no emergency."), field="number")


def _checked(reason: str) -> str:
    said = " ".join(reason.split())
    if not said:
        raise Invalid(_("Say why you open this."), field="reason")
    if len(said) > REASON_LENGTH:
        raise Invalid(_("At most %(n)s characters.") % {"n": REASON_LENGTH}, field="reason")
    return said


def _find(access: Access, number: str) -> tuple[Emergency, UnderGlass] | None:
    for kind in _kinds():
        found = load_dotted(kind.find)(access, number)
        if found is not None:
            return kind, found
    return None


def _kinds() -> list[Emergency]:
    """The kinds of record that may be opened, in a stable order."""
    return [registries.emergencies[code] for code in sorted(registries.emergencies)]


def _open(
    kind: Emergency, found: UnderGlass, reason: str, mark: str, access: Access, now: datetime
) -> EmergencyOpening:
    opening = EmergencyOpening.objects.create(
        kind=kind.code,
        object_id=found.id,
        number=found.number,
        has_reporter=found.has_reporter and bool(kind.reporter),
        person_id=access.actor.staff_id or 0,
        reason=reason,
        session_mark=mark,
        opened_at=now,
        ends_at=rules.ends_at(now),
    )
    act = audit.Act("records.emergency_opened", kind.code, found.id, found.number, reason=reason)
    audit.record(act, actor=access.actor, now=now)
    _tell(opening, keepers_of(found, access.actor.staff_id or 0, now), About.RECORD, now)
    return opening


def keepers_of(found: UnderGlass, reader_id: int, now: datetime) -> list[staff.Person]:
    """Whom an opening is told: who works on the record and is here; else the leads of the team, else the supervisors,
    else the records officers. Never the reader."""
    away = {one.user_id for one in staff.absent_now(now)} | {reader_id}
    if found.owner_id is not None and found.owner_id not in away:
        owner = staff.get_user(found.owner_id)
        if owner.is_active:
            return [owner]
    leads = staff.leads_of_team(found.team_id, now) if found.team_id is not None else []
    for people in (leads, staff.people_with_role("supervisor", now), staff.people_with_role("records_officer", now)):
        if here := [one for one in people if one.id not in away]:
            return here
    return []


def open_reporter(*, opening_id: int, reason: str, mark: str, access: Access, now: datetime) -> object:
    """Who reported a request that is open in an emergency; noted as such openings are, and its owner is told again.

    Raises `NotFound` when the opening is over or nobody is kept, `Invalid` without a reason.
    """
    said = _checked(reason)
    with transaction.atomic():
        opening = running_opening(access, opening_id, mark=mark, now=now)
        if not opening.has_reporter:
            raise NotFound(_("There is nothing here."))
        open_it = load_dotted(registries.emergencies[opening.kind].reporter)
        identity = open_it(object_id=opening.object_id, reason=said, actor=access.actor, now=now)
        if opening.reporter_opened_at is None:
            opening.reporter_opened_at = now
            opening.save(update_fields=["reporter_opened_at"])
        people = {one.user_id for one in opening.notices.filter(about=About.RECORD)}
        _tell(opening, [staff.get_user(one) for one in sorted(people)], About.REPORTER, now)
    return identity


def _tell(opening: EmergencyOpening, people: list[staff.Person], about: About, now: datetime) -> None:
    """Note for each person that they are told, and write to them. A city without the template tells at the desk."""
    has_letter = bool(letters.templates_of(TEMPLATE, on=profile.city_today(now)))
    for one in people:
        notice = EmergencyNotice.objects.create(opening=opening, user_id=one.id, about=about, told_at=now)
        if has_letter and one.email and one.is_active:
            notice.message_id = _mail(notice, one, now)
            notice.save(update_fields=["message_id"])
        live.notify(f"user.{one.id}", {"kind": "emergency"})


def _mail(notice: EmergencyNotice, person: staff.Person, now: datetime) -> int:
    """The letter names neither the record nor the reason: what is kept is read at the desk, not in a mailbox."""
    language = person.language or "en"
    with translation.override(language):
        fields = {
            "name": person.name,
            "opened": day_and_clock(now),
            "link": settings.SITE_URL + reverse("records:emergency_notices"),
        }
    return correspondence.send(
        template=TEMPLATE,
        language=language,
        channel="email",
        to=person.email,
        fields=fields,
        about=correspondence.About(OPENING_TYPE, notice.opening_id, ""),
        key=f"emergency:{notice.pk}",
        actor=SYSTEM,
        now=now,
    )


def end_opening(*, opening_id: int, mark: str, access: Access, now: datetime) -> None:
    """The reader needs it no longer. Raises `NotFound` when it is over."""
    with transaction.atomic():
        opening = running_opening(access, opening_id, mark=mark, now=now)
        _end([opening.pk], EndedBy.PERSON, now)


def end_openings_of(*, user_id: int, ended_by: EndedBy, until: datetime, now: datetime) -> int:
    """A person signed out or was disabled: what they had opened until then ends then. Returns how many ended."""
    with transaction.atomic():
        running = EmergencyOpening.objects.filter(person_id=user_id, ended_at=None, ends_at__gt=until)
        ids = list(running.filter(opened_at__lte=until).select_for_update().values_list("pk", flat=True))
        return _end(ids, ended_by, until)


def _end(ids: list[int], ended_by: EndedBy, at: datetime) -> int:
    return EmergencyOpening.objects.filter(pk__in=ids, ended_at=None).update(ended_at=at, ended_by=ended_by)


def see_notice(*, notice_id: int, access: Access, now: datetime) -> None:
    """The reader has looked at what they were told. Raises `NotFound` for somebody else's."""
    with transaction.atomic():
        mine = EmergencyNotice.objects.filter(user_id=access.actor.staff_id or 0, pk=notice_id)
        notice = mine.select_for_update().first()
        if notice is None:
            raise NotFound(_("There is nothing here."))
        if notice.seen_at is None:
            notice.seen_at = now
            notice.save(update_fields=["seen_at"])
