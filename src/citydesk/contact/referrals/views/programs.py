"""Programs: webhooks with their deliveries, keys of the API, our keys to other systems. For administrators."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.staff import queries as staff
from citydesk.city.staff import services as staff_services
from citydesk.city.staff.choices import API_SCOPES
from citydesk.contact.referrals import forms, labels, queries, services
from citydesk.contact.referrals.choices import CONNECT
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid
from citydesk.kernel.lists import list_page, take_out
from citydesk.kernel.pages import access_of, needs, render


@needs(CONNECT)
@require_GET
def program_list(request: HttpRequest) -> HttpResponse:
    """All of them on one page."""
    return _page(request)


def _page(request: HttpRequest, error: CitydeskError | None = None, **made: str) -> HttpResponse:
    access = access_of(request)
    context = {
        "hooks": queries.list_webhooks(access),
        "systems": queries.list_systems(access),
        "keys": staff.list_api_keys(access),
        "labels": labels,
        "at": utc_now(),
        "scopes": [(one, one) for one in sorted(API_SCOPES)],
        "typed": request.POST,
        "departments": _departments(),
        "ticked": forms.ticked(request.POST),
        "made": {"secret": "", "key": "", **made},
        "errors": {error.field or "form": [str(error.message)]} if error else {},
    }
    answer = render(request, "referrals/programs.jinja", context, status=error.status if error else 200)
    answer["Cache-Control"] = "no-store, private"
    return answer


def _departments() -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in staff.list_departments()]


@needs(CONNECT)
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Connect a program; its secret is shown on the answer's page alone."""
    given = request.POST
    try:
        secret = services.make_webhook(
            name=given.get("name", ""),
            url=given.get("url", ""),
            events=given.getlist("events"),
            scope=forms.scope(given),
            access=access_of(request),
            now=utc_now(),
        )
    except Invalid as error:
        return _page(request, error)
    return _page(request, secret=secret)


@needs(CONNECT)
@require_POST
def make_key(request: HttpRequest) -> HttpResponse:
    """Make a key of the API; its words are shown on the answer's page alone."""
    given = request.POST
    try:
        words = staff_services.make_api_key(
            name=given.get("key_name", ""),
            scopes=given.getlist("scopes"),
            service_codes=given.get("service_codes", "").replace(",", " ").split(),
            per_minute=int(given.get("per_minute", "")) if given.get("per_minute", "").isdecimal() else 0,
            access=access_of(request),
            now=utc_now(),
        )
    except Invalid as error:
        error.field = {"name": "key_name"}.get(error.field or "", error.field)
        return _page(request, error)
    return _page(request, key=words)


@needs(CONNECT)
@require_POST
def end_key(request: HttpRequest, key_id: int) -> HttpResponse:
    """End a key for good, with a reason."""
    try:
        staff_services.revoke_api_key(
            key_id=key_id, reason=request.POST.get("reason", ""), access=access_of(request), now=utc_now()
        )
    except Invalid as error:
        return _page(request, error)
    return redirect("referrals:programs")


@needs(CONNECT)
@require_POST
def system_key(request: HttpRequest, code: str) -> HttpResponse:
    """Keep our key to another system."""
    services.set_system_key(
        agency_code=code, key=request.POST.get("key", "")[:400], access=access_of(request), now=utc_now()
    )
    return redirect("referrals:programs")


@needs(CONNECT)
@require_GET
def program(request: HttpRequest, webhook_id: int) -> HttpResponseBase:
    """One webhook with its deliveries, as a page or as a file."""
    form = request.GET.get("as")
    if not form:
        return _program(request, webhook_id)
    access, now = access_of(request), utc_now()
    name = f"deliveries-{queries.get_webhook(access, webhook_id)['id']}"
    rows = queries.list_deliveries(access, webhook_id)
    return take_out(request, queries.DELIVERIES, rows, request.GET, form=form, name=name, access=access, now=now)


def _program(request: HttpRequest, webhook_id: int, error: CitydeskError | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    rows = queries.list_deliveries(access, webhook_id)
    hook = queries.get_webhook(access, webhook_id)
    context = {
        "hook": hook,
        "event_names": [labels.HOOK_EVENT_NAMES[one] for one in hook["events"]],
        "share_names": [labels.SHARES[one] for one in hook["shares"]],
        "departments": _departments(),
        "typed": request.POST if error else forms.scope_typed(hook),
        "ticked": forms.ticked(request.POST) if error else [*hook["events"], *hook["shares"]],
        "page": list_page(queries.DELIVERIES, rows, request.GET, access=access, now=now),
        "labels": labels,
        "at": now,
        "errors": {error.field or "form": [str(error.message)]} if error else {},
    }
    return render(request, "referrals/program.jinja", context, status=error.status if error else 200)


@needs(CONNECT)
@require_POST
def act(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Pause, resume, end, or send one event again."""
    given: Any = request.POST
    access, now = access_of(request), utc_now()
    queries.get_webhook(access, webhook_id)
    try:
        if given.get("delivery", "").isdecimal():
            services.redeliver(delivery_id=int(given["delivery"]), access=access, now=now)
        elif given.get("change"):
            scope, events = forms.scope(given), given.getlist("events")
            services.change_scope(webhook_id=webhook_id, events=events, scope=scope, access=access, now=now)
        else:
            services.set_webhook_state(webhook_id=webhook_id, state=given.get("state", ""), access=access, now=now)
    except (Conflict, Invalid) as error:
        return _program(request, webhook_id, error)
    return redirect("referrals:program", webhook_id)
