"""Work of absent people goes to somebody who is here."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.staff import queries as staff
from citydesk.contact.interactions import services as contacts
from citydesk.contact.service_requests import services as request_services
from citydesk.contact.service_requests.queries import absence as owned
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid


def move_absent_work(*, user_id: int, to_user_id: int | None, access: Access, now: datetime) -> int:
    """Give a person's open requests and promises to a colleague; without one the requests go back to their teams.

    One transaction, one audit entry each, reason "absence". Returns how many things moved. Raises `NotAllowed`,
    `Invalid` (the person is here, or the colleague is away too).
    """
    access.require("desk.supervise")
    away = {one.user_id for one in staff.absent_now(now)}
    if user_id not in away:
        raise Invalid(_("This person is not absent."), field="to")
    if to_user_id in away:
        raise Invalid(_("This colleague is absent too."), field="to")
    reason = _("absence")
    with transaction.atomic():
        moved = 0
        for request_id, team_id in owned.list_owned_ids(access, user_id):
            request_services.assign(
                request_id=request_id, team_id=team_id, owner_id=to_user_id, reason=reason, access=access, now=now
            )
            moved += 1
        if to_user_id is not None:
            promised = contacts.reassign_promises(
                from_user_id=user_id, to_user_id=to_user_id, reason=reason, access=access, now=now
            )
            moved += len(promised)
    return moved
