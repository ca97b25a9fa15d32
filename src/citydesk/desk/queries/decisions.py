"""All that waits for one person's decision, asked of every room."""

from datetime import datetime
from typing import NamedTuple

from django.urls import reverse

from citydesk.kernel.actors import Access
from citydesk.kernel.decisions import Decision, Waiting
from citydesk.kernel.registries import in_order, load_dotted, registries


class DecisionLine(NamedTuple):
    """A kind of decision with how many wait. `oldest_url` is empty where single ones have no page."""

    label: object
    waiting: Waiting
    url: str
    oldest_url: str


def list_decisions(access: Access, now: datetime) -> list[DecisionLine]:
    """What waits for the reader, what has waited longest first; a fixed number of statements."""
    found = []
    for one in in_order(registries.decisions.values()):
        if access.may(one.permission) and (waiting := load_dotted(one.waiting)(access, now)):
            found.append(_line(one, waiting))
    return sorted(found, key=lambda line: line.waiting.since)


def _line(one: Decision, waiting: Waiting) -> DecisionLine:
    everything = reverse(one.url_name) + (f"?{one.query}" if one.query else "")
    oldest = reverse(one.one_url_name, args=waiting.oldest) if one.one_url_name else ""
    return DecisionLine(one.label, waiting, everything, oldest)
