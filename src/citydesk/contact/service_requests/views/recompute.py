"""New due times after a changed calendar or class: preview, proposal, approval by somebody else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from citydesk.contact.service_requests import queries, services
from citydesk.contact.service_requests.choices import RECOMPUTE
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.kernel.pages import access_of, needs, render


@needs(RECOMPUTE)
@require_http_methods(["GET", "POST"])
def recomputes(request: HttpRequest) -> HttpResponse:
    """What would move if due times were computed today; propose it with a reason."""
    access, now = access_of(request), utc_now()
    given = request.POST if request.method == "POST" else request.GET
    scope = {name: [one for one in given.getlist(name) if one] for name in ("sla", "services")}
    scope = {name: values for name, values in scope.items() if values}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            made = services.propose_recompute(
                reason=request.POST.get("reason", ""), scope=scope, access=access, now=now
            )
            return redirect("service_requests:recompute", made)
        except Invalid as error:
            errors = {error.field: [str(error.message)]}
    figures, shifts = services.preview(scope=scope, now=now)
    context = {
        "figures": figures,
        "shifts": shifts,
        "proposals": queries.list_proposals(access),
        "scope": scope,
        "errors": errors,
        "at": now,
    }
    return render(request, "service_requests/recomputes.jinja", context, status=422 if errors else 200)


@needs(RECOMPUTE)
@require_http_methods(["GET", "POST"])
def recompute(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """One proposal: the counts it was made on, the counts now, approve or refuse."""
    access, now = access_of(request), utc_now()
    problem, status = "", 200
    if request.method == "POST":
        try:
            services.decide_recompute(
                proposal_id=proposal_id,
                is_approved=request.POST.get("decision") == "approve",
                note=request.POST.get("note", ""),
                access=access,
                now=now,
            )
            return redirect("service_requests:recompute", proposal_id)
        except Conflict as error:
            problem, status = str(error.message), error.status
    proposal = queries.get_proposal(access, proposal_id)
    is_open = proposal["state"] == "proposed"
    figures, shifts = services.preview(scope=proposal["scope"], now=now) if is_open else (proposal["figures"], [])
    context = {
        "proposal": proposal,
        "figures": figures,
        "shifts": shifts,
        "problem": problem,
        "is_own": proposal["proposed_by_id"] == access.actor.staff_id,
        "at": now,
    }
    return render(request, "service_requests/recompute.jinja", context, status=status)
