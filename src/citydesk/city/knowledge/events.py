"""Facts this room publishes."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class BulletinPosted:
    name: ClassVar[str] = "knowledge.BulletinPosted"
    bulletin_id: int


@dataclass(frozen=True)
class ArticleChanged:
    name: ClassVar[str] = "knowledge.ArticleChanged"
    article_id: int
    language: str
