"""Opening one record in an emergency: the door, the record under its banner, and who watches over both."""

import hashlib
import secrets
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citydesk.city.profile import queries as profile
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Invalid, NotFound, TooMany
from citydesk.kernel.pages import access_of, needs, render
from citydesk.kernel.registries import registries
from citydesk.kernel.step_up import is_proved_again, prove_address
from citydesk.kernel.telephone import phone_words
from citydesk.kernel.texts import date_words
from citydesk.management.records import labels, queries, services
from citydesk.management.records.choices import BREAK_GLASS, EMERGENCY_REPORT
from citydesk.management.records.rules import emergency as rules

OWN_ACCOUNT = "staff.own_account"
SESSION_KEY = "records.emergency"
# A picture or paper opened on its own runs nothing and loads nothing.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def _mark(request: HttpRequest, *, make: bool = False) -> str:
    """A digest of what this session alone knows: an opening serves no other. Empty until one is made."""
    secret = request.session.get(SESSION_KEY, "")
    if not secret and make:
        secret = request.session[SESSION_KEY] = secrets.token_urlsafe(24)
    return hashlib.sha256(secret.encode()).hexdigest() if secret else ""


@needs(BREAK_GLASS)
@require_http_methods(["GET", "POST"])
def emergency(request: HttpRequest) -> HttpResponse:
    """The door: prove who you are, name the record, say why. What is open in this session stands below."""
    access, now = access_of(request), utc_now()
    here = reverse("records:emergency")
    is_proved, errors, status = is_proved_again(request), {}, 200
    if request.method == "POST":
        if not is_proved:
            return redirect(prove_address(request, here))
        try:
            made = services.open_in_emergency(
                number=request.POST.get("number", ""),
                reason=request.POST.get("reason", ""),
                mark=_mark(request, make=True),
                is_proved=is_proved,
                access=access,
                now=now,
            )
            return redirect("records:opened", made.pk)
        except (Invalid, TooMany) as error:
            errors, status = _beside(error, "number"), error.status
    context = {
        "is_proved": is_proved,
        "prove_url": prove_address(request, here),
        "running": [
            (one, rules.minutes_left(one.ends_at, now))
            for one in queries.list_running(access, mark=_mark(request), now=now)
        ],
        "kinds": {code: one.label for code, one in registries.emergencies.items()},
        "typed": request.POST,
        "errors": errors,
        "at": now,
    }
    return _unkept(render(request, "records/emergency.jinja", context, status=status))


@needs(BREAK_GLASS)
@require_GET
def opened(request: HttpRequest, opening_id: int) -> HttpResponse:
    """The record, read-only, as long as the opening runs; then 404, as every other record."""
    access, now = access_of(request), utc_now()
    try:
        found = queries.read_opened(access, opening_id, mark=_mark(request), now=now)
    except NotFound as error:
        raise Http404(str(error.message)) from error
    kind = registries.emergencies[found.opening.kind].label
    context = {"found": found, "opening": found.opening, "left": found.minutes_left, "kind": kind, "at": now}
    return _until(render(request, "records/opened.jinja", context), found.opening.ends_at, now)


@needs(BREAK_GLASS)
@require_http_methods(["GET", "POST"])
def opened_reporter(request: HttpRequest, opening_id: int) -> HttpResponse:
    """Who reported it: a reason first, then once, in an answer that nobody keeps."""
    access, now, mark = access_of(request), utc_now(), _mark(request)
    context: dict[str, Any] = {"identity": None, "errors": {}, "reason": request.POST.get("reason", ""), "at": now}
    status = 200
    try:
        opening = queries.running_opening(access, opening_id, mark=mark, now=now)
        if not opening.has_reporter:
            raise NotFound("")
        if request.method == "POST":
            identity: Any = services.open_reporter(
                opening_id=opening_id, reason=context["reason"], mark=mark, access=access, now=now
            )
            context.update(identity=identity, phone=phone_words(identity.phone))
    except NotFound as error:
        raise Http404(str(error.message)) from error
    except Invalid as error:
        context["errors"], status = _beside(error, "reason"), error.status
    context.update(opening=opening, left=rules.minutes_left(opening.ends_at, now))
    return _until(render(request, "records/opened_reporter.jinja", context, status=status), opening.ends_at, now)


@needs(BREAK_GLASS)
@require_GET
def opened_file(request: HttpRequest, opening_id: int, file_id: int) -> HttpResponse:
    """A file of the record, as long as the opening runs: a picture to look at, all else as a download."""
    try:
        link, content = queries.opened_file(access_of(request), opening_id, file_id, mark=_mark(request), now=utc_now())
    except NotFound as error:
        raise Http404(str(error.message)) from error
    way = "inline" if link.kind == "image" else "attachment"
    headers = {
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(link.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": SANDBOX,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return _unkept(HttpResponse(content, content_type=link.content_type, headers=headers))


@needs(BREAK_GLASS)
@require_POST
def end(request: HttpRequest, opening_id: int) -> HttpResponse:
    """Done before the hour is over."""
    try:
        services.end_opening(opening_id=opening_id, mark=_mark(request), access=access_of(request), now=utc_now())
    except NotFound as error:
        raise Http404(str(error.message)) from error
    return redirect("records:emergency")


@needs(EMERGENCY_REPORT, long=True)
@require_GET
def emergency_report(request: HttpRequest) -> HttpResponse:
    """A month of openings: who, why, which record, how long, and whether its owner has looked."""
    access, now = access_of(request), utc_now()
    first = _month(request.GET.get("month", ""), profile.city_today(now))
    lines = queries.month_of_openings(access, first, now=now)
    context = {
        "lines": lines,
        "month": date_words(first, "F Y"),
        "month_code": f"{first:%Y-%m}",
        "earlier": f"{_shifted(first, -1):%Y-%m}",
        "later": f"{_shifted(first, 1):%Y-%m}" if _shifted(first, 1) <= profile.city_today(now) else "",
        "kinds": {code: one.label for code, one in registries.emergencies.items()},
        "ended": labels.ENDED_BY,
        "unseen": sum(not one.is_seen for one in lines),
        "at": now,
    }
    return _unkept(render(request, "records/emergency_report.jinja", context))


@needs(OWN_ACCOUNT)
@require_GET
def emergency_notices(request: HttpRequest) -> HttpResponse:
    """What the reader keeps and others opened; everybody sees their own."""
    notices = queries.list_notices(access_of(request))
    context = {
        "notices": notices,
        "kinds": {code: one.label for code, one in registries.emergencies.items()},
        "at": utc_now(),
    }
    return _unkept(render(request, "records/emergency_told.jinja", context))


@needs(OWN_ACCOUNT)
@require_POST
def emergency_seen(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The owner has looked at it: the report says so."""
    try:
        services.see_notice(notice_id=notice_id, access=access_of(request), now=utc_now())
    except NotFound as error:
        raise Http404(str(error.message)) from error
    return redirect("records:emergency_notices")


def _beside(error: CitydeskError, field: str) -> dict[str, list[str]]:
    return {error.field or field: [str(error.message)]}


def _month(text: str, today: date) -> date:
    """The first day of "2026-11"; of today's month where the address says none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def _shifted(first: date, by: int) -> date:
    """The first day of the month before or after."""
    months = first.year * 12 + first.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    return response


def _until(response: HttpResponse, ends_at: datetime, now: datetime) -> HttpResponse:
    """Nobody keeps the page, and it goes from the screen by itself when the hour is over."""
    response["Refresh"] = str(max(1, int((ends_at - now).total_seconds()) + 1))
    return _unkept(response)
