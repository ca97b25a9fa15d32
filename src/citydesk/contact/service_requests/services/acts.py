"""What every act of the room ends with: the row with its new version, history, counting, event, live news."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.contact.service_requests.choices import LIVE_TOPIC, OBJECT_TYPE
from citydesk.contact.service_requests.models import RequestFactChange, ServiceRequest
from citydesk.contact.service_requests.rules import workflow
from citydesk.kernel import audit, live, outbox
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import NotFound, StaleVersion
from citydesk.kernel.rows import fresh, insert, together


def take(
    request_id: int, access: Access, *, permission: str = "", move: str = "", version: int | None = None
) -> ServiceRequest:
    """Lock a request that the reader may see and act on.

    Raises `NotFound` when it is not theirs to see, `NotAllowed` without the right, `Conflict` when its state does not
    have the move, `StaleVersion` when `version` is given and somebody changed the row since.
    """
    row = (
        ServiceRequest.objects.visible_to(access).defer("search").select_for_update(of=("self",)).filter(pk=request_id)
    ).first()
    if row is None:
        raise NotFound(_("There is no such request."))
    if move:
        access.require(workflow.move(move).permission)
        workflow.require_move(move, row.state)
    if permission:
        access.require(permission)
    require_version(row, version)
    return row


def require_version(row: ServiceRequest, version: int | None) -> None:
    """Raise `StaleVersion` when the editor saw an older row."""
    if version is not None and version != row.version:
        raise StaleVersion(_("Somebody else changed this request first."), version=row.version, theirs=row.version)


def act_on(
    row: ServiceRequest,
    code: str,
    *,
    before: Any = None,
    after: Any = None,
    reason: str = "",
    approver_id: int | None = None,
) -> audit.Act:
    """An entry of the request's history; `code` without the room's prefix."""
    return audit.Act(
        f"service_requests.{code}", OBJECT_TYPE, row.pk, row.number, before, after, reason, approver_id=approver_id
    )


def keep(
    row: ServiceRequest,
    fields: Iterable[str],
    acts: Sequence[audit.Act],
    *,
    actor: Actor,
    now: datetime,
    event: Any = None,
    teams: Iterable[int | None] = (),
) -> None:
    """Write the changed fields under a new version with their history, count key, event and live news.

    A reminder has done its work once the owner does something with the request, or somebody moves it on.
    """
    fields = set(fields)
    by_owner = actor.staff_id is not None and actor.staff_id == row.owner_id
    if row.nudged_at is not None and "nudged_at" not in fields and (by_owner or "state" in fields):
        row.nudged_at = None
        fields.add("nudged_at")
    row.version += 1
    row.updated_at = now
    row.save(update_fields=sorted(fields | {"version", "updated_at"}))
    with together():
        audit.record(*acts, actor=actor, now=now)
        note_change(row.pk)
        if event is not None:
            outbox.publish(event, now=now)
        tell_pages(row, teams=teams)


def note_change(*request_ids: int) -> None:
    """Note requests whose facts must be counted anew."""
    insert(*(fresh(RequestFactChange, request_id=one) for one in request_ids))


def tell_pages(row: ServiceRequest, *, teams: Iterable[int | None] = ()) -> None:
    """Tell open queues and pages that the request changed; ids only. A confidential one is its team's news alone."""
    touched = sorted({one for one in (*teams, row.team_id) if one})
    news = {"id": row.pk, "version": row.version, "teams": touched}
    if not row.is_confidential:
        live.notify(LIVE_TOPIC, news)
        return
    for team in touched:
        live.notify(f"team.{team}", news)
