"""One recurrence: why it was found, the requests behind it, and what becomes of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.contact.problems import labels, queries, services
from citydesk.contact.problems.choices import VIEW, WORK
from citydesk.kernel.acts import REFUSALS, said
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Invalid
from citydesk.kernel.pages import access_of, needs, render


@needs(VIEW)
@require_GET
def found(request: HttpRequest, detection_id: int) -> HttpResponse:
    """One recurrence."""
    return _page(request, detection_id)


def _page(request: HttpRequest, detection_id: int, error: CitydeskError | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    page = queries.get_detection(access, detection_id, now=now)
    may_work = access.may(WORK)
    context = {
        "page": page,
        "row": page.row,
        "labels": labels,
        "at": now,
        "may_work": may_work,
        "problems": queries.open_choices(access) if may_work else [],
        "typed": request.POST if error else {},
        "errors": said(error) if error else {},
    }
    return render(request, "problems/found.jinja", context, status=error.status if error else 200)


@needs(WORK)
@require_POST
def decide(request: HttpRequest, detection_id: int) -> HttpResponse:
    """Open a problem with it, put it into one, or put it aside with a reason."""
    access, now = access_of(request), utc_now()
    act = request.POST.get("act", "")
    try:
        if act == "open":
            number = services.open_problem(
                title=request.POST.get("title", ""), detection_id=detection_id, access=access, now=now
            )
            return redirect("problems:detail", number)
        if act == "add":
            chosen = request.POST.get("problem", "")
            if not chosen.isdecimal():
                raise Invalid(_("Choose a problem."), field="problem")
            services.add_detection(problem_id=int(chosen), detection_id=detection_id, access=access, now=now)
        elif act == "dismiss":
            services.dismiss(detection_id=detection_id, reason=request.POST.get("reason", ""), access=access, now=now)
        else:
            raise Invalid(_("There is no such act."))
    except REFUSALS as error:
        return _page(request, detection_id, error)
    return redirect("problems:found", detection_id)
