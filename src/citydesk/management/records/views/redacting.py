"""One record of a request: its fields and pages, what is taken out of them. Whole without scripts and pointer."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Invalid, NotAllowed, NotFound
from citydesk.kernel.pages import access_of, needs, raise_as_http, render
from citydesk.management.records import choices, labels, queries, rules, services
from citydesk.management.records.queries.drawing import page_with_marks


@needs(choices.RESPOND)
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, number: str, record_id: int) -> HttpResponse:
    """A record as it will be produced; marks are added and taken back here."""
    access, now = access_of(request), utc_now()
    error: CitydeskError | None = None
    if request.method == "POST":
        try:
            _mark(number, record_id, request.POST, access, now)
            return redirect("records:record", number, record_id)
        except (NotFound, NotAllowed) as refused:
            raise_as_http(refused)
        except CitydeskError as refused:
            error = refused
    try:
        one = queries.get_record(access, number, record_id)
    except NotFound as missing:
        raise_as_http(missing)
    laws = queries.exemptions(profile.city_today(now))
    marks = queries.marks_of(one)
    context = {
        "one": one,
        "row": one.request,
        "record_words": labels.RECORD,
        "fields": [_field(part, marks, laws) for part in one.content],
        "marks": marks,
        "laws": laws,
        "exemptions": [(code, f"{law['name']} ({law['mark']})") for code, law in laws.items()],
        "names": {part["code"]: part["label"] for part in one.content},
        "errors": {error.field or "form": [str(error.message)]} if error else {},
        "typed": request.POST,
        "at": now,
    }
    return render(request, "records/record.jinja", context, status=error.status if error else 200)


def _field(part: dict[str, str], marks: list[Any], laws: dict[str, Any]) -> dict[str, Any]:
    own = [
        rules.Mark(mark.start, mark.end, laws.get(mark.exemption, {}).get("mark", mark.exemption))
        for mark in marks
        if mark.field == part["code"] and mark.start is not None
    ]
    return {**part, "shown": rules.redacted(part["text"], own), "is_marked": bool(own)}


def _mark(number: str, record_id: int, given: QueryDict, access: Access, now: datetime) -> None:
    common: dict[str, Any] = {"number": number, "record_id": record_id, "access": access, "now": now}
    if given.get("drop", "").isdecimal():
        services.drop_redaction(redaction_id=_whole(given, "drop"), **common)
    elif given.get("file_id", "").isdecimal():
        services.redact_page(
            file_id=_whole(given, "file_id"),
            page=_whole(given, "page"),
            box=None if given.get("phrase", "").strip() else _box(given),
            phrase=given.get("phrase", ""),
            exemption=given.get("exemption", ""),
            **common,
        )
    else:
        services.redact_text(
            field=given.get("field", ""),
            phrase=given.get("phrase", ""),
            exemption=given.get("exemption", ""),
            **common,
        )


def _whole(given: QueryDict, name: str) -> int:
    text = given.get(name, "1").strip()
    return int(text) if text.isdecimal() else 0


def _box(given: QueryDict) -> tuple[float, float, float, float]:
    """Percents of the page, as the form has them: from the left, from the top, width, height."""
    try:
        left, top, width, height = (float(given.get(name, "")) / 100 for name in ("left", "top", "width", "height"))
    except ValueError as error:
        raise Invalid(_("Write four numbers from 0 to 100."), field="left") from error
    return (left, top, left + width, top + height)


@needs(choices.RESPOND)
@require_GET
def page(request: HttpRequest, number: str, record_id: int, file_id: int, page: int) -> HttpResponse:
    """A picture of a page with its marks in black."""
    try:
        one = queries.get_record(access_of(request), number, record_id)
        content = page_with_marks(one, file_id, page)
    except NotFound as error:
        raise Http404(str(error.message)) from error
    answer = HttpResponse(content, content_type="image/png")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
