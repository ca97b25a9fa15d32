"""The find box: a number goes straight to its page; anything else is looked for in every room the reader may search."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from citydesk.contact.interactions.choices import TAKE
from citydesk.kernel.numbering import parse_number
from citydesk.kernel.pages import access_of, needs, render
from citydesk.kernel.registries import in_order, registries

# Where each series of numbers has its page; what the reader may not see answers 404 there.
PAGES = {"SR": "service_requests:detail", "WO": "work_orders:detail"}


@needs("desk.search")
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Words travel by POST: they may be a name or a telephone number."""
    text = request.POST.get("q", "").strip()[:200]
    number = parse_number(text)
    if number and number[:2] in PAGES:
        return redirect(reverse(PAGES[number[:2]], args=[number]))
    access = access_of(request)
    groups = []
    if len(text) >= 2:
        for source in in_order(registries.search_sources.values()):
            if access.may(source.permission):
                hits = source.find(access, text, 8)
                if hits:
                    groups.append({"label": source.label, "hits": hits})
    context = {"find_text": text, "groups": groups, "is_asked": bool(text), "may_take": access.may(TAKE)}
    return render(request, "desk/find.jinja", context, fragment="found")
