"""New due times after a changed calendar or class: count, propose, approve by somebody else, watch it being done."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from citydesk.contact.service_requests import labels, queries, services
from citydesk.contact.service_requests.choices import PROPOSALS_AT_WORK, RECOMPUTE, ProposalState
from citydesk.contact.service_requests.queries.recomputes import count_in_scope, list_sample
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.kernel.pages import access_of, needs, render

Act = Callable[[HttpRequest, int, Access, datetime], None]


@needs(RECOMPUTE, long=True)
@require_http_methods(["GET", "POST"])
def recomputes(request: HttpRequest) -> HttpResponse:
    """What would move if due times were computed today: shown at once for few requests, else counted by the worker."""
    access, now = access_of(request), utc_now()
    given = request.POST if request.method == "POST" else request.GET
    scope = {name: [one for one in given.getlist(name) if one] for name in ("sla", "services")}
    scope = {name: values for name, values in scope.items() if values}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            return redirect("service_requests:recompute", _asked(request, scope, access, now))
        except Invalid as error:
            errors = {error.field: [str(error.message)]}
    count = count_in_scope(access, scope)
    at_once = services.preview(scope=scope, now=now) if count <= services.MOST_AT_ONCE else None
    context = {
        "count": count,
        "figures": at_once[0] if at_once else None,
        "shifts": at_once[1] if at_once else [],
        "proposals": queries.list_proposals(access),
        "labels": labels,
        "scope": scope,
        "errors": errors,
        "at": now,
    }
    return render(request, "service_requests/recomputes.jinja", context, status=422 if errors else 200)


def _asked(request: HttpRequest, scope: dict[str, list[str]], access: Access, now: datetime) -> int:
    if request.POST.get("act") == "count":
        return services.ask_recompute(scope=scope, access=access, now=now)
    try:
        return services.propose_recompute(reason=request.POST.get("reason", ""), scope=scope, access=access, now=now)
    except Conflict:  # more came in since the page was drawn
        return services.ask_recompute(scope=scope, access=access, now=now)


@needs(RECOMPUTE, long=True)
@require_http_methods(["GET", "POST"])
def recompute(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """One proposal: how far the worker is, the counts and some of the requests, what may be done with it."""
    access, now = access_of(request), utc_now()
    problem, status, errors = "", 200, dict[str, list[str]]()
    if request.method == "POST":
        try:
            act = _ACTS.get(request.POST.get("decision", ""))
            if act is None:
                raise Conflict(_("That is not possible any more: look at the page again."))
            act(request, proposal_id, access, now)
            return redirect("service_requests:recompute", proposal_id)
        except Conflict as error:
            problem, status = str(error.message), error.status
        except Invalid as error:
            errors, status = {error.field: [str(error.message)]}, 422
    proposal = queries.get_proposal(access, proposal_id)
    is_working = proposal["state"] in PROPOSALS_AT_WORK
    context = {
        "proposal": proposal,
        "figures": None if _is_half_counted(proposal) else proposal["figures"],
        "shifts": [] if is_working else list_sample(access, proposal),
        "is_working": is_working,
        "is_own": proposal["proposed_by_id"] == access.actor.staff_id,
        "may_stop": _may_stop(proposal, access),
        "problem": problem,
        "errors": errors,
        "labels": labels,
        "at": now,
    }
    response = render(request, "service_requests/recompute.jinja", context, fragment="progress", status=status)
    if request.headers.get("HX-Request") and not is_working:
        response["HX-Refresh"] = "true"
    return response


def _is_half_counted(proposal: dict[str, Any]) -> bool:
    return proposal["counted_at"] is None and proposal["state"] in (ProposalState.COUNTING, ProposalState.STOPPED)


def _may_stop(proposal: dict[str, Any], access: Access) -> bool:
    if proposal["state"] in (ProposalState.COUNTING, ProposalState.COUNTED):
        return True
    return proposal["state"] == ProposalState.PROPOSED and proposal["proposed_by_id"] == access.actor.staff_id


def _propose(request: HttpRequest, proposal_id: int, access: Access, now: datetime) -> None:
    reason = request.POST.get("reason", "")
    services.propose_counted(proposal_id=proposal_id, reason=reason, access=access, now=now)


def _stop(request: HttpRequest, proposal_id: int, access: Access, now: datetime) -> None:
    services.stop_recompute(proposal_id=proposal_id, access=access, now=now)


def _decide(is_approved: bool) -> Act:
    def act(request: HttpRequest, proposal_id: int, access: Access, now: datetime) -> None:
        services.decide_recompute(
            proposal_id=proposal_id,
            is_approved=is_approved,
            note=request.POST.get("note", ""),
            access=access,
            now=now,
        )

    return act


_ACTS: dict[str, Act] = {"propose": _propose, "stop": _stop, "approve": _decide(True), "refuse": _decide(False)}
