"""Quality of entry: the sample to verify, and what it and the corrections of thirty days tell."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from citydesk.contact.service_requests import labels, services
from citydesk.contact.service_requests.choices import SUPERVISE
from citydesk.contact.service_requests.queries import entry as entry_queries
from citydesk.contact.service_requests.queries import policy
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed
from citydesk.kernel.pages import access_of, needs, render


@needs(SUPERVISE, long=True)
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest) -> HttpResponse:
    """Drawn requests, one under the other; each is right, or some of its fields are not."""
    access, now = access_of(request), utc_now()
    problem, status = "", 200
    if request.method == "POST":
        given = request.POST.get("check", "")
        try:
            services.verify_entry(
                check_id=int(given) if given.isdecimal() else 0,
                wrong=request.POST.getlist("wrong"),
                note=request.POST.get("note", ""),
                access=access,
                now=now,
            )
            return redirect("service_requests:entry")
        except (Conflict, Invalid, NotAllowed) as error:
            problem, status = str(error.message), error.status
    context = {
        "rows": entry_queries.list_to_verify(access, now=now),
        "figures": entry_queries.entry_figures(now=now),
        "fields": labels.ENTRY_FIELDS,
        "asked": entry_queries.what_is_asked(policy.today(now)),
        "daily": entry_queries.sample_size(policy.today(now)),
        "problem": problem,
        "at": now,
    }
    return render(request, "service_requests/entry.jinja", context, status=status)
