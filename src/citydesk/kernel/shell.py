"""What every page around its content needs: navigation, the find box, who is signed in, open contacts, theme, keys.

Rooms above fill what the kernel cannot know, once, from their `offers.py`:

    provide("city_name", lambda request: city().name)
    provide("strip", strip_of)            # open contacts: list of dicts, see jinja2/kernel/README.md
"""

import json
import logging
from collections.abc import Callable, Hashable
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils import translation

from citydesk.kernel.registries import NavItem, in_order, registries

log = logging.getLogger(__name__)

Source = Callable[[HttpRequest], Any]

# Parts a room may provide, and what stands there until one does.
DEFAULTS: dict[str, Any] = {
    "city_name": "Citydesk",
    "city_short": "",
    "desk_name": "",  # what the office is called after the city's name: "311", "Customer Service"
    "contact_line": "",  # one sentence for the portal's foot: number and hours to talk to somebody
    "strip": [],
    "bulletins": [],
    "alerts": [],  # calls for help: dicts of what kernel/_alert.jinja draws; links.alerts draws them anew
    "notices": [],  # words for this reader alone: what kernel/_notice.jinja draws; links.notices draws them anew
    "line": None,  # telephone state: {"text": "On call", "seconds": 252} or {"text": "Line: ready"}
    "clock": None,  # the reader's time clock: {"url", "text": "Work 08:02", "is_known"}; drawn anew from its url
    "duty": "",  # beside the user's name: "Desk 4", "Supervisor"
    # home, find, new_contact, keys, language, sign_out, portal, bulletins, alerts, notices, take_contact -> address
    "links": {},
    "strip_actions": [],  # at the strip's end: dicts of text, url, key, icon, method, attrs
    "user_links": [],  # under the user's name: (text, address)
    "public_links": [],  # in the portal's head
    "foot_links": [],  # in the portal's foot
    "keys": {},  # the reader's own keys: {"F2": "Ctrl+Shift+N", "letters": False}
    "live_url": "",
    "session": None,  # who is signed in and where the page asks how long: {"who": "7", "url", "door": where to sign in}
    "is_practice": False,
}
# How much of the navigation stands in one row beside the find box on a desk's screen of 1280 pixels, in letters; the
# rest is under "More". What stands around an entry is as wide as so many letters. Words of one language are longer than
# those of another, so they are measured and not counted.
NAV_ROOM = 76.0
NAV_AROUND = 2.5
THEMES = ("system", "light", "dark")
THEME_COOKIE = "theme"
_sources: dict[str, Source] = {}


class NavEntry(NamedTuple):
    code: str
    label: Any
    url: str
    is_current: bool


def provide(part: str, source: Source) -> None:
    """Let a room fill one part of the shell; `source(request)` is called at most once a page, when it is drawn."""
    if part not in DEFAULTS:
        raise ValueError(f"The shell has no part {part}; it knows {', '.join(DEFAULTS)}")
    _sources[part] = source


