"""A statement that takes too long is cut: a page in the reader's words, nothing half saved, the next one goes on."""

from types import ModuleType

import pytest
from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, path

from citydesk.kernel import limits
from citydesk.kernel.models import AuditEntry
from citydesk.kernel.pages import needs, public
from config.settings.database import LONG_STATEMENT, PAGE_STATEMENT
from config.urls import urlpatterns as real

ROW = {"code": "x", "actor_kind": "system", "actor_label": "x", "object_type": "limits", "object_id": 1}
# Cut after the page's limit and well before the long one's.
SLOW = "SELECT count(*) FROM generate_series(1, 30000) a, generate_series(1, 30000) b WHERE a.a * b.b %% 7 = %s"


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchone()[0]


@public("a test")
def saving(request):
    from citydesk.kernel.clock import utc_now

    with transaction.atomic():
        AuditEntry.objects.create(at=utc_now(), **ROW)
        run(SLOW, 3)
    return HttpResponse("saved")


@public("a test")
def ordinary(request):
    return HttpResponse(run("SHOW statement_timeout"))


def long_one(request):
    return HttpResponse(run("SHOW statement_timeout"))


long_one = public("a test")(long_one)
long_one.is_long = True


def long_broken(request):
    raise RuntimeError("as it happens")


long_broken = public("a test")(long_broken)
long_broken.is_long = True


@public("a test")
def streamed(request):
    def lines():
        with limits.long_statements():
            yield run("SHOW statement_timeout").encode()

    return StreamingHttpResponse(lines())


URLS = ModuleType("limits_urls")
URLS.urlpatterns = [
    *(path(f"try/{one.__name__}/", one) for one in (saving, ordinary, long_one, long_broken, streamed)),
    *(path(f"api/try/{one.__name__}/", one) for one in (saving,)),
    *real,
]
URLS.__dict__.update({name: getattr(__import__("config.urls", fromlist=["x"]), name) for name in
                      ("handler400", "handler403", "handler404", "handler500")})  # fmt: skip


@pytest.fixture
def web(transactional_db, settings):
    """Connections as the web process opens them, only that a page has a tenth of a second."""
    settings.ROOT_URLCONF, settings.LONG_STATEMENT_MS = URLS, LONG_STATEMENT
    options = connection.settings_dict["OPTIONS"]
    before = options["options"]
    options["options"] = f"{before} -c statement_timeout=100"
    connection.close()
    yield Client(raise_request_exception=False)
    options["options"] = before
    connection.close()


@pytest.mark.parametrize(("language", "words"), [("en", "took too long"), ("es", "tardó demasiado")])
def test_what_takes_too_long_is_a_page_in_ones_language_and_nothing_is_half_saved(web, language, words):
    answer = web.get("/try/saving/", headers={"Accept-Language": language})
    assert answer.status_code == 504 and words in answer.content.decode()
    assert not AuditEntry.objects.filter(object_type="limits").exists()
    assert web.get("/try/ordinary/").content == b"100ms"  # the same connection goes on


def test_programs_hear_it_in_their_own_form(web):
    answer = web.get("/api/try/saving/")
    assert answer.status_code == 504 and answer.json()["code"] == 504


def test_a_long_page_has_longer_and_leaves_the_next_one_as_it_was(web):
    assert web.get("/try/ordinary/").content == b"100ms"
    with CaptureQueriesContext(connection) as asked:
        assert web.get("/try/ordinary/").content == b"100ms"
    assert not [one for one in asked if "statement_timeout'" in one["sql"] or "RESET" in one["sql"]]
    with CaptureQueriesContext(connection) as longer:
        assert web.get("/try/long_one/").content == b"1min"
    assert len(longer) == len(asked) + 2
    assert web.get("/try/ordinary/").content == b"100ms"
    assert web.get("/try/long_broken/").status_code == 500
    assert web.get("/try/ordinary/").content == b"100ms"
    assert web.get("/try/streamed/").getvalue() == b"1min"
    assert web.get("/try/ordinary/").content == b"100ms"


def test_a_long_page_whose_connection_is_lost_leaves_no_trace(web):
    limits.begin_long()
    connection.close()
    limits.end_long()
    assert run("SHOW statement_timeout") == "100ms"
    limits.begin_long()
    assert run("SHOW statement_timeout") == "1min"
    limits.end_long()


def test_the_limits_are_what_is_promised():
    assert (PAGE_STATEMENT, LONG_STATEMENT) == (5_000, 60_000)


def test_reports_charts_and_files_are_declared_long_and_the_busy_pages_are_not():
    resolver = get_resolver()

    def is_long(address):
        return getattr(resolver.resolve(address).func, "is_long", False)

    for address in ("/desk/reports/", "/desk/reports/charts/x/", "/desk/reports/tables/x/", "/desk/staffing/forecast/",
                    "/desk/requests/bulk/", "/desk/requests/approvals/1/file/", "/desk/records/readers/"):  # fmt: skip
        assert is_long(address), address
    for address in (
        "/desk/requests/",
        "/desk/",
        "/desk/contact/",
        "/desk/requests/SR-26-000001/",
        "/report/",
        "/track/",
    ):
        assert not is_long(address), address


def test_needs_says_it():
    assert needs("x", long=True)(lambda request: None).is_long
    assert not needs("x")(lambda request: None).is_long
