"""Whose schedules somebody sees: those of their own teams, with the right for all teams those of every group."""

from datetime import date

from django.utils.translation import gettext as _

from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.management.workforce.choices import ALL_TEAMS, PLAN, SCHEDULES
from citydesk.management.workforce.models import Schedule
from citydesk.management.workforce.queries.groups import GroupRow, all_groups


def seen_groups(access: Access) -> tuple[GroupRow, ...]:
    """The active groups whose schedules the reader may see. Raises `NotFound` without the right."""
    access.require_sight(SCHEDULES)
    sees_all = access.may(ALL_TEAMS)
    return tuple(one for one in all_groups() if sees_all or one.team_id in access.team_ids)


def seen_group(access: Access, group_id: int) -> GroupRow:
    """One group whose schedules the reader may see. Raises `NotFound`."""
    found = next((one for one in seen_groups(access) if one.id == group_id), None)
    if found is None:
        raise NotFound(_("There is no such group."))
    return found


def may_plan(access: Access, group: GroupRow) -> bool:
    """Whether somebody plans for a group: with the right, and for a team of their own."""
    return access.may(PLAN) and group.team_id in access.team_ids


def seen_schedule(access: Access, schedule_id: int) -> tuple[Schedule, GroupRow]:
    """A version and its group. Raises `NotFound` for one the reader may not see."""
    row = Schedule.objects.select_related("published_by", "made_by").filter(pk=schedule_id).first()
    if row is None:
        raise NotFound(_("There is no such schedule."))
    return row, seen_group(access, row.group_id)


def monday_of(day: date) -> date:
    """The Monday of a day's week: schedules begin with it."""
    return date.fromordinal(day.toordinal() - day.weekday())
