"""Words for this room's codes."""

from django.utils.translation import gettext_lazy as _

from citydesk.city.knowledge.choices import ArticleKind, TextState

ARTICLE_KIND = {ArticleKind.ARTICLE: _("Article"), ArticleKind.POLICY: _("Policy"), ArticleKind.SCRIPT: _("Script")}
TEXT_STATE = {
    TextState.DRAFT: _("Draft"),
    TextState.MACHINE: _("Translated by a program, not yet read"),
    TextState.REVIEWED: _("Reviewed"),
    TextState.STALE: _("Older than the original"),
}
