"""Reads of articles and bulletins: what to show beside the contact form."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Case, Count, F, FloatField, Q, Value, When

from citydesk.city.knowledge import rules
from citydesk.city.knowledge.choices import DICTIONARIES, VIEW
from citydesk.city.knowledge.models import ArticleText, Bulletin
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound, marked

_HIT = (
    "article_id",
    "article__code",
    "article__kind",
    "article__service_codes",
    "language",
    "title",
    "summary",
    "body",
    "rank",
)


@dataclass(frozen=True)
class ArticleHit:
    """An article in a list: `matches_code` says it belongs to the code in question."""

    id: int
    code: str
    kind: str
    language: str
    title: str
    summary: str
    matches_code: bool


@dataclass(frozen=True)
class ArticlePage:
    id: int
    code: str
    kind: str
    language: str
    title: str
    html: str
    markdown: str
    keywords: str
    summary: str
    state: str
    version: int
    written_at: datetime
    written_by: str
    is_public: bool
    service_codes: list[str]
    languages: list[str]


@dataclass(frozen=True)
class BulletinLine:
    """A bulletin as a desk shows it; `read_aloud` holds every language there is."""

    id: int
    text: str
    read_aloud: dict[str, str]
    service_code: str
    area: str
    is_urgent: bool
    request_number: str
    starts_at: datetime
    expires_at: datetime
    posted_by: str
    contact_count: int
    seen_by: int
    is_seen: bool


def suggest(
    text: str, service_code: str | None = None, language: str = "en", limit: int = 4, *, public_only: bool = False
) -> list[ArticleHit]:
    """Articles that answer the words, best first; those of the code lead. One SQL statement.

    Falls back to the city's other languages only when the language has none: the caller's language decides.
    """
    words = rules.any_of(rules.search_words(text))
    if not words and not service_code:
        return []
    base = language.split("-")[0]
    found = _ranked(words, service_code or "", base, public_only)[:limit]
    return [_hit(row, service_code or "") for row in found]


def _ranked(words: str, service_code: str, language: str, public_only: bool) -> Any:
    texts = ArticleText.objects.current().filter(language=language)
    if public_only:
        texts = texts.filter(article__is_public=True)
    bonus = Case(
        When(article__service_codes__contains=[service_code], then=Value(1.0)),
        default=Value(0.0),
        output_field=FloatField(),
    )
    matches = Q(article__service_codes__contains=[service_code]) if service_code else Q(pk__in=[])
    rank: Any = bonus
    if words:
        query = SearchQuery(words, search_type="raw", config=DICTIONARIES.get(language, "simple"))
        matches |= Q(search=query)
        rank = bonus + SearchRank(F("search"), query)
    return texts.filter(matches).annotate(rank=rank).order_by("-rank", "article_id").values(*_HIT)


def _hit(row: dict[str, Any], service_code: str) -> ArticleHit:
    return ArticleHit(
        id=row["article_id"],
        code=row["article__code"],
        kind=row["article__kind"],
        language=row["language"],
        title=row["title"],
        summary=row["summary"] or rules.summary_of(row["body"]),
        matches_code=service_code in row["article__service_codes"],
    )


def list_articles(*, language: str, public_only: bool = False, kind: str = "") -> list[ArticleHit]:
    """All current articles in a language, by title."""
    texts = ArticleText.objects.current().filter(language=language.split("-")[0])
    if public_only:
        texts = texts.filter(article__is_public=True)
    if kind:
        texts = texts.filter(article__kind=kind)
    rows = texts.annotate(rank=Value(0.0)).order_by("title").values(*_HIT)
    return [_hit(row, "") for row in rows]


def get_article(access: Access | None, code: str, language: str) -> ArticlePage:
    """One article in the language, or in another if it has no text there. `access=None` sees public ones only.

    Raises `NotFound`.
    """
    texts = ArticleText.objects.current().select_related("article").filter(article__code=code)
    if access is None or not access.may(VIEW):
        texts = texts.filter(article__is_public=True)
    by_language = {text.language: text for text in texts}
    if not by_language:
        raise NotFound(marked("There is no such article."))
    text = by_language.get(language.split("-")[0]) or by_language.get("en") or next(iter(by_language.values()))
    article = text.article
    return ArticlePage(
        article.pk,
        article.code,
        article.kind,
        text.language,
        text.title,
        rules.article_html(text.body),
        text.body,
        text.keywords,
        text.summary,
        text.state,
        text.version,
        text.written_at,
        text.written_by,
        article.is_public,
        article.service_codes,
        sorted(by_language),
    )


def list_versions(code: str) -> list[dict[str, Any]]:
    """Every version of an article, newest first: `{language, version, state, written_at, written_by, is_current}`."""
    rows = ArticleText.objects.filter(article__code=code).order_by("-written_at", "-id")
    fields = ("language", "version", "state", "written_at", "written_by", "is_current", "title")
    return [dict(row) for row in rows.values(*fields)[:100]]


def active_bulletins(
    now: datetime, service_code: str | None = None, *, user_id: int | None = None
) -> list[BulletinLine]:
    """Bulletins in force, urgent and newest first. With a code: those of the code and those for everything."""
    rows = Bulletin.objects.in_force(now)
    if service_code:
        rows = rows.filter(Q(service_code=service_code) | Q(service_code=""))
    annotated = rows.annotate(
        seen_by=Count("acks", distinct=True),
        contact_count=Count("contacts", distinct=True),
        mine=Count("acks", filter=Q(acks__user_id=user_id), distinct=True),
    ).order_by("-is_urgent", "-starts_at")
    fields = (
        "id",
        "text",
        "read_aloud",
        "service_code",
        "area",
        "is_urgent",
        "request_number",
        "starts_at",
        "expires_at",
        "posted_by__name",
        "contact_count",
        "seen_by",
        "mine",
    )
    return [
        BulletinLine(
            **{key: value for key, value in row.items() if key not in ("posted_by__name", "mine")},
            posted_by=row["posted_by__name"],
            is_seen=bool(row["mine"]),
        )
        for row in annotated.values(*fields)[:20]
    ]


def pinned_bulletins(now: datetime, service_code: str, places: Iterable[str]) -> list[BulletinLine]:
    """Bulletins in force with a request pinned for this code and place. No statement while none is in force."""
    if time.monotonic() < _quiet_until:
        return []
    names = tuple(places)
    return [
        line
        for line in active_bulletins(now, service_code or None)
        if line.request_number and rules.concerns(line.service_code, line.area, service_code, names)
    ]


# No bulletin is in force most of the time, and every page asks: the answer "none" holds for two seconds a process.
_QUIET_SECONDS = 2.0
_quiet_until = 0.0


def forget_quiet() -> None:
    """Ask again at once: a bulletin was posted or withdrawn here."""
    global _quiet_until
    _quiet_until = 0.0


def unseen_bulletins(now: datetime, user_id: int | None) -> list[BulletinLine]:
    """Bulletins in force that the person has not acknowledged. No statement while there are none (to two seconds)."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return []
    lines = active_bulletins(now, user_id=user_id)
    if not lines:
        _quiet_until = time.monotonic() + _QUIET_SECONDS
    return [line for line in lines if not line.is_seen]
