"""What anybody may read: the first page, answers, open reports near a place, privacy, accessibility."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from citydesk.city.knowledge import queries as knowledge
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, TooMany
from citydesk.kernel.pages import public
from citydesk.kernel.throttle import client_network, throttle
from citydesk.portal import forms, rules
from citydesk.portal.queries.first_page import get_first_page
from citydesk.portal.queries.nearby import list_near
from citydesk.portal.views.pages import language_of, show
from citydesk.portal.views.report import page_methods

_SEARCHES, _SECONDS = 60, 60


@public("the city's first page")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The emergency line, then what people come for."""
    return show(request, "read/home", {"page": get_first_page(language_of(), utc_now())}, is_private=False)


@public("answers are public")
@page_methods
def articles(request: HttpRequest) -> HttpResponse:
    """Every answer, or those that fit the words; words travel by POST since they may say something of a person."""
    words = rules.line(request.POST.get("words", ""), 120)
    language = language_of()
    if words:
        throttle(f"portal.articles {client_network(request)}", limit=_SEARCHES, per_seconds=_SECONDS, now=utc_now())
        hits = knowledge.suggest(words, None, language, 20, public_only=True)
    else:
        hits = knowledge.list_articles(language=language, public_only=True)
    return show(request, "read/articles", {"words": words, "hits": hits}, is_private=bool(words))


@public("answers are public")
@require_safe
def article(request: HttpRequest, code: str) -> HttpResponse:
    """One answer, ready to print."""
    found = knowledge.get_article(None, code, language_of())
    return show(request, "read/article", {"article": found, "offers": bool(found.service_codes)}, is_private=False)


@public("shows what is public of open reports")
@page_methods
def nearby(request: HttpRequest) -> HttpResponse:
    """Open reports near a place, or the newest; the map shows the same as the list."""
    text = rules.line(request.POST.get("place", ""), rules.LONGEST_PLACE)
    choice = rules.line(request.POST.get("place_choice", ""), 60)
    errors: forms.Errors = []
    try:
        throttle(f"portal.nearby {client_network(request)}", limit=_SEARCHES, per_seconds=_SECONDS, now=utc_now())
        found = list_near(text, choice, language=language_of())
    except TooMany:
        raise
    except CitydeskError as error:
        errors = [("place", str(error.message))]
        found = list_near("", "", language=language_of())
    values = {
        "errors": errors,
        "place_text": text,
        "rows": found.rows,
        "near": found.label,
        "markers": found.markers,
        "center": found.center,
    }
    return show(request, "read/nearby", values, status=422 if errors else 200, is_private=bool(text))


@public("says how data are used")
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What becomes of what residents tell."""
    return show(request, "read/privacy", {}, is_private=False)


@public("says what works for whom")
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was tested and what was not."""
    return show(request, "read/accessibility", {}, is_private=False)
