"""Who belongs to which team on which days, and what they can do."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from citydesk.city.staff.models import Team, TeamMembership, User, UserSkill
from citydesk.city.staff.queries.days import city_date
from citydesk.city.staff.services.loading import about, locked_user, require_manager, skill_by_code, team_by_code
from citydesk.city.staff.services.rights import rights_changed
from citydesk.kernel.actors import Access
from citydesk.kernel.audit import record
from citydesk.kernel.errors import Conflict, Invalid, NotFound


def join_team(
    *,
    user_id: int,
    team: str,
    starts_on: date | None = None,
    ends_on: date | None = None,
    is_lead: bool = False,
    access: Access,
    now: datetime,
) -> int:
    """Make a person a member from `starts_on` (today) to `ends_on` (the last day; open); returns the membership id.

    Raises `Invalid`, `Conflict` (already a member in that period).
    """
    require_manager(access)
    with transaction.atomic():
        user, joined = locked_user(user_id), team_by_code(team)
        first = starts_on or city_date(now)
        if ends_on is not None and ends_on < first:
            raise Invalid(_("The last day lies before the first."), field="ends_on")
        membership = _join(user, joined, DateRange(first, ends_on + timedelta(days=1) if ends_on else None), is_lead)
        facts = {"team": joined.code, "from": first}
        record(about(user, "staff.team_joined", after=facts), actor=access.actor, now=now)
        rights_changed(user, now)
    return membership.pk


def leave_team(*, user_id: int, team: str, on: date | None = None, access: Access, now: datetime) -> None:
    """End a membership: `on` (today) is the first day the person is no member any more. Raises `NotFound`."""
    require_manager(access)
    with transaction.atomic():
        user, left = locked_user(user_id), team_by_code(team)
        day = on or city_date(now)
        _leave(user, left, day)
        facts = {"team": left.code, "on": day}
        record(about(user, "staff.team_left", before=facts), actor=access.actor, now=now)
        rights_changed(user, now)


def transfer(
    *, user_id: int, from_team: str, to_team: str, on: date | None = None, access: Access, now: datetime
) -> None:
    """Move a person between teams: `on` (today) is the last team's first day without and the new one's first day."""
    require_manager(access)
    with transaction.atomic():
        user = locked_user(user_id)
        old, new = team_by_code(from_team), team_by_code(to_team)
        day = on or city_date(now)
        _leave(user, old, day)
        _join(user, new, DateRange(day, None), False)
        record(
            about(user, "staff.transferred", before={"team": old.code}, after={"to": new.code, "on": day}),
            actor=access.actor,
            now=now,
        )
        rights_changed(user, now)


def add_skill(*, user_id: int, skill: str, access: Access, now: datetime) -> None:
    """Note that a person has a skill from today on. Raises `Conflict` when it is noted already."""
    require_manager(access)
    with transaction.atomic():
        user, gained = locked_user(user_id), skill_by_code(skill)
        try:
            with transaction.atomic():
                UserSkill.objects.create(user=user, skill=gained, valid=DateRange(city_date(now), None))
        except IntegrityError as error:
            raise Conflict(_("The person has this skill already.")) from error
        record(about(user, "staff.skill_added", after={"skill": gained.code}), actor=access.actor, now=now)


def remove_skill(*, user_id: int, skill: str, access: Access, now: datetime) -> None:
    """A person no longer has a skill from today on. Raises `NotFound`."""
    require_manager(access)
    with transaction.atomic():
        user, lost = locked_user(user_id), skill_by_code(skill)
        today = city_date(now)
        row = UserSkill.objects.filter(user=user, skill=lost, valid__contains=today).first()
        if row is None:
            raise NotFound(_("The person does not have this skill."))
        row.valid = DateRange(row.valid.lower, max(today, row.valid.lower))
        row.save(update_fields=["valid"])
        record(about(user, "staff.skill_removed", before={"skill": lost.code}), actor=access.actor, now=now)


def _join(user: User, team: Team, valid: DateRange, is_lead: bool) -> TeamMembership:
    try:
        with transaction.atomic():
            return TeamMembership.objects.create(user=user, team=team, is_lead=is_lead, valid=valid)
    except IntegrityError as error:
        raise Conflict(_("The person already belongs to this team in that period.")) from error


def _leave(user: User, team: Team, day: date) -> None:
    """End the membership of `day` and drop those that would begin later."""
    found = TeamMembership.objects.filter(user=user, team=team, valid__overlap=DateRange(day, None))
    if not found:
        raise NotFound(_("The person does not belong to this team."))
    for membership in found:
        membership.valid = DateRange(membership.valid.lower, max(day, membership.valid.lower))
        membership.save(update_fields=["valid"])
