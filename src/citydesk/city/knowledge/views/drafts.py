"""Drafts that wait: the list, publishing several as they are, reading and changing one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from citydesk.city.knowledge import labels, services
from citydesk.city.knowledge.choices import EDIT
from citydesk.city.knowledge.forms import ArticleForm
from citydesk.city.knowledge.queries import drafts as queries
from citydesk.city.knowledge.services.publishing import publish_drafts
from citydesk.city.knowledge.views.shelf import article_texts
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Invalid, StaleVersion
from citydesk.kernel.pages import access_of, needs, render


@needs(EDIT)
@require_http_methods(["GET", "POST"])
def drafts(request: HttpRequest) -> HttpResponse:
    """All drafts; those ticked are published as they are."""
    access, errors = access_of(request), {}
    if request.method == "POST":
        chosen = [int(one) for one in request.POST.getlist("drafts") if one.isdecimal() and len(one) < 19]
        try:
            publish_drafts(text_ids=chosen, access=access, now=utc_now())
            return redirect("knowledge:drafts")
        except Invalid as error:
            errors = {"drafts": [str(error.message)]}
    context = {"drafts": queries.list_drafts(access), "kinds": labels.ARTICLE_KIND, "errors": errors}
    return render(request, "knowledge/drafts.jinja", context, status=422 if errors else 200)


@needs(EDIT)
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """One draft, to read and write on; ticked as reviewed it is shown from then on."""
    access = access_of(request)
    page = queries.get_draft(access, code, language)
    form, two = ArticleForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            services.write_article(code=code, language=language, access=access, now=utc_now(), **form.cleaned_data)
            return redirect("knowledge:drafts")
        except StaleVersion as error:
            two = article_texts(error)
        except CitydeskError as error:
            form.add_error(error.field or None, str(error.message))
    typed = form.data if form.is_bound else {
        "title": page.title, "keywords": page.keywords, "summary": page.summary, "body": page.markdown,
        "based_on": page.version, "is_reviewed": "1",
    }  # fmt: skip
    context = {
        "page": page, "shown_language": language, "typed": typed, "two": two,
        "errors": form.errors if form.is_bound else {},
    }  # fmt: skip
    return render(request, "knowledge/draft.jinja", context, status=409 if two else 422 if form.is_bound else 200)
