"""What was opened in an emergency: the one record for its reader, notices for its owner, the month for who watches."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit, files
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.exports import Record
from citydesk.kernel.files import FileLink, links_to
from citydesk.kernel.registries import load_dotted, registries
from citydesk.management.records.choices import BREAK_GLASS, EMERGENCY_REPORT, About
from citydesk.management.records.models import EmergencyNotice, EmergencyOpening
from citydesk.management.records.rules import emergency as rules

# As many as a month of emergencies may have and one page shows.
MOST = 500
INFECTED = "infected"


@dataclass(frozen=True)
class OpenedRecord:
    """A record that is open for a while: what it says, its files, what was done to it."""

    opening: EmergencyOpening
    record: Record
    files: list[FileLink]
    history: list[audit.HistoryLine]
    minutes_left: int


@dataclass(frozen=True)
class OpeningLine:
    """One opening of the month's report. `notices` names who was told of it and when they looked."""

    opening: EmergencyOpening
    length: timedelta
    is_running: bool
    notices: list[EmergencyNotice]

    @property
    def is_seen(self) -> bool:
        """Whether somebody who was told has looked at each notice's record."""
        return any(one.seen_at for one in self.notices)


def running_opening(access: Access, opening_id: int, *, mark: str, now: datetime) -> EmergencyOpening:
    """An opening that is the reader's own, of this session, and not over. Raises `NotFound` for every other."""
    access.require_sight(BREAK_GLASS)
    found = _running(access, mark, now).filter(pk=opening_id).first()
    if found is None:
        raise NotFound(_("There is nothing here."))
    return found


def list_running(access: Access, *, mark: str, now: datetime) -> list[EmergencyOpening]:
    """What this session has open now, the newest first."""
    return list(_running(access, mark, now).order_by("-opened_at")) if mark else []


def _running(access: Access, mark: str, now: datetime) -> QuerySet[EmergencyOpening]:
    mine = EmergencyOpening.objects.filter(person_id=access.actor.staff_id or 0, session_mark=mark)
    return mine.exclude(session_mark="").filter(ended_at=None, ends_at__gt=now)


def read_opened(access: Access, opening_id: int, *, mark: str, now: datetime) -> OpenedRecord:
    """The record of an opening, while it runs; each reading is noted like any other. Raises `NotFound`."""
    opening = running_opening(access, opening_id, mark=mark, now=now)
    record = _record(access, opening)
    audit.record_read(
        object_type=opening.kind, object_id=opening.object_id, purpose="emergency", actor=access.actor, now=now
    )
    return OpenedRecord(
        opening=opening,
        record=record,
        files=[one for one in links_to(list(record.file_ids)) if one.scan_state != INFECTED],
        history=audit.history_of(opening.kind, opening.object_id),
        minutes_left=rules.minutes_left(opening.ends_at, now),
    )


def opened_file(access: Access, opening_id: int, file_id: int, *, mark: str, now: datetime) -> tuple[FileLink, bytes]:
    """A file of the record of an opening, while it runs; noted as a reading. Raises `NotFound`."""
    opening = running_opening(access, opening_id, mark=mark, now=now)
    if file_id not in _record(access, opening).file_ids:
        raise NotFound(_("There is nothing here."))
    link = next(iter(links_to([file_id])), None)
    if link is None or link.scan_state == INFECTED:
        raise NotFound(_("There is nothing here."))
    audit.record_read(
        object_type=opening.kind, object_id=opening.object_id, purpose="emergency: file", actor=access.actor, now=now
    )
    return link, files.content_of(file_id)


def _record(access: Access, opening: EmergencyOpening) -> Record:
    """The record as its own room reads it out; that the opening runs was asked before."""
    found: Record = load_dotted(registries.emergencies[opening.kind].read)(access.actor, opening.object_id)
    return found


def list_notices(access: Access, *, limit: int = 100) -> list[EmergencyNotice]:
    """What the reader was told of, the newest first."""
    mine = EmergencyNotice.objects.filter(user_id=access.actor.staff_id or 0)
    return list(mine.select_related("opening__person").order_by("-id")[:limit])


def count_unseen(access: Access) -> int:
    """How many notices of the reader they have not looked at."""
    return EmergencyNotice.objects.filter(user_id=access.actor.staff_id or 0, seen_at=None).count()


def month_of_openings(access: Access, first: date, *, now: datetime) -> list[OpeningLine]:
    """Every opening of a month of the city's calendar, the newest first. Raises `NotAllowed`."""
    access.require(EMERGENCY_REPORT)
    zone = profile.local_zone()
    begin = datetime(first.year, first.month, 1, tzinfo=zone)
    end = datetime(first.year + first.month // 12, first.month % 12 + 1, 1, tzinfo=zone)
    told = EmergencyNotice.objects.select_related("user").order_by("about", "id")
    rows = (
        EmergencyOpening.objects.filter(opened_at__gte=begin, opened_at__lt=end)
        .select_related("person")
        .prefetch_related(Prefetch("notices", queryset=told, to_attr="told"))
        .order_by("-opened_at", "-id")[:MOST]
    )
    return [
        OpeningLine(
            opening=row,
            length=rules.length(row.opened_at, row.ends_at, row.ended_at, now),
            is_running=row.ended_at is None and row.ends_at > now,
            notices=[one for one in row.told if one.about == About.RECORD],
        )
        for row in rows
    ]
