from citydesk.city.knowledge.services.articles import project_articles, write_article
from citydesk.city.knowledge.services.bulletins import acknowledge, link_contact, post_bulletin, withdraw_bulletin

__all__ = [
    "acknowledge",
    "link_contact",
    "post_bulletin",
    "project_articles",
    "withdraw_bulletin",
    "write_article",
]
