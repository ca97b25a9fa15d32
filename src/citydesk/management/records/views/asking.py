"""Public-records requests at the desk: the list, taking one down, one request with everything done for it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citydesk.city.customers import queries as customers
from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import queries as interactions
from citydesk.contact.interactions.rules import chosen_customer
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Invalid, NotAllowed, NotFound
from citydesk.kernel.lists import list_page, take_out
from citydesk.kernel.money import format_money
from citydesk.kernel.pages import access_of, needs, raise_as_http, render
from citydesk.kernel.registries import in_order, registries
from citydesk.management.records import choices, labels, queries, rules, services

CHANNELS = ("phone", "visit", "letter", "email")
WORDS = {"close_words": labels.CLOSE, "record_words": labels.RECORD}


@needs(choices.RESPOND)
@require_GET
def requests(request: HttpRequest) -> HttpResponseBase:
    """Public-records requests, soonest due first."""
    access, now = access_of(request), utc_now()
    given = request.GET if request.GET else QueryDict("show=open")
    if form := given.get("as"):
        rows = queries.list_requests(access)
        return take_out(request, queries.REQUESTS, rows, given, form=form, name="requests", access=access, now=now)
    page = list_page(queries.REQUESTS, queries.list_requests(access), given, access=access, now=now)
    return render(request, "records/requests.jinja", {**WORDS, "page": page, "at": now})


@needs(choices.TAKE)
@require_http_methods(["GET", "POST"])
def new_request(request: HttpRequest) -> HttpResponse:
    """Take down a request somebody makes by telephone, at the counter or by letter."""
    access, now = access_of(request), utc_now()
    errors: dict[str, list[str]] = {}
    made = None
    contact = _contact(request, access, now)
    if request.method == "POST":
        try:
            asked = _asked(request.POST, access, contact)
            made = services.take_request(asked=asked, actor=access.actor, now=now)
        except Invalid as error:
            errors = {error.field or "form": [str(error.message)]}
        if made is not None and access.may(choices.RESPOND) and contact is None:
            return redirect("records:request", made.number)
    languages = profile.city().languages
    context = {
        "errors": errors,
        "typed": request.POST or {**request.GET.dict(), **_from_contact(contact)},
        "contact": contact,
        "made": made,
        "languages": languages,
        "language_pairs": [(one, one) for one in languages],
    }
    return render(request, "records/new_request.jinja", context, status=422 if errors else 200)


def _contact(request: HttpRequest, access: Access, now: datetime) -> interactions.Draft | None:
    """The clerk's open contact in which somebody asks; None when it is of no contact. Raises `NotFound`."""
    given = (request.POST or request.GET).get("contact", "").strip()
    if not (given.isascii() and given.isdecimal() and len(given) < 15):
        return None
    return interactions.get_draft(access=access, interaction_id=int(given), now=now)


def _from_contact(contact: interactions.Draft | None) -> dict[str, str]:
    """What the contact knows already: its words, how it came, who it is."""
    if contact is None:
        return {}
    known = {"words": str(contact.fields.get("words", "")), "channel": contact.channel, "language": ""}
    customer_id = chosen_customer(contact.fields)
    if customer_id is not None:
        label = customers.labels([customer_id]).get(customer_id)
        known["customer"] = label.number if label else ""
    return {code: text for code, text in known.items() if text}


def _asked(given: QueryDict, access: Access, contact: interactions.Draft | None) -> services.Asked:
    customer_id = None
    if number := given.get("customer", "").strip():
        try:
            customer_id = customers.id_by_number(access, number)
        except NotFound as error:
            raise Invalid(_("There is no such person."), field="customer") from error
    languages = profile.city().languages
    return services.Asked(
        words=given.get("words", ""),
        channel=given.get("channel", "") if given.get("channel") in CHANNELS else "phone",
        name=given.get("name", ""),
        email=given.get("email", ""),
        address=given.get("address", ""),
        language=given.get("language", "") if given.get("language") in languages else languages[0],
        customer_id=customer_id,
        interaction_id=contact.id if contact else None,
    )


