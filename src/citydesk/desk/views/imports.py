"""What was brought over from other systems, for administrators and auditors. Reading only: the command line imports."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from citydesk.desk.queries import imports
from citydesk.kernel.clock import utc_now
from citydesk.kernel.lists import export_response, list_page, take_out
from citydesk.kernel.pages import access_of, needs, render


@needs(imports.PERMISSION)
@require_GET
def runs(request: HttpRequest) -> HttpResponseBase:
    """Every run, the newest first."""
    access, now = access_of(request), utc_now()
    rows = imports.list_runs(access)
    form = request.GET.get("as", "")
    if form in ("csv", "xlsx"):
        return export_response(imports.RUNS, rows, request.GET, form=form, name="imports", access=access, now=now)
    page = list_page(imports.RUNS, rows, request.GET, access=access, now=now, has_count=False)
    context = {"page": page, "kind_name": imports.kind_name, "states": imports.STATES, "at": now}
    return render(request, "desk/administration/imports.jinja", context)


@needs(imports.PERMISSION, long=True)
@require_GET
def one_run(request: HttpRequest, number: int) -> HttpResponseBase:
    """One run with the rows that were refused; they can be taken out as a file."""
    access, now = access_of(request), utc_now()
    run = imports.get_run(access, number)
    rows = imports.list_refused(access, number)
    form = request.GET.get("as", "")
    if form in ("csv", "xlsx"):
        name = f"import-{number}-refused"
        return take_out(request, imports.REFUSED, rows, request.GET, form=form, name=name, access=access, now=now)
    page = list_page(imports.REFUSED, rows, request.GET, access=access, now=now, has_count=False)
    return render(request, "desk/administration/import_run.jinja", {"page": page, "run": run, "at": now})
