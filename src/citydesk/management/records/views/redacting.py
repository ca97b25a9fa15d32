"""One record of a request: its fields and pages, what is taken out of them. Whole without scripts and pointer."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
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
            return redirect(_back(number, record_id, request.POST))
        except (NotFound, NotAllowed) as refused:
            raise_as_http(refused)
        except CitydeskError as refused:
            error = refused
    one = queries.get_record(access, number, record_id)
    laws = queries.exemptions(profile.city_today(now))
    marks = queries.marks_of(one)
    context = {
        "one": one,
        "row": one.request,
        "record_words": labels.RECORD,
        "fields": [_field(part, marks, laws) for part in one.content],
        "marks": marks,
        "withheld": {mark.file_id_of for mark in marks if mark.page == choices.WHOLE_FILE},
        "laws": laws,
        "exemptions": [(code, f"{law['name']} ({law['mark']})") for code, law in laws.items()],
        "names": {part["code"]: part["label"] for part in one.content},
        "errors": {error.field or "form": [str(error.message)]} if error else {},
        "typed": request.POST,
        "last": request.POST.get("exemption") or request.GET.get("last", ""),
        "at": now,
    }
    return render(request, "records/record.jinja", context, status=error.status if error else 200)


def _back(number: str, record_id: int, given: QueryDict) -> str:
    """The same place of the page, with the exemption that was chosen last."""
    path = reverse("records:record", args=[number, record_id])
    file_id = given.get("file_id", "")
    query = urlencode({"last": given.get("exemption", "")[:40]})
    return f"{path}?{query}#pages-{file_id}" if file_id.isdecimal() else f"{path}?{query}"


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
    elif given.get("withhold", "").isdecimal():
        services.withhold_file(file_id=_whole(given, "withhold"), exemption=given.get("exemption", ""), **common)
    elif given.get("file_id", "").isdecimal():
        services.redact_page(
            file_id=_whole(given, "file_id"),
            page=_whole(given, "page"),
            box=None if given.get("phrase", "").strip() or given.get("areas", "").strip() else _box(given),
            areas=_areas(given.get("areas", "")),
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


def _areas(text: str) -> list[tuple[int, tuple[float, float, float, float]]]:
    """Lines of page, left, top, width, height in percent of the page, as they are drawn or typed."""
    found = []
    for line in text.splitlines()[:200]:
        numbers = line.replace(",", " ").replace(";", " ").split()
        if not numbers:
            continue
        try:
            page, left, top, width, height = int(numbers[0]), *(float(one) / 100 for one in numbers[1:])
        except (ValueError, TypeError) as error:
            raise Invalid(_("Write five numbers a line: page, left, top, width, height."), field="areas") from error
        # Drawn shares are rounded: an area at the edge may end a hair beyond it.
        found.append((page, (left, top, min(1.0, left + width), min(1.0, top + height))))
    return found


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
