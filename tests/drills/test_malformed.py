"""A hundred thousand malformed inputs at every door: no answer is 500 and each comes within its second.

The doors: Open311, the JSON API (from its own description), every public page (report form, tracking, referral links,
sign-in), every page of the desk for somebody who may do everything, and the readers of imported files. Fields are those
that the pages themselves ask for. Inputs are made from a seed, so a fault can be made again.
"""

import json
import os
import random
import re
import time
from collections import Counter
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests.drills.conftest import FULL

pytestmark = [pytest.mark.drill, pytest.mark.timeout(7200), pytest.mark.django_db]

FULL_CALLS = {"open311": 30_000, "api": 20_000, "public": 25_000, "desk": 15_000, "files": 10_000}
CALLS = FULL_CALLS if FULL else {"open311": 25, "api": 25, "public": 40, "desk": 30, "files": 40}
# A busy machine may be given less time for each door than all of it takes; what was done by then is said.
MINUTES = float(os.environ.get("DRILL_MINUTES", "inf"))
WORST_P99 = 1.0  # seconds; only the full size says so, a short one on a busy machine says nothing about time


@pytest.fixture
def seed():
    """The same choices in every short run: a fault of another day is found by the long ones, not by a merge."""
    number = int(os.environ.get("DRILL_SEED") or (random.SystemRandom().randrange(10**6) if FULL else 20261122))
    print(f"SEED={number}")
    return number


# fmt: off
ODD = [
    "", " ", "\x00", "a\x00b", "%00", "%", "'", '"', "'; DROP TABLE x; --", "9" * 40, "9" * 19, "-1", "0", "1.5",
    "1e999", "NaN", "inf", "-inf", "null", "None", "true", "[]", "{}", "[" * 200, "{" * 200, "<a>&amp;]]>", "x" * 5000,
    "\u202e\u0000", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "../../etc/passwd", "..\\..", "\ud7ff", "é" * 300,
    "\U0001d56c", "2026-02-30", "0000-00-00", "9999-12-31", "2026-11-01T01:30:00", "10000-01-01T00:00:00Z", "24:61",
    "SR-26-000001-A", "=1+1", "+1", "@x", "(423) 555-0100", "a@b", "a@" + "b" * 300, "http://[::1", "\r\nX: y",
    "javascript:alert(1)", "35.05,-85.3", "91,181", ",", "::", "?", "#", "//", "\\", "tel:", "1,2,3", "open", "all",
    "en", "xx", "1" * 400, "\u0663\u0664", "\uff11\uff12", "\ufeff1", "\u00b2",
]
KINDS = [
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data",
    "multipart/form-data; boundary=x", "application/json", "text/xml", "", "é", "application/json; charset=nope",
]
HEADERS = [
    {}, {}, {}, {"HTTP_HX_REQUEST": "true"}, {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "\x7f" * 80},
    {"HTTP_ACCEPT_LANGUAGE": "es-" + "x" * 500}, {"HTTP_ACCEPT": "application/json"}, {"HTTP_RANGE": "bytes=9-1,x"},
    {"HTTP_IDEMPOTENCY_KEY": "k" * 900}, {"HTTP_X_FORWARDED_FOR": "::1, nope,, 300.1.1.1"},
    {"HTTP_COOKIE": "session=\x01; csrf"}, {"HTTP_IF_MODIFIED_SINCE": "Sun, 99 Foo 0000"},
    {"HTTP_AUTHORIZATION": "Bearer \x01"}, {"HTTP_REFERER": "http://[::1"},
]
# fmt: on


class Odd:
    """Odd values from a seed: samples, mixtures of them, and good values with one sign changed."""

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def text(self, good=""):
        kind = self.chance.random()
        if good and kind < 0.5:
            return good
        if good and kind < 0.6:
            at = self.chance.randrange(len(good) + 1)
            return good[:at] + self.chance.choice(ODD)[:20] + good[at + 1 :]
        if kind < 0.9:
            return self.chance.choice(ODD)
        return "".join(chr(self.chance.choice((self.chance.randrange(1, 0xD7FF), self.chance.randrange(32, 127))))
                       for _ in range(self.chance.randrange(40)))  # fmt: skip

    def fields(self, names):
        """Some of the fields a door asks for, some twice, and one nobody asks for."""
        chosen = [(name, self.text(good)) for name, good in names if self.chance.random() < 0.7]
        if chosen and self.chance.random() < 0.2:
            chosen.append((self.chance.choice(chosen)[0], self.text()))
        if self.chance.random() < 0.2:
            chosen.append((self.text()[:40], self.text()))
        return chosen

    def body(self, fields):
        """(content type, bytes): a form mostly, else something that says it is one thing and is another."""
        kind = self.chance.random()
        if kind < 0.8:
            return KINDS[0], encode(fields)
        if kind < 0.9:
            return self.chance.choice(KINDS), self.chance.randbytes(self.chance.randrange(120))
        return self.chance.choice(KINDS), encode(fields)[: self.chance.randrange(1, 60)]

    def json(self, depth=3):
        kind = self.chance.randrange(8 if depth else 6)
        if kind < 3:
            return self.text()
        if kind < 6:
            return self.chance.choice((None, True, 0, -1, 2**70, 1.5, 1e308))
        if kind == 6:
            return [self.json(depth - 1) for _ in range(self.chance.randrange(4))]
        return {self.text()[:30]: self.json(depth - 1) for _ in range(self.chance.randrange(4))}


