"""Publishing drafts as they are: read, found good, shown from now on."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.knowledge.choices import EDIT, TextState
from citydesk.city.knowledge.events import ArticleChanged
from citydesk.city.knowledge.models import Article, ArticleText
from citydesk.city.knowledge.services.articles import _first_language, _mark_translations_stale
from citydesk.kernel import audit, outbox
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid


def publish_drafts(*, text_ids: Collection[int], access: Access, now: datetime) -> int:
    """Show drafts from now on; returns how many. A draft with a newer version stays a draft.

    Raises `NotAllowed`, `Invalid` when none is chosen.
    """
    access.require(EDIT)
    if not text_ids:
        raise Invalid(_("Choose at least one draft."), field="drafts")
    with transaction.atomic():
        texts = ArticleText.objects.filter(pk__in=list(text_ids), state=TextState.DRAFT).select_related("article")
        list(Article.objects.select_for_update().filter(texts__in=texts).order_by("pk"))
        # The first language goes first: a translation published with it is not stale.
        chosen = sorted(texts, key=lambda text: text.language != _first_language())
        return sum(_publish(text, access, now) for text in chosen)


def _publish(text: ArticleText, access: Access, now: datetime) -> bool:
    versions = ArticleText.objects.filter(article=text.article, language=text.language)
    if versions.filter(version__gt=text.version).exists():
        return False
    versions.filter(is_current=True).exclude(pk=text.pk).update(is_current=False)
    ArticleText.objects.filter(pk=text.pk).update(state=TextState.REVIEWED, is_current=True)
    if text.language == _first_language():
        _mark_translations_stale(text.article, text.language)
    after = {"language": text.language, "version": text.version, "title": text.title}
    act = audit.Act("articles.published", "knowledge.article", text.article_id, text.article.code, after=after)
    audit.record(act, actor=access.actor, now=now)
    outbox.publish(ArticleChanged(text.article_id, text.language), now=now)
    return True
