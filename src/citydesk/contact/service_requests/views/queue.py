"""The queue page: list, views, filters, exports."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.staff import queries as staff
from citydesk.contact.service_requests import choices, labels, queries
from citydesk.contact.service_requests.choices import BULK, VIEW
from citydesk.contact.service_requests.queries import columns
from citydesk.contact.service_requests.rules import many
from citydesk.contact.service_requests.views import undo
from citydesk.contact.service_requests.views.exporting import ask_for_export, count_listed
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.lists import (
    ListPage,
    ListSpec,
    key_of,
    list_page,
    read_address,
    save_own,
    save_view,
    take_out,
    texts_in,
)
from citydesk.kernel.pages import access_of, needs, render, url_ends

TEMPLATE = "service_requests/queue.jinja"


@needs(VIEW)
@require_GET
def queue(request: HttpRequest) -> HttpResponseBase:
    """Requests as the reader filters them; open work of their teams when nothing is asked."""
    access, now = access_of(request), utc_now()
    asked = with_defaults(request.GET, access)
    if asked.get("as"):
        count = count_listed(asked, access, now)
        if many.needs_second(count, access.limits, "export"):
            query = asked.copy()
            form = str(query.pop("as")[-1])
            return ask_for_export(request, query.urlencode(), form, count)
        return take_out(
            request,
            exported_spec(asked, access, now),
            queries.list_queue(access),
            asked,
            form=str(asked["as"]),
            name="requests",
            access=access,
            now=now,
        )
    context = {**context_of(asked, access, now), "undo": undo.offered(request, now)}
    return render(request, TEMPLATE, context, fragment="list")


def with_defaults(given: QueryDict, access: Access) -> QueryDict:
    """What the address leaves open: open work, one's own teams on the bare page, last closed first among closed."""
    asked = given.copy()
    if not any(asked.getlist(one) for one in asked):
        asked["show"] = "open"
        if access.team_ids:
            asked["team"] = "mine"
    if not asked.get("show"):
        asked["show"] = "open"
    if asked["show"] == "closed" and not asked.get("sort"):
        asked["sort"] = "closed"
    return asked


def context_of(asked: QueryDict, access: Access, now: datetime) -> dict[str, Any]:
    """What the page draws of a list: its rows, views, filters and the small forms of its acts."""
    spec, found, page, beside = _read(asked, access, now)
    listed = len(found.ids) if found else beside.listed
    load, forms = queries.profile_load(), choices_of_forms(now)
    drawn, has_more = _columns_and_views(spec, page, beside, now), listed > len(page.rows)
    # What the kept part around the rows follows from, besides the language; what else differs is a hole in it.
    words = texts_in(spec, page.values)
    but_words = {code: code if code in words else value for code, value in page.values.items()}
    newest = queries.MOST_FOUND if found and found.is_capped else 0
    shape = (drawn["columns"], len(page.rows), has_more, bool(page.next_url), bool(page.previous_url), newest)
    return {
        "page": page,
        **drawn,
        "total": queries.shown(listed, has_more=bool(found and found.is_capped)),
        "newest": newest,
        "has_more_than_page": has_more,
        "at": now,
        "list_key": (load, access, tuple(sorted(but_words.items())), page.sort.code, forms["hold_review"], shape),
        "words": words.get("q", ""),
        "labels": labels,
        "may": {name: access.may(getattr(choices, name.upper())) for name in ("bulk", "assign", "edit")},
        "has_selection": access.may(BULK),
        **forms,
    }


def _read(asked: QueryDict, access: Access, now: datetime) -> tuple[ListSpec, Any, ListPage, Any]:
    """(the list, the hits of words that are searched for, its page, what stands beside it)."""
    own = queries.own_team(asked.get("team", ""), access)
    spec = queries.queue_spec(access, now=now, own_team=own)

    def seen() -> Any:
        return queries.list_queue(access, own_team=own)

    found = queries.found_by_words(spec, seen, asked, access=access, now=now)

    def rows() -> Any:
        return queries.list_queue(access) if found else seen()

    # The list's own count goes with those of the views: one statement for all of them, by one journey with the rows.
    reading = read_address(spec, asked, access=access, now=now)
    beside_of = queries.ask_beside(
        access,
        now=now,
        listed=None if found else lambda: spec.narrow(seen(), reading.values),
        listed_key=key_of(spec, access, reading.values, reading.sort),
        query=spec.query_of(reading.values, reading.sort),
    )
    page = list_page(
        spec,
        rows,
        reading,
        access=access,
        now=now,
        has_count=False,
        statements=queries.queue_statements(now),
        found=found.ids if found else None,
    )
    return spec, found, page, beside_of()


