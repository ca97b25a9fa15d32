"""Who works on a request, and that work begins: assigning, accepting, returning, starting, made safe."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.staff import queries as staff
from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import RequestState, StopEvent
from citydesk.contact.service_requests.events import RequestAssigned, RequestReturned, RequestStateChanged
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import workflow
from citydesk.contact.service_requests.services import clocks
from citydesk.contact.service_requests.services.acts import act_on, keep, take
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid

_WHERE = ("team_id", "department_id", "owner_id", "assigned_at", "accepted_at", "is_disputed", "due_at")


def assign(
    *,
    request_id: int,
    team_id: int | None = None,
    owner_id: int | None = None,
    reason: str = "",
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Give a request to a team, to a person, or to both; a team without a person clears the owner.

    Another team than the one it lies with needs a reason. A request returned twice is a supervisor's to place.
    Raises `Invalid`, `NotAllowed`, `NotFound`, `Conflict`, `StaleVersion`.
    """
    if team_id is None and owner_id is None:
        raise Invalid(_("Choose a team or a person."), field="team")
    with transaction.atomic():
        row = take(request_id, access, move="assign", version=version)
        if row.is_disputed:
            access.require(choices.SUPERVISE)
        _place(row, team_id, owner_id, reason, access, now)


def take_it(*, request_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """The reader takes a request of their own team or department for themselves."""
    with transaction.atomic():
        row = take(request_id, access, permission=choices.EDIT, version=version)
        if row.state == RequestState.CLOSED:
            raise Conflict(_("It is closed."))
        if row.team_id not in access.team_ids and row.department_id not in access.department_ids:
            access.require(choices.ASSIGN)
        _place(row, None, access.actor.staff_id, "", access, now)


def _place(
    row: ServiceRequest, team_id: int | None, owner_id: int | None, reason: str, access: Access, now: datetime
) -> None:
    was: dict[str, Any] = {"team": row.team_id, "owner": row.owner_id}
    if team_id is not None and team_id != row.team_id:
        team = staff.get_team(team_id)
        if not team.is_active:
            raise Invalid(_("That team is not active any more."), field="team")
        if row.team_id is not None and not reason.strip():
            raise Invalid(_("Another team needs a reason."), field="reason")
        row.team_id, row.department_id, row.accepted_at = team_id, team.department_id, None
    if owner_id is not None and not staff.get_user(owner_id).is_active:
        raise Invalid(_("That person does not work here any more."), field="owner")
    row.owner_id, row.is_disputed = owner_id, False
    if owner_id is not None:
        row.assigned_at = row.assigned_at or now
        clocks.happened(row, StopEvent.ASSIGNED, now=now)
    after = {"team": row.team_id, "owner": row.owner_id}
    if after == was:
        return
    keep(
        row,
        _WHERE,
        [act_on(row, "assigned", before=was, after={**after, **names_of(row)}, reason=reason.strip())],
        actor=access.actor,
        now=now,
        event=RequestAssigned(row.pk, row.number, row.team_id, row.owner_id, was["team"]),
        teams=[was["team"]],
    )


def names_of(row: ServiceRequest) -> dict[str, str]:
    """Names for the history, as they are at the time of the act."""
    team = next((one.city_name for one in policy.teams_by_code().values() if one.id == row.team_id), "")
    owner = staff.names_of([row.owner_id]).get(row.owner_id, "") if row.owner_id else ""
    return {"team_name": team, "owner_name": owner}


def accept(*, request_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """The team takes the request on: it is theirs and the clock of the first answer ends."""
    with transaction.atomic():
        row = take(request_id, access, move="accept", version=version)
        if row.accepted_at is not None:
            return
        row.accepted_at, row.assigned_at = now, row.assigned_at or now
        clocks.happened(row, StopEvent.ASSIGNED, now=now)
        keep(row, _WHERE, [act_on(row, "accepted")], actor=access.actor, now=now)


def return_request(*, request_id: int, reason: str, access: Access, now: datetime, version: int | None = None) -> None:
    """The team gives the request back to the desk that codes. The second return waits for a supervisor's ruling."""
    with transaction.atomic():
        row = take(request_id, access, move="return", version=version)
        workflow.require_given(workflow.move("return"), reason=reason)
        desk = coding_desk(now)
        was = row.team_id
        if desk is None or desk.id == was:
            raise Conflict(_("It lies with the desk already."))
        row.return_count += 1
        row.is_disputed = row.return_count >= 2
        row.team_id, row.department_id, row.owner_id, row.accepted_at = desk.id, desk.department_id, None, None
        keep(
            row,
            {*_WHERE, "return_count"},
            [act_on(row, "returned", before={"team": was}, after={"count": row.return_count}, reason=reason.strip())],
            actor=access.actor,
            now=now,
            event=RequestReturned(row.pk, row.number, was, row.return_count),
            teams=[was],
        )


def coding_desk(now: datetime) -> staff.TeamRow | None:
    """The team that codes what no rule could place: that of the coding queue's code."""
    services = policy.services(policy.today(now))
    team = next((one.team for one in services.values() if one.is_coding_queue), "")
    return policy.teams_by_code().get(team)


def start(*, request_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Work begins."""
    with transaction.atomic():
        row = take(request_id, access, move="start", version=version)
        begin(row, access, now, code="started")


def made_safe(*, request_id: int, note: str = "", access: Access, now: datetime, version: int | None = None) -> None:
    """The danger is over; work may go on. Ends the targets that ask for that."""
    with transaction.atomic():
        row = take(request_id, access, move="made_safe", version=version)
        clocks.happened(row, StopEvent.MADE_SAFE, now=now)
        begin(row, access, now, code="made_safe", reason=note.strip())


def begin(row: ServiceRequest, access: Access, now: datetime, *, code: str, reason: str = "") -> None:
    """Set a locked request to work; used by people and by the work order's start."""
    was, row.state = row.state, RequestState.IN_PROGRESS
    row.started_at, row.assigned_at = row.started_at or now, row.assigned_at or now
    clocks.happened(row, StopEvent.IN_PROGRESS, now=now)
    keep(
        row,
        {"state", "started_at", "assigned_at", "due_at"},
        [act_on(row, code, before={"state": was}, after={"state": row.state}, reason=reason)],
        actor=access.actor,
        now=now,
        event=RequestStateChanged(row.pk, row.number, row.state, was, ""),
    )
