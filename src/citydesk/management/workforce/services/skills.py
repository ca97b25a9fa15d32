"""A planner's word on the skills that a group's slots need, in place of the profile's, from a Monday on."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.management.workforce.models import SkillSetting, StaffingGroup
from citydesk.management.workforce.queries.groups import GroupRow, get_group
from citydesk.management.workforce.queries.seen import may_plan
from citydesk.management.workforce.rules.skill_needs import SkillNeed
from citydesk.management.workforce.services.shrinkage import OBJECT, coming_monday

MOST = 100
_MINUTES = 24 * 60


def set_skills(
    *, group_code: str, needs: Sequence[SkillNeed], proposed: Mapping[SkillNeed, int], access: Access, now: datetime
) -> int:
    """Let a group's slots need these skills from the coming Monday on. `proposed` is what the load asked for, by row:
    it is kept beside the planner's number. Rows of 0 people are left out. Returns the setting's id.

    Raises `NotFound`, `NotAllowed` for a group one does not plan, `Invalid` for a skill nobody has a name for, a number
    or hours that cannot be.
    """
    with transaction.atomic():
        group = _hold(group_code, access)
        monday = coming_monday(profile.city_today(now))
        known = profile.entries("skills", monday)
        rows = [one for one in needs if one.at_least]
        for one in needs:
            if one.skill not in known:
                raise Invalid(_("There is no such skill."), field="skill")
            _check(one)
        return _set(group, access, now, [_kept(one, proposed.get(one)) for one in rows])


def drop_skills(*, group_code: str, access: Access, now: datetime) -> int:
    """Let the slots need what the profile says again, from the coming Monday on. Returns the setting's id. Raises
    `NotFound`, `NotAllowed`, `Conflict` where it is the profile's already."""
    with transaction.atomic():
        group = _hold(group_code, access)
        newest = SkillSetting.objects.filter(group_id=group.id).order_by("-version").first()
        if newest is None or newest.needs is None:
            raise Conflict(_("The profile's skills are planned with already."))
        return _set(group, access, now, None)


def _hold(code: str, access: Access) -> GroupRow:
    """The group, held until it is set; only its planners may."""
    group = get_group(code)
    if not may_plan(access, group):
        raise NotAllowed(_("Only who plans a group says what it plans with."))
    if StaffingGroup.objects.select_for_update().filter(pk=group.id).first() is None:
        raise NotFound(_("There is no such group."))
    return group


def _check(one: SkillNeed) -> None:
    if not 0 <= one.at_least <= MOST:
        raise Invalid(_("The number is from 0 to %(most)s.") % {"most": MOST}, field="at_least")
    is_sound = all(0 <= opens < closes <= _MINUTES for opens, closes in one.windows)
    if not is_sound or not one.weekdays <= frozenset(range(7)):
        raise Invalid(_("These are no hours of a week."), field="hours")


def _kept(one: SkillNeed, proposed: int | None) -> dict[str, object]:
    return {
        "skill": one.skill,
        "at_least": one.at_least,
        "weekdays": sorted(one.weekdays),
        "windows": [list(window) for window in one.windows],
        "proposed": proposed,
    }


def _set(group: GroupRow, access: Access, now: datetime, needs: list[dict[str, object]] | None) -> int:
    before = SkillSetting.objects.filter(group_id=group.id).order_by("-version").first()
    row = SkillSetting.objects.create(
        group_id=group.id,
        version=before.version + 1 if before else 1,
        first=coming_monday(profile.city_today(now)),
        needs=needs,
        made_at=now,
        made_by_id=access.actor.staff_id,
    )
    code = "workforce.skills_dropped" if needs is None else "workforce.skills_taken"
    act = audit.Act(code, OBJECT, group.id, group.name, before=_words(before), after=_words(row))
    audit.record(act, actor=access.actor, now=now)
    return row.pk


def _words(row: SkillSetting | None) -> dict[str, object]:
    if row is None or row.needs is None:
        return {"skills": "profile"}
    return {"skills": row.needs, "from": str(row.first)}
