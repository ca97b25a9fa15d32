"""The other side's page: no account, no script. The signed link is the right; nobody keeps the page or its address."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from citydesk.city.profile import queries as profile
from citydesk.contact.referrals import forms, labels, queries, services
from citydesk.contact.referrals.choices import ANSWERS_PER_TEN_MINUTES, MOST_FILES
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, NotFound
from citydesk.kernel.files import content_of
from citydesk.kernel.pages import public, render
from citydesk.kernel.throttle import client_network, throttle

_REASON = "the signed link is the right"
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@public(_REASON)
@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    """What the other side is asked, what was said, and their answer."""
    done = request.GET.get("done", "")
    return _show(request, token, done=done if done in _DONE else "")


_DONE = {
    "accept": lambda: _("Thank you. We noted that you take it on."),
    "message": lambda: _("Thank you. We have your message."),
    "return": lambda: _("Thank you. It is with us again."),
    "done": lambda: _("Thank you. We noted that it is done."),
}


def _show(
    request: HttpRequest,
    token: str,
    *,
    done: str = "",
    error: CitydeskError | None = None,
    typed: Mapping[str, Any] | None = None,
) -> HttpResponse:
    try:
        found = queries.get_by_link(token, now=utc_now())
    except NotFound:
        return private(render(request, "referrals/link_gone.jinja", {"city": profile.city()}, status=404))
    with translation.override(_language(request, found.row.language)):
        # Names were read in the reader's language before the agency's was known.
        context = {
            "page": found,
            "row": found.row,
            "agency": labels.in_language(found.row.agency.names),
            "service": labels.in_language(found.row.service_names),
            "labels": labels,
            "city": profile.city(),
            "token": token,
            "typed": typed or {"name": found.row.answered_by, "external_number": found.row.external_number},
            "key": (typed or {}).get("key") or secrets.token_urlsafe(16),
            "done": str(_DONE[done]()) if done else "",
            "most_files": MOST_FILES,
            "errors": {error.field or "form": [str(error.message)]} if error else {},
        }
        answer = render(request, "referrals/link.jinja", context, status=error.status if error else 200)
    return private(answer)


def _language(request: HttpRequest, agreed: str) -> str:
    """What the reader chose on this site, else the language agreed with the agency."""
    has_chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    return (translation.get_language() or agreed) if has_chosen else agreed


@public(_REASON)
@require_POST
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Take an answer; a refused one comes back with what was typed."""
    now = utc_now()
    try:
        throttle(f"refer:{client_network(request)}", limit=ANSWERS_PER_TEN_MINUTES, per_seconds=600, now=now)
        said = services.answer_by_link(token=token, **forms.answered(request.POST, request.FILES), now=now)
    except CitydeskError as error:
        return _show(request, token, error=error, typed=request.POST)
    return private(redirect(f"{reverse('referrals:link', args=[token])}?done={said}"))


@public(_REASON)
@require_GET
def shown_file(request: HttpRequest, token: str, file_id: int) -> HttpResponseBase:
    """A file that goes with the referral, as a download that runs nothing."""
    row = queries.shown_file(token, file_id, now=utc_now())
    response = HttpResponse(content_of(row.pk), content_type=row.content_type)
    way = "inline" if row.kind == "image" else "attachment"
    response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(row.original_name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _SANDBOX
    return private(response)


def private(response: Any) -> Any:
    """In no cache, in no search engine, its address told to nobody."""
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
