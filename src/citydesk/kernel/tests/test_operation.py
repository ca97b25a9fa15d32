"""What an operator sees: health, figures, logs; and what a person sees of a refusal."""

import io
import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from prometheus_client.parser import text_string_to_metric_families

from citydesk.kernel import health
from citydesk.kernel.actors import NOBODY, Access, Actor, ActorKind
from citydesk.kernel.errors import Conflict, Invalid, ManyInvalid, NotFound, TooMany
from citydesk.kernel.logs import logging_settings
from citydesk.kernel.middleware import errors_as_answers, guarded_headers, observed
from citydesk.kernel.outbox import defer
from citydesk.kernel.pages import public
from citydesk.kernel.registries import HealthCheck, registries
from citydesk.kernel.trace import current_request_id

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
TOKEN = {"HTTP_AUTHORIZATION": "Bearer development"}


@public("a test")
def refuse(request, what):
    raise {
        "invalid": Invalid("The date is missing.", field="date", hint="Write one."),
        "many": ManyInvalid([Invalid("a", field="x"), Invalid("b", field="y")]),
        "gone": NotFound("No such request."),
        "conflict": Conflict("It is closed."),
        "many_tries": TooMany("Wait.", retry_after=7),
    }[what]


urlpatterns = [
    path("refuse/<str:what>", refuse, name="refuse"),
    path("api/v1/refuse/<str:what>", refuse, name="api_refuse"),
]


# -- health ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_live_asks_nothing_and_ready_asks_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz/live").status_code == 200
    assert client.get("/healthz/ready").json()["level"] == "ok"


@pytest.mark.django_db
def test_not_ready_without_database_or_migrations(client, monkeypatch):
    monkeypatch.setattr(health, "_is_migrated", False)
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: [("missing", False)])
    assert client.get("/healthz/ready").status_code == 503


@pytest.mark.django_db
def test_deep_needs_the_token_and_turns_red(client):
    assert client.get("/healthz/deep").status_code == 404
    assert client.get("/healthz/deep", HTTP_AUTHORIZATION="Bearer wrong").status_code == 404
    answer = client.get("/healthz/deep", **TOKEN)
    assert answer.status_code == 503  # no worker runs in a test
    assert answer.json()["checks"]["kernel.worker"]["level"] == "bad"
    assert answer.json()["checks"]["kernel.jobs"]["level"] == "ok"


@pytest.mark.django_db
def test_each_red_state_can_be_reached(monkeypatch):
    from django.db import connection

    defer("nobody.knows")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = %s", [NOW - timedelta(minutes=6)])
    assert health._jobs(NOW).level == "bad"
    assert health._jobs(NOW - timedelta(minutes=5)).level == "ok"
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: type("U", (), {"free": 4, "total": 100})())
    assert health._disk(NOW).level == "bad"
    before = dict(registries.health_checks)
    try:
        registries.add(HealthCheck("t.broken", "x", lambda now: 1 / 0))
        level, states = health.deep(NOW)
        assert level == "bad"
        assert states["t.broken"].words == "the check broke: ZeroDivisionError"
    finally:
        registries.health_checks.clear()
        registries.health_checks.update(before)


# -- figures ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_figures_parse_and_name_routes_not_addresses(client):
    client.get("/files/CANARY-token/")
    client.get("/CANARY-nowhere/")
    assert client.get("/metrics").status_code == 404
    text = client.get("/metrics", **TOKEN).content.decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    routes = {sample.labels["route"] for sample in families["citydesk_requests"].samples}
    assert {"kernel:file", "none"} <= routes
    assert "citydesk_queue_depth" in text
    assert "CANARY" not in text


# -- logs ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def lines():
    """What the configured logging writes."""
    import logging.config

    settings = logging_settings()
    stream = io.StringIO()
    settings["handlers"]["lines"]["stream"] = stream
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logging.config.dictConfig(settings)
    structlog.configure(cache_logger_on_first_use=False)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before[0], before[1]


def test_a_line_is_one_json_object_with_the_request_id(lines):
    token = current_request_id.set("abc12345")
    structlog.get_logger("t").warning("x.happened", text='one\r\n{"forged": 1}')
    logging.getLogger("t").warning("plain %s", "two\nlines")
    current_request_id.reset(token)
    first, second = lines()
    assert first["request_id"] == second["request_id"] == "abc12345"
    assert first["text"] == 'one\r\n{"forged": 1}'
    assert first["timestamp"].endswith("Z")
    assert second["event"] == "plain two\nlines"


def test_no_address_and_no_quoted_row_reaches_the_log(lines):
    logging.getLogger("django.request").warning("Not Found: %s", "/files/CANARY/", extra={"status_code": 404})
    logging.getLogger("django.security.DisallowedHost").error("Invalid HTTP_HOST header: 'CANARY'")
    try:
        raise ValueError("Key (email)=(CANARY@example.org) already exists")
    except ValueError:
        logging.getLogger("t").exception("it broke")
    text = json.dumps(lines())
    assert "CANARY" not in text
    assert lines()[2]["exception"] == "ValueError"
    assert "test_no_address" in lines()[2]["at"][-1]


