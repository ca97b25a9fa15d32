"""Live news for open pages. A notice is part of the transaction: it is sent when, and only if, the act is committed.

One event process listens to the database and fans notices out to open pages (server-sent events); no web thread waits.
A page connects with a short sealed ticket that names its reader and the topics the reader may hear: `user.<id>`,
`team.<id>` of the reader's teams, every `LiveTopic` whose permission the reader holds, and the feeds the page shows
(`LiveFeed`, `listen`).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid, marked
from citydesk.kernel.outbox import plain
from citydesk.kernel.registries import registries
from citydesk.kernel.rows import call
from citydesk.kernel.sealing import seal, sealed_at, unseal

if TYPE_CHECKING:
    from django.http import HttpRequest

CHANNEL = "citydesk_live"
# How long a ticket opens a stream; an open stream is closed by the server after an hour and asks for a new ticket.
TICKET_SECONDS = 600
# To the event process itself: somebody left or may do something else now.
STREAMS_END = "live.end"
_PURPOSE = "live.ticket"


def notify(topic: str, payload: dict[str, Any]) -> None:
    """Tell the event process; `payload` holds ids and codes only, never a person's words (pg_notify carries 8 kB)."""
    call("pg_notify(%s, %s)", CHANNEL, json.dumps({"topic": topic, **plain(payload)}))


def end_streams(user_id: int) -> None:
    """Close a person's streams once this transaction is committed, and let no older ticket open one: pages of who is
    still signed in ask for a new one, and hear what they may hear now."""
    notify(STREAMS_END, {"user": user_id})


@dataclass(frozen=True)
class Ticket:
    """Who listens and to what; `made_at` in seconds since 1970."""

    user_id: int
    topics: tuple[str, ...]
    made_at: int = 0


def topics_for(access: Access) -> tuple[str, ...]:
    """What a reader may hear."""
    own = [f"user.{access.actor.staff_id}", *(f"team.{team}" for team in sorted(access.team_ids))]
    shared = sorted(
        one.code for one in registries.live_topics.values() if not one.permission or access.may(one.permission)
    )
    return (*own, *shared)


def listen(request: "HttpRequest", *feeds: str) -> None:
    """Let the page that is being drawn hear these feeds, as far as its reader may."""
    request.live_feeds = feeds  # type: ignore[attr-defined]  # read by the shell


def stream_url(access: Access, feeds: Iterable[str] = ()) -> str:
    """The address a page opens as an `EventSource`; empty for who is no staff member. Holds no personal data.

    `feeds` are those the page shows; what the reader may not hear is left out.
    """
    user_id = access.actor.staff_id
    if user_id is None:
        return ""
    known = (registries.live_feeds[one] for one in sorted(set(feeds)) if one in registries.live_feeds)
    heard = [one.code for one in known if access.may(one.permission)]
    ticket = seal(json.dumps([user_id, [*topics_for(access), *heard]]), purpose=_PURPOSE)
    return f"{settings.EVENTS_URL}/stream/{ticket}"


def read_ticket(text: str) -> Ticket:
    """The ticket in an address. Raises `Invalid` when it is forged or older than ten minutes."""
    try:
        user_id, topics = json.loads(unseal(text, purpose=_PURPOSE, max_age=TICKET_SECONDS))
    except (ValueError, TypeError) as error:
        raise Invalid(marked("This is not a ticket.")) from error
    return Ticket(int(user_id), tuple(topics), sealed_at(text))
