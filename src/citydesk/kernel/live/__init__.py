"""Live news for open pages. A notice is part of the transaction: it is sent when, and only if, the act is committed."""

import json
from typing import Any

from django.db import connection

from citydesk.kernel.outbox import plain

CHANNEL = "citydesk_live"


def notify(topic: str, payload: dict[str, Any]) -> None:
    """Tell the event process; `payload` holds ids and codes only, never a person's words (pg_notify carries 8 kB)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"topic": topic, **plain(payload)})])
