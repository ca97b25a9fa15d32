"""The last move of an absent person's work, remembered by the session: the page shows it without a statement."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from citydesk.contact.service_requests.choices import UNDO_WINDOW
from citydesk.desk import services
from citydesk.kernel.texts import clock

_NAME = "desk.moved"


def remember(
    request: HttpRequest, name: str, done: services.MovedWork, people: tuple[int, int | None], now: datetime
) -> None:
    """Keep what taking it back needs; `people` are from whom and to whom it went."""
    request.session[_NAME] = {
        "name": name,
        "things": done.things,
        "sealed": done.sealed,
        "refused": list(done.refused[:3]),
        "requests": done.requests_act,
        "contacts": done.contacts_act,
        "others": {code: list(rows) for code, rows in done.others.items()},
        "people": list(people),
        "at": now.isoformat(),
    }


def forget(request: HttpRequest) -> None:
    """It was taken back."""
    request.session.pop(_NAME, None)


def moved_lately(request: HttpRequest, now: datetime) -> dict[str, Any] | None:
    """The last move, while it can be taken back."""
    kept = request.session.get(_NAME)
    if not kept or now > datetime.fromisoformat(kept["at"]) + UNDO_WINDOW:
        return None
    words = _("%(n)s things of %(name)s were moved at %(time)s.") % {
        "n": kept["things"],
        "name": kept["name"],
        "time": clock(datetime.fromisoformat(kept["at"])),
    }
    is_any = kept["requests"] is not None or kept["contacts"] is not None or bool(kept.get("others"))
    return {**kept, "text": words, "can_undo": is_any}


def others_of(kept: dict[str, Any]) -> services.MovedOthers | None:
    """What further rooms moved then."""
    if not kept.get("others"):
        return None
    from_user_id, to_user_id = kept["people"]
    return services.MovedOthers(kept["others"], from_user_id, to_user_id, datetime.fromisoformat(kept["at"]))
