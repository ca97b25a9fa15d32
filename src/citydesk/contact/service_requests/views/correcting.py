"""Corrections of a request: code, place, answers, words; the reason and the old value are kept."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from citydesk.city.places import queries as places
from citydesk.contact.service_requests import labels, queries, services
from citydesk.contact.service_requests.choices import CORRECT
from citydesk.kernel.acts import REFUSALS, said, version_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs, render


@needs(CORRECT)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Correct code, place, answers, words; the reason and the old value are kept."""
    access, now = access_of(request), utc_now()
    request_id = queries.id_of(access, number)
    errors: dict[str, list[str]] = {}
    status = 200
    if request.method == "POST":
        try:
            services.correct(
                request_id=request_id,
                correction=correction_of(request.POST),
                reason=request.POST.get("reason", ""),
                access=access,
                now=now,
                version=version_of(request.POST),
            )
            return redirect("service_requests:detail", number)
        except REFUSALS as error:
            errors, status = said(error), error.status
    context = queries.correction_facts(access, number, request.POST or None, code=request.GET.get("code", ""), now=now)
    context.update({"errors": errors, "labels": labels, "typed": request.POST})
    return render(request, "service_requests/correct.jinja", context, fragment="questions", status=status)


def correction_of(given: QueryDict) -> services.Correction:
    """Only what was really changed on the form is a correction."""
    answers = {
        name[2:]: given.getlist(name) if len(given.getlist(name)) > 1 else given.get(name)
        for name in given
        if name.startswith("q.")
    }
    place = given.get("place", "").strip()
    is_place_new = bool(place) and place != given.get("was_place", "").strip()
    detail = given.get("place_detail")
    return services.Correction(
        service_code=given.get("code") if given.get("code") != given.get("was_code") else None,
        answers=answers or None,
        place=places.resolve(place) if is_place_new else None,
        place_detail=detail if detail is not None and detail != given.get("was_detail", "") else None,
        description=given.get("description") if given.get("description") != given.get("was_description") else None,
        keeps_team=given.get("keeps_team") == "1",
    )