class Shell:
    """The parts around one page, each worked out only when the layout asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self._parts: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name not in DEFAULTS:
            raise AttributeError(name)
        if name not in self._parts:
            source = _sources.get(name)
            self._parts[name] = source(self.request) if source else self._default(name)
        return self._parts[name]

    def _default(self, name: str) -> Any:
        if name == "live_url":
            from citydesk.kernel.live import stream_url

            access = getattr(self.request, "access", None)
            return stream_url(access, self.feeds) if access is not None else ""
        if name == "is_practice":
            return settings.PRACTICE
        return DEFAULTS[name]

    @property
    def feeds(self) -> tuple[str, ...]:
        """The feeds of live figures that this page shows."""
        return getattr(self.request, "live_feeds", ())

    @cached_property
    def live_ticket_url(self) -> str:
        """Where the page asks for another ticket."""
        return _live_ticket(self.feeds, get_urlconf(), get_script_prefix())

    @cached_property
    def nav(self) -> list[NavEntry]:
        """The bar's entries this reader may open, the current one marked by the longest matching address."""
        access = getattr(self.request, "access", None)
        if access is None:
            return []
        entries = _entries_for(access.permissions, len(registries.nav), get_urlconf(), get_script_prefix())
        here = self.request.path
        best = max((len(url) for _, url in entries if here.startswith(url)), default=-1)
        return [
            NavEntry(item.code, item.label, url, here.startswith(url) and len(url) == best) for item, url in entries
        ]

    @cached_property
    def nav_row(self) -> list[NavEntry]:
        """What stands in the bar's one row: as much as fits beside the find box, and where the reader is."""
        return _that_fit(self.nav)

    @cached_property
    def nav_more(self) -> list[NavEntry]:
        """The other entries, under "More"."""
        return [one for one in self.nav if one not in self.nav_row]

    @cached_property
    def bar_key(self) -> Hashable:
        """What the bar follows from: the reader, the entry they are at, the few words that change."""
        current = next((one.code for one in self.nav if one.is_current), "")
        access = getattr(self.request, "access", None)
        words = (self.theme, self.duty, self.city_name, self.city_short, str(self.line), str(self.clock))
        return (type(self), access, current, words)

    @cached_property
    def strip_key(self) -> Hashable:
        """What the strip's buttons follow from; its open contacts are drawn each time."""
        actions = tuple(
            (str(one["text"]), *(_hashable(one.get(name)) for name in ("url", "key", "icon", "method", "attrs")))
            for one in self.strip_actions
        )
        return (self.links.get("new_contact"), self.links.get("printed_form"), actions)

    @cached_property
    def user_label(self) -> str:
        access = getattr(self.request, "access", None)
        return str(access.actor.label) if access is not None and access.actor.is_staff else ""

    @cached_property
    def theme(self) -> str:
        """light, dark, or system: what the reader chose, kept in a cookie that says nothing about anybody."""
        chosen = self.request.COOKIES.get(THEME_COOKIE, "system")
        return chosen if chosen in THEMES else "system"

    @cached_property
    def keys_json(self) -> str:
        return json.dumps(self.keys)

    @cached_property
    def csrf(self) -> str:
        return get_token(self.request)

    @cached_property
    def languages(self) -> list[tuple[str, str, bool]]:
        """(code, own name, is current) of every language the site speaks."""
        current = translation.get_language()
        return [(code, name, code == current) for code, name in settings.LANGUAGES]


def _hashable(value: Any) -> Hashable:
    return tuple(sorted(value.items())) if isinstance(value, dict) else value


def _that_fit(entries: list[NavEntry]) -> list[NavEntry]:
    """The entries of one row, in their order: the current one always, then the first ones as long as there is room."""
    left = NAV_ROOM - sum(_width(one) for one in entries if one.is_current)
    found, is_full = [], False
    for one in entries:
        if not one.is_current:
            left -= _width(one)
            is_full = is_full or left < 0
        if one.is_current or not is_full:
            found.append(one)
    return found


def _width(entry: NavEntry) -> float:
    return len(str(entry.label)) + NAV_AROUND


@lru_cache(maxsize=256)
def _entries_for(
    permissions: frozenset[str], _offered: int, _urlconf: Any, _prefix: str
) -> tuple[tuple[NavItem, str], ...]:
    """The entries of the navigation that these permissions open, with their addresses."""
    entries = []
    for item in in_order(registries.nav.values()):
        if item.permission in permissions:
            try:
                entries.append((item, reverse(item.url_name)))
            except NoReverseMatch:
                log.warning("navigation %s names an unknown address %s", item.code, item.url_name)
    return tuple(entries)


@lru_cache(maxsize=256)
def _live_ticket(feeds: tuple[str, ...], _urlconf: Any, _prefix: str) -> str:
    asked = "&".join(f"feed={one}" for one in feeds)
    return reverse("kernel:live_ticket") + (f"?{asked}" if asked else "")


class BareShell(Shell):
    """The shell of an error page: asks no room and no database, since one of them may be what failed."""

    def __getattr__(self, name: str) -> Any:
        if name not in DEFAULTS:
            raise AttributeError(name)
        return settings.PRACTICE if name == "is_practice" else DEFAULTS[name]

    @cached_property
    def nav(self) -> list[NavEntry]:
        return []


def shell_context(request: HttpRequest) -> dict[str, Any]:
    """What `pages.render` adds to every template: `shell`."""
    return {"shell": Shell(request)}
