"""Two queues that people with judgment work off: what no code fits, and what departments returned twice."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from citydesk.contact.service_requests import labels, queries, services
from citydesk.contact.service_requests.choices import CORRECT, SUPERVISE
from citydesk.contact.service_requests.queries import coding as coding_queries
from citydesk.contact.service_requests.queries import returns as return_queries
from citydesk.contact.service_requests.views.correcting import correction_of
from citydesk.contact.service_requests.views.queue import choices_of_forms
from citydesk.kernel.acts import REFUSALS, said, version_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid
from citydesk.kernel.pages import access_of, needs, render


@needs(SUPERVISE)
@require_http_methods(["GET", "POST"])
def returns(request: HttpRequest) -> HttpResponse:
    """What was returned twice, with both reasons; a ruling places it."""
    access, now = access_of(request), utc_now()
    context: dict[str, Any] = {"errors": {}, "typed": request.POST, "ruled": request.GET.get("ruled", "")}
    status = 200
    if request.method == "POST":
        number, team = request.POST.get("number", ""), request.POST.get("team", "")
        try:
            services.rule_on_return(
                request_id=queries.id_of(access, number),
                team_id=int(team) if team.isdecimal() else None,
                reason=request.POST.get("reason", ""),
                access=access,
                now=now,
                version=version_of(request.POST),
            )
            return redirect(f"{request.path}?{urlencode({'ruled': number})}")
        except REFUSALS as error:
            context["errors"], status = said(error), error.status
    context |= {"rows": return_queries.list_to_rule(access), "at": now, **choices_of_forms(now)}
    return render(request, "service_requests/returns.jinja", context, status=status)


@needs(CORRECT)
@require_http_methods(["GET", "POST"])
def coding(request: HttpRequest) -> HttpResponse:
    """The oldest request without a code, with what its words suggest; coded, it goes on and the page says where."""
    access, now = access_of(request), utc_now()
    errors: dict[str, list[str]] = {}
    status, number = 200, request.GET.get("number", "")
    if request.method == "POST":
        number = request.POST.get("number", "")
        try:
            _code(request, number, access, now)
            return redirect(f"{request.path}?{urlencode({'coded': number})}")
        except REFUSALS as error:
            errors, status = said(error, elsewhere="code"), error.status
    rows = coding_queries.list_uncoded(access, now=now)
    one = next((row for row in rows if row.number == number), rows[0] if rows else None)
    coded = request.GET.get("coded", "")
    context: dict[str, Any] = {
        "rows": rows,
        "one": one,
        "errors": errors,
        "labels": labels,
        "typed": request.POST,
        "at": now,
        "placed": coding_queries.get_placed(access, coded, now=now) if coded else None,
    }
    if one is not None:
        chosen = request.POST.get("code", "") or (one.suggestions[0].code if one.suggestions else "")
        given = request.POST if request.POST.get("number") == one.number else None
        context |= queries.correction_facts(access, one.number, given, code=chosen, now=now)
    return render(request, "service_requests/coding.jinja", context, status=status)


def _code(request: HttpRequest, number: str, access: Any, now: Any) -> None:
    correction = correction_of(request.POST)
    if correction.service_code is None:
        raise Invalid(_("Choose a code."), field="code")
    try:
        services.correct(
            request_id=queries.id_of(access, number),
            correction=correction,
            reason=request.POST.get("reason", "").strip() or _("coded by the coding team"),
            access=access,
            now=now,
            version=version_of(request.POST),
        )
    except REFUSALS:
        raise
    except CitydeskError as error:
        raise Conflict(str(error.message)) from error
