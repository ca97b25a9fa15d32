"""Writing articles: every change is a new version; a changed original makes its translations stale."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from citydesk.city.knowledge.choices import EDIT, TextState
from citydesk.city.knowledge.events import ArticleChanged
from citydesk.city.knowledge.models import Article, ArticleText
from citydesk.city.profile import queries as profile
from citydesk.kernel import audit, outbox
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Invalid, NotFound
from citydesk.kernel.versions import check_version


def write_article(
    *,
    code: str,
    language: str,
    title: str,
    summary: str,
    body: str,
    keywords: str,
    based_on: int,
    is_reviewed: bool,
    access: Access,
    now: datetime,
) -> int:
    """Write a new version of an article's text; returns its version number.

    `based_on` is the version the writer started from: raises `StaleVersion` with both texts if another was written
    meanwhile; the same words sent again write nothing. Raises `NotAllowed`, `NotFound`, `Invalid` (empty title or
    body).
    """
    access.require(EDIT)
    if not title.strip():
        raise Invalid(_("Give the article a title."), field="title")
    if not body.strip():
        raise Invalid(_("The article has no text."), field="body")
    with transaction.atomic():
        article = Article.objects.select_for_update().filter(code=code).first()
        if article is None:
            raise NotFound(_("There is no such article."))
        words = {"title": title.strip(), "summary": summary, "body": body, "keywords": keywords}
        words = {name: text.replace("\r\n", "\n") for name, text in words.items()}
        state = TextState.REVIEWED if is_reviewed else TextState.DRAFT
        newest = article.texts.filter(language=language).order_by("-version").first()
        if newest is not None and newest.version != based_on:
            _require_same(newest, words, based_on)
            if newest.state == state:
                return newest.version
        text = _add_version(article, language, words, state, "", access.actor, now)
        if is_reviewed and language == _first_language():
            _mark_translations_stale(article, language)
        return text.version


def _require_same(newest: ArticleText, words: Mapping[str, str], based_on: int) -> None:
    stands = {name: getattr(newest, name).replace("\r\n", "\n") for name in words}
    check_version(newest, based_on, mine=words, theirs=stands, changed_by=newest.written_by)


def project_articles(*, entries: Mapping[str, Mapping[str, Any]], actor: Actor, now: datetime) -> None:
    """Bring the profile's articles in. A text that the profile did not change keeps what the desk wrote since."""
    with transaction.atomic():
        for code, entry in entries.items():
            article, _created = Article.objects.update_or_create(
                code=code,
                defaults={
                    "kind": entry["kind"],
                    "service_codes": list(entry["services"]),
                    "is_public": entry["is_public"],
                    "review_by": date.fromisoformat(entry["review_by"]) if entry["review_by"] else None,
                    "is_retired": False,
                    "from_profile": True,
                    "changed_at": now,
                },
            )
            for language, text in entry["texts"].items():
                _project_text(article, language, text, actor, now)
        Article.objects.filter(is_retired=False, from_profile=True).exclude(code__in=entries).update(
            is_retired=True, changed_at=now
        )


def _project_text(article: Article, language: str, text: Mapping[str, str], actor: Actor, now: datetime) -> None:
    words = {"title": text["title"], "body": text["body"], "summary": text["summary"], "keywords": text["keywords"]}
    origin = hashlib.sha256("\0".join(words.values()).encode()).hexdigest()
    if not article.texts.filter(language=language, origin=origin).exists():
        _add_version(article, language, words, TextState.REVIEWED, origin, actor, now)


def _add_version(
    article: Article,
    language: str,
    words: Mapping[str, str],
    state: TextState,
    origin: str,
    actor: Actor,
    now: datetime,
) -> ArticleText:
    texts = article.texts.filter(language=language)
    version = (texts.aggregate(newest=Max("version"))["newest"] or 0) + 1
    # A draft waits beside the current text; it is shown to residents only when reviewed.
    is_current = state != TextState.DRAFT or not texts.filter(is_current=True).exists()
    if is_current:
        texts.filter(is_current=True).update(is_current=False)
    text = ArticleText.objects.create(
        article=article,
        language=language,
        version=version,
        state=state,
        is_current=is_current,
        origin=origin,
        written_at=now,
        written_by=actor.label,
        **words,
    )
    act = audit.Act(
        "articles.written",
        "knowledge.article",
        article.pk,
        article.code,
        after={"language": language, "version": version, "title": words["title"]},
    )
    audit.record(act, actor=actor, now=now)
    outbox.publish(ArticleChanged(article.pk, language), now=now)
    return text


def _mark_translations_stale(article: Article, language: str) -> None:
    others = article.texts.filter(is_current=True, state=TextState.REVIEWED).exclude(language=language)
    others.update(state=TextState.STALE)


def _first_language() -> str:
    return profile.city().languages[0]
