"""A second person for acts on many requests: proposals, decisions, exports that were approved."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citydesk.contact.service_requests import labels, queries, services
from citydesk.contact.service_requests.choices import BULK, VIEW, ManyKind
from citydesk.contact.service_requests.queries import approvals as proposals
from citydesk.contact.service_requests.views.exporting import ask_for_export, count_listed
from citydesk.contact.service_requests.views.queue import exported_spec, with_defaults
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed
from citydesk.kernel.lists import take_out, taken_lately
from citydesk.kernel.pages import access_of, needs, render


@needs(BULK, long=True)
@require_http_methods(["GET", "POST"])
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for a second person; approve or refuse it."""
    access, now = access_of(request), utc_now()
    problem, status = "", 200
    if request.method == "POST":
        given = request.POST.get("proposal", "")
        try:
            services.decide_many(
                proposal_id=int(given) if given.isdecimal() else 0,
                is_approved=request.POST.get("decision") == "approve",
                note=request.POST.get("note", ""),
                access=access,
                now=now,
            )
            return redirect("service_requests:approvals")
        except (Conflict, NotAllowed) as error:
            problem, status = str(error.message), error.status
    context = {
        "proposals": proposals.list_bulk_proposals(access),
        "taken": taken_lately(queries.LIST_CODE),
        "kinds": labels.MANY_KINDS,
        "problem": problem,
        "at": now,
    }
    return render(request, "service_requests/approvals.jinja", context, status=status)


@needs(VIEW, long=True)
@require_POST
def propose_export(request: HttpRequest) -> HttpResponse:
    """Ask a second person for a file larger than one takes out alone."""
    access, now = access_of(request), utc_now()
    query, form = request.POST.get("query", ""), request.POST.get("form", "csv")
    asked = with_defaults(QueryDict(query), access)
    count = count_listed(asked, access, now)
    try:
        services.propose_many(
            kind=ManyKind.EXPORT,
            ids=[],
            count=count,
            given={"query": query, "form": "xlsx" if form == "xlsx" else "csv"},
            reason=request.POST.get("reason", ""),
            access=access,
            now=now,
        )
    except Invalid as error:
        return ask_for_export(request, query, form, count, str(error.message))
    return redirect("service_requests:approvals")


@needs(VIEW, long=True)
@require_GET
def approved_export(request: HttpRequest, proposal_id: int) -> HttpResponseBase:
    """The file of an approved export, for whoever asked for it, for a day."""
    access, now = access_of(request), utc_now()
    found = proposals.get_export(access, proposal_id, now=now)
    asked = with_defaults(QueryDict(found["query"]), access)
    return take_out(
        request,
        exported_spec(asked, access, now),
        queries.list_queue(access),
        asked,
        form=found["form"],
        name="requests",
        access=access,
        now=now,
        reason=found["reason"],
    )