def encode(fields):
    return urlencode(
        [(name.encode("utf-8", "replace"), value.encode("utf-8", "replace")) for name, value in fields]
    ).encode()


class Door:
    """Asks, and keeps what was answered how quickly; an error that nobody caught is a fault like a 500."""

    def __init__(self, name, report, seed):
        self.name, self.report, self.odd = name, report, Odd(f"{name}-{seed}")
        self.said, self.took, self.faults, self.worst = Counter(), [], [], (0.0, "")
        self.client = Client(raise_request_exception=False)
        self.until = time.monotonic() + MINUTES * 60
        self.away = 0  # answers in a row that led to signing in

    def wants_more(self, calls):
        return len(self.took) < calls and time.monotonic() < self.until

    def ask(self, method, path, body=b"", kind="", **headers):
        began = time.perf_counter()
        said = self.client.generic(method, path, body, content_type=kind or "application/octet-stream", **headers)
        said_whole = b"".join(said.streaming_content) if said.streaming else said.content
        self.away = self.away + 1 if said.status_code == 302 and "/accounts/" in said["Location"] else 0
        self.note(said.status_code, time.perf_counter() - began, (method, path, body[:400], kind, headers))
        return said, said_whole

    def note(self, status, seconds, asked):
        self.said[status] += 1
        self.took.append(seconds)
        self.worst = max(self.worst, (seconds, "".join(map(str, asked[:2]))[:80]))
        if status >= 500:
            self.faults.append((status, *asked))

    def check(self, calls):
        took = sorted(self.took)
        p99 = took[int(len(took) * 0.99) - 1]
        statuses = " ".join(f"{code}:{times}" for code, times in sorted(self.said.items()))
        middle = took[len(took) // 2]
        self.report(door=self.name, calls=len(took), bad=len(self.faults), p50_ms=f"{1000 * middle:.0f}",
                    p99_ms=f"{1000 * p99:.0f}", worst_ms=f"{1000 * took[-1]:.0f}", said=f"[{statuses}]",
                    at=self.worst[1].partition("?")[0])  # fmt: skip
        assert not self.faults, (len(self.faults), self.faults[:8])
        assert len(took) >= calls or time.monotonic() >= self.until
        assert not FULL or p99 <= WORST_P99


@pytest.fixture
def city(monkeypatch):
    """Codes, people, requests; and allowances that let every call reach the code behind them."""
    from datetime import timedelta

    from citydesk.city.places.tests.factories import make_address, make_districts
    from citydesk.city.staff.models import Role
    from citydesk.city.staff.tests.factories import make_user
    from citydesk.contact.service_requests.tests.factories import load_city, make_request
    from citydesk.kernel import throttle
    from citydesk.kernel.clock import utc_now
    from citydesk.kernel.registries import registries

    now = utc_now()
    load_city(now=now - timedelta(days=400))
    make_districts()
    make_address("1200 Oak St")
    made = make_request(now=now - timedelta(hours=3))
    monkeypatch.setattr(throttle, "run", lambda *_words: [(1.0, True)])
    monkeypatch.setattr("citydesk.contact.service_requests.api.asked.throttle", lambda *_words, **_more: None)

    def newcomer():
        """May do everything, by one role that asks for no second factor. The walk disables people and empties roles,
        its own among them, so whoever was locked out is followed by another."""
        user = make_user(roles=["supervisor"], teams=["public_works"])
        Role.objects.filter(code="supervisor").update(permissions=sorted(registries.permissions), requires_mfa=False)
        return user

    return {"request": made, "newcomer": newcomer}


@pytest.fixture
def door(report, seed, city):
    return lambda name: Door(name, report, seed)


def test_open311(door):
    from citydesk.contact.service_requests.tests.open311 import make_key
    from citydesk.contact.service_requests.tests.test_fuzz import names

    door, key = door("open311"), make_key()
    known = [(name, "") for name in names.elements]
    good = [
        ("api_key", key),
        ("service_code", "tree_down"),
        ("lat", "35.05"),
        ("long", "-85.3"),
        ("attribute[wires]", "no"),
    ]
    paths = ["discovery", "services", "services/tree_down", "requests", "requests/SR-26-000001-A", "tokens/x", ""]
    while door.wants_more(CALLS["open311"]):
        path = door.odd.chance.choice(paths) if door.odd.chance.random() < 0.9 else quote(door.odd.text())
        form = door.odd.chance.choice((*[".json", ".xml"] * 5, "", ".csv"))
        fields = [*door.odd.fields(good if door.odd.chance.random() < 0.4 else known), ("api_key", key)]
        method = door.odd.chance.choice(("GET", "GET", "POST", "POST", "POST", "PUT", "DELETE", "HEAD"))
        path = "requests" if method == "POST" else path
        kind, body = door.odd.body(fields) if method == "POST" else ("", b"")
        asked = f"/open311/v2/{path}{form}" + (f"?{encode(fields).decode()}" if method != "POST" else "")
        said, content = door.ask(method, asked, body, kind, **door.odd.chance.choice(HEADERS))
        if content and said["Content-Type"].startswith("application/json"):
            json.loads(content)
    door.check(CALLS["open311"])


def test_api(door):
    """Every operation of the API's own description, with a key that may do everything, odd in path, query and body."""
    from citydesk.city.staff.choices import API_SCOPES
    from citydesk.contact.service_requests.tests.open311 import make_key
    from config.api import api

    door, key = door("api"), make_key(scopes=tuple(sorted(API_SCOPES)), per_minute=6000)
    operations = [
        (
            path,
            method.upper(),
            [one["name"] for one in more.get("parameters", []) if one["in"] == "query"],
            body_of(more, api),
        )
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method, more in methods.items()
    ]
    while door.wants_more(CALLS["api"]):
        path, method, query, names = door.odd.chance.choice(operations)
        path = re.sub(r"{[^}]*}", lambda _found: quote(door.odd.text("SR-26-000001-A"), safe=""), path)
        asked = door.odd.fields([(name, "1") for name in query])
        body = {name: door.odd.json() for name in names if door.odd.chance.random() < 0.8} if names else door.odd.json()
        kind, words = "application/json", json.dumps(body).encode()
        if door.odd.chance.random() < 0.15:
            kind, words = door.odd.body([])
        more = {**door.odd.chance.choice(HEADERS[:10]), "HTTP_AUTHORIZATION": f"Bearer {key}"}
        door.ask(method, f"{path}?{encode(asked).decode()}", words if method != "GET" else b"", kind, **more)
    door.check(CALLS["api"])


def body_of(operation, api):
    """The names in the body that an operation asks for."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = content.get("$ref", "").rpartition("/")[2]
    schema = api.get_openapi_schema()["components"]["schemas"].get(name, content)
    return list(schema.get("properties", {}))


def routes(patterns, prefix=""):
    for entry in patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield address, entry.callback
        else:
            yield from routes(entry.url_patterns, address)


def pages(*, public):
    """Addresses that the policy shows to everybody, or to staff; those with a door of their own are left out."""
    from citydesk.kernel.pages import policy_of

    for address, view in routes(get_resolver().url_patterns):
        policy = policy_of(view)
        is_public = policy is not None and policy[0] == "public"
        if is_public == public and not address.startswith(("open311/", "api/", "static/")):
            yield "/" + re.sub(r"[\^$]|\\Z", "", address)


GOOD_PARTS = {"number": "", "token": "", "int": "1", "slug": "pothole", "str": "x", "path": "x"}


def filled(odd, address, city):
    """An address with values in its gaps: of a request that is there, or odd."""
    made = city["request"]

    def value(found):
        kind, _colon, name = found[1].rpartition(":")
        good = {"number": made.number, "token": made.public_token}.get(name) or GOOD_PARTS.get(kind, "1")
        return quote(good if odd.chance.random() < 0.6 else odd.text(good)[:200] or "x", safe="")

    return re.sub(r"<([^>]+)>", value, address)


def walk(door, addresses, calls, city, *, quiet=(), sign_in=lambda: None):
    """Read pages, learn the fields that their forms ask for, and send all kinds of things to all of them."""
    known, every = {}, [("page", "2"), ("after", ""), ("q", "oak"), ("sort", "due"), ("show", "all"), ("version", "1")]
    addresses = [one for one in addresses if not one.startswith(tuple(quiet))]
    while door.wants_more(calls):
        address = door.odd.chance.choice(addresses)
        asked, names = filled(door.odd, address, city), known.get(address, every)
        headers = door.odd.chance.choice(HEADERS)
        if door.away >= 5:  # a page locked the desk, ended the session or disabled the person, as it may
            door.away = 0
            sign_in()
        if door.odd.chance.random() < 0.5:
            _said, content = door.ask("GET", f"{asked}?{encode(door.odd.fields(names)).decode()}", **headers)
            found = re.findall(rb'name="([^"]{1,60})"(?:[^>]*?value="([^"]{0,80})")?', content)
            found = {name.decode(errors="replace"): good.decode(errors="replace") for name, good in found}
            known[address] = [*every, *found.items()][:40]
        else:
            kind, body = door.odd.body(door.odd.fields(names))
            door.ask("POST", asked, body, kind, **headers)


def test_public_pages(door, city):
    door = door("public")
    # What leads away from the house, or ends the session that the walk needs.
    walk(door, list(pages(public=True)), CALLS["public"], city, quiet=("/accounts/oidc", "/healthz/deep", "/metrics"))
    door.check(CALLS["public"])


def test_pages_of_the_desk(door, city):
    from django.conf import settings

    door = door("desk")

    def sign_in():
        door.client.cookies.clear()
        door.client.force_login(city["newcomer"](), backend=settings.AUTHENTICATION_BACKENDS[0])

    sign_in()
    walk(door, list(pages(public=False)), CALLS["desk"], city, sign_in=sign_in)
    door.check(CALLS["desk"])
    assert door.said[200] >= max(1, len(door.took) // 20), "it did not get into the desk"


def test_files(door, tmp_path, city):
    """The readers of imported files: an error in words, or rows; never anything else."""
    from citydesk.city.customers.services.importing import import_customers
    from citydesk.contact.service_requests.services.importing import reading
    from citydesk.kernel.actors import SYSTEM
    from citydesk.kernel.clock import utc_now
    from citydesk.kernel.errors import CitydeskError

    door = door("files")
    mapping = reading.load_mapping(which=next(iter(reading.shipped_mappings())), zone="America/New_York")
    heads = [",".join(name for several in mapping.columns.values() for name in several), "id,given_name,phone", "id;id"]
    dry = {"source": "drill", "columns": {}, "is_dry": True, "actor": SYSTEM, "now": utc_now()}
    readers = [
        lambda file: import_customers(file=file, **dry),
        lambda file: reading.choose_mapping(file=file, zone="America/New_York"),
        lambda file: list(reading.read_rows(file, mapping)),
    ]
    while door.wants_more(CALLS["files"]):
        file = tmp_path / f"odd{door.odd.chance.choice(('.csv', '.csv', '.csv', '.xlsx', '.txt'))}"
        file.write_bytes(spoiled(door.odd, door.odd.chance.choice(heads)))
        read, began, status = door.odd.chance.choice(readers), time.perf_counter(), 200
        try:
            read(file)
        except CitydeskError:
            status = 400
        except Exception as error:  # that is what is looked for
            status = 500
            door.faults.append((repr(error)[:300], file.suffix, file.read_bytes()[:300]))
        door.note(status if status != 500 else 0, time.perf_counter() - began, ())
    door.check(CALLS["files"])


def spoiled(odd, head):
    """A file with cells exchanged, cut short, or full of anything."""
    kind, comma = odd.chance.random(), max(",;", key=head.count)
    if kind < 0.15:
        return odd.chance.randbytes(odd.chance.randrange(200))
    good = ["11/01/2026 01:30:00 AM", "35.05", "-85.3", "Pothole", "7", "Closed", ""]
    rows = [comma.join(odd.text(odd.chance.choice(good)) for _ in head.split(comma)) for _ in range(4)]
    whole = "\n".join([head, *rows]).encode("utf-8", "replace")
    return whole if kind < 0.7 else whole[: odd.chance.randrange(len(whole))] + odd.chance.randbytes(9)


def test_control_an_uncaught_error_is_found(door, city, monkeypatch):
    """A page that trusts what it is given: the walk must see it."""
    show = "citydesk.portal.views.reading.show"
    monkeypatch.setattr(show, lambda request, *_words, **_more: int(request.GET.get("page", "x")))
    door = door("control")
    for _ in range(6):
        door.ask("GET", f"/reports/?{encode(door.odd.fields([('page', '2')])).decode()}")
    door.report(door="control", calls=6, server_errors=len(door.faults))
    assert door.faults
