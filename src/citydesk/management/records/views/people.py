"""Who read a resident's file, and the copy of one person's data."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from citydesk.city.customers import queries as customers
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid, NotFound
from citydesk.kernel.lists import list_page, take_out
from citydesk.kernel.pages import access_of, needs, render
from citydesk.management.records import choices, services
from citydesk.management.records.queries.readers import READINGS, TYPES, list_readings


@needs(choices.READERS, long=True)
@require_GET
def readers(request: HttpRequest) -> HttpResponseBase:
    """Who read what, newest first; with `person`, all of one person's file."""
    access, now = access_of(request), utc_now()
    person, problem, customer_id = request.GET.get("person", "").strip(), "", None
    if person:
        try:
            customer_id = customers.id_by_number(access, person)
        except NotFound as error:
            problem = str(error.message)
    rows = list_readings(access, customer_id=customer_id)
    if request.GET.get("as") in ("csv", "xlsx"):
        form = request.GET["as"]
        return take_out(request, READINGS, rows, request.GET, form=form, name="readers", access=access, now=now)
    page = list_page(READINGS, rows, request.GET, access=access, now=now, has_count=False)
    options = [(code, label) for code, label in TYPES.items() if code != "interactions.contact"]
    context = {"page": page, "person": person, "problem": problem, "types": TYPES, "what_options": options, "at": now}
    return render(request, "records/readers.jinja", context)


@needs(choices.EXPORT_PERSON, long=True)
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, number: str) -> HttpResponse:
    """Make the copy of one person's data, with the reason."""
    access, now = access_of(request), utc_now()
    errors: dict[str, list[str]] = {}
    made = None
    try:
        customer_id = customers.id_by_number(access, number)
        if request.method == "POST":
            made = services.export_person(
                customer_id=customer_id,
                reason=request.POST.get("reason", ""),
                language=(get_language() or "en").split("-")[0],
                access=access,
                now=now,
            )
    except Invalid as error:
        errors = {error.field: [str(error.message)]}
    label = customers.labels([customer_id])[customer_id]
    context = {"label": label, "errors": errors, "made": made, "may_see_readers": access.may(choices.READERS)}
    return render(request, "records/person.jinja", context, status=422 if errors else 200)
