"""What stands on the first page: doors, kinds of report and answers of the profile; without them what fits any city."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from citydesk.city.knowledge import queries as knowledge
from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.queries.reportable import list_reportable

# Where a profile says nothing: every page of the site that has a door.
_DOORS = ("track", "reports", "answers", "call")
_OFTEN = 5
# Places of the pages a door opens, by the words the profile uses.
_ADDRESSES = {
    "report": "portal:report",
    "track": "portal:find",
    "reports": "portal:nearby",
    "answers": "portal:articles",
}


@dataclass(frozen=True)
class Door:
    """One door. `kind` says what `target` is: a page by its address's name, `call`, an article or service code, a link.

    A door to a page may leave `name` and `text` to the page's own words; `page` is its word in the profile.
    """

    kind: str
    target: str
    name: str
    text: str
    page: str = ""


@dataclass(frozen=True)
class Named:
    """A kind of report or an answer, by its name in the reader's language."""

    code: str
    name: str


@dataclass(frozen=True)
class FirstPage:
    doors: tuple[Door, ...]
    services: tuple[Named, ...]
    articles: tuple[Named, ...]


def get_first_page(language: str, now: datetime) -> FirstPage:
    """The doors and lists of today. What may not be shown (an internal kind, an answer for staff) is left out."""
    on = profile.city_today(now)
    quick = profile.entries("portal_quick", on).get("quick", {})
    answers = {
        one.code: Named(one.code, one.title) for one in knowledge.list_articles(language=language, public_only=True)
    }
    kinds = {one.code: Named(one.code, one.name_in(language)) for one in list_reportable(on)}
    return FirstPage(
        doors=tuple(
            one for one in _doors(profile.entries("portal_tiles", on), language) if _may_show(one, answers, kinds)
        ),
        services=tuple(kinds[code] for code in quick.get("services", ()) if code in kinds),
        articles=tuple(answers[code] for code in quick.get("articles") or list(answers)[:_OFTEN] if code in answers),
    )


def _doors(tiles: Mapping[str, Any], language: str) -> Sequence[Door]:
    if not tiles:
        return [_door({"page": page}, language) for page in _DOORS]
    ordered = sorted(tiles.items(), key=lambda one: (one[1]["order"], one[0]))
    return [_door(body, language) for _code, body in ordered]


def _door(body: Mapping[str, Any], language: str) -> Door:
    name, text = (body.get(key, {}).get(language, "") for key in ("name", "text"))
    page = body.get("page", "")
    if page:
        return Door("call" if page == "call" else "page", _ADDRESSES.get(page, ""), name, text, page)
    kind = next(one for one in ("article", "service", "link") if body.get(one))
    return Door(kind, body[kind], name, text)


def _may_show(door: Door, answers: Mapping[str, Named], kinds: Mapping[str, Named]) -> bool:
    shown = {"article": answers, "service": kinds}.get(door.kind)
    return shown is None or door.target in shown
