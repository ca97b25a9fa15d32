from citydesk.city.knowledge.services.articles import project_articles, write_article
from citydesk.city.knowledge.services.bulletins import acknowledge, link_contact, post_bulletin, withdraw_bulletin
from citydesk.city.knowledge.services.departments import accept_version, remind_departments, set_difference
from citydesk.city.knowledge.services.procedures import (
    decide_version,
    drop_version,
    make_procedure,
    retire_procedure,
    set_departments,
    write_version,
)
from citydesk.city.knowledge.services.procedures_profile import project_procedures

__all__ = [
    "accept_version",
    "acknowledge",
    "decide_version",
    "drop_version",
    "link_contact",
    "make_procedure",
    "post_bulletin",
    "project_articles",
    "project_procedures",
    "remind_departments",
    "retire_procedure",
    "set_departments",
    "set_difference",
    "withdraw_bulletin",
    "write_article",
    "write_version",
]
