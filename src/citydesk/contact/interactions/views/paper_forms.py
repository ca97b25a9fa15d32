"""Printed intake forms: batches, a new batch, its paper, the forms and what became of each."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.correspondence.queries import papers
from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import labels, queries, services
from citydesk.contact.interactions.choices import SUPERVISE, FormState
from citydesk.contact.interactions.forms import NoteFormsForm, PrintFormsForm
from citydesk.contact.interactions.queries import form_spec
from citydesk.kernel.clock import utc_now
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.errors import Invalid
from citydesk.kernel.lists import list_page, take_out
from citydesk.kernel.pages import access_of, needs, render


@needs(SUPERVISE)
@require_GET
def forms(request: HttpRequest) -> HttpResponseBase:
    """Batches, the newest first, and the form that prints a new one."""
    return _batches(request, {"count": "50"}, {}, 200)


def _batches(
    request: HttpRequest, typed: Mapping[str, Any], errors: Mapping[str, Any], status: int
) -> HttpResponseBase:
    access, now = access_of(request), utc_now()
    rows = queries.list_batches(access=access)
    if request.GET.get("as"):
        return take_out(
            request,
            form_spec.BATCHES,
            rows,
            request.GET.copy(),
            form=str(request.GET["as"]),
            name="form-batches",
            access=access,
            now=now,
        )
    context = {
        "page": list_page(form_spec.BATCHES, rows, request.GET, access=access, now=now),
        "codes": _codes(now),
        "typed": typed,
        "chosen": typed.getlist("services") if hasattr(typed, "getlist") else [],
        "errors": errors,
        "at": now,
    }
    return render(request, "interactions/forms.jinja", context, status=status)


def _codes(now: Any) -> list[tuple[str, str]]:
    """Service codes by name, in the reader's language."""
    reads = (get_language() or "en").split("-")[0]
    found = [
        (code, body["name"].get(reads) or code)
        for code, body in profile.entries("services", profile.city_today(now)).items()
        if not body.get("is_internal") and not body.get("is_coding_queue")
    ]
    return sorted(found, key=lambda one: one[1].lower())


@needs(SUPERVISE)
@require_POST
def print_forms(request: HttpRequest) -> HttpResponseBase:
    """Number a new batch; its page has the paper."""
    form = PrintFormsForm(request.POST)
    if not form.is_valid():
        return _batches(request, request.POST, form.errors, 422)
    given = form.cleaned_data
    try:
        batch_id = services.print_forms(
            count=given["count"],
            desk=given["desk"],
            service_codes=request.POST.getlist("services"),
            access=access_of(request),
            now=utc_now(),
        )
    except Invalid as error:
        return _batches(request, request.POST, {error.field: [str(error.message)]}, 422)
    return redirect("interactions:form_batch", batch_id)


@needs(SUPERVISE)
@require_GET
def form_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One batch: who printed it, and its paper."""
    batch = queries.get_batch(access=access_of(request), batch_id=batch_id)
    return render(request, "interactions/form_batch.jinja", {"batch": batch})


@needs(SUPERVISE)
@require_GET
def form_paper(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The batch as a PDF, two sides a form."""
    copy = papers.copy_words(request.GET.get("copy", ""), "intake_forms", batch_id)
    data = queries.paper_of_batch(access=access_of(request), batch_id=batch_id, copy=copy)
    pdf = render_pdf("interactions/intake_forms.typ", data, language=data["languages"][0], now=utc_now())
    headers = {"Content-Disposition": f'inline; filename="intake-forms-{batch_id}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@needs(SUPERVISE)
@require_GET
def form_list(request: HttpRequest) -> HttpResponseBase:
    """Forms and what became of each: used, open, void, missing, to look for."""
    return _forms(request, {}, 200)


def _forms(request: HttpRequest, errors: Mapping[str, Any], status: int) -> HttpResponseBase:
    access, now = access_of(request), utc_now()
    asked, rows = request.GET.copy(), queries.list_forms(access=access)
    if asked.get("as"):
        return take_out(
            request,
            form_spec.FORMS,
            rows,
            asked,
            form=str(asked["as"]),
            name="printed-forms",
            access=access,
            now=now,
        )
    context = {
        "page": list_page(form_spec.FORMS, rows, asked, access=access, now=now),
        "labels": labels,
        "errors": errors,
        "at": now,
        "back": request.get_full_path(),
    }
    return render(request, "interactions/form_list.jinja", context, status=status)


@needs(SUPERVISE)
@require_POST
def note_forms(request: HttpRequest) -> HttpResponseBase:
    """Note the chosen forms as here, void or missing; the list is shown again."""
    form = NoteFormsForm(request.POST)
    ids = [int(one) for one in request.POST.getlist("id") if one.isdecimal()]
    if not form.is_valid() or not ids:
        return _forms(request, form.errors or {"id": [labels.CHOOSE_FORMS]}, 422)
    try:
        services.note_forms(
            form_ids=ids,
            state=form.cleaned_data["state"] or FormState.UNUSED,
            why=form.cleaned_data["why"],
            access=access_of(request),
            now=utc_now(),
        )
    except Invalid as error:
        return _forms(request, {error.field: [str(error.message)]}, 422)
    return redirect(f"{request.path.removesuffix('note/')}?{form.cleaned_data['query']}")
