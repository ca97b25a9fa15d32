"""The controls of a page: what its reader can send, press, fill in or open by a link that is drawn as a button.

A control is told by the page's view, by what it asks for and by what it sends along; numbers of records make no other
control of it. A walk of many pages looks at one again for a reader who sees a control that nobody before them saw.
"""

import re
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

PRESSED = ("button", "input", "select", "textarea")
# Links that act: drawn as buttons, or beside a title.
ACTING = re.compile(r"(^|\s)btn(\s|$|--)")


class Control(NamedTuple):
    """What kind of element on the pages of which view, what it asks, the name and value it sends."""

    page: str
    kind: str
    asks: str
    name: str = ""
    value: str = ""


class Walked:
    """What readers before have walked: pages, and the controls that stood on them."""

    def __init__(self) -> None:
        self.pages: set[str] = set()
        self.never: set[str] = set()  # addresses that are no page for whomever
        self.controls: set[Control] = set()
        self.roles: set[str] = set()

    def is_new(self, address: str, html: str) -> bool:
        """Whether nobody walked the page, or it has a control that stood on no page of its view before. Notes it."""
        found = controls_of(html, address)
        is_new = address not in self.pages or not found <= self.controls
        self.pages.add(address)
        self.controls |= found
        return is_new


class _Reader(HTMLParser):
    """Reads the main part of a page. Tabs (in a `nav`) are one part that many pages draw: theirs are of no page."""

    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address, self.page = address, view_of(address)
        self.found: set[Control] = set()
        self.form, self.is_main, self.is_nav = "", False, False

    def note(self, kind: str, asks: str, name: str = "", value: str = "") -> None:
        self.found.add(Control("" if self.is_nav else self.page, kind, asks, name, value))

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        self.is_main |= tag == "main"
        self.is_nav |= tag == "nav"
        if not self.is_main:
            return
        asks = next((given[name] for name in ("hx-post", "hx-get", "formaction") if name in given), None)
        if tag == "form":
            self.form = view_of(given.get("action", asks or self.address))
            self.note("form", self.form, given.get("method", "get").lower())
        elif tag in PRESSED and given.get("type") != "hidden":
            value = given.get("value", "") if tag == "button" else ""
            self.note(tag, view_of(asks) if asks else self.form, given.get("name", ""), plain(value))
        elif tag == "a" and ACTING.search(given.get("class", "")):
            self.note("link", view_of(given.get("href", "")))

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = ""
        self.is_main &= tag != "main"
        self.is_nav &= tag != "nav"


def view_of(address: str) -> str:
    """The name of the view behind an address, without what tells one record from another."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return plain(address)


def plain(text: str) -> str:
    return re.sub(r"\d+", "0", text)


def controls_of(html: str, address: str) -> frozenset[Control]:
    """The controls in the main part of a page."""
    reader = _Reader(address)
    reader.feed(html)
    return frozenset(reader.found)


def is_page(answer) -> bool:
    return answer.status_code == 200 and not is_never_page(answer) and b"<html" in answer.content[:600].lower()


def is_never_page(answer) -> bool:
    """Something else than a page, whoever asks: a file, data, an address that is only written to."""
    return answer.status_code == 405 or (
        answer.status_code == 200 and "text/html" not in answer.headers.get("Content-Type", "")
    )
