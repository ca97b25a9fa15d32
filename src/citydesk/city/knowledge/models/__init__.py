"""Tables of the knowledge: articles, bulletins, procedures that several departments share."""

from citydesk.city.knowledge.models.articles import (
    Article,
    ArticleText,
    Bulletin,
    BulletinAck,
    BulletinContact,
)
from citydesk.city.knowledge.models.procedures import (
    Difference,
    Procedure,
    ProcedureAcceptance,
    ProcedureDepartment,
    ProcedureVersion,
)

__all__ = [
    "Article",
    "ArticleText",
    "Bulletin",
    "BulletinAck",
    "BulletinContact",
    "Difference",
    "Procedure",
    "ProcedureAcceptance",
    "ProcedureDepartment",
    "ProcedureVersion",
]
