"""A request that departments returned twice: a supervisor rules where it belongs, with a reason all of them read."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.staff import queries as staff
from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.events import RequestAssigned
from citydesk.contact.service_requests.services.acts import act_on, keep, take
from citydesk.contact.service_requests.services.work import names_of
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid

_WHERE = ("team_id", "department_id", "owner_id", "accepted_at", "is_disputed")


def rule_on_return(
    *, request_id: int, team_id: int | None, reason: str, access: Access, now: datetime, version: int | None = None
) -> None:
    """Place a request that was returned twice. The ruling stands in its history; whoever returned it reads the reason.

    Raises `NotAllowed`, `Invalid` without a team or a reason, `Conflict` when nothing is to be ruled, `StaleVersion`.
    """
    access.require(choices.SUPERVISE)
    if team_id is None:
        raise Invalid(_("Choose the team it belongs to."), field="team")
    if not reason.strip():
        raise Invalid(_("A ruling needs a reason: the departments read it."), field="reason")
    with transaction.atomic():
        row = take(request_id, access, permission=choices.ASSIGN, version=version)
        if not row.is_disputed:
            raise Conflict(_("A colleague ruled on this already."))
        team = staff.get_team(team_id)
        if not team.is_active:
            raise Invalid(_("That team is not active any more."), field="team")
        was = {"team": row.team_id, "owner": row.owner_id}
        row.team_id, row.department_id, row.owner_id = team_id, team.department_id, None
        row.accepted_at, row.is_disputed = None, False
        keep(
            row,
            _WHERE,
            [act_on(row, "ruled", before=was, after={"team": team_id, **names_of(row)}, reason=reason.strip())],
            actor=access.actor,
            now=now,
            event=RequestAssigned(row.pk, row.number, row.team_id, None, was["team"]),
            teams=[was["team"]],
        )