def _columns_and_views(spec: ListSpec, page: ListPage, beside: Any, now: datetime) -> dict[str, Any]:
    """The chosen columns with the rows in them, and the view this is: columns make no other view of the same list."""
    shown = columns.columns_shown(page.values.get("cols"), beside.own)
    bare = {name: value for name, value in page.values.items() if name != "cols"}
    without = spec.query_of(bare, page.sort)
    current = next((one for one in (*beside.mine, *beside.team) if one.query == without), None)
    named = next((one for one in beside.saved if one.is_current), None)
    return {
        "lines": _lines(page, shown, now),
        "columns": shown,
        "column_choices": columns.choices_of(shown),
        "saves": without if shown == columns.USUAL else spec.query_of({**bare, "cols": shown}, page.sort),
        **_views_at_the_side(beside, without),
        "title": named.name if named else current.text if current else _("Requests"),
        "view_id": named.id if named else None,
    }


def _lines(page: ListPage, shown: tuple[str, ...], now: datetime) -> list[Any]:
    """The rows as the page writes them."""
    detail, peek = url_ends("service_requests:detail"), url_ends("service_requests:peek")
    return queries.lines_of(page.rows, now, detail=detail, peek=peek, query=page.query, columns=shown)


def _views_at_the_side(beside: Any, query: str) -> dict[str, Any]:
    """The views of the sidebar; the one that lists `query` is marked. How many each has is told apart from the rest."""
    mine, team = ([_link(one, query) for one in views] for views in (beside.mine, beside.team))
    saved = [{"text": one.name, "href": one.url, "is_current": one.is_current} for one in beside.saved]
    return {
        "views": (mine, team, saved),
        "views_key": tuple(tuple(one.values()) for views in (mine, team, saved) for one in views),
        "counts": {f"n_{one.code}": one.shown for one in (*beside.mine, *beside.team)},
    }


def choices_of_forms(now: datetime) -> dict[str, Any]:
    """What the small forms let choose from: teams, crews, reasons for a hold."""
    reasons = queries.hold_reason_choices(now)
    return {
        **queries.standing_choices(),
        "hold_options": [(code, words) for code, words, _review in reasons],
        "hold_review": reasons[0][2] if reasons else "",
    }


def _link(one: queries.View, query: str) -> dict[str, Any]:
    return {
        "code": one.code,
        "text": one.text,
        "href": f"?{one.query}",
        "is_current": one.query == query,
        "tone": one.tone,
    }


@needs(VIEW)
@require_POST
def filter_queue(request: HttpRequest) -> HttpResponse:
    """The filter form: words are personal, so they come by POST and go into the address sealed."""
    access, now = access_of(request), utc_now()
    query = queries.queue_spec(access, now=now).query_for(request.POST, access=access, now=now)
    return redirect(f"{reverse('service_requests:queue')}?{query}")


def exported_spec(asked: QueryDict, access: Access, now: datetime) -> ListSpec:
    """The list as it goes into a file: with the columns the reader sees. Its age is told by when it was received."""
    spec = queries.queue_spec(access, now=now)
    own = queries.ask_beside(access, now=now)().own
    shown = columns.columns_shown(columns.FILTER.parse({"cols": asked.getlist("cols")}, access, now), own)
    if shown == columns.USUAL:
        return spec
    by_code = {one.code: one for one in spec.columns}
    wanted = dict.fromkeys("received" if code == "age" else code for code in shown)
    return replace(spec, columns=tuple(by_code[code] for code in wanted))


@needs(VIEW)
@require_POST
def choose_columns(request: HttpRequest) -> HttpResponse:
    """Keep which columns the reader sees in every list of the queue, and in which order."""
    access, now = access_of(request), utc_now()
    chosen = columns.columns_posted({code: request.POST.get(code, "") for code in columns.NAMES})
    is_usual = "usual" in request.POST or chosen == columns.USUAL
    kept = "" if is_usual else urlencode(columns.FILTER.query(chosen))
    save_own(list_code=queries.LIST_CODE, query=kept, access=access, now=now)
    asked = QueryDict(request.POST.get("query", "")).copy()
    asked.pop("cols", None)
    return redirect(f"{reverse('service_requests:queue')}?{asked.urlencode()}")


@needs(VIEW)
@require_POST
def keep_view(request: HttpRequest) -> HttpResponse:
    """Save the filters under a name, for oneself or for one's team."""
    access = access_of(request)
    team = request.POST.get("team_id", "")
    query = request.POST.get("query", "")
    save_view(
        list_code=queries.LIST_CODE,
        name=request.POST.get("name", ""),
        query=query,
        access=access,
        now=utc_now(),
        team_id=int(team) if team.isdecimal() else None,
    )
    return redirect(f"{reverse('service_requests:queue')}?{query}")


@needs(VIEW)
@require_GET
def owners(request: HttpRequest) -> HttpResponse:
    """People to assign to, of one team: the options of the select beside the team."""
    team = request.GET.get("team_id") or request.GET.get("team") or ""
    people = staff.people_of_team(int(team), utc_now()) if team.isdecimal() else []
    return render(request, "service_requests/_owners.jinja", {"people": people})


@needs(VIEW)
@require_GET
def peek(request: HttpRequest, number: str) -> HttpResponse:
    """A request beside the list, without leaving it."""
    access, now = access_of(request), utc_now()
    page = queries.get_request(access, number, now=now)
    return render(request, "service_requests/_peek.jinja", {"page": page, "labels": labels, "at": now})
