"""Decisions about rights, people and the directory. Pure: no database, clock or framework."""

from citydesk.city.staff.rules.confidences import teams_of_all_clerks
from citydesk.city.staff.rules.directory import fold, rank_office, search_text
from citydesk.city.staff.rules.names import in_language
from citydesk.city.staff.rules.profile import (
    parse_absence_kinds,
    parse_departments,
    parse_directory,
    parse_people,
    parse_roles,
    parse_skills,
    parse_teams,
)
from citydesk.city.staff.rules.rights import may_approve, may_grant, sign_in_delay, within_limit
from citydesk.city.staff.rules.sessions import Remaining, remaining

__all__ = [
    "Remaining",
    "fold",
    "in_language",
    "may_approve",
    "may_grant",
    "parse_absence_kinds",
    "parse_departments",
    "parse_directory",
    "parse_people",
    "parse_roles",
    "parse_skills",
    "parse_teams",
    "rank_office",
    "remaining",
    "search_text",
    "sign_in_delay",
    "teams_of_all_clerks",
    "within_limit",
]
