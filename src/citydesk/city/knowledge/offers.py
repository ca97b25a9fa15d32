"""What knowledge offers the house."""

from math import ceil
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from citydesk.city.knowledge import queries
from citydesk.city.knowledge.choices import EDIT, POST_BULLETIN, VIEW, ArticleKind
from citydesk.city.profile.rules import Document, Item, Reading
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of
from citydesk.kernel.registries import (
    AuditCode,
    HomeCard,
    LiveTopic,
    NavItem,
    Permission,
    ProfileSection,
    SearchHit,
    SearchSource,
    registries,
)
from citydesk.kernel.shell import provide


def parse_articles(reading: Reading) -> list[Item]:
    """Articles: the first language's front matter decides kind, codes and publicity; each language has words."""
    items = []
    for document in reading.documents():
        texts = {}
        for language, front in document.fronts.items():
            texts[language] = {
                "title": front.text("title"),
                "summary": front.optional.text("summary"),
                "keywords": " ".join(front.optional.words("subjects")),
                "body": document.texts[language],
            }
        items.append(document.item({**_facts(document), "texts": texts}))
    return items


def _facts(document: Document) -> dict[str, Any]:
    """What belongs to the article and not to a language. Every language may repeat it; the first one's word counts."""
    read = []
    for front in [document.front, *(one for one in document.fronts.values() if one is not document.front)]:
        read.append(
            {
                "kind": front.optional.choice("kind", tuple(ArticleKind), default=ArticleKind.ARTICLE),
                "services": front.optional.codes("services", of="services"),
                "is_public": front.optional.boolean("is_public", True),
                "review_by": front.optional.date("review_by"),
            }
        )
    return read[0]


def find_articles(access: Access, text: str, limit: int) -> list[SearchHit]:
    """Articles for the find box."""
    return [
        SearchHit(hit.title, hit.summary, reverse("knowledge:article", args=[hit.code]))
        for hit in queries.suggest(text, None, get_language() or "en", limit)
    ]


def bulletins_card(*, access: Access, now: Any) -> dict[str, Any]:
    return {"bulletins": queries.active_bulletins(now, user_id=access.actor.staff_id), "shown_language": get_language()}


def shell_bulletins(request: Any) -> list[dict[str, Any]]:
    """Bulletins that the reader has not acknowledged, for the region above every desk page."""
    access = access_of(request)
    if not access.may(VIEW):
        return []
    aloud, now = (get_language() or "en").split("-")[0], utc_now()
    return [
        {
            "id": line.id,
            "title": _("Urgent") if line.is_urgent else _("Bulletin"),
            "text": line.text,
            "read_aloud": line.read_aloud.get(aloud, ""),
            "ends_in": max(1, ceil((line.expires_at - now).total_seconds())),
            "ack_url": reverse("knowledge:bulletin_seen", args=[line.id]),
        }
        for line in queries.unseen_bulletins(now, access.actor.staff_id)
    ]


provide("bulletins", shell_bulletins)
registries.add(
    Permission(VIEW, _("Read articles and bulletins")),
    Permission(EDIT, _("Write articles")),
    Permission(POST_BULLETIN, _("Post floor bulletins")),
    LiveTopic("bulletin", permission=VIEW),
    NavItem("knowledge", _("Knowledge"), "knowledge:index", VIEW, order=60),
    SearchSource("articles", _("Articles"), find_articles, VIEW, order=50),
    AuditCode("articles.written", _("wrote version {version} ({language}) of {object}"), icon="edit"),
    AuditCode("bulletins.posted", _("posted a bulletin: {text}"), icon="bulletin"),
    AuditCode("bulletins.withdrawn", _("withdrew a bulletin: {text}"), icon="bulletin"),
    ProfileSection(
        "articles",
        ("articles/*.md",),
        parse_articles,
        after=("city", "services"),
        project="citydesk.city.knowledge.services.project_articles",
    ),
    HomeCard(
        "bulletins",
        ("representative", "supervisor", "department"),
        bulletins_card,
        "knowledge/card.jinja",
        VIEW,
        order=10,
    ),
)