@pytest.mark.django_db
def test_one_line_a_request_names_the_route(client, lines):
    client.get("/files/CANARY-token/?q=CANARY")
    found = [line for line in lines() if line["event"] == "request"]
    assert [(line["route"], line["status"]) for line in found] == [("kernel:file", 404)]
    assert "CANARY" not in json.dumps(lines())
    assert found[0]["request_id"]


# -- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("what", "status", "code"),
    [
        ("invalid", 400, "invalid"),
        ("gone", 404, "not_found"),
        ("conflict", 409, "conflict"),
        ("many_tries", 429, "too_many"),
    ],
)
def test_a_refusal_has_its_status_and_shape(what, status, code):
    answer = respond(f"/api/v1/refuse/{what}", what)
    assert answer.status_code == status
    assert json.loads(answer.content)["code"] == code
    assert set(json.loads(answer.content)) == {"code", "message", "field", "hint"}
    if what == "many_tries":
        assert answer["Retry-After"] == "7"


def test_several_faults_are_all_told():
    body = json.loads(respond("/api/v1/refuse/many", "many").content)
    assert [one["field"] for one in body["errors"]] == ["x", "y"]


def respond(address: str, what: str) -> HttpResponse:
    request = RequestFactory().get(address)
    try:
        refuse(request, what)
    except Exception as error:
        return errors_as_answers(lambda request: HttpResponse()).process_exception(request, error)
    raise AssertionError


def test_an_unexpected_error_is_left_to_django():
    assert (
        errors_as_answers(lambda request: HttpResponse()).process_exception(RequestFactory().get("/"), KeyError())
        is None
    )


def test_pages_of_staff_are_kept_by_no_cache():
    request = RequestFactory().get("/")
    request.access = Access(Actor(ActorKind.STAFF, 1, "Ann"))
    answer = guarded_headers(lambda request: HttpResponse())(request)
    assert answer["Cache-Control"] == "private, no-store"
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    request.access = NOBODY
    assert "Cache-Control" not in guarded_headers(lambda request: HttpResponse())(request)


@pytest.mark.django_db
def test_statements_are_counted(client):
    from django.db import connection

    seen = {}

    def view(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.execute("SELECT 2")
        from citydesk.kernel.metrics import current_tally

        seen["statements"] = current_tally.get().statements
        return HttpResponse()

    observed(view)(RequestFactory().get("/"))
    assert seen == {"statements": 2}


@pytest.mark.django_db
def test_a_job_carries_the_request_id_and_is_counted_and_logged_without_its_arguments(lines):
    from citydesk.kernel.jobs import job
    from citydesk.kernel.tests.jobs import run_jobs

    seen = []
    job("kernel.test_only")(lambda *, words: seen.append((words, current_request_id.get())))
    token = current_request_id.set("abc12345")
    defer("kernel.test_only", words="CANARY")
    current_request_id.reset(token)
    assert run_jobs(only={"kernel.test_only"}) == ["kernel.test_only"]
    assert seen == [("CANARY", "abc12345")]
    line = next(line for line in lines() if line["event"] == "job")
    assert (line["task"], line["result"], line["request_id"]) == ("kernel.test_only", "done", "abc12345")
    assert "CANARY" not in json.dumps(lines())


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "PROPFIND"])
@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/api/v1/openapi.json", "/open311/v2/services.xml"])
def test_methods_that_no_view_knows_are_refused_before_any_is_asked(method, address):
    answer = Client().generic(method, address, "csrfmiddlewaretoken=x")
    assert answer.status_code == 405 and "GET" in answer["Allow"] and "TRACE" not in answer["Allow"]
    assert "default-src 'none'" in answer["Content-Security-Policy"] and b"csrf" not in answer.content
    if address.startswith("/api/"):
        assert answer.json()["code"] == "wrong_method"
    elif address.startswith("/open311/"):
        assert answer["Content-Type"].startswith("text/xml") and b"<code>405</code>" in answer.content
    else:
        assert answer["Content-Type"] == "text/plain"


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError("server closed the connection"), InterfaceError("closed")])
def test_without_its_database_a_page_says_503_and_when_to_come_again(client, monkeypatch, error):
    def away(*_given, **_more):
        raise error

    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    client.cookies["session"] = "x" * 32
    page = client.get("/desk/requests/")
    assert page.status_code == 503 and page["Retry-After"] == "60"
    assert "what was saved before is safe" in page.content.decode()
    assert "psycopg" not in page.content.decode() and "closed the connection" not in page.content.decode()


def test_any_other_mistake_is_500(rf):
    from citydesk.kernel.error_pages import broken

    try:
        raise ValueError("a mistake")
    except ValueError:
        assert broken(rf.get("/desk/")).status_code == 500
