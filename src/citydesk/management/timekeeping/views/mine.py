"""My time: the clock, the week, corrections with their reasons, submitting with one's word."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Act, Refusal, act_on, read, version_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs
from citydesk.management.timekeeping import forms, labels, queries, services
from citydesk.management.timekeeping.choices import OWN, OvertimeAs
from citydesk.management.timekeeping.views.bar import remember
from citydesk.management.timekeeping.views.shown import show


@needs(OWN)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """One's own week; this one unless the address names a day of another."""
    return _page(request, request.GET)


def _page(request: HttpRequest, given: QueryDict, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    today = profile.city_today(now)
    day = forms.day_or(given.get("week", ""), today)
    clock = queries.clock_now(access, now)
    remember(request, clock)
    context = {
        "page": queries.my_week(access, min(day, today), now=now),
        "clock": clock,
        "states": [(state, words) for state, words in labels.CLOCK.items() if state != "out"],
        "kinds": [(kind.value, words) for kind, words in labels.KINDS.items()],
        "overtime": [(one.value, words) for one, words in labels.OVERTIME.items()],
        "today": today,
    }
    return show(request, "mine.jinja", context, now, refusal)


@needs(OWN)
@require_POST
def mine_act(request: HttpRequest) -> HttpResponse:
    """One door for what a person does with their own time."""
    week = request.POST.get("week", "")
    address = reverse("timekeeping:mine") + (f"?week={forms.day_or(week, utc_now().date())}" if week else "")
    return act_on(
        request,
        _ACTS,
        find=lambda access: _number(request.POST.get("sheet", "")),
        refused=lambda refusal: _page(request, request.POST, refusal),
        done=lambda: redirect(address),
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def _punch(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.punch(state=request.POST.get("state", ""), access=access, now=now)


def _forgotten(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.close_forgotten(**read(forms.ForgottenForm, request.POST), access=access, now=now)


def _add(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.EntryForm, request.POST)
    services.add_entry(is_relieved=not typed.pop("is_on_duty"), **typed, access=access, now=now)


def _correct(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.EntryForm, request.POST)
    entry = _number(request.POST.get("entry", ""))
    services.correct_entry(entry_id=entry, is_relieved=not typed.pop("is_on_duty"), **typed, access=access, now=now)


def _remove(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    entry = _number(request.POST.get("entry", ""))
    services.remove_entry(entry_id=entry, reason=request.POST.get("reason", ""), access=access, now=now)


def _meal(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.MealForm, request.POST)
    services.cancel_meal(**typed, is_cancelled=request.POST.get("back") != "1", access=access, now=now)


def _submit(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    week = forms.day_or(request.POST.get("week", ""), profile.city_today(now))
    overtime = request.POST.get("overtime_as", "")
    services.submit_sheet(
        week_start=week,
        is_attested=request.POST.get("is_attested") == "1",
        overtime_as=overtime if overtime in set(OvertimeAs) else OvertimeAs.PAY,
        access=access,
        now=now,
        version=version_of(request.POST),
    )


def _recall(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.recall_sheet(sheet_id=record_id, access=access, now=now, version=version_of(request.POST))


_ACTS: dict[str, Act] = {
    "punch": _punch,
    "forgotten": _forgotten,
    "add": _add,
    "correct": _correct,
    "remove": _remove,
    "meal": _meal,
    "submit": _submit,
    "recall": _recall,
}
