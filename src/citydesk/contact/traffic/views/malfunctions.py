"""Malfunctions: the log of a month with its report and file, reporting one, its end, what was noted wrongly."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.traffic import forms, labels, queries, services
from citydesk.contact.traffic.choices import REPORT, VIEW, MalfunctionKind
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.contact.traffic.services.malfunctions import MalfunctionFacts
from citydesk.contact.traffic.views.sheets import csv_file
from citydesk.contact.traffic.views.shown import name_in, queue_names, show
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import REFUSALS, Act, Refusal, act_on, read, version_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs
from citydesk.kernel.texts import date_words


@needs(VIEW)
@require_GET
def malfunctions(request: HttpRequest) -> HttpResponse:
    """The malfunctions of a month: each with whom it concerned, and the month by kind and by person."""
    access, now = access_of(request), utc_now()
    month = forms.month_or(request.GET.get("month", ""), profile.city_today(now))
    context = _month(access, month, now) | {"may_report": access.may(REPORT), "at": now}
    return show(request, "malfunctions.jinja", context)


@needs(VIEW, long=True)
@require_GET
def malfunctions_file(request: HttpRequest) -> HttpResponse:
    """The month as a file: one row for each malfunction."""
    access, now = access_of(request), utc_now()
    month = forms.month_or(request.GET.get("month", ""), profile.city_today(now))
    head = [_("Kind"), _("What"), _("From"), _("Until"), _("Minutes in the month"), _("Who"), _("What it was")]
    rows = [
        [
            one["words"], one["what"], forms.written(one["started_at"]), forms.written(one["ended_at"]),
            one["seconds"] // 60, one["who"], one["outcome"],
        ]
        for one in _month(access, month, now)["rows"]
    ]  # fmt: skip
    return csv_file(f"malfunctions-{month:%Y-%m}", head, rows)


@needs(REPORT)
@require_http_methods(["GET", "POST"])
def malfunction_report(request: HttpRequest) -> HttpResponse:
    """Report a malfunction; those that last are shown, so that none is reported twice."""
    access, now = access_of(request), utc_now()
    if request.method == "GET":
        return _report_page(request, access, now)
    try:
        services.report_malfunction(facts=_facts(request, now), access=access, now=now)
    except REFUSALS as error:
        return _report_page(request, access, now, Refusal("report", error, request.POST))
    return redirect("traffic:malfunctions" if access.may(VIEW) else "traffic:malfunction_report")


def _report_page(request: HttpRequest, access: Access, now: datetime, refusal: Refusal | None = None) -> HttpResponse:
    context = _choices(now) | {
        "lasting": [{**one, "words": _kind(one["kind"])} for one in queries.list_to_report(access=access)],
        "may_see": access.may(VIEW),
        "at": now,
        "filled": {"started_at": forms.written(now), "whom": "some", "user_ids": [str(access.actor.staff_id)]},
    }
    return show(request, "malfunction_report.jinja", context, refusal)


@needs(VIEW)
@require_GET
def malfunction(request: HttpRequest, malfunction_id: int) -> HttpResponse:
    """One malfunction: its end, and what was noted wrongly."""
    return _page(request, malfunction_id)


@needs(REPORT)
@require_POST
def malfunction_act(request: HttpRequest, malfunction_id: int) -> HttpResponse:
    """End it, or correct it."""
    return act_on(
        request,
        _ACTS,
        find=lambda access: queries.get_malfunction(access=access, malfunction_id=malfunction_id).id,
        refused=lambda refusal: _page(request, malfunction_id, refusal),
        done=lambda: redirect("traffic:malfunction", malfunction_id),
    )


def _page(request: HttpRequest, malfunction_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    row = queries.get_malfunction(access=access, malfunction_id=malfunction_id)
    names, queues = staff.names_of(row.user_ids), queue_names()
    context = _choices(now, row.user_ids) | {
        "row": row,
        "words": _kind(row.kind),
        "who": _who(row.is_everybody, row.user_ids, names),
        "queues_concerned": [queues.get(code, code) for code in row.queue_codes],
        "may_report": access.may(REPORT),
        "filled": {
            "kind": row.kind,
            "what": row.what,
            "started_at": forms.written(row.started_at),
            "ended_at": forms.written(row.ended_at),
            "whom": "all" if row.is_everybody else "some",
            "user_ids": [str(one) for one in row.user_ids],
            "queue_codes": list(row.queue_codes),
        },
        "at": now,
        "now_written": forms.written(now),
    }
    return show(request, "malfunction.jinja", context, refusal)


def _end(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.EndForm, request.POST)
    services.end_malfunction(malfunction_id=record_id, **typed, access=access, now=now)


def _change(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.change_malfunction(
        malfunction_id=record_id,
        facts=_facts(request, now),
        version=version_of(request.POST) or 0,
        access=access,
        now=now,
    )


_ACTS: dict[str, Act] = {"end": _end, "change": _change}


def _facts(request: HttpRequest, now: datetime) -> MalfunctionFacts:
    known = _choices(now, [int(one) for one in request.POST.getlist("user_ids") if one.isdecimal()])

    def form(given: Any) -> forms.MalfunctionForm:
        return forms.MalfunctionForm(given, known["people"], known["queues"])

    typed = read(form, request.POST)  # type: ignore[arg-type]  # called like a form's class
    is_everybody = typed.pop("whom") == "all"
    return MalfunctionFacts(is_everybody=is_everybody, **typed)


def _choices(now: datetime, more: Iterable[int] = ()) -> dict[str, Any]:
    """People and queues a malfunction may name; `more` are people it names already, who may have left since."""
    people = {one.id: one.name for one in staff.list_people()} | staff.names_of(more)
    return {
        "kinds": [(one.value, labels.MALFUNCTIONS[one]) for one in MalfunctionKind],
        "people": sorted(people.items(), key=lambda one: one[1]),
        "people_options": [(str(key), name) for key, name in sorted(people.items(), key=lambda one: one[1])],
        "queues": [(one.code, name_in(one.name, one.code)) for one in queries.list_queues()],
    }


def _month(access: Access, month: date, now: datetime) -> dict[str, Any]:
    zone = profile.local_zone()
    since = day_bounds(month, zone).since
    following = (month + timedelta(days=31)).replace(day=1)
    until = day_bounds(following, zone).since
    rows = queries.list_malfunctions(access=access, since=since, until=until)
    lost = queries.lost_by_person(access=access, since=since, until=until, now=now)
    names = staff.names_of({*lost, *(one for row in rows for one in row["user_ids"])})
    return {
        "month": month,
        "month_words": date_words(month, "F Y"),
        "earlier": (month - timedelta(days=1)).replace(day=1),
        "later": following if following <= profile.city_today(now) else None,
        "rows": [
            row
            | {
                "words": _kind(row["kind"]),
                "who": _who(row["is_everybody"], row["user_ids"], names),
                "seconds": _within(row, since, until, now),
            }
            for row in rows
        ],
        "kinds": [
            (_kind(one.kind), one)
            for one in queries.report_malfunctions(access=access, since=since, until=until, now=now)
        ],
        "lost": sorted(((names.get(one, ""), seconds) for one, seconds in lost.items()), key=lambda one: -one[1]),
        "lost_in_all": sum(lost.values()),
    }


def _within(row: dict[str, Any], since: datetime, until: datetime, now: datetime) -> int:
    end = min(row["ended_at"] or now, until)
    return max(int((end - max(row["started_at"], since)).total_seconds()), 0)


def _kind(code: str) -> Any:
    return labels.MALFUNCTIONS[MalfunctionKind(code)]


def _who(is_everybody: bool, user_ids: Iterable[int], names: dict[int, str]) -> str:
    return _("everybody") if is_everybody else ", ".join(sorted(names.get(one, "") for one in user_ids))
