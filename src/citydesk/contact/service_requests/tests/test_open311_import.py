"""Reading another city's Open311 server: ours in this process, and one that does everything otherwise."""

import json
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.models import RequestFile, ServiceRequest
from citydesk.contact.service_requests.rules import foreign_open311 as foreign
from citydesk.contact.service_requests.services import importing
from citydesk.contact.service_requests.tests.factories import MORNING, load_city, make_request
from citydesk.contact.service_requests.tests.test_belongings import command, picture
from citydesk.kernel.actors import SYSTEM, SYSTEM_ACCESS
from citydesk.kernel.audit import history_of
from citydesk.kernel.errors import Invalid
from citydesk.kernel.models import ImportRun
from citydesk.kernel.outward import Heard, NotAllowedOutward, OutwardFailed, call

pytestmark = pytest.mark.django_db
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _city(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    load_city()


def client_of(fetch, url="https://old.example.gov/open311/v2"):
    return importing.Open311Client(url, "", fetch, lambda _seconds: None)


def read(client, *, now=MORNING, start=START, end=END, said="the year", **more):
    mapping = importing.open311_mapping(file=None, source="old_city", zone="America/New_York")
    asked = importing.Asked(start, end, said=said, **more)
    return importing.import_open311(client=client, mapping=mapping, asked=asked, actor=SYSTEM, now=now)


def ours(*numbers):
    """Our own server, in this process; of its requests only these, for what was read is its own, too."""

    def fetch(url):
        said = Client().get(urlsplit(url).path, parse_qs(urlsplit(url).query))
        body = said.content
        if urlsplit(url).path.endswith("requests.json"):
            body = json.dumps([one for one in json.loads(body) if one["service_request_id"] in numbers]).encode()
        return Heard(said.status_code, body, said["Content-Type"])

    return fetch


def test_our_own_server_is_read_once_and_followed():
    closed, opened = make_request(now=MORNING - timedelta(days=200)), make_request(now=MORNING - timedelta(days=3))
    then = MORNING - timedelta(days=190)
    services.close(request_id=closed.pk, reason="done", text="Filled.", access=SYSTEM_ACCESS, now=then)
    server = ours(closed.number, opened.number)
    first = read(client_of(server))
    assert (first.read, first.added, first.bad) == (2, 2, 0)
    again = read(client_of(server))
    assert (again.added, again.known, again.changed) == (0, 2, 0)
    came = ServiceRequest.objects.get(source="old_city", external_id=opened.number)
    assert (came.state, came.service.code, came.channel) == ("open", "pothole", "import")
    old = ServiceRequest.objects.get(source="old_city", external_id=closed.number)
    assert (old.state, old.closed_at) == ("closed", ServiceRequest.objects.get(pk=closed.pk).closed_at)
    services.close(request_id=opened.pk, reason="done", text="Filled.", access=SYSTEM_ACCESS, now=MORNING)
    assert read(client_of(server)).changed == 1
    came.refresh_from_db()
    assert (came.state, came.is_open, came.closed_at) == ("closed", False, MORNING)
    assert history_of("service_requests.request", came.pk)[0].code == "service_requests.import_changed"


class Sloppy:
    """XML alone, capitals, no zone, numbers as text, a token in place of a number, a cut at twenty, no pages."""

    def __init__(self, count=45):
        self.asked, self.broken, self.closed = [], 0, set()
        self.rows = [(f"{1000 + n}", datetime(2026, 3, 1, 8) + timedelta(hours=7 * n)) for n in range(count)]

    def __call__(self, url):
        parts = urlsplit(url)
        asked = {name: one[-1] for name, one in parse_qs(parts.query).items()}
        self.asked.append((parts.path, asked))
        if self.broken:
            self.broken -= 1
            return Heard(503, b"<html>later</html>", retry_after="7")
        if parts.path.endswith(".jpg"):
            return Heard(200, picture()) if "good" in parts.path else Heard(404, b"")
        if parts.path.endswith(".json"):
            return Heard(404, b"<html>no such page</html>", "text/html")
        if "/tokens/" in parts.path:
            return Heard(200, b"<service_requests><request><token>t7</token></request></service_requests>")
        if parts.path.endswith("services.xml"):
            return Heard(200, b"<services><service><service_code>6</service_code>"
                              b"<service_name>Pothole</service_name></service></services>")  # fmt: skip
        return Heard(200, self.requests(asked), "text/html")

    def requests(self, asked):
        begin, end = (datetime.fromisoformat(asked[one]).replace(tzinfo=None) for one in ("start_date", "end_date"))
        found = [row for row in self.rows if begin <= row[1] <= end][:20]
        return f"<?xml version='1.0'?><service_requests>{''.join(map(self.row, found))}</service_requests>".encode()

    def row(self, one):
        number, at = one
        more = {
            "1000": "<lat>0</lat><long>0</long><media_url>https://old.example.gov/good.jpg</media_url>",
            "1001": "<lat>35.05</lat><long>-85.3</long><media_url>https://old.example.gov/gone.jpg</media_url>",
            "1002": "<service_request_id></service_request_id><token>t7</token>",
        }.get(number, "")
        said = "" if number == "1002" else f"<Service_Request_ID>{number}</Service_Request_ID>"
        status = "<status>CLOSED</status><updated_datetime>2026-06-01 10:00:00</updated_datetime>"
        state = status if number in self.closed else "<status>Open</status>"
        code = "<service_code>006</service_code><service_name>pothole</service_name><description>null</description>"
        return f"<request>{said}{state}{code}<requested_datetime>{at}</requested_datetime>{more}</request>"


def test_a_sloppy_server_is_read_whole_and_twice_adds_nothing():
    server = Sloppy()
    first = read(client_of(server))
    # Cut at twenty without pages: the windows were halved until each was whole.
    assert (first.added, first.waiting, first.files) == (44, ["t7"], 1)
    assert {(one.field, one.external_id) for one in first.bad_rows} == {("external_id", "t7"), ("media_url", "1001")}
    row = ServiceRequest.objects.get(external_id="1000")
    # A time without a zone is the city's: eight in the morning of New York's winter.
    assert row.received_at == datetime(2026, 3, 1, 13, tzinfo=UTC) and row.lat is None and row.description == ""
    link = RequestFile.objects.get()
    assert (link.request_id, link.review_state, link.is_from_resident) == (row.pk, "pending", True)
    server.closed = {"1003", "1004"}
    services.add_note(request_id=ServiceRequest.objects.get(external_id="1004").pk, text="we look at it",
                      access=SYSTEM_ACCESS, now=MORNING)  # fmt: skip
    again = read(client_of(server), now=MORNING + timedelta(hours=1))
    assert (again.added, again.changed, again.files) == (0, 1, 0)
    assert again.kept == [ServiceRequest.objects.get(external_id="1004").number]
    assert ServiceRequest.objects.get(external_id="1003").closed_at == datetime(2026, 6, 1, 14, tzinfo=UTC)


def test_a_reading_that_broke_off_goes_on_there():
    server, waits = Sloppy(), []
    client = importing.Open311Client("https://old.example.gov/o", "", server, waits.append)
    calls = []

    def failing(url):
        calls.append(url)
        if len(calls) > 8:
            raise OutwardFailed("no connection")
        return server(url)

    client.fetch = failing
    with pytest.raises(ConnectionError, match="old"):
        read(client, end=datetime(2026, 4, 1, tzinfo=UTC))
    stopped = ImportRun.objects.latest("pk")
    assert stopped.state == "stopped" and stopped.cursor["done_until"] and max(waits) == 32
    server.broken = 1
    rest = read(importing.Open311Client("https://old.example.gov/o", "", server, waits.append),
                end=datetime(2026, 4, 1, tzinfo=UTC))  # fmt: skip
    assert rest.resumed_at == stopped.cursor["done_until"] and 7 in waits
    assert ServiceRequest.objects.filter(source="old_city").count() == 44


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        (b'[{"service_request_id": 6, "lat": "x"}]', ["6"]),
        (b'\xef\xbb\xbf{"service_requests": [{"id": "6"}]}', ["6"]),
        (b'{"service_requests": {"request": [{"service_request_id": null, "token": "t"}]}}', [""]),
        (b"<x:service_requests xmlns:x='u'><x:request><x:service_request_id>6</x:service_request_id></x:request>"
         b"</x:service_requests>", ["6"]),
        (b"<service_requests></service_requests>", []),
        (b"[]", []),
    ],
)  # fmt: skip
def test_answers_are_read_as_they_come(body, ids):
    assert [foreign.foreign_request(one).id for one in foreign.read_list(body)] == ids


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html><body/></html>", b"{", b"<a", b"3",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><services/>",
        b'[{"code": 400, "description": "no jurisdiction"}]',
        b"<errors><error><code>400</code><description>no</description></error></errors>",
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(body):
    with pytest.raises(foreign.NotReadable):
        foreign.read_list(body)


def test_an_extended_status_is_mapped_and_the_citys_words_stand_above():
    own = {"status": {"open": ["fixed"]}, "codes": {"6": "pothole"}}
    mapping = foreign.open311_mapping(own, source="x", zone="UTC")
    assert (mapping.status["fixed"], mapping.status["no further action"]) == ("open", "closed")
    assert mapping.close_reasons["no further action"] == "no_action"


class Handler(BaseHTTPRequestHandler):
    """Says once that it is too busy, then has one request."""

    def do_GET(self):
        self.server.heard.append(self.path)
        if len(self.server.heard) == 1:
            self.send_response(429)
            self.send_header("Retry-After", "0")
            self.end_headers()
            return
        body = json.dumps([{"service_request_id": "77", "service_code": "pothole", "status": "open",
                            "requested_datetime": "2026-02-02T10:00:00Z"}]).encode()  # fmt: skip
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words):
        pass


def test_the_command_reads_a_server_of_the_own_network_only_when_told(capsys, monkeypatch):
    from citydesk.contact.service_requests.commands import endpoints

    monkeypatch.setattr(endpoints, "time", SimpleNamespace(sleep=lambda _seconds: None))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.heard = []
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/v2"
    words = ["open311", url, "--from", "2026-02-01", "--to", "2026-02-20", "--source", "near"]
    try:
        with pytest.raises(NotAllowedOutward):
            call("GET", url)
        with pytest.raises(NotAllowedOutward):
            command(*words)
        assert not server.heard
        assert command(*words, "--allow-private") == 0
    finally:
        server.shutdown()
        server.server_close()
    said = json.loads(capsys.readouterr().out)
    assert (said["added"], said["windows"], ServiceRequest.objects.get(external_id="77").source) == (1, 1, "near")
    with pytest.raises(Invalid):
        command("open311", url, "--from", "soon", "--allow-private")


def test_an_end_before_the_beginning_is_refused():
    with pytest.raises(Invalid):
        read(client_of(ours), start=END, end=START)
