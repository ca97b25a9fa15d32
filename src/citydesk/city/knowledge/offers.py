"""What knowledge offers the house."""

from math import ceil
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from citydesk.city.knowledge import queries
from citydesk.city.knowledge.choices import (
    APPROVE_PROCEDURES,
    EDIT,
    POST_BULLETIN,
    VIEW,
    WRITE_PROCEDURES,
    ArticleKind,
    DifferenceKind,
)
from citydesk.city.profile.rules import Document, Item, Reading
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.decisions import Decision
from citydesk.kernel.pages import access_of
from citydesk.kernel.registries import (
    AuditCode,
    HomeCard,
    ImportKind,
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


def parse_procedures(reading: Reading) -> list[Item]:
    """`[procedure.<code>]`: one way of working of several departments, its steps, what each does otherwise."""
    items = []
    for entry in reading.tables("procedure"):
        steps: list[dict[str, Any]] = [
            {"key": one.text("key"), "title": one.translated("title"), "text": one.translated("text")}
            for one in entry.tables("steps")
        ]
        if len({one["key"] for one in steps}) < len(steps):
            entry.problem("two steps have the same key", key="steps")
        differences = [
            {
                "department": one.code("department", of="departments"),
                "step": one.choice("step", [step["key"] for step in steps]),
                "kind": one.choice("kind", [kind.value for kind in DifferenceKind]),
                "text": one.optional.translated("text"),
                "reason": one.text("reason"),
            }
            for one in entry.optional.tables("differences")
        ]
        items.append(
            entry.item(
                {
                    "title": entry.translated("title"),
                    "owner": entry.code("owner", of="departments"),
                    "departments": entry.codes("departments", of="departments"),
                    "services": entry.optional.codes("services", of="services"),
                    "remind_days": entry.optional.whole("remind_days", 7, at_least=1, at_most=90),
                    "steps": steps,
                    "differences": differences,
                }
            )
        )
    return items


def procedures_card(*, access: Access, now: Any) -> dict[str, Any]:
    """Versions that one's departments have not accepted, and those that wait for approval."""
    return {"rows": queries.unaccepted(access), "counts": queries.count_unaccepted(access), "at": now}


def find_procedures(access: Access, text: str, limit: int) -> list[SearchHit]:
    """Shared procedures for the find box."""
    return [
        SearchHit(title, owner, reverse("knowledge:procedure", args=[code]))
        for code, title, owner in queries.find_procedures(access, text, limit)
    ]


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
    AuditCode("articles.import_approved", _("published {object} ({language}, version {version}) unread"), icon="tick"),
    AuditCode("articles.published", _("published version {version} ({language}) of {object}"), icon="tick"),
    ImportKind(
        "articles",
        _("Articles"),
        "citydesk.city.knowledge.services.importing.used_articles",
        "citydesk.city.knowledge.services.importing.take_back_articles",
    ),
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
registries.add(
    Permission(WRITE_PROCEDURES, _("Write procedures of one's department, accept those of others")),
    Permission(APPROVE_PROCEDURES, _("Approve versions of shared procedures")),
    SearchSource("procedures", _("Shared procedures"), find_procedures, VIEW, order=55),
    ProfileSection(
        "procedures",
        ("procedures.toml",),
        parse_procedures,
        after=("city", "services", "departments"),
        project="citydesk.city.knowledge.services.project_procedures",
    ),
    HomeCard(
        "procedures",
        ("supervisor", "department", "director"),
        procedures_card,
        "knowledge/procedures_card.jinja",
        VIEW,
        order=85,
        column="side",
    ),
    *(
        AuditCode(f"procedures.{code}", sentence, icon=icon)
        for code, sentence, icon in (
            ("made", _("began the procedure {object}"), "add"),
            ("written", _("wrote version {version} of {object}"), "edit"),
            ("approved", _("approved version {version} of {object}"), "check_circle"),
            ("refused", _("refused version {version} of {object}"), "cancel"),
            ("dropped", _("took version {version} of {object} back"), "undo"),
            ("accepted", _("accepted version {version} for {department}"), "check"),
            ("departments", _("changed who works by {object}"), "people"),
            ("differs", _("said what {department} does otherwise at step {step}"), "edit"),
            ("same_again", _("said that {department} does step {step} as the others"), "undo"),
            ("retired", _("ended the procedure {object}"), "cancel"),
        )
    ),
)

_DECISIONS = "citydesk.city.knowledge.queries.decisions"
registries.add(
    Decision(
        *("knowledge.drafts", _("Drafts of articles"), f"{_DECISIONS}.drafts", EDIT, "knowledge:drafts"),
        one_url_name="knowledge:draft",
        order=60,
    ),
    Decision(
        "knowledge.versions",
        _("Versions of procedures"),
        f"{_DECISIONS}.versions",
        APPROVE_PROCEDURES,
        "knowledge:procedures",
        "show=waiting",
        "knowledge:procedure",
        order=61,
    ),
    Decision(
        "knowledge.acceptances",
        _("Procedures your department has not accepted"),
        f"{_DECISIONS}.acceptances",
        WRITE_PROCEDURES,
        "knowledge:procedures",
        "show=behind",
        "knowledge:procedure",
        order=62,
    ),
)
