"""A caller with number and code word of a confidential request hears its public status, and the clerk no more."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods

from citydesk.city.profile import queries as profile
from citydesk.contact.complaints import queries as complaints
from citydesk.contact.interactions.choices import TAKE
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.queries.public_words import PUBLIC_STATUS
from citydesk.desk.views.contact_page import posting
from citydesk.kernel import texts
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError
from citydesk.kernel.pages import access_of, needs, render


@needs(TAKE)
@require_http_methods(["GET", "POST"])
def code_word(request: HttpRequest) -> HttpResponse:
    """Check a number with its code word: a page of its own, or the answer inside an open contact (HTMX)."""
    context: dict[str, Any] = {"answer": None, "problem": "", "number": "", "noting": _noting(request)}
    if request.method == "GET":
        return render(request, "desk/code_word.jinja", context)
    now = utc_now()
    context["number"] = request.POST.get("word_number", "").strip()[:40]
    try:
        found = requests.check_code_word(
            number=complaints.request_number_for(context["number"]),
            code_word=request.POST.get("word_code", "")[:60],
            access=access_of(request),
            now=now,
        )
    except CitydeskError as error:
        context["problem"] = str(error.message)
        return render(request, "desk/code_word.jinja", context, fragment="answer", status=error.status)
    language = _language(request)
    with translation.override(language):
        context["answer"] = _answer(found, language, now)
    return render(request, "desk/code_word.jinja", context, fragment="answer")


def _answer(found: requests.PublicStatus, language: str, now: datetime) -> dict[str, Any]:
    """What is read aloud, in the public's words; where a complaint came of the request, how that stands."""
    answer = {
        "number": found.number,
        "language": language,
        "status": str(PUBLIC_STATUS[found.status_code]),
        "received": texts.short_date(found.received_at),
        "closed": texts.short_date(found.closed_at) if found.closed_at else "",
        "promised": texts.short_date(found.promised_at) if found.promised_at and not found.closed_at else "",
        "decide_by": "",
        "appeal_until": "",
    }
    complaint = complaints.public_words(request_number=found.number, now=now)
    if complaint is None:
        return answer
    return {
        **answer,
        "number": complaint.number,
        "status": str(complaint.sentence),
        "closed": "",
        "promised": "",
        "decide_by": texts.short_date(complaint.due_at) if complaint.due_at else "",
        "appeal_until": texts.short_date(complaint.appeal_until) if complaint.appeal_until else "",
    }


def _language(request: HttpRequest) -> str:
    """The resident's language of the open contact; the reader's own on the page by itself."""
    asked = request.POST.get("language", "").split("-")[0]
    return asked if asked in profile.city().languages else (translation.get_language() or "en").split("-")[0]


def _noting(request: HttpRequest) -> Any:
    """What notes "status told" in the open contact the check was made from; None on the page by itself."""
    contact = request.POST.get("word_contact", "")
    return posting(reverse("desk:contact_note", args=[int(contact)])) if contact.isdecimal() else None
