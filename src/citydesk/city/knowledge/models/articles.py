from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from citydesk.city.knowledge.choices import SHOWN, ArticleKind, TextState

_SEARCH = """
    NEW.search :=
        setweight(to_tsvector((CASE left(NEW.language, 2) WHEN 'es' THEN 'spanish' WHEN 'en' THEN 'english'
            ELSE 'simple' END)::regconfig, NEW.title || ' ' || NEW.keywords || ' ' || NEW.summary), 'A') ||
        setweight(to_tsvector((CASE left(NEW.language, 2) WHEN 'es' THEN 'spanish' WHEN 'en' THEN 'english'
            ELSE 'simple' END)::regconfig, NEW.body), 'D');
    RETURN NEW;
"""


class Article(models.Model):
    """Something the office knows: for whom it is, which service codes it belongs to, who keeps it right."""

    code = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=[(one.value, one.value) for one in ArticleKind])
    service_codes = ArrayField(models.CharField(max_length=60), default=list)
    is_public = models.BooleanField(default=False)
    is_retired = models.BooleanField(default=False)
    from_profile = models.BooleanField(default=False)
    review_by = models.DateField(null=True)
    changed_at = models.DateTimeField()

    data_classes = {"*": "public", "from_profile": "internal", "review_by": "internal"}

    class Meta:
        indexes = [GinIndex(fields=["service_codes"], name="know_article_codes")]


class ArticleTextQuerySet(models.QuerySet["ArticleText"]):
    def current(self) -> ArticleTextQuerySet:
        return self.filter(is_current=True, state__in=SHOWN, article__is_retired=False)


class ArticleText(models.Model):
    """One version of an article in one language. Versions stay; one per language is current."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="texts")
    language = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    summary = models.CharField(max_length=300, blank=True)
    keywords = models.TextField(blank=True)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=[(one.value, one.value) for one in TextState])
    is_current = models.BooleanField(default=True)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=120)
    origin = models.CharField(max_length=64, blank=True)  # digest of the profile's text this came from
    search = SearchVectorField(null=True)

    objects = ArticleTextQuerySet.as_manager()
    data_classes = {"*": "public", "written_by": "internal", "origin": "internal", "search": "internal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "language", "version"], name="know_text_version"),
            models.UniqueConstraint(
                fields=["article", "language"], name="know_text_current", condition=Q(is_current=True)
            ),
        ]
        indexes = [
            GinIndex(
                fields=["search"], name="know_text_search", opclasses=["tsvector_ops"], condition=Q(is_current=True)
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="search_words",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("title", "keywords", "summary", "body", "language"),
                when=pgtrigger.Before,
                func=_SEARCH,
            )
        ]


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def in_force(self, now: datetime) -> BulletinQuerySet:
        return self.filter(starts_at__lte=now, expires_at__gt=now, withdrawn_at=None)


class Bulletin(models.Model):
    """What every desk must know right now: words for the clerk, a line to read aloud, what and where it concerns."""

    text = models.TextField()
    read_aloud = models.JSONField(default=dict)  # language -> line
    service_code = models.CharField(max_length=60, blank=True)
    area = models.CharField(max_length=120, blank=True)
    is_urgent = models.BooleanField(default=False)
    request_number = models.CharField(max_length=24, blank=True)  # pinned as the suggested duplicate
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    posted_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")

    objects = BulletinQuerySet.as_manager()
    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("starts_at")), name="know_bulletin_ends")
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="know_bulletin_open", condition=Q(withdrawn_at__isnull=True))
        ]


class BulletinAck(models.Model):
    """A person has seen a bulletin."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="acks")
    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulletin", "user"], name="know_one_ack")]


class BulletinContact(models.Model):
    """A contact that concerned a bulletin: its number was told, or its request joined. Rows only, so that a hundred
    clerks saving at once wait for nobody."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="contacts")
    contact_id = models.BigIntegerField()
    contact_number = models.CharField(max_length=20)
    at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulletin", "contact_id"], name="know_contact_once")]
