"""Opening pages: what each role should see first, put together from the cards that the rooms offer."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from citydesk.city.profile import queries as profile
from citydesk.desk.queries import absent
from citydesk.desk.rules.home import own_pages
from citydesk.desk.views.absent_undo import moved_lately
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError
from citydesk.kernel.pages import access_of, needs, render, request_context
from citydesk.kernel.registries import HomeCard, in_order, registries

TITLES: dict[str, Any] = {
    "representative": gettext_lazy("My desk"),
    "supervisor": gettext_lazy("Supervision"),
    "department": gettext_lazy("My department"),
    "director": gettext_lazy("The city at a glance"),
}


@needs("staff.own_account")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The reader's own opening page; crews go to their round, administrators to the installation."""
    access = access_of(request)
    pages = own_pages(access.may, access.roles)
    if not pages:
        return render(request, "desk/home/nothing.jinja")
    if pages[0] == "crew":
        return redirect("work_orders:crew")
    if pages[0] == "administration":
        return redirect("desk:administration")
    return draw_home(request, pages[0], pages)


@needs("desk.home")
@require_GET
def home_page(request: HttpRequest, page: str) -> HttpResponse:
    """Another of the reader's opening pages."""
    access = access_of(request)
    pages = own_pages(access.may, access.roles)
    if page not in pages or page not in TITLES:
        raise Http404
    return draw_home(request, page, pages)


def draw_home(request: HttpRequest, page: str, pages: list[str], error: CitydeskError | None = None) -> HttpResponse:
    """One opening page, with the error of an act on it if there was one."""
    access, now = access_of(request), utc_now()
    cards = _cards(request, page, access, now)
    context = {
        "page": page,
        "pages": [one for one in pages if one in TITLES],
        "titles": TITLES,
        "today": now.astimezone(profile.local_zone()),
        "main_cards": [html for card, html in cards if card.column == "main"],
        "side_cards": [html for card, html in cards if card.column != "main"],
        "absent": absent.list_absent_work(access, now) if page == "supervisor" else [],
        "colleagues": absent.list_colleagues(now) if page == "supervisor" else [],
        "moved": moved_lately(request, now) if page == "supervisor" else None,
        "error": str(error.message) if error else "",
    }
    return render(request, "desk/home/home.jinja", context, status=error.status if error else 200)


def _cards(request: HttpRequest, page: str, access: Access, now: datetime) -> list[tuple[HomeCard, SafeString]]:
    """The cards of a page, each drawn with its own context, so that no card can trip over another's words."""
    drawn = []
    for card in in_order(one for one in registries.home_cards.values() if page in one.pages):
        if not access.may(card.permission):
            continue
        context = card.build(access=access, now=now)
        values = request_context({"now": now, "access": access, **context}, request)
        # A template of ours, escaped by the same environment as every page.
        html = get_template(card.template).template.render(values)  # type: ignore[attr-defined]  # a Jinja template behind it
        drawn.append((card, mark_safe(html)))
    return drawn
