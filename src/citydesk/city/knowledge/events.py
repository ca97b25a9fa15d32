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


@dataclass(frozen=True)
class ProcedureApproved:
    """A new version of a shared procedure is in force; departments are asked to accept it."""

    name: ClassVar[str] = "knowledge.ProcedureApproved"
    procedure_id: int
    code: str
    version: int


@dataclass(frozen=True)
class AcceptanceAsked:
    """A department has not accepted the version in force: it is asked, for the first time or again (`count`)."""

    name: ClassVar[str] = "knowledge.AcceptanceAsked"
    procedure_id: int
    code: str
    version: int
    department: str
    count: int
