"""Switches that send their records, the files that were brought, and who an agent's name means."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citydesk.city.staff import queries as staff
from citydesk.contact.traffic import labels, queries, services
from citydesk.contact.traffic.choices import MANAGE
from citydesk.contact.traffic.views.bringing import bring_file
from citydesk.contact.traffic.views.shown import show
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import REFUSALS, Refusal
from citydesk.kernel.clock import utc_now
from citydesk.kernel.imports.runs import Tally
from citydesk.kernel.pages import access_of, needs


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def sources(request: HttpRequest) -> HttpResponse:
    """The switches; a new one's secret is in the answer to its making, once, and nowhere else.

    A file that was brought is answered with what became of it: sent again, it adds nothing.
    """
    access, now = access_of(request), utc_now()
    if request.method == "GET":
        return _page(request, access)
    try:
        if request.POST.get("act") == "make":
            return _made(request, access, now)
        if request.POST.get("act") == "bring":
            return _page(request, access, brought=bring_file(request, access, now))
        _set(request, access, now)
    except REFUSALS as error:
        return _page(request, access, refusal=Refusal(request.POST.get("act", ""), error, request.POST))
    return redirect("traffic:sources")


def _made(request: HttpRequest, access: Access, now: datetime) -> HttpResponse:
    code = request.POST.get("code", "").strip()
    secret = services.make_source(code=code, name=request.POST.get("name", ""), access=access, now=now)
    return _page(request, access, made={"code": code, "secret": secret})


def _set(request: HttpRequest, access: Access, now: datetime) -> None:
    key = request.POST.get("source", "")
    services.set_source_active(
        source_id=int(key) if key.isdecimal() else 0,
        is_active=request.POST.get("act") == "resume",
        access=access,
        now=now,
    )


def _page(
    request: HttpRequest,
    access: Access,
    *,
    made: dict[str, str] | None = None,
    brought: Tally | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "sources": queries.list_sources(access=access),
        "runs": queries.list_runs(access=access),
        "made": made,
        "brought": brought,
        "formats": [(code.value, words) for code, words in labels.FORMATS.items()],
        "door": request.build_absolute_uri("/hooks/contacts/"),
        "at": utc_now(),
    }
    return show(request, "sources.jinja", context, refusal)


@needs(MANAGE)
@require_GET
def agents(request: HttpRequest) -> HttpResponse:
    """Agents as switches call them, and who each is."""
    access = access_of(request)
    context = {
        "agents": queries.list_agents(access=access),
        "people": [(str(one.id), one.name) for one in staff.list_people()],
    }
    return show(request, "agents.jinja", context)


@needs(MANAGE)
@require_POST
def agent_link(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Say who an agent is; nobody where no person is chosen."""
    person = request.POST.get("user", "")
    services.link_agent(
        agent_id=agent_id,
        user_id=int(person) if person.isdecimal() else None,
        access=access_of(request),
        now=utc_now(),
    )
    return redirect("traffic:agents")
