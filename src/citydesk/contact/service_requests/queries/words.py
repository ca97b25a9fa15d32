"""Search by words over number, place and description: from what was typed to a tsquery, without a statement."""

import re

from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet

from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.rules.codes import fold
from citydesk.kernel.numbering import parse_number

_WORD = re.compile(r"[a-z0-9]+")
_MOST_WORDS = 12


def by_words(rows: "QuerySet[ServiceRequest]", text: str) -> "QuerySet[ServiceRequest]":
    """Rows that hold every word; the last may be unfinished. A whole number finds its request."""
    number = parse_number(text)
    if number is not None:
        return rows.filter(number=number)
    query = tsquery_of(text)
    return rows.filter(search=SearchQuery(query, config="english", search_type="raw")) if query else rows.none()


def tsquery_of(text: str) -> str:
    """The words as PostgreSQL's raw query: `oak & pothol:*`. Empty when there is no word."""
    words = _WORD.findall(fold(text))[:_MOST_WORDS]
    if not words:
        return ""
    return " & ".join([*words[:-1], f"{words[-1]}:*"])
