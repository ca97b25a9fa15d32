"""A walk over every address of the URL table, filled with what was planted: what it answers, and what it says."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from citydesk.kernel.actors import NOBODY, Access
from citydesk.kernel.pages import policy_of
from tests.guards.test_02_url_policies import views
from tests.journeys.planting import REFERRED, SEARCHED, Planted
from tests.journeys.sight import SIGHT, Places

# What ends the session, speaks another protocol than a page's, or is a library's own steps.
NOT_WALKED = ("accounts/", "live/", "healthz/", "metrics", "language/", "refer/language/")
# What stands for a parameter for which nothing was planted: there is no such thing, and no address breaks over it.
NOTHING = {"int": "999999", "str": "XX-26-000001-X", "slug": "nothing", "": "nothing"}
FORMS = ("json", "xml")
# What the holder of a signed link is meant to read.
TOLD_BY_LINK = {"refer/<str:token>/": {REFERRED}, "refer/<str:token>/answer/": {REFERRED}}
# Asked by an open page about whatever contact it shows; about one that is not the reader's it answers as about none.
SAYS_NOTHING = {
    "desk/contact/<int:interaction_id>/beside/",
    "desk/contact/<int:interaction_id>/front/",
    "desk/contact/<int:interaction_id>/leave/",
    "desk/interactions/watch/<int:interaction_id>/",
    "desk/interactions/watch/<int:interaction_id>/end/",
}
# A supervisor's page that looked in is told why it sees the contact no more: that it is finished, or in confidence.
SAYS_WHY = "/desk/interactions/watch/"
TAKE_OUT = "/desk/take-out/"  # written here, for a walk over other addresses too
SEARCHES = (
    ("/desk/find/", {"q": SEARCHED}),
    ("/desk/customers/", {"q": SEARCHED}),
    ("/desk/requests/filter/", {"q": SEARCHED, "show": "all"}),
    ("/desk/requests/filter/", {"q": "said", "show": "all"}),
)
LISTS = ("/desk/requests/?show=all", "/desk/work-orders/", "/desk/referrals/", "/desk/problems/", "/desk/complaints/")


@dataclass(frozen=True)
class Door:
    """An address with its view; `sights` say who may see the things in it."""

    path: str
    pattern: str
    view: Any
    sights: tuple[str, ...] = ()

    @property
    def of_none(self) -> str:
        """The same address for a thing that there is not."""
        plain = _plain(self.pattern)
        for shape in _shapes(plain).values():
            plain = plain.replace(shape, NOTHING.get(_kind(shape), "nothing"))
        return f"/{plain}"

    @property
    def policy(self) -> tuple[str, str]:
        return policy_of(self.view) or ("none", "")


def doors(planted: Planted) -> list[Door]:
    """Every address, filled from what was planted."""
    found = []
    for pattern, view in views(get_resolver().url_patterns):
        if not pattern.startswith(NOT_WALKED):
            found += _filled(pattern, view, planted)
    return found


def _plain(pattern: str) -> str:
    return pattern.replace("^", "").replace("$", "").replace("\\.", ".").replace("(?:v2/)?", "v2/").replace("\\Z", "")


def _shapes(plain: str) -> dict[str, str]:
    """Each parameter of an address as it stands there: {"number": "<str:number>"}."""
    found, at = {}, 0
    while (at := plain.find("<", at)) >= 0:
        end = plain.index(">", at)
        name = plain[at + 1 : end].rpartition(":")[2]
        if plain[max(0, at - 3) : at] == "(?P":
            close = plain.index(")", end)
            found[name] = plain[at - 3 : close + 1]
        else:
            found[name] = plain[at : end + 1]
        at = end
    return found


def _kind(shape: str) -> str:
    """The converter of a parameter: "int" of "<int:number>", empty where there is none."""
    return shape.strip("<>").rpartition(":")[0] if shape.startswith("<") else ""


def _filled(pattern: str, view: Any, planted: Planted) -> Iterator[Door]:
    plain = _plain(pattern)
    shapes = _shapes(plain)
    head = next((one for one in planted.parameters if plain.startswith(one)), "")
    known = planted.parameters.get(head, {})
    values = [known.get(name) or {NOTHING.get(_kind(shape), "nothing"): "unknown"} for name, shape in shapes.items()]
    for chosen in product(*(one.items() for one in values)):
        path = plain
        for shape, (value, _sight) in zip(shapes.values(), chosen, strict=True):
            path = path.replace(shape, value)
        yield Door(f"/{path}", pattern, view, tuple(sight for _value, sight in chosen))


@dataclass
class Reader:
    """Somebody at the doors."""

    client: Client
    access: Access = NOBODY

    def expects(self, door: Door, at: Places) -> str:
        """What the answer must be: "page", "sign-in", "refused", "unknown" (there is no such thing for this reader),
        "none" (in the words of an answer about a thing that there is not)."""
        kind, permission = door.policy
        if kind != "needs":
            return "page"
        if not self.access.actor.is_staff:
            return "sign-in"
        if not self.access.may(permission):
            return "refused"
        if any(sight != "unknown" and not SIGHT[sight](self.access, at) for sight in door.sights):
            return "none" if door.pattern in SAYS_NOTHING else "unknown"
        return "page"


# A thing that one may not see does not exist: 404, whatever the address is for. 405 where only the other method counts;
# an empty form may be sent back, or to where there is nothing, before anybody looks for the thing.
FIT = {"sign-in": {302}, "refused": {403}, "unknown": {404, 405}, "none": {200, 204, 404, 405}}
FIT_WRITTEN = {**FIT, "unknown": {302, 400, 404, 405, 422}}


def misfit(door: Door, expected: str, status: int, method: str = "GET") -> Iterator[str]:
    """A status that the matrix does not allow."""
    allowed = (FIT_WRITTEN if method == "POST" else FIT).get(expected, {status})
    if status >= 500 or status not in allowed:
        yield f"{method} {door.path}: {status}, {expected} expected"


def visit(reader: Reader, planted: Planted, at: Places, forbidden: tuple[str, ...]) -> Iterator[str]:
    """Every door opened: answers outside the matrix, and answers that hold a word this reader may not see."""
    for door in doors(planted):
        answer = reader.client.get(door.path)
        expected = reader.expects(door, at)
        yield from misfit(door, expected, answer.status_code)
        if expected == "none":
            yield from differs(f"GET {door.path}", answer, reader.client.get(door.of_none))
        yield from says(f"GET {door.path}", answer, _unspoken(door, forbidden))
    for address in LISTS:
        yield from _taken_out(reader, address, forbidden)
    for address in (*LISTS, *(f"/open311/v2/requests.{form}?extensions=true&page_size=50" for form in FORMS)):
        yield from says(f"GET {address}", reader.client.get(address), forbidden)
    for number in planted.requests:
        address = f"/desk/requests/{number}/reporter/"
        with undone():
            answer = reader.client.post(address, {"reason": "to look for words"})
            yield from says(f"POST {address}", answer, forbidden)
    for address, given in SEARCHES:
        yield from says(f"POST {address}", reader.client.post(address, given), forbidden)
        yield from says(f"GET {address}", reader.client.get(address, given), forbidden)


def knock(reader: Reader, door: Door, at: Places, forbidden: tuple[str, ...]) -> Iterator[str]:
    """A door written to with an empty form, and asked for a part of its page; nothing of it stays."""
    expected = reader.expects(door, at)
    with undone():
        answer = reader.client.post(door.path, {})
        yield from misfit(door, expected, answer.status_code, "POST")
        if expected == "none":
            yield from differs(f"POST {door.path}", answer, reader.client.post(door.of_none, {}))
        yield from says(f"POST {door.path}", answer, _unspoken(door, forbidden))
    with undone():
        answer = reader.client.get(door.path, headers={"hx-request": "true"})
        yield from misfit(door, expected, answer.status_code, "HX")
        if expected == "none":
            of_none = reader.client.get(door.of_none, headers={"hx-request": "true"})
            yield from differs(f"HX {door.path}", answer, of_none)
        yield from says(f"HX {door.path}", answer, _unspoken(door, forbidden))


def differs(address: str, answer: Any, of_none: Any) -> Iterator[str]:
    """An answer that tells more than one about a thing that there is not: its status, or its words where it has any
    (the number asked for aside)."""
    told, other = (
        (one.status_code, re.sub(r"\d+", "", text_of(one)) if one.status_code == 200 else "")
        for one in (answer, of_none)
    )
    if told != other and SAYS_WHY not in address:
        yield f"{address} ({told[0]}) tells more than that there is no such thing ({other[0]})"


def _taken_out(reader: Reader, address: str, forbidden: tuple[str, ...]) -> Iterator[str]:
    """A list as a file, the reason given."""
    for form in ("csv", "xlsx"):
        wanted = f"{address}{'&' if '?' in address else '?'}as={form}"
        with undone():
            given = {"address": wanted, "reason": "to look for words"}
            answer = reader.client.post(TAKE_OUT, given, follow=True)
            yield from says(f"FILE {wanted}", answer, forbidden)


def _unspoken(door: Door, forbidden: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in forbidden if word not in TOLD_BY_LINK.get(door.pattern, ()))


class undone:
    """What is written inside is taken back."""

    def __enter__(self) -> None:
        self.act = transaction.atomic()
        self.act.__enter__()

    def __exit__(self, *failed: Any) -> None:
        if not failed[0]:
            transaction.set_rollback(True)
        self.act.__exit__(*failed)


def says(address: str, answer: Any, forbidden: tuple[str, ...]) -> Iterator[str]:
    """The forbidden words that stand in an answer, its headers included."""
    said = (text_of(answer) + str(dict(answer.items()))).lower()
    for word in forbidden:
        if word.lower() in said:
            yield f"{address} ({answer.status_code}) says {word}"


def text_of(answer: Any) -> str:
    """The words of an answer: of a workbook's sheets and a document's pages too."""
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.get("Content-Type", "")
    if "spreadsheetml" in kind:
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    if "pdf" in kind:
        from pypdf import PdfReader

        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages)
    return raw.decode("utf-8", "replace")
