"""The catalog: what residents can ask for, what is asked of them, by when it is done, where that is written."""

from collections.abc import Collection, Mapping

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import labels, queries
from citydesk.contact.service_requests.choices import RECOMPUTE, VIEW
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs, render


@needs(VIEW)
@require_GET
def catalog(request: HttpRequest) -> HttpResponse:
    """Every code in its group; words narrow it to those that fit."""
    now = utc_now()
    text = request.GET.get("q", "").strip()
    language = (get_language() or "en").split("-")[0]
    context = {
        "groups": queries.list_catalog(profile.city_today(now)),
        "found": queries.suggest_codes(text, language=language, now=now, limit=8) if text else [],
        "text": text,
        "lang": language,
        "labels": labels,
        "may_recompute": access_of(request).may(RECOMPUTE),
    }
    return render(request, "service_requests/catalog.jinja", context, fragment="found")


@needs(VIEW)
@require_GET
def service_code(request: HttpRequest, code: str) -> HttpResponse:
    """One code: questions, stops, targets, publicity, sources."""
    now = utc_now()
    context = {
        "facts": queries.get_service(code, profile.city_today(now)),
        "lang": (get_language() or "en").split("-")[0],
        "labels": labels,
        "choice_pairs": queries.choice_pairs,
        "choice_words": _choice_words,
    }
    return render(request, "service_requests/code.jinja", context)


def _choice_words(codes: Collection[str], words: Mapping[str, str]) -> str:
    """Answers as the clerk reads them, in the order they are offered."""
    return ", ".join([*(words[code] for code in words if code in codes), *sorted(set(codes) - set(words))])
