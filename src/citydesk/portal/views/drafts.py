"""The report being written, kept sealed in the visitor's session: nothing of it stands in an address or a cookie."""

import json
import secrets
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from citydesk.kernel.errors import Invalid
from citydesk.kernel.sealing import seal, unseal
from citydesk.portal.rules import KEPT_SECONDS, Draft, draft_of

_DRAFT = "portal.draft"
_SENT = "portal.sent"
_OPENED = "portal.opened"


def load_draft(request: HttpRequest) -> Draft:
    """The visitor's draft, or a new one when there is none or it was left for two hours."""
    body = _read(request, _DRAFT)
    return draft_of(body) if body else Draft(key=secrets.token_urlsafe(18))


def keep_draft(request: HttpRequest, draft: Draft) -> None:
    """Keep the draft for the next step."""
    _write(request, _DRAFT, draft.as_json())


def forget_draft(request: HttpRequest) -> None:
    """Drop what was typed."""
    request.session.pop(_DRAFT, None)


def keep_sent(request: HttpRequest, sent: dict[str, Any]) -> None:
    """Keep what the last page shows, and drop the draft."""
    forget_draft(request)
    _write(request, _SENT, sent)


def load_sent(request: HttpRequest) -> dict[str, Any]:
    """What was sent last, empty when nothing was."""
    return _read(request, _SENT)


def opened_mark(now: datetime) -> str:
    """A sealed moment for a form: when it was opened."""
    return seal(now.isoformat(), purpose=_OPENED)


def opened_at(mark: str) -> str:
    """The moment in a mark; empty when it is none of ours."""
    try:
        return unseal(mark[:500], purpose=_OPENED)
    except (Invalid, UnicodeError):
        return ""


def _read(request: HttpRequest, name: str) -> dict[str, Any]:
    token = request.session.get(name)
    if not isinstance(token, str):
        return {}
    try:
        body = json.loads(unseal(token, purpose=name, max_age=KEPT_SECONDS))
    except (Invalid, ValueError):
        return {}
    return body if isinstance(body, dict) else {}


def _write(request: HttpRequest, name: str, body: dict[str, Any]) -> None:
    request.session[name] = seal(json.dumps(body), purpose=name)
