"""Work of absent people goes to somebody who is here: requests, promises, drafts and what further rooms offer
(`MovableWork`), in one act that can be undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.staff import queries as staff
from citydesk.contact.interactions import services as contacts
from citydesk.contact.service_requests import services as request_services
from citydesk.contact.service_requests.choices import UNDO_WINDOW
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.kernel.registries import in_order, load_dotted, registries


@dataclass(frozen=True)
class MovedWork:
    """What went over; `refused` are sentences of what did not. The rest is what taking it back needs: `others` are the
    rows that further rooms moved, by the code of their offer."""

    requests: int
    promises: int
    drafts: int
    sealed: int
    refused: tuple[str, ...]
    requests_act: int | None
    contacts_act: int | None
    others: Mapping[str, Sequence[Sequence[int]]] = field(default_factory=dict)

    @property
    def things(self) -> int:
        return self.requests + self.promises + self.drafts + sum(len(rows) for rows in self.others.values())


@dataclass(frozen=True)
class MovedOthers:
    """What further rooms moved, from whom to whom and when: kept by who did it, handed in again to take it back."""

    rows: Mapping[str, Sequence[Sequence[int]]]
    from_user_id: int
    to_user_id: int
    at: datetime


def move_absent_work(*, user_id: int, to_user_id: int | None, access: Access, now: datetime) -> MovedWork:
    """Give a person's open requests, promises, drafts and what further rooms offer to a colleague; without one the
    requests go to their teams.

    One transaction, one audit entry each, reason "absence". All but requests need a person, drafts in confidence
    stay with who holds them. Raises `NotAllowed`, `Invalid` (the person is here, or the colleague is away too).
    """
    access.require("desk.supervise")
    away = {one.user_id for one in staff.absent_now(now)}
    if user_id not in away:
        raise Invalid(_("This person is not absent."), field="to")
    if to_user_id in away:
        raise Invalid(_("This colleague is absent too."), field="to")
    reason = _("absence")
    with transaction.atomic():
        sent = request_services.move_owned(
            user_id=user_id, to_user_id=to_user_id, reason=reason, access=access, now=now
        )
        given = contacts.Moved(0, 0, 0, None)
        others: dict[str, list[list[int]]] = {}
        stays: list[str] = []
        if to_user_id is not None:
            for one in in_order(registries.movable_work.values()):
                moved = load_dotted(one.move)(
                    from_user_id=user_id, to_user_id=to_user_id, reason=reason, access=access, now=now
                )
                stays += moved.stays
                if moved.rows:
                    others[one.code] = moved.rows
            given = contacts.move_work(
                from_user_id=user_id, to_user_id=to_user_id, reason=reason, access=access, now=now
            )
    return MovedWork(
        len(sent.done),
        given.promises,
        given.drafts,
        given.sealed,
        (*dict.fromkeys(words for _id, words in sent.refused), *stays),
        sent.undo_id,
        given.move_id,
        others,
    )


def take_absent_work_back(
    *,
    requests_act: int | None,
    contacts_act: int | None,
    others: MovedOthers | None = None,
    access: Access,
    now: datetime,
) -> int:
    """Undo a move, whole or not at all; returns how many things stand as before.

    Raises `NotFound` for an act of somebody else, `Conflict` when something changed since or ten minutes are over.
    """
    access.require("desk.supervise")
    with transaction.atomic():
        count = 0
        if requests_act is not None:
            count += request_services.undo_many(act_id=requests_act, access=access, now=now).count
        if contacts_act is not None:
            count += sum(contacts.take_work_back(move_id=contacts_act, access=access, now=now))
        return count + (_take_others_back(others, access, now) if others is not None else 0)


def _take_others_back(others: MovedOthers, access: Access, now: datetime) -> int:
    if now > others.at + UNDO_WINDOW:
        raise Conflict(_("The ten minutes to take it back are over."))
    return sum(
        load_dotted(registries.movable_work[code].take_back)(
            rows=rows,
            from_user_id=others.from_user_id,
            to_user_id=others.to_user_id,
            reason=_("taken back"),
            access=access,
            now=now,
        )
        for code, rows in others.rows.items()
    )
