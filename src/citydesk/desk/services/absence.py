"""Work of absent people goes to somebody who is here: requests, promises, drafts in one act that can be undone."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.staff import queries as staff
from citydesk.contact.interactions import services as contacts
from citydesk.contact.service_requests import services as request_services
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid


@dataclass(frozen=True)
class MovedWork:
    """What went over; `refused` are sentences of requests that did not. The ids are what taking it back needs."""

    requests: int
    promises: int
    drafts: int
    sealed: int
    refused: tuple[str, ...]
    requests_act: int | None
    contacts_act: int | None

    @property
    def things(self) -> int:
        return self.requests + self.promises + self.drafts


def move_absent_work(*, user_id: int, to_user_id: int | None, access: Access, now: datetime) -> MovedWork:
    """Give a person's open requests, promises and drafts to a colleague; without one the requests go to their teams.

    One transaction, one audit entry each, reason "absence". Promises and drafts need a person, drafts in confidence
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
        if to_user_id is not None:
            given = contacts.move_work(
                from_user_id=user_id, to_user_id=to_user_id, reason=reason, access=access, now=now
            )
    return MovedWork(
        len(sent.done),
        given.promises,
        given.drafts,
        given.sealed,
        tuple(dict.fromkeys(words for _id, words in sent.refused)),
        sent.undo_id,
        given.move_id,
    )


def take_absent_work_back(*, requests_act: int | None, contacts_act: int | None, access: Access, now: datetime) -> int:
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
    return count
