"""Skills that a group's slots need: what the load asks for and how that came about, and a planner's word."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Refusal, act_on
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid
from citydesk.kernel.pages import access_of, needs
from citydesk.management.workforce import services
from citydesk.management.workforce.choices import PLAN, VIEW
from citydesk.management.workforce.queries.groups import get_group, list_groups
from citydesk.management.workforce.queries.seen import may_plan
from citydesk.management.workforce.queries.skills import SkillsLook, skill_names, skills_look
from citydesk.management.workforce.rules.skill_load import Need
from citydesk.management.workforce.rules.skill_needs import SkillNeed
from citydesk.management.workforce.views.planning import WEEK, address, chosen, monday_of, show

_FIELD = "at_least|"


@needs(VIEW)
@require_GET
def skills(request: HttpRequest) -> HttpResponse:
    """A group's week: what its load asks of skills, beside what is in force."""
    return _page(request, request.GET)


@needs(PLAN)
@require_POST
def skills_act(request: HttpRequest) -> HttpResponse:
    """Plan with the numbers as they stand in the form, or with the profile's again."""
    group, week = request.POST.get("group", ""), request.POST.get("week", "")
    return act_on(
        request,
        {"take": _take, "drop": _drop},
        find=lambda access: get_group(group).id,
        refused=lambda refusal: _page(request, request.POST, refusal),
        done=lambda: redirect(address("skills", group=group, week=week)),
    )


def _take(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    given = request.POST
    code = given.get("group", "")
    monday = monday_of(given.get("week", ""), profile.city_today(now))
    look = skills_look(get_group(code), monday, profile.city_today(now))
    asked = {_key(need): row.at_least for need, row in _proposed(look)}
    rows = list(_typed(given))
    services.set_skills(
        group_code=code,
        needs=rows,
        proposed={one: asked[_key(one)] for one in rows if _key(one) in asked},
        access=access,
        now=now,
    )


def _drop(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.drop_skills(group_code=request.POST.get("group", ""), access=access, now=now)


def _page(request: HttpRequest, asked: QueryDict, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    today = profile.city_today(now)
    groups = list_groups(access)
    group = chosen(groups, asked.get("group", ""), lambda one: one.code)
    monday = monday_of(asked.get("week", ""), today)
    context: dict[str, Any] = {
        "groups": [(one.code, one.name) for one in groups],
        "group": group,
        "monday": monday,
        "names": skill_names(monday),
    }
    if group is not None:
        look = skills_look(group, monday, today)
        proposed = {one.skill for one in look.looks if one.rows}
        context |= {
            "look": look,
            "rows": [_row(look, need, row, asked) for need, row in _proposed(look)],
            "others": [(one, _name(one), _value(asked, one)) for one in look.in_force if one.skill not in proposed],
            "may_set": may_plan(access, group),
            "earlier": address("skills", group=group.code, week=monday - WEEK),
            "later": address("skills", group=group.code, week=monday + WEEK),
            "back": address("required", group=group.code, week=monday),
        }
    return show(request, "skills.jinja", context, refusal)


def _row(look: SkillsLook, need: SkillNeed, row: Need, asked: Mapping[str, str]) -> dict[str, Any]:
    return {
        "need": need,
        "row": row,
        "now": look.at_least(need.skill, row),
        "field": _name(need),
        "value": _value(asked, need),
    }


def _proposed(look: SkillsLook) -> Iterator[tuple[SkillNeed, Need]]:
    for one in look.looks:
        for row in one.rows:
            yield SkillNeed(one.skill, row.at_least, frozenset(row.weekdays), ((row.opens, row.closes),)), row


def _key(one: SkillNeed) -> str:
    """A row without its number, as the form names it."""
    days = "".join(str(day) for day in sorted(one.weekdays))
    hours = ",".join(f"{opens}-{closes}" for opens, closes in one.windows)
    return f"{one.skill}|{days}|{hours}"


def _name(one: SkillNeed) -> str:
    return _FIELD + _key(one)


def _value(asked: Mapping[str, str], one: SkillNeed) -> str:
    return asked.get(_name(one), str(one.at_least))


def _typed(given: QueryDict) -> Iterator[SkillNeed]:
    """The rows of the form. Raises `Invalid` for what is no row and no number."""
    for name, value in given.items():
        if not name.startswith(_FIELD):
            continue
        try:
            skill, days, hours = name.removeprefix(_FIELD).split("|")
            windows = [one.split("-") for one in hours.split(",") if one]
            yield SkillNeed(
                skill,
                int(str(value)),
                frozenset(int(day) for day in days),
                tuple((int(opens), int(closes)) for opens, closes in windows),
            )
        except ValueError:
            raise Invalid(_("People are a whole number."), field=name) from None
