"""Pages: shared procedures, one beside a department's own way, writing a version, a department's differences."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citydesk.city.knowledge import forms, labels, queries, services
from citydesk.city.knowledge.choices import VIEW, WRITE_PROCEDURES
from citydesk.city.knowledge.queries.names import words_for_pages
from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, NotAllowed, NotFound
from citydesk.kernel.lists import list_page, take_out
from citydesk.kernel.pages import access_of, needs, raise_as_http, render

_EMPTY_ROWS = 3


@needs(VIEW)
@require_GET
def procedure_list(request: HttpRequest) -> HttpResponseBase:
    """All procedures, those that wait for somebody first when asked."""
    access, now = access_of(request), utc_now()
    spec, rows = queries.procedures_spec(), queries.list_procedures(access)
    form = request.GET.get("as")
    if form:
        return take_out(request, spec, rows, request.GET, form=form, name="procedures", access=access, now=now)
    context = {
        "page": list_page(spec, rows, request.GET, access=access, now=now),
        "counts": queries.count_unaccepted(access),
        "may_write": access.may(WRITE_PROCEDURES),
        "reads": get_language() or "en",
        "at": now,
        **words_for_pages(profile.city_today(now)),
    }
    return render(request, "knowledge/procedures.jinja", context, fragment="rows")


def _departments() -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in staff.list_departments()]


@needs(WRITE_PROCEDURES)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a procedure: its owner, who takes part, for which codes."""
    access, given = access_of(request), request.POST
    error: CitydeskError | None = None
    if request.method == "POST":
        try:
            code = services.make_procedure(
                code=given.get("code", "").strip().lower(),
                titles=forms.titles_from(given, profile.city().languages),
                owner=given.get("owner", ""),
                departments=given.getlist("departments"),
                service_codes=forms.codes_from(given),
                access=access,
                now=utc_now(),
            )
            return redirect("knowledge:procedure_edit", code)
        except CitydeskError as refused:
            error = refused
    mine = [one.code for one in staff.list_departments() if one.id in access.department_ids]
    context = {
        "departments": _departments(),
        "languages": profile.city().languages,
        "typed": given if given else {"owner": mine[0] if mine else ""},
        "ticked": given.getlist("departments"),
        "errors": _errors(error),
    }
    return render(request, "knowledge/procedure_new.jinja", context, status=error.status if error else 200)


def _errors(error: CitydeskError | None) -> dict[str, list[str]]:
    return {error.field or "form": [str(error.message)]} if error else {}


@needs(VIEW)
@require_GET
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """A procedure: the shared text, or a department's beside it with what differs marked."""
    return _page(request, code)


@needs(VIEW)
@require_GET
def beside(request: HttpRequest, code: str, department: str) -> HttpResponse:
    """The steps as a department does them ("-": the shared text), to stand beside a contact or a request."""
    shown = queries.shown_for(access_of(request), code, department.strip("-"))
    context = {"shown": shown, "code": code, "labels": labels}
    return render(request, "knowledge/procedure_beside.jinja", context, fragment="inside")


def _page(request: HttpRequest, code: str, error: CitydeskError | None = None) -> HttpResponse:
    given = request.POST if error else request.GET
    page = queries.get_procedure(
        access_of(request),
        code,
        department=given.get("department", "")[:60],
        number=forms.number_from(given, "version"),
        language=request.GET.get("language", ""),
    )
    context = {
        "page": page,
        "labels": labels,
        "all_departments": _departments(),
        "languages": profile.city().languages,
        "typed": given,
        "errors": _errors(error),
        "at": utc_now(),
        **words_for_pages(profile.city_today(utc_now())),
    }
    return render(request, "knowledge/procedure.jinja", context, status=error.status if error else 200)


