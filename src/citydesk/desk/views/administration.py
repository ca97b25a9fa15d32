"""The installation: what runs, what stands still, keys of partners. No record of residents is shown here."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.city.staff import services as staff_services
from citydesk.city.staff.choices import API_SCOPES
from citydesk.desk.queries import installation
from citydesk.desk.services import retry_job
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid
from citydesk.kernel.pages import access_of, needs, render


@needs("desk.admin")
@require_GET
def administration(request: HttpRequest) -> HttpResponse:
    """Health in words, jobs that stand still, and the way to people, roles and the city profile."""
    now = utc_now()
    context = {
        "checks": installation.list_checks(now),
        "jobs": installation.list_stalled_jobs(now),
        "waiting": installation.count_jobs(),
        "city": profile.city(),
        "profile_version": profile.version(),
    }
    return render(request, "desk/administration/index.jinja", context)


@needs("desk.admin")
@require_POST
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    retry_job(job_id=job_id, access=access_of(request), now=utc_now())
    return redirect("desk:administration")


@needs("staff.manage")
@require_http_methods(["GET", "POST"])
def api_keys(request: HttpRequest) -> HttpResponse:
    """Keys of partners; a new one shows its words once, on the page that answers."""
    access, words, errors = access_of(request), "", {}
    if request.method == "POST":
        try:
            words = staff_services.make_api_key(**_asked(request), access=access, now=utc_now())
        except Invalid as error:
            errors = {error.field: [str(error.message)]}
    context = {
        "keys": staff.list_api_keys(access),
        "words": words,
        "errors": errors,
        "typed": request.POST,
        "scopes": [(scope, scope) for scope in sorted(API_SCOPES)],
    }
    return render(request, "desk/administration/keys.jinja", context, status=422 if errors else 200)


def _asked(request: HttpRequest) -> dict[str, Any]:
    per_minute = request.POST.get("per_minute", "60")
    return {
        "name": request.POST.get("name", ""),
        "scopes": request.POST.getlist("scopes"),
        "service_codes": request.POST.get("service_codes", "").split(),
        "per_minute": int(per_minute) if per_minute.isdecimal() else 0,
    }


@needs("staff.manage")
@require_POST
def revoke_key(request: HttpRequest, key_id: int) -> HttpResponse:
    staff_services.revoke_api_key(
        key_id=key_id, reason=request.POST.get("reason", "") or "revoked", access=access_of(request), now=utc_now()
    )
    return redirect("desk:api_keys")
