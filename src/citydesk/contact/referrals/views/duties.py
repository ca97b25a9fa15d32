"""Violations reported outside, and the calendar of obligations to regulators."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from citydesk.city.profile import queries as profile
from citydesk.contact.referrals import labels, queries, services
from citydesk.contact.referrals.choices import OBLIGE, REPORT, VIEW, ViolationState
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid, NotFound
from citydesk.kernel.lists import list_page, take_out
from citydesk.kernel.pages import access_of, needs, render


def _day(given: QueryDict, name: str) -> date | None:
    try:
        return date.fromisoformat(given.get(name, ""))
    except ValueError:
        return None


def _errors(error: CitydeskError | None) -> dict[str, list[str]]:
    return {error.field or "form": [str(error.message)]} if error else {}


@needs(VIEW)
@require_GET
def violations(request: HttpRequest) -> HttpResponseBase:
    """Violations we reported, newest first."""
    access, now = access_of(request), utc_now()
    rows, spec = queries.violations_in_sight(access), queries.VIOLATIONS
    if request.GET.get("as"):
        form = str(request.GET["as"])
        return take_out(request, spec, rows, request.GET, form=form, name="violations", access=access, now=now)
    page = list_page(spec, rows, request.GET, access=access, now=now)
    context = {"page": page, "labels": labels, "at": now, "may_report": access.may(REPORT)}
    return render(request, "referrals/violations.jinja", context)


@needs(REPORT)
@require_http_methods(["GET", "POST"])
def new_violation(request: HttpRequest) -> HttpResponse:
    """Report a violation."""
    error: CitydeskError | None = None
    given = request.POST
    if request.method == "POST":
        try:
            number = services.report_violation(
                agency_code=given.get("agency", ""),
                happened_on=_day(given, "happened_on"),
                files=request.FILES.getlist("files"),
                access=access_of(request),
                now=utc_now(),
                **{
                    name: given.get(name, "").replace("\x00", "")
                    for name in ("title", "text", "citation", "place_label", "request_number")
                },
            )
            return redirect("referrals:violation", number)
        except Invalid as refused:
            error = refused
        except NotFound as missing:
            error = Invalid(str(missing.message), field="request_number")
    context = {
        "agencies": queries.agency_choices(),
        "typed": given if error else request.GET,
        "errors": _errors(error),
    }
    return render(request, "referrals/violation_new.jinja", context, status=error.status if error else 200)


@needs(VIEW)
@require_http_methods(["GET", "POST"])
def violation(request: HttpRequest, number: str) -> HttpResponse:
    """One violation; holders of the right note how it goes on."""
    access, now = access_of(request), utc_now()
    row, files, history = queries.get_violation(access, number)
    error: CitydeskError | None = None
    given = request.POST
    if request.method == "POST":
        try:
            services.follow_violation(
                violation_id=row.pk,
                state=given.get("state", ""),
                external_number=given.get("external_number", ""),
                outcome=given.get("outcome", ""),
                outcome_text=given.get("outcome_text", ""),
                outcome_on=_day(given, "outcome_on"),
                files=request.FILES.getlist("files"),
                access=access,
                now=now,
            )
            return redirect("referrals:violation", number)
        except (Invalid, Conflict) as refused:
            error = refused
    context: dict[str, Any] = {
        "row": row,
        "agency": labels.in_language(row.agency.names),
        "files": files,
        "history": history,
        "labels": labels,
        "at": now,
        "may_report": access.may(REPORT) and row.state != ViolationState.CLOSED,
        "typed": given if error else {"state": row.state, "external_number": row.external_number},
        "errors": _errors(error),
    }
    return render(request, "referrals/violation.jinja", context, status=error.status if error else 200)


@needs(OBLIGE)
@require_GET
def obligations(request: HttpRequest) -> HttpResponseBase:
    """The calendar of obligations: what is not filed, by its day, unless asked otherwise."""
    access, now = access_of(request), utc_now()
    today = profile.city_today(now)
    asked = request.GET.copy()
    if not asked:
        asked["show"] = "open"
    rows, spec = queries.list_dues(access), queries.dues_spec(today)
    if asked.get("as"):
        form = str(asked["as"])
        return take_out(request, spec, rows, asked, form=form, name="obligations", access=access, now=now)
    context = {
        "page": list_page(spec, rows, asked, access=access, now=now),
        "counts": queries.count_dues(access, today),
        "labels": labels,
        "today": today,
    }
    return render(request, "referrals/obligations.jinja", context)


@needs(OBLIGE)
@require_http_methods(["GET", "POST"])
def obligation(request: HttpRequest, due_id: int) -> HttpResponse:
    """One due day: file it with its proof."""
    access, now = access_of(request), utc_now()
    row, proof = queries.get_due(access, due_id)
    error: CitydeskError | None = None
    if request.method == "POST":
        try:
            services.file_obligation(
                due_id=due_id,
                filed_on=_day(request.POST, "filed_on"),
                note=request.POST.get("note", ""),
                proof=request.FILES.get("proof"),
                access=access,
                now=now,
            )
            return redirect("referrals:obligation", due_id)
        except (Invalid, Conflict) as refused:
            error = refused
    context = {
        "row": row,
        "one": row.obligation,
        "name": labels.in_language(row.obligation.names),
        "regulator": labels.in_language(row.obligation.regulator.names),
        "proof": proof,
        "labels": labels,
        "today": profile.city_today(now),
        "at": now,
        "typed": request.POST if error else {},
        "errors": _errors(error),
    }
    return render(request, "referrals/obligation.jinja", context, status=error.status if error else 200)
