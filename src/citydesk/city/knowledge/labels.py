"""Words for this room's codes."""

from django.utils.translation import gettext_lazy as _

from citydesk.city.knowledge.choices import ArticleKind, DifferenceKind, TextState, VersionState

ARTICLE_KIND = {ArticleKind.ARTICLE: _("Article"), ArticleKind.POLICY: _("Policy"), ArticleKind.SCRIPT: _("Script")}
TEXT_STATE = {
    TextState.DRAFT: _("Draft"),
    TextState.MACHINE: _("Translated by a program, not yet read"),
    TextState.REVIEWED: _("Reviewed"),
    TextState.STALE: _("Older than the original"),
}
VERSION_STATE = {
    VersionState.WAITING: _("Waits for approval"),
    VersionState.APPROVED: _("Approved"),
    VersionState.REFUSED: _("Refused"),
    VersionState.DROPPED: _("Taken back"),
}
VERSION_BADGES = {
    VersionState.WAITING: "waiting",
    VersionState.APPROVED: "closed_done",
    VersionState.REFUSED: "refused",
    VersionState.DROPPED: "closed_no_action",
}
DIFFERENCE = {
    DifferenceKind.OWN: _("Done in their own way"),
    DifferenceKind.MORE: _("Something more is done"),
    DifferenceKind.WITHOUT: _("Not done"),
}
SAME = _("As in the shared text")
