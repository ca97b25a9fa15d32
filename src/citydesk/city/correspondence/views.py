"""Pages: messages that need a person, one message with its tries, the templates as they will read."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citydesk.city.correspondence import labels, queries, rules, services
from citydesk.city.correspondence.choices import MAIL_LETTERS, NEEDS_REPAIR, REPAIR, REPRINT, TEMPLATE_FIELDS, VIEW
from citydesk.city.correspondence.queries import papers as paper_queries
from citydesk.city.profile import queries as profile
from citydesk.kernel.clock import utc_now
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid
from citydesk.kernel.pages import access_of, needs, render

WORDS = {"states": labels.MESSAGE_STATE, "channels": labels.CHANNEL, "outcomes": labels.ATTEMPT}


@needs(VIEW)
@require_GET
def repair_list(request: HttpRequest) -> HttpResponse:
    """Not delivered, or nobody knows: oldest first."""
    state = request.GET.get("state", "")
    rows = queries.list_to_repair(access_of(request), state=state)
    context = {
        "rows": rows,
        "state": state,
        "counts": queries.count_to_repair(),
        "needs_repair": sorted(NEEDS_REPAIR),
        "may_mail": access_of(request).may(MAIL_LETTERS),
    }
    return render(request, "correspondence/repair.jinja", {**WORDS, **context})


@needs(VIEW)
@require_GET
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    return _message_page(request, message_id)


def _message_page(request: HttpRequest, message_id: int, error: CitydeskError | None = None) -> HttpResponse:
    row = queries.get_message(access_of(request), message_id)
    context = {
        "message": row,
        "segments": rules.count_segments(row["body"]) if row["channel"] == "sms" else None,
        "may_repair": access_of(request).may(REPAIR),
        "typed": request.POST,
        "errors": {error.field or "form": [str(error.message)]} if error else {},
    }
    return render(request, "correspondence/message.jinja", {**WORDS, **context}, status=error.status if error else 200)


@needs(REPAIR)
@require_POST
def resend(request: HttpRequest, message_id: int) -> HttpResponse:
    try:
        services.resend(
            message_id=message_id,
            reason=request.POST.get("reason", ""),
            to=request.POST.get("to", ""),
            access=access_of(request),
            now=utc_now(),
        )
    except (Invalid, Conflict) as error:
        return _message_page(request, message_id, error)
    return redirect("correspondence:message", message_id)


@needs(REPAIR)
@require_POST
def settle(request: HttpRequest, message_id: int) -> HttpResponse:
    try:
        services.settle_by_person(
            message_id=message_id,
            arrived=request.POST.get("arrived") == "yes",
            reason=request.POST.get("reason", ""),
            access=access_of(request),
            now=utc_now(),
        )
    except (Invalid, Conflict) as error:
        return _message_page(request, message_id, error)
    return redirect("correspondence:message", message_id)


@needs(VIEW)
@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """Every template in every language, filled with sample values, with the segments of its text."""
    sample = {name: f"[{name}]" for name in TEMPLATE_FIELDS}
    rows = []
    for template in queries.list_templates(on=profile.city_today(utc_now())):
        text = rules.write(template, "sms", sample).body
        rows.append(
            {
                "template": template,
                "email": rules.write(template, "email", sample),
                "sms": text,
                "segments": rules.count_segments(text) if text else None,
            }
        )
    return render(request, "correspondence/templates.jinja", {**WORDS, "rows": rows})


@needs(MAIL_LETTERS)
@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """The print queue: letters that wait, batches that were printed."""
    queue = queries.letter_queue(access_of(request))
    return render(request, "correspondence/letters.jinja", {**WORDS, "queue": queue})


@needs(MAIL_LETTERS)
@require_POST
def print_letters(request: HttpRequest) -> HttpResponse:
    """Put what waits into a batch and show it, with its paper."""
    return redirect("correspondence:batch", services.print_letters(access=access_of(request), now=utc_now()))


@needs(MAIL_LETTERS)
@require_GET
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One batch: its paper, its letters, and the form that marks it as mailed."""
    found, rows = queries.get_batch(access_of(request), batch_id)
    return render(request, "correspondence/batch.jinja", {**WORDS, "batch": found, "rows": rows})


@needs(MAIL_LETTERS)
@require_GET
def batch_paper(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The batch as a PDF for window envelopes."""
    now = utc_now()
    data = queries.paper_of_batch(access_of(request), batch_id, now)
    data["copy"] = paper_queries.copy_words(request.GET.get("copy", ""), "letters", batch_id)
    pdf = render_pdf("correspondence/letters.typ", data, language=get_language() or "en", now=now)
    name = f"letters-{batch_id}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@needs(MAIL_LETTERS)
@require_POST
def mail_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Mark a batch as mailed; ticked letters wait to be printed again."""
    spoiled = frozenset(int(one) for one in request.POST.getlist("spoiled") if one.isdecimal())
    services.mail_batch(batch_id=batch_id, spoiled=spoiled, access=access_of(request), now=utc_now())
    return redirect("correspondence:batch", batch_id)


@needs(REPRINT)
@require_http_methods(["GET", "POST"])
def papers(request: HttpRequest) -> HttpResponse:
    """What waits for the printer, and the form that notes one more. Links from papers fill in kind and number."""
    access = access_of(request)
    if request.method == "GET":
        return _papers(request, request.GET, {}, 200)
    given = {name: request.POST.get(name, "")[:200] for name in ("paper", "number", "why")}
    try:
        services.note_not_printed(desk=paper_queries.desk_of(access), access=access, now=utc_now(), **given)
    except (Invalid, Conflict) as error:
        return _papers(request, request.POST, {error.field or "number": [str(error.message)]}, error.status)
    return redirect("correspondence:papers")


def _papers(request: HttpRequest, typed: Any, errors: dict[str, list[str]], status: int) -> HttpResponse:
    access = access_of(request)
    context = {
        "waiting": paper_queries.list_reprints(access, waiting=True),
        "settled": paper_queries.list_reprints(access, waiting=False),
        "kinds": [(one.code, one.label) for one in paper_queries.papers_of(access)],
        "typed": typed,
        "errors": errors,
        "at": utc_now(),
    }
    return render(request, "correspondence/papers.jinja", context, status=status)


@needs(REPRINT)
@require_POST
def print_again(request: HttpRequest, reprint_id: int) -> HttpResponse:
    """To the paper, counted as one more copy; or off the list, since it had come out."""
    given: dict[str, Any] = {"reprint_id": reprint_id, "access": access_of(request), "now": utc_now()}
    try:
        if request.POST.get("came_out"):
            services.came_out(**given)
            return redirect("correspondence:papers")
        return redirect(services.print_again(**given))
    except (Invalid, Conflict) as error:
        return _papers(request, {}, {"number": [str(error.message)]}, error.status)
