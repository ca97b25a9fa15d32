"""The office's pages: the list, one work order, a new one, the printed form."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citydesk.city.correspondence.queries import papers
from citydesk.city.places import queries as places
from citydesk.city.places.rules import ResolvedPlace
from citydesk.city.staff import queries as staff
from citydesk.contact.work_orders import labels, queries, services
from citydesk.contact.work_orders.choices import EDIT, INSPECT, VIEW
from citydesk.contact.work_orders.forms import LineForm, NewForm, PlanForm
from citydesk.contact.work_orders.queries.spec import SPEC, in_language
from citydesk.contact.work_orders.views.cautions import cautions_at
from citydesk.contact.work_orders.views.photos import keep_photos, links_of
from citydesk.kernel import texts
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import version_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid, StaleVersion
from citydesk.kernel.lists import list_page, take_out
from citydesk.kernel.money import format_money
from citydesk.kernel.pages import access_of, needs, render
from citydesk.kernel.versions import two_texts

WORDS = {"labels": labels, "in_language": in_language}


@needs(VIEW)
@require_GET
def work_order_list(request: HttpRequest) -> HttpResponseBase:
    """Work orders the reader sees; open ones unless asked otherwise."""
    access, now = access_of(request), utc_now()
    asked = request.GET.copy()
    if not asked:
        asked["show"] = "open"
    rows = queries.list_work_orders(access)
    if asked.get("as"):
        return take_out(request, SPEC, rows, asked, form=str(asked["as"]), name="work-orders", access=access, now=now)
    context = {
        "page": list_page(SPEC, rows, asked, access=access, now=now),
        "counts": queries.count_by_state(access, now),
    }
    return render(
        request, "work_orders/list.jinja", {**WORDS, **context, "may_edit": access.may(EDIT)}, fragment="rows"
    )


@needs(VIEW)
@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, number)


def _page(request: HttpRequest, number: str, error: CitydeskError | None = None) -> HttpResponse:
    access = access_of(request)
    page = queries.get_work_order(access, number)
    context = {
        "page": page,
        "order": page.order,
        "photos": links_of(page.photos),
        "cautions": cautions_at(page.order["address_id"], utc_now()),
        "crews": _crews(),
        "money": format_money,
        "may_edit": access.may(EDIT),
        "may_inspect": access.may(INSPECT),
        "typed": request.POST,
        "act_name": request.POST.get("act", "") if error else "",
        "two": _both_plans(error) if isinstance(error, StaleVersion) else None,
        "errors": {error.field or "form": [str(error.message)]} if error else {},
    }
    return render(request, "work_orders/detail.jinja", {**WORDS, **context}, status=error.status if error else 200)


def _both_plans(error: StaleVersion) -> dict[str, Any]:
    """The plan of whoever was first and the one just typed, in words."""
    crews = dict(_crews())
    labels_of = {
        "crew": _("Crew"),
        "scheduled_date": _("Day"),
        "priority": _("Priority"),
        "instructions": _("Instructions"),
    }
    words: dict[str, Callable[[Any], str]] = {
        "crew": lambda crew: crews.get(crew, _("No crew")),
        "scheduled_date": texts.short_date,
        "priority": lambda code: str(labels.PRIORITY[code]),
        "instructions": str,
    }
    return two_texts(error, labels_of, in_words=lambda name, value: words[name](value))


def _crews() -> list[tuple[int, str]]:
    return [(team.id, team.name) for team in staff.list_teams() if team.kind != "office"]


@needs(EDIT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A work order that no request asked for."""
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            number = _create(form.cleaned_data, access_of(request), utc_now())
            return redirect("work_orders:detail", number)
        except (Invalid, Conflict) as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
    context = {
        "crews": _crews(),
        "typed": form.data if form.is_bound else {"priority": "3"},
        "errors": form.errors if form.is_bound else {},
    }
    return render(request, "work_orders/new.jinja", {**WORDS, **context}, status=422 if form.is_bound else 200)


def _create(typed: dict[str, Any], access: Access, now: datetime) -> str:
    place: ResolvedPlace | None = places.resolve(typed["place"]) if typed["place"] else None
    new_order = services.NewWorkOrder(
        title=typed["title"],
        crew_id=typed["crew"],
        instructions=typed["instructions"],
        priority=typed["priority"],
        scheduled_date=typed["scheduled_date"],
        place=place,
        place_detail=typed["place_detail"],
        needs_photo=typed["needs_photo"],
        needs_inspection=typed["needs_inspection"],
    )
    return services.create_work_order(new=new_order, access=access, now=now)[1]


