"""Contracts and availability of the people one plans for."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dates import WEEKDAYS
from django.views.decorators.http import require_GET, require_POST

from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Act, Refusal, act_on, private_page, read, version_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs
from citydesk.management.workforce import forms, labels, services
from citydesk.management.workforce.choices import PLAN
from citydesk.management.workforce.queries.availability import statements_to_decide
from citydesk.management.workforce.queries.contracts import get_terms, list_contracts
from citydesk.management.workforce.queries.weeks import template_names
from citydesk.management.workforce.views.shown import number

EMPTY = {
    "min_minutes": "40:00",
    "max_minutes": "40:00",
    "max_days": "5",
    "weekdays": ["0", "1", "2", "3", "4"],
    "earliest": "07:00",
    "latest": "19:00",
    "min_rest": "11:00",
    "max_run": "6",
    "overtime_after": "40:00",
    "approved_overtime": "0:00",
}


@needs(PLAN)
@require_GET
def contracts(request: HttpRequest) -> HttpResponse:
    """Everybody one plans for, and what is agreed with them."""
    context = {"lines": list_contracts(access_of(request), utc_now()), "labels": labels, "weekdays": WEEKDAYS}
    return private_page(request, "workforce/contracts.jinja", context)


@needs(PLAN)
@require_GET
def contract(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person's contracts and availability."""
    return _person(request, user_id)


def _person(request: HttpRequest, user_id: int, refusal: Refusal | None = None) -> HttpResponse:
    page = get_terms(access_of(request), user_id, utc_now())
    is_contract = refusal is not None and refusal.act == "contract"
    names = template_names(page.today)
    context = {
        "page": page,
        "labels": labels,
        "statements": statements_to_decide(user_id, page.group, now=utc_now()),
        "refused_id": refusal.typed.get("statement", "") if refusal else "",
        "me": access_of(request).actor.staff_id,
        "weekdays": [(str(day), str(name)) for day, name in WEEKDAYS.items()],
        "kinds": [(one.value, words) for one, words in labels.AVAILABILITY.items()],
        "templates": [(code, labels.template_name(names, code)) for code in names],
        "given": _typed(refusal) if is_contract and refusal else _given(page.contracts[0] if page.contracts else None),
    }
    return private_page(request, "workforce/contract.jinja", context, refusal)


def _typed(refusal: Refusal) -> dict[str, Any]:
    lists = {"weekdays": refusal.typed.getlist("weekdays"), "templates": refusal.typed.getlist("templates")}
    return {**refusal.typed.dict(), **lists}


def _given(row: Any) -> dict[str, Any]:
    """The fields as they stand: the newest contract's, or a usual week."""
    if row is None:
        return {"templates": [], "first": "", **EMPTY}
    minutes = ("min_minutes", "max_minutes", "min_rest", "approved_overtime")
    clocks = ("earliest", "latest")
    return {
        **{name: labels.hours(getattr(row, name)) for name in minutes},
        **{name: labels.hours(getattr(row, name)).rjust(5, "0") for name in clocks},
        "overtime_after": labels.hours(row.overtime_after) if row.overtime_after is not None else "",
        "max_days": row.max_days,
        "max_run": row.max_run,
        "weekdays": [str(one) for one in row.weekdays],
        "templates": list(row.templates),
        "first": "",
    }


@needs(PLAN)
@require_POST
def contract_act(request: HttpRequest, user_id: int) -> HttpResponse:
    """One door for what is written about a person's weeks."""
    return act_on(
        request,
        _ACTS,
        find=lambda access: get_terms(access, user_id, utc_now()).person.id,
        refused=lambda refusal: _person(request, user_id, refusal),
        done=lambda: redirect("workforce:contract", user_id),
    )


def _set(request: HttpRequest, user_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.ContractForm, request.POST)
    new = services.NewContract(
        **{
            **typed,
            "weekdays": tuple(typed["weekdays"]),
            "approved_overtime": typed["approved_overtime"] or 0,
            "templates": tuple(request.POST.getlist("templates")),
        }
    )
    services.set_contract(user_id=user_id, new=new, access=access, now=now)


def _say(request: HttpRequest, user_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.AvailabilityForm, request.POST)
    starts, ends = typed["starts"], typed["ends"]
    new = services.NewAvailability(
        typed["kind"], typed["weekday"], typed["day"], starts or 0, 1440 if ends is None else ends, typed["weight"] or 1
    )
    services.say_availability(user_id=user_id, new=new, access=access, now=now)


def _drop(request: HttpRequest, user_id: int, access: Access, now: datetime) -> None:
    given = request.POST.get("availability", "")
    services.drop_availability(availability_id=int(given) if given.isdecimal() else 0, access=access, now=now)


def _end(request: HttpRequest, user_id: int, access: Access, now: datetime) -> None:
    last: date = read(forms.LastDayForm, request.POST)["last"]
    services.end_contract(user_id=user_id, last=last, access=access, now=now)


def _decide(service: Callable[..., None]) -> Act:
    def run(request: HttpRequest, user_id: int, access: Access, now: datetime) -> None:
        given = request.POST
        service(
            statement_id=number(given.get("statement", "")),
            reason=given.get("reason", ""),
            access=access,
            now=now,
            version=version_of(given),
        )

    return run


_ACTS: dict[str, Act] = {
    "contract": _set,
    "say": _say,
    "drop": _drop,
    "end": _end,
    "accept": _decide(services.accept_statement),
    "decline": _decide(services.decline_statement),
}
