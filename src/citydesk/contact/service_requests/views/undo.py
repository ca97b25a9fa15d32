"""The acts a person may still take back, remembered by their session: the queue shows them without a statement."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.choices import UNDO_WINDOW
from citydesk.kernel.texts import clock

_NAME = "service_requests.undo"
_MOST = 5


def offer(request: HttpRequest, act_id: int, kind: str, count: int, now: datetime) -> None:
    """Remember an act that can be taken back."""
    kept = [one for one in request.session.get(_NAME, []) if _is_in_time(one, now)]
    request.session[_NAME] = [*kept, {"id": act_id, "kind": kind, "n": count, "at": now.isoformat()}][-_MOST:]


def withdraw(request: HttpRequest, act_id: int) -> None:
    """Forget an act: it was taken back."""
    request.session[_NAME] = [one for one in request.session.get(_NAME, []) if one["id"] != act_id]


def offered(request: HttpRequest, now: datetime) -> dict[str, Any] | None:
    """The last act that can be taken back: its id and its words."""
    last = next((one for one in reversed(request.session.get(_NAME, [])) if _is_in_time(one, now)), None)
    if last is None:
        return None
    words = str(labels.BULK_DONE[last["kind"]]) % {"n": last["n"], "at": clock(datetime.fromisoformat(last["at"]))}
    return {"id": last["id"], "text": words}


def _is_in_time(one: dict[str, Any], now: datetime) -> bool:
    return now <= datetime.fromisoformat(one["at"]) + UNDO_WINDOW
