"""Pages: the shelf of articles, one article, writing one, floor bulletins."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citydesk.city.knowledge import labels, queries, services
from citydesk.city.knowledge.choices import EDIT, POST_BULLETIN, VIEW
from citydesk.city.knowledge.forms import ArticleForm, BulletinForm
from citydesk.city.knowledge.queries.names import words_for_pages
from citydesk.city.profile import queries as profile
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, StaleVersion
from citydesk.kernel.pages import access_of, needs, render
from citydesk.kernel.versions import two_texts


@needs(VIEW)
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """All articles, or those that answer the words. Words travel by POST: they may hold a resident's name."""
    language = request.POST.get("language") or get_language() or "en"
    words = request.POST.get("words", "").strip()
    hits = queries.suggest(words, None, language, 30) if words else queries.list_articles(language=language)
    context = {
        "hits": hits,
        "words": words,
        "shown_language": language,
        "languages": profile.city().languages,
        "kinds": labels.ARTICLE_KIND,
        "may_edit": access_of(request).may(EDIT),
    }
    return render(request, "knowledge/index.jinja", context, fragment="hits")


@needs(VIEW)
@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """Answers beside the contact form, as the words are typed."""
    hits = queries.suggest(
        request.POST.get("words", ""), request.POST.get("code") or None, request.POST.get("language") or "en"
    )
    return render(request, "knowledge/suggestions.jinja", {"hits": hits, "kinds": labels.ARTICLE_KIND})


@needs(VIEW)
@require_GET
def article(request: HttpRequest, code: str) -> HttpResponse:
    language = request.GET.get("language") or get_language() or "en"
    page = queries.get_article(access_of(request), code, language)
    context = {
        "page": page,
        "kinds": labels.ARTICLE_KIND,
        "states": labels.TEXT_STATE,
        "may_edit": access_of(request).may(EDIT),
        "versions": queries.list_versions(code),
        **words_for_pages(profile.city_today(utc_now())),
    }
    return render(request, "knowledge/article.jinja", context)


@needs(EDIT)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """Write a new version; a refused one comes back with what was typed."""
    page = queries.get_article(access_of(request), code, language)
    form, two = ArticleForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            services.write_article(
                code=code, language=language, access=access_of(request), now=utc_now(), **form.cleaned_data
            )
            return redirect(f"/desk/knowledge/articles/{code}/?language={language}")
        except StaleVersion as error:
            two = article_texts(error)
        except CitydeskError as error:
            form.add_error(error.field or None, str(error.message))
    is_same = page.language == language
    typed = (
        form.data
        if form.is_bound
        else {
            "title": page.title if is_same else "",
            "keywords": page.keywords if is_same else "",
            "summary": page.summary if is_same else "",
            "body": page.markdown if is_same else "",
            "based_on": page.version if is_same else 0,
            "is_reviewed": "",
        }
    )
    context = {
        "page": page,
        "shown_language": language,
        "typed": typed,
        "two": two,
        "errors": form.errors if form.is_bound else {},
    }
    status = 409 if two else 422 if form.is_bound else 200
    return render(request, "knowledge/edit.jinja", context, status=status)


def article_texts(error: StaleVersion) -> dict[str, Any]:
    """What two people wrote into an article, for the page that shows both."""
    return two_texts(
        error, {"title": _("Title"), "summary": _("In short"), "keywords": _("Other words"), "body": _("Text")}
    )


@needs(VIEW)
@require_http_methods(["GET", "POST"])
def bulletins(request: HttpRequest) -> HttpResponse:
    """What is in force; who may, posts one here."""
    access = access_of(request)
    form = BulletinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.post_bulletin(**_bulletin_words(form.cleaned_data), access=access, now=utc_now())
            return redirect("knowledge:bulletins")
        except CitydeskError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
    context = {
        "bulletins": queries.active_bulletins(utc_now(), user_id=access.actor.staff_id),
        "typed": form.data if form.is_bound else {"hours": "4"},
        "errors": form.errors if form.is_bound else {},
        "may_post": access.may(POST_BULLETIN),
        "shown_language": get_language(),
        **words_for_pages(profile.city_today(utc_now())),
    }
    return render(request, "knowledge/bulletins.jinja", context, status=422 if form.errors and form.is_bound else 200)


def _bulletin_words(typed: dict[str, Any]) -> dict[str, Any]:
    return {
        "text": typed["text"],
        "read_aloud": {"en": typed["read_aloud_en"], "es": typed["read_aloud_es"]},
        "service_code": typed["service_code"],
        "area": typed["area"],
        "is_urgent": typed["is_urgent"],
        "request_number": typed["request_number"],
        "expires_at": utc_now() + timedelta(hours=float(typed["hours"])),
    }


@needs(VIEW)
@require_GET
def bulletin_strip(request: HttpRequest) -> HttpResponse:
    """The region above every desk page; fetched again when the event process says so."""
    return render(request, "knowledge/bulletin_strip.jinja")


@needs(VIEW)
@require_POST
def bulletin_seen(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Note that it was read: the bulletin goes from this person's pages."""
    services.acknowledge(bulletin_id=bulletin_id, access=access_of(request), now=utc_now())
    return HttpResponse("") if getattr(request, "htmx", False) else redirect("knowledge:bulletins")


@needs(POST_BULLETIN)
@require_POST
def bulletin_withdraw(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    reason = request.POST.get("reason", "").strip() or _("no longer holds")
    services.withdraw_bulletin(bulletin_id=bulletin_id, reason=reason, access=access_of(request), now=utc_now())
    return redirect("knowledge:bulletins")