@needs(VIEW)
@require_POST
def act(request: HttpRequest, number: str) -> HttpResponse:
    """One door for what the office does to an order; `act` names it. A refused act comes back with what was typed."""
    access, now = access_of(request), utc_now()
    try:
        order_id = queries.id_of(access, number)
        chosen = _ACTS.get(request.POST.get("act", ""))
        if chosen is None:
            raise Invalid(_("There is no such act."))
        chosen(request, order_id, access, now)
    except (Invalid, Conflict) as error:
        return _page(request, number, error)
    return redirect("work_orders:detail", number)


def _plan(request: HttpRequest, order_id: int, access: Access, now: datetime) -> None:
    form = PlanForm(request.POST)
    if not form.is_valid():
        name, problems = next(iter(form.errors.items()))
        raise Invalid(str(problems[0]), field=name)
    typed = form.cleaned_data
    services.plan_work_order(
        work_order_id=order_id,
        version=version_of(request.POST) or 0,
        crew_id=typed["crew"],
        scheduled_date=typed["scheduled_date"],
        priority=typed["priority"],
        instructions=typed["instructions"],
        access=access,
        now=now,
    )


def _line(request: HttpRequest, order_id: int, access: Access, now: datetime) -> None:
    form = LineForm(request.POST)
    if not form.is_valid():
        name, problems = next(iter(form.errors.items()))
        raise Invalid(str(problems[0]), field=name)
    typed = {**form.cleaned_data, "unit_cost": form.cleaned_data["unit_cost"] or 0}
    services.add_line(work_order_id=order_id, access=access, now=now, **typed)


def _reasoned(service: Callable[..., None]) -> Callable[[HttpRequest, int, Access, datetime], None]:
    def run(request: HttpRequest, order_id: int, access: Access, now: datetime) -> None:
        service(work_order_id=order_id, reason=request.POST.get("reason", ""), access=access, now=now)

    return run


def _inspect(request: HttpRequest, order_id: int, access: Access, now: datetime) -> None:
    passed = request.POST.get("passed") == "yes"
    services.inspect(
        work_order_id=order_id, passed=passed, reason=request.POST.get("reason", ""), access=access, now=now
    )


def _external(request: HttpRequest, order_id: int, access: Access, now: datetime) -> None:
    words = {name: request.POST.get(name, "") for name in ("system", "number", "status")}
    services.set_external(work_order_id=order_id, access=access, now=now, **words)


def _photo(request: HttpRequest, order_id: int, access: Access, now: datetime) -> None:
    keep_photos(request, order_id, access, now)


_ACTS: dict[str, Callable[[HttpRequest, int, Access, datetime], None]] = {
    "plan": _plan,
    "line": _line,
    "inspect": _inspect,
    "external": _external,
    "photo": _photo,
    "cancel": _reasoned(services.cancel),
    "reopen": _reasoned(services.reopen),
}


@needs(VIEW)
@require_GET
def printed(request: HttpRequest, number: str) -> HttpResponse:
    """The work order on paper, for a crew without a phone: one page, with room to write."""
    language = (get_language() or "en").split("-")[0]
    page = queries.get_work_order(access_of(request), number)
    copy = papers.copy_words(request.GET.get("copy", ""), "work_order", page.order["id"])
    data = {**_on_paper(page, utc_now()), "copy": copy}
    pdf = render_pdf("work_orders/work_order.typ", data, language=language)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{page.order["number"]}.pdf"'
    return answer


def _on_paper(page: queries.WorkOrderPage, now: datetime) -> dict[str, Any]:
    order = page.order
    return {
        "title": order["title"],
        "number": order["number"],
        "facts": [
            [_("Place"), order["place_label"]],
            [_("At"), order["place_detail"]],
            [_("Crew"), in_language(order["crew__names"])],
            [_("Day"), texts.short_date(order["scheduled_date"])],
            [_("Promised"), texts.full_time(order["due_at"])],
            [_("Priority"), str(labels.PRIORITY[order["priority"]])],
            [_("Request"), order["source_number"]],
            [_("Contact"), order["contact_note"]],
        ],
        "cautions": cautions_at(order["address_id"], now),
        "instructions": order["instructions"],
        "checklist": [in_language(item["text"]) for item in page.checklist],
        "words": {
            "cautions": _("Before you go in"),
            "instructions": _("Instructions"),
            "checklist": _("Checklist"),
            "hours": _("Hours"),
            "who": _("Who"),
            "material": _("Material"),
            "quantity": _("Quantity"),
            "result": _("Result"),
            "done": _("Done"),
            "could_not": _("Could not, because"),
            "signed": _("Name and time"),
            "work_order": _("Work order"),
        },
    }