@needs(WRITE_PROCEDURES)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Write the next version, step by step; a refused one comes back with what was typed."""
    access, given, languages = access_of(request), request.POST, profile.city().languages
    page = queries.get_procedure(access, code)
    if not page.may_write:
        raise NotAllowed("")
    error: CitydeskError | None = None
    if request.method == "POST":
        try:
            services.write_version(
                code=code,
                titles=forms.titles_from(given, languages),
                steps=forms.steps_from(given, languages),
                note=given.get("note", ""),
                based_on=forms.number_from(given, "based_on"),
                access=access,
                now=utc_now(),
            )
            return redirect("knowledge:procedure", code)
        except CitydeskError as refused:
            error = refused
    newest = page.versions[0] if page.versions else None
    base = page.waiting or next((one for one in page.versions if one.number == page.row.number), newest)
    steps = forms.steps_from(given, languages) if error else (base.steps if base else [])
    context = {
        "page": page,
        "languages": languages,
        "steps": [*steps, *({"key": "", "title": {}, "text": {}} for _row in range(_EMPTY_ROWS))],
        "titles": forms.titles_from(given, languages) if error else (base.titles if base else page.row.titles),
        "note": given.get("note", "") if error else (page.waiting.note if page.waiting else ""),
        "based_on": given.get("based_on", "") if error else (newest.number if newest else 0),
        "errors": _errors(error),
    }
    return render(request, "knowledge/procedure_edit.jinja", context, status=error.status if error else 200)


@needs(WRITE_PROCEDURES)
@require_http_methods(["GET", "POST"])
def differences(request: HttpRequest, code: str, department: str) -> HttpResponse:
    """What a department does otherwise, step by step; each step is saved by itself."""
    access, given, languages = access_of(request), request.POST, profile.city().languages
    error: CitydeskError | None = None
    if request.method == "POST":
        step = given.get("step", "")[:40]
        try:
            services.set_difference(
                code=code,
                department=department,
                step=step,
                kind=given.get(f"kind-{step}", ""),
                text={one: given.get(f"text-{step}-{one}", "")[:8000] for one in languages},
                reason=given.get(f"reason-{step}", ""),
                access=access,
                now=utc_now(),
            )
            return redirect(f"{request.path}#step-{step}")
        except (NotFound, NotAllowed) as refused:
            raise_as_http(refused)
        except CitydeskError as refused:
            error = refused
    page = queries.get_procedure(access, code, department=department)
    if not page.may_accept:
        raise NotAllowed("")
    context = {
        "page": page,
        "kinds": [("", labels.SAME), *labels.DIFFERENCE.items()],
        "texts": {
            one: {step.key: step for step in queries.shown_for(access, code, department, language=one).steps}
            for one in languages
        },
        "languages": languages,
        "typed": given if error else {},
        "errors": _errors(error),
    }
    return render(request, "knowledge/procedure_differences.jinja", context, status=error.status if error else 200)


@needs(VIEW)
@require_POST
def act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """Approve, refuse, take back, accept, end, or change who takes part."""
    access, given = access_of(request), request.POST
    done = _ACTS.get(act)
    if done is None:
        raise Http404
    try:
        done(code, given, access)
    except NotFound as missing:
        raise_as_http(missing)
    except CitydeskError as error:
        return _page(request, code, error)
    if act == "accept":
        return redirect(f"{_path(code)}?department={given.get('department', '')}")
    return redirect("knowledge:procedure", code)


def _path(code: str) -> str:
    from django.urls import reverse

    return reverse("knowledge:procedure", args=[code])


def _decide(code: str, given: Any, access: Access) -> None:
    services.decide_version(
        code=code,
        number=forms.number_from(given, "number"),
        is_approved=given.get("decision") == "approve",
        note=given.get("decision_note", ""),
        access=access,
        now=utc_now(),
    )


def _accept(code: str, given: Any, access: Access) -> None:
    services.accept_version(
        code=code,
        department=given.get("department", ""),
        number=forms.number_from(given, "number"),
        note=given.get("accept_note", ""),
        access=access,
        now=utc_now(),
    )


def _drop(code: str, given: Any, access: Access) -> None:
    services.drop_version(code=code, number=forms.number_from(given, "number"), access=access, now=utc_now())


def _retire(code: str, given: Any, access: Access) -> None:
    services.retire_procedure(code=code, reason=given.get("reason", ""), access=access, now=utc_now())


def _set_departments(code: str, given: Any, access: Access) -> None:
    services.set_departments(
        code=code,
        departments=given.getlist("departments"),
        service_codes=forms.codes_from(given),
        access=access,
        now=utc_now(),
    )


_ACTS = {"decide": _decide, "accept": _accept, "drop": _drop, "end": _retire, "departments": _set_departments}
