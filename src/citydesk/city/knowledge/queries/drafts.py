"""Drafts that wait to be read: the newest version of a text that nobody has reviewed yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from citydesk.city.knowledge import rules
from citydesk.city.knowledge.choices import EDIT, TextState
from citydesk.city.knowledge.models import ArticleText
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound

MOST = 500


@dataclass(frozen=True)
class Draft:
    """A draft as its reviewer reads it."""

    id: int
    code: str
    kind: str
    language: str
    title: str
    html: str
    markdown: str
    keywords: str
    summary: str
    version: int
    written_at: datetime
    written_by: str


def drafts_waiting() -> QuerySet[ArticleText]:
    """The newest versions that nobody has published, of articles that are not retired."""
    later = ArticleText.objects.filter(
        article=OuterRef("article"), language=OuterRef("language"), version__gt=OuterRef("version")
    )
    return ArticleText.objects.filter(~Exists(later), state=TextState.DRAFT, article__is_retired=False)


def list_drafts(access: Access) -> list[dict[str, Any]]:
    """Drafts by code and language, at most 500."""
    access.require(EDIT)
    rows = drafts_waiting().order_by("article__code", "language")
    fields = ("id", "article__code", "article__kind", "language", "title", "version", "written_at", "written_by")
    return list(rows.values(*fields)[:MOST])


def get_draft(access: Access, code: str, language: str) -> Draft:
    """The draft of an article in a language. Raises `NotFound`."""
    access.require(EDIT)
    text = drafts_waiting().filter(article__code=code, language=language).select_related("article").first()
    if text is None:
        raise NotFound(_("There is no such draft."))
    return Draft(
        id=text.pk,
        code=code,
        kind=text.article.kind,
        language=language,
        title=text.title,
        html=rules.article_html(text.body),
        markdown=text.body,
        keywords=text.keywords,
        summary=text.summary,
        version=text.version,
        written_at=text.written_at,
        written_by=text.written_by,
    )