@needs(choices.RESPOND, long=True)
@require_GET
def request_page(request: HttpRequest, number: str) -> HttpResponseBase:
    """One request: its clock, searches, what was found (as a file, too), what was handed over."""
    form = request.GET.get("as")
    if not form:
        return _page(request, number)
    access, now = access_of(request), utc_now()
    rows = queries.records_of(queries.get_request(access, number))
    spec = queries.found_spec()
    return take_out(request, spec, rows, request.GET, form=form, name=f"found-{number}", access=access, now=now)


def _page(request: HttpRequest, number: str, error: CitydeskError | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    row = queries.get_request(access, number)
    found = list_page(queries.found_spec(), queries.records_of(row), request.GET, access=access, now=now)
    today = profile.city_today(now)
    law = queries.law_in_force(today)
    context = {
        "row": row,
        "law": law,
        "fee": rules.fee_of(row.page_count, law),
        "money": format_money,
        "counts": queries.counts_of(row),
        "found": found,
        "records": found.rows,
        "kinds": {one.code: str(one.label) for one in in_order(registries.exporters.values())},
        "exemptions": [(code, f"{one['name']} ({one['mark']})") for code, one in queries.exemptions(today).items()],
        "productions": queries.productions_of(row),
        "history": audit.history_of(choices.REQUEST_TYPE, row.pk),
        "errors": {error.field or "form": [str(error.message)]} if error else {},
        "typed": request.POST,
        "at": now,
    }
    return render(request, "records/request.jinja", {**WORDS, **context}, status=error.status if error else 200)


def _search(number: str, given: QueryDict, access: Access, now: datetime) -> None:
    services.search_records(
        number=number,
        text=given.get("text", ""),
        since=_day(given, "since"),
        until=_day(given, "until"),
        kinds=given.getlist("kinds"),
        access=access,
        now=now,
    )


def _day(given: QueryDict, name: str) -> Any:
    text = given.get(name, "").strip()
    try:
        day = parse_date(text) if text else None
    except ValueError:
        day = None
    if text and day is None:
        raise Invalid(_("Write the date as 2026-11-24."), field=name)
    return day


def _decide(number: str, given: QueryDict, access: Access, now: datetime) -> None:
    services.decide_records(
        number=number,
        record_ids=[int(one) for one in given.getlist("record") if one.isdecimal()],
        state=given.get("state", ""),
        exemption=given.get("exemption", ""),
        reason=given.get("reason", ""),
        access=access,
        now=now,
    )


def _extend(number: str, given: QueryDict, access: Access, now: datetime) -> None:
    services.extend_request(number=number, reason=given.get("reason", ""), access=access, now=now)


def _produce(number: str, given: QueryDict, access: Access, now: datetime) -> None:
    services.produce(number=number, is_checked=given.get("is_checked") == "1", access=access, now=now)


def _close(number: str, given: QueryDict, access: Access, now: datetime) -> None:
    services.close_request(
        number=number,
        reason=given.get("close_reason", ""),
        answer=given.get("answer", ""),
        access=access,
        now=now,
    )


VERBS: dict[str, Callable[[str, QueryDict, Access, datetime], None]] = {
    "search": _search,
    "decide": _decide,
    "extend": _extend,
    "produce": _produce,
    "close": _close,
}


@needs(choices.RESPOND, long=True)
@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Search, decide, extend, produce or close; refused acts come back on the page."""
    if verb not in VERBS:
        raise Http404(verb)
    try:
        VERBS[verb](number, request.POST, access_of(request), utc_now())
    except (NotFound, NotAllowed) as error:
        raise_as_http(error)
    except CitydeskError as error:
        return _page(request, number, error)
    return redirect("records:request", number)
