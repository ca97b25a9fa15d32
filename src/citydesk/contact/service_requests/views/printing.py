"""Requests on paper."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from citydesk.contact.service_requests import labels, queries
from citydesk.contact.service_requests.choices import VIEW
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.errors import Invalid
from citydesk.kernel.pages import access_of, needs
from citydesk.kernel.texts import full_time

MOST_PRINTED = 50


@needs(VIEW)
@require_GET
def printed(request: HttpRequest, number: str) -> HttpResponse:
    """One request as a PDF: what, where, clocks, timeline as the reader may see them."""
    now = utc_now()
    return _pdf([_paper(access_of(request), number, now)], number, now)


@needs(VIEW, long=True)
@require_GET
def print_many(request: HttpRequest) -> HttpResponse:
    """Several requests in one PDF, a page each."""
    access, now = access_of(request), utc_now()
    ids = [int(one) for one in request.GET.getlist("id") if one.isdecimal()]
    if not ids or len(ids) > MOST_PRINTED:
        raise Invalid(_("Choose one to fifty requests to print."), field="id")
    numbers = queries.numbers_of(access, ids)
    return _pdf([_paper(access, number, now) for number in numbers], _("requests"), now)


def _pdf(papers: list[dict[str, Any]], name: str, now: datetime) -> HttpResponse:
    language = (get_language() or "en").split("-")[0]
    data = {"title": papers[0]["number"] if len(papers) == 1 else name, "language": language, "requests": papers}
    data["words"] = {"clocks": _("Clocks"), "timeline": _("Timeline"), "words": _("Words")}
    content = render_pdf("service_requests/request.typ", data, language=language, now=now)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _paper(access: Access, number: str, now: datetime) -> dict[str, Any]:
    """The words of one request's page on paper."""
    page = queries.get_request(access, number, now=now)
    row, language = page.row, (get_language() or "en").split("-")[0]
    facts = [
        (_("Status"), str(labels.state_label(row.state, row.close_reason))),
        (_("Place"), ", ".join(part for part in (row.place_label, row.place_detail) if part)),
        (_("District"), row.council),
        (_("Received"), full_time(row.received_at)),
        (_("Due"), full_time(row.due_at)),
        (_("Told"), full_time(row.promised_at)),
        (_("Team"), labels.in_language(row.team.names, language) if row.team else ""),
        (_("Owner"), row.owner.name if row.owner else ""),
        (_("Reporter"), page.reporter.name if page.reporter else ""),
        *page.answers,
    ]
    return {
        "number": row.number,
        "title": page.service.name_in(language),
        "facts": [[name, value] for name, value in facts if value],
        "description": row.description,
        "clocks": [[clock.name, f"{clock.end}. {clock.text}"] for clock in page.clocks],
        "timeline": [
            [full_time(one.at), f"{one.who} {one.sentence}" + (f". {one.detail}" if one.detail else "")]
            for one in page.timeline[:60]
        ],
    }
