"""Staff required of a group's week: at work and to roster, and how the number of one slot came about."""

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Refusal, act_on
from citydesk.kernel.charts import Chart, ChartColumn, line_chart
from citydesk.kernel.clock import utc_now
from citydesk.kernel.lists import values_response
from citydesk.kernel.money import format_money
from citydesk.kernel.pages import access_of, needs
from citydesk.management.workforce import labels, services
from citydesk.management.workforce.choices import PLAN, VIEW
from citydesk.management.workforce.queries.explained import explain_slot, shares_of
from citydesk.management.workforce.queries.groups import list_groups, settings_on
from citydesk.management.workforce.queries.measured import SlotShare, shrinkage_look
from citydesk.management.workforce.queries.requirement import RequirementWeek, requirement_week
from citydesk.management.workforce.queries.seen import may_plan
from citydesk.management.workforce.queries.skills import skill_names, skill_needs_on
from citydesk.management.workforce.views.forecast import spec_of
from citydesk.management.workforce.views.planning import WEEK, address, chosen, here, monday_of, show, with_nights
from citydesk.management.workforce.views.shown import number


@needs(VIEW, long=True)
@require_GET
def required(request: HttpRequest) -> HttpResponse:
    """A group's week; the slot the address names, else the one that needs most, is explained."""
    return _page(request, request.GET)


def _page(request: HttpRequest, asked: QueryDict, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    groups = list_groups(access)
    group = chosen(groups, asked.get("group", ""), lambda one: one.code)
    monday = monday_of(asked.get("week", ""), profile.city_today(now))
    context: dict[str, Any] = {
        "groups": [(one.code, one.name) for one in groups],
        "group": group,
        "monday": monday,
    }
    if group is not None:
        found = requirement_week(access, group, monday)
        chosen_at = _moment(asked.get("slot", ""))
        row = found.at(chosen_at) or max(found.rows, key=lambda one: one.required, default=None)
        look = shrinkage_look(group, monday)
        context |= _shown(found) | {
            "slot": explain_slot(row, group, look) if row else None,
            "shrinkage": look,
            "may_set": may_plan(access, group),
            "skills": skill_needs_on(group.code, monday),
            "skill_names": skill_names(monday),
            "skills_href": address("skills", group=group.code, week=monday),
            "earlier": address("required", group=group.code, week=monday - WEEK),
            "later": address("required", group=group.code, week=monday + WEEK),
            "csv": address("required_file", group=group.code, week=monday),
            "dollars": lambda amount: format_money(amount, get_language() or "en"),
        }
    return show(request, "required.jinja", context, refusal)


@needs(PLAN)
@require_POST
def shrinkage_act(request: HttpRequest) -> HttpResponse:
    """Measure, plan with what was measured, or with the profile's again."""
    group, week = request.POST.get("group", ""), request.POST.get("week", "")
    given = request.POST.get("measure", "")
    return act_on(
        request,
        {"take": _take, "drop": _drop},
        find=lambda access: number(given),
        refused=lambda refusal: _page(request, request.POST, refusal),
        done=lambda: redirect(address("required", group=group, week=week) + "#shrinkage"),
    )


def _take(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    code = request.POST.get("group", "")
    services.take_over_shrinkage(group_code=code, measure_id=record_id, access=access, now=now)


def _drop(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.drop_shrinkage(group_code=request.POST.get("group", ""), access=access, now=now)


def _shown(found: RequirementWeek) -> dict[str, Any]:
    days = [found.monday + timedelta(days=one) for one in range(7)]
    cells: dict[int, dict[Any, Any]] = {}
    for one in found.rows:
        local = timezone.localtime(one.starts_at)
        cells.setdefault(local.hour * 60 + local.minute, {})[one.day] = one
    shown = [day for day in days if any(day in row for row in cells.values())]
    totals = [sum(row[day].scheduled * row[day].minutes for row in cells.values() if day in row) / 60 for day in shown]
    return {
        "found": found,
        "days": list(zip(shown, totals, strict=True)),
        "grid": [(minute, [cells[minute].get(day) for day in shown]) for minute in sorted(cells)],
        "chart": _chart(found) if found.rows else None,
        "slot_href": lambda one: (
            address("required", group=found.group.code, week=found.monday, slot=one.starts_at.isoformat()) + "#slot"
        ),
    }


def _chart(found: RequirementWeek) -> Chart:
    rows = [
        {"at": here(one.starts_at), "required": one.required, "scheduled": one.scheduled, "high": one.required_high}
        for one in found.rows
    ]
    return line_chart(
        code="required",
        label=_("People required at work, on a loud day, and to roster"),
        at=ChartColumn("at", _("Slot")),
        values=[
            ChartColumn("required", _("At work"), "number"),
            ChartColumn("high", _("At work, one time in ten"), "number"),
            ChartColumn("scheduled", _("To roster"), "number"),
        ],
        rows=with_nights(rows, found.group.slot_minutes),
        spec_url=address("required_chart", group=found.group.code, week=found.monday),
        by_day=True,
    )


def _asked(request: HttpRequest) -> RequirementWeek:
    access = access_of(request)
    group = chosen(list_groups(access), request.GET.get("group", ""), lambda one: one.code)
    if group is None:
        raise Http404
    return requirement_week(access, group, monday_of(request.GET.get("week", ""), profile.city_today(utc_now())))


@needs(VIEW, long=True)
@require_GET
def required_chart(request: HttpRequest) -> JsonResponse:
    """The drawing of a week."""
    spec = _chart(_asked(request)).spec
    # Dots on hundreds of slots hide the lines.
    return JsonResponse({**spec, "layer": spec["layer"][:1]})


_COLUMNS = (
    ("day", lazy("Day"), "text"),
    ("starts", lazy("Begins"), "text"),
    ("contacts", lazy("Contacts"), "number"),
    ("handle", lazy("Handle time"), "number"),
    ("chats", lazy("Chats"), "number"),
    ("waiting", lazy("Hours of work that can wait"), "number"),
    ("required", lazy("At work"), "number"),
    ("high", lazy("At work, one time in ten"), "number"),
    ("shrinkage", lazy("Shrinkage"), "number"),
    ("shrinkage_from", lazy("Shrinkage is that"), "text"),
    ("scheduled", lazy("To roster"), "number"),
    ("least", lazy("Opens with at least"), "number"),
    ("formula", lazy("Formula"), "text"),
    ("target", lazy("Target"), "number"),
)


@needs(VIEW, long=True)
@require_GET
def required_file(request: HttpRequest) -> HttpResponseBase:
    """The week as CSV or XLSX."""
    found = _asked(request)
    shares = shares_of(found.rows, settings_on(found.group.code, found.monday))
    values = (
        [
            one.day.isoformat(),
            timezone.localtime(one.starts_at).strftime("%H:%M"),
            one.contacts,
            one.handle_s,
            one.chats,
            one.waiting_hours,
            one.required,
            one.required_high,
            one.shrinkage,
            _share_from(shares.get(one.id)),
            one.scheduled,
            one.least,
            one.formula,
            one.target,
        ]
        for one in found.rows
    )
    name = f"required-{found.group.code}-{found.monday}"
    form = request.GET.get("as", "csv")
    spec = spec_of("required", _COLUMNS)
    return values_response(spec, values, form=form, name=name, access=access_of(request), now=utc_now())


def _share_from(share: SlotShare | None) -> str:
    return str(labels.SHARE_FROM[share.source]) if share else ""


def _moment(text: str) -> datetime | None:
    """A moment with its zone as addresses write it."""
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
