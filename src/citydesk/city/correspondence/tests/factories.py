"""Messages as other rooms' tests need them."""

from datetime import datetime
from itertools import count
from typing import Any

from citydesk.city.correspondence.models import Message

_keys = count(1)


def make_message(about: tuple[str, int], *, at: datetime, **more: Any) -> Message:
    """An e-mail about something (its type and id), written at `at`; sent, unless `more` says otherwise."""
    given = {"channel": "email", "state": "sent", "language": "en", "body": "Thank you.", "settled_at": at, **more}
    return Message.objects.create(
        about_type=about[0], about_id=about[1], written_at=at, key=f"made {next(_keys)}", **given
    )
