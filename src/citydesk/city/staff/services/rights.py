"""Roles: given by one person, for duties that reach far agreed by a second, never by the holder."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F
from django.utils.translation import gettext as _

from citydesk.city.staff.choices import GrantRequestState
from citydesk.city.staff.events import RightsChanged
from citydesk.city.staff.models import Department, Role, RoleGrant, RoleGrantRequest, User
from citydesk.city.staff.queries.days import city_date
from citydesk.city.staff.rules import may_grant
from citydesk.city.staff.services.loading import about, department_by_code, locked_user, require_manager, role_by_code
from citydesk.kernel.actors import Access, ActorKind
from citydesk.kernel.audit import record
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.kernel.live import end_streams
from citydesk.kernel.outbox import publish


@dataclass(frozen=True)
class GrantOutcome:
    """Either the role is in force (`grant_id`) or it waits for a second person (`request_id`)."""

    grant_id: int | None = None
    request_id: int | None = None

    @property
    def is_waiting(self) -> bool:
        return self.grant_id is None


def grant_role(
    *,
    user_id: int,
    role: str,
    department: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    reason: str = "",
    access: Access,
    now: datetime,
) -> GrantOutcome:
    """Give a role from `starts_on` (today) to `ends_on` (the last day; open), everywhere or in one department.

    A sensitive role waits for `decide_grant` by a second person; the operator at the machine (`SYSTEM_ACCESS`)
    grants it directly, which is how the first administrator comes to be. Raises `Invalid`, `NotAllowed`
    (to oneself), `Conflict` (already held or already asked for).
    """
    require_manager(access)
    if not may_grant(granter_id=access.actor.staff_id, holder_id=user_id):
        raise NotAllowed(_("Nobody gives a role to themselves."))
    with transaction.atomic():
        user, wanted, place = locked_user(user_id), role_by_code(role), department_by_code(department)
        today = city_date(now)
        first = starts_on or today
        _check_period(first, ends_on, today)
        if wanted.is_sensitive and access.actor.kind != ActorKind.SYSTEM:
            return _ask(user, wanted, place, first, ends_on, reason, access, now)
        return GrantOutcome(grant_id=_grant(user, wanted, place, first, ends_on, reason, access, now).pk)


def decide_grant(
    *, request_id: int, is_approved: bool, reason: str = "", access: Access, now: datetime
) -> GrantOutcome:
    """Agree to or refuse a role that waits. Neither who asked nor who would hold it may decide.

    Raises `NotFound`, `Conflict` (decided already), `NotAllowed`; a refusal needs a reason.
    """
    require_manager(access)
    with transaction.atomic():
        request = _locked_request(request_id)
        decider = access.actor.staff_id
        if decider is None or decider in (request.requested_by_id, request.user_id):
            raise NotAllowed(_("A second person must decide this."))
        if not is_approved and not reason.strip():
            raise Invalid(_("Say why the role is refused."), field="reason")
        request.state = GrantRequestState.APPROVED if is_approved else GrantRequestState.REFUSED
        request.decided_by_id, request.decided_at, request.decision_reason = decider, now, reason
        request.save()
        user, role = locked_user(request.user_id), request.role
        if not is_approved:
            facts = {"role": role.code}
            record(about(user, "staff.role_refused", after=facts, reason=reason), actor=access.actor, now=now)
            return GrantOutcome(request_id=request.pk)
        first = max(request.starts_on, city_date(now))
        grant = _grant(
            user, role, request.department, first, request.ends_on, request.reason, access, now, asked_by=request
        )
        return GrantOutcome(grant_id=grant.pk)


def withdraw_grant_request(*, request_id: int, access: Access, now: datetime) -> None:
    """Take back a role that was asked for, by who asked. Raises `NotFound`, `Conflict`, `NotAllowed`."""
    require_manager(access)
    with transaction.atomic():
        request = _locked_request(request_id)
        if request.requested_by_id != access.actor.staff_id:
            raise NotAllowed(_("Only the person who asked takes it back."))
        request.state, request.decided_at = GrantRequestState.WITHDRAWN, now
        request.save()
        facts = {"role": request.role.code}
        record(about(request.user, "staff.role_withdrawn", after=facts), actor=access.actor, now=now)


def revoke_role(*, grant_id: int, reason: str, access: Access, now: datetime) -> None:
    """End a role today; from the next request on it gives nothing. Raises `NotFound`, `Invalid`, `Conflict`."""
    require_manager(access)
    if not reason.strip():
        raise Invalid(_("Say why the role is taken away."), field="reason")
    with transaction.atomic():
        grant = RoleGrant.objects.select_for_update(of=("self",)).select_related("role").filter(pk=grant_id).first()
        if grant is None:
            raise NotFound(_("There is no such role grant."))
        today = city_date(now)
        if grant.valid.isempty or (grant.valid.upper and grant.valid.upper <= today):
            raise Conflict(_("This role has already ended."))
        # A grant that began today or later becomes empty: it was never in force on any other day.
        grant.valid = DateRange(grant.valid.lower, max(today, grant.valid.lower))
        grant.save(update_fields=["valid"])
        user = locked_user(grant.user_id)
        facts = {"role": grant.role.code}
        record(about(user, "staff.role_revoked", before=facts, reason=reason), actor=access.actor, now=now)
        rights_changed(user, now)


def rights_changed(user: User, now: datetime) -> None:
    """The person's next request gets a new session id, their open pages hear what they may hear now, and other rooms
    are told."""
    User.objects.filter(pk=user.pk).update(access_version=F("access_version") + 1)
    end_streams(user.pk)
    publish(RightsChanged(user_id=user.pk), now=now)


def _check_period(first: date, last: date | None, today: date) -> None:
    if first < today:
        raise Invalid(_("A role begins today or later."), field="starts_on")
    if last is not None and last < first:
        raise Invalid(_("The last day lies before the first."), field="ends_on")


def _locked_request(request_id: int) -> RoleGrantRequest:
    request = (
        RoleGrantRequest.objects.select_for_update(of=("self",))
        .select_related("role", "department", "user")
        .filter(pk=request_id)
        .first()
    )
    if request is None:
        raise NotFound(_("There is no such request."))
    if request.state != GrantRequestState.WAITING:
        raise Conflict(_("This was decided already."))
    return request


def _ask(
    user: User,
    role: Role,
    department: Department | None,
    first: date,
    last: date | None,
    reason: str,
    access: Access,
    now: datetime,
) -> GrantOutcome:
    if not reason.strip():
        raise Invalid(_("Say why the person needs this role."), field="reason")
    if RoleGrantRequest.objects.filter(user=user, role=role, state=GrantRequestState.WAITING).exists():
        raise Conflict(_("This role is already waiting for a second person."))
    if access.actor.staff_id is None:
        raise NotAllowed(_("Only a member of staff asks for a role."))
    request = RoleGrantRequest.objects.create(
        user=user,
        role=role,
        department=department,
        starts_on=first,
        ends_on=last,
        reason=reason,
        requested_by_id=access.actor.staff_id,
        requested_at=now,
    )
    facts = {"role": role.code, "department": department.code if department else ""}
    record(about(user, "staff.role_requested", after=facts, reason=reason), actor=access.actor, now=now)
    return GrantOutcome(request_id=request.pk)


def _grant(
    user: User,
    role: Role,
    department: Department | None,
    first: date,
    last: date | None,
    reason: str,
    access: Access,
    now: datetime,
    *,
    asked_by: RoleGrantRequest | None = None,
) -> RoleGrant:
    """Write the grant. After a request, `access` is the second person's: granted by who asked, approved by them."""
    approver = access.actor.staff_id if asked_by else None
    try:
        with transaction.atomic():
            grant = RoleGrant.objects.create(
                user=user,
                role=role,
                department=department,
                valid=DateRange(first, last + timedelta(days=1) if last else None),
                granted_by_id=asked_by.requested_by_id if asked_by else access.actor.staff_id,
                approved_by_id=approver,
                reason=reason,
            )
    except IntegrityError as error:
        raise Conflict(_("The person already holds this role in that period.")) from error
    facts = {"role": role.code, "department": department.code if department else "", "from": first, "until": last}
    act = about(user, "staff.role_granted", after=facts, reason=reason, approver_id=approver)
    record(act, actor=access.actor, now=now)
    rights_changed(user, now)
    return grant
