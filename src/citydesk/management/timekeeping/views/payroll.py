"""The pay office: sheets of a period, payroll files, terms and balances of people."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Act, Refusal, act_on, read
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid, NotFound
from citydesk.kernel.pages import access_of, needs
from citydesk.management.timekeeping import forms, queries, services
from citydesk.management.timekeeping.choices import FILES, PAYROLL
from citydesk.management.timekeeping.views.shown import show


@needs(FILES)
@require_GET
def payroll(request: HttpRequest) -> HttpResponse:
    """A pay period; the one that ended last unless the address names a day."""
    return _page(request)


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    day = forms.day_or(request.GET.get("day", ""), queries.last_period(now).first_day)
    language = (get_language() or "en").split("-")[0]
    context = {
        "page": queries.payroll_page(access, day),
        "may_write": access.may(PAYROLL),
        "types": [
            (code, rules.name_in(language))
            for code, rules in queries.leave_rules_on(profile.city_today(now)).items()
            if rules.needs_balance
        ],
        "today": profile.city_today(now),
    }
    return show(request, "payroll.jinja", context, now, refusal)


@needs(PAYROLL, long=True)
@require_POST
def payroll_act(request: HttpRequest) -> HttpResponse:
    """Make a file, write terms, adjust a balance."""
    return act_on(
        request,
        _ACTS,
        find=lambda access: 0,
        refused=lambda refusal: _page(request, refusal),
        done=lambda: redirect("timekeeping:payroll"),
    )


def _export(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.export_payroll(**read(forms.PeriodForm, request.POST), access=access, now=now)


def _person(username: str) -> int:
    try:
        return staff.user_by_username(username).id
    except NotFound as error:
        raise Invalid(str(error.message), field="username") from error


def _terms(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.TermsForm, request.POST)
    day = typed.pop("hours_a_day") or 8 * forms.HOUR
    services.set_terms(
        user_id=_person(typed.pop("username")), week_seconds=[day] * 5 + [0, 0], **typed, access=access, now=now
    )


def _balance(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.BalanceForm, request.POST)
    try:
        seconds = forms.seconds_of(typed.pop("hours"))
    except forms.forms.ValidationError as error:
        raise Invalid(str(error.messages[0]), field="hours") from error
    user_id = _person(typed.pop("username"))
    services.adjust_balance(user_id=user_id, seconds=seconds, **typed, access=access, now=now)


_ACTS: dict[str, Act] = {"export": _export, "terms": _terms, "balance": _balance}


@needs(FILES, long=True)
@require_GET
def payroll_file(request: HttpRequest, number: str) -> HttpResponse:
    """A payroll file, the same bytes each time."""
    name, content = queries.export_file(access_of(request), number, now=utc_now())
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store, private"}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
