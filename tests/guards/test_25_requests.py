"""Guard 25: headers guard each page, a token each form; looking at a page changes nothing; TRACE is refused.

The walk takes every address of the URL table without parameters and the pages of one record of each kind, each with the
first role that may open it, and once more as a visitor. Which views want no token is read from the whole table.
"""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver, resolve

from tests.guards.house import none_of
from tests.guards.test_02_url_policies import views
from tests.guards.test_pages import addresses
from tests.guards.test_pages_axe import ROLES, one_of_each

pytestmark = pytest.mark.django_db

# Programs call these with a key or a signature of their own; a browser's cookie opens none of them.
WITHOUT_TOKEN = ("/api/v1/", "/open311/", "/accounts/oidc/", "/hooks/")
# What is written down about looking itself, and why.
LOOKING = {
    "django_session": "until when a session lasts, what a visitor typed on an earlier page, words for the next page",
    "kernel_readentry": "who read whose file, which the city is asked",
    "kernel_throttlebucket": "how often somebody may ask",
}
# Of a look that is refused to somebody signed in, beside it: denied access is logged (ASVS 16.3.2).
REFUSED = {"kernel_auditentry": "who wanted what they may not do"}
# Looks that write something of their own, by method and the start of the view's name.
OWN = {
    ("GET", "interactions:watch_draft"): {"interactions_interaction": "nobody looks in without the clerk being told"},
    # allauth takes any method but GET for a try; the limit is one address's own.
    ("HEAD", "account_"): {"staff_shared_value": "how often somebody may try to sign in"},
    ("HEAD", "mfa_"): {"staff_shared_value": "how often somebody may try to sign in"},
}
WANTED = {
    "X-Content-Type-Options": ("nosniff",),
    "Referrer-Policy": ("same-origin", "no-referrer"),
    "Content-Security-Policy": ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"),
    "Permissions-Policy": ("camera=()", "microphone=()", "payment=()"),
}
# A file that somebody sent is looked at in a sandbox, in the house's own frame: stricter in all but who may frame it.
SANDBOXED = ("default-src 'none'",)
TRACES = ("TRACE", "TRACK")


@pytest.fixture
def small_city(db):
    from citydesk.contact.service_requests.tests.factories import load_city

    load_city()


def signed_in(role: str) -> Client:
    from citydesk.city.staff.tests.factories import make_team, make_user

    client = Client(raise_request_exception=False)
    client.force_login(make_user(f"{role}_looks", roles=[role], teams=[make_team("walkers", kind="crew")]))
    return client


def without_token(patterns) -> Iterator[str]:
    """Addresses of views that take a form without a token."""
    for address, view in views(patterns):
        if getattr(view, "csrf_exempt", False):
            yield f"/{address.replace('^', '')}"


def header_faults(answer, *, is_signed_in: bool) -> Iterator[str]:
    """What an answer's headers lack, and cookies that a script could read."""
    policy = answer.headers.get("Content-Security-Policy", "")
    is_sandbox = "sandbox" in policy
    for name, parts in WANTED.items():
        said = answer.headers.get(name, "")
        if name == "Content-Security-Policy" and is_sandbox:
            parts = SANDBOXED
        is_right = said in parts if name == "Referrer-Policy" else all(part in said for part in parts)
        if not is_right:
            yield f"{name}: {said or 'missing'}"
    if "unsafe-eval" in policy or ("unsafe-inline" in policy and not is_sandbox):
        yield f"Content-Security-Policy: {policy}"
    if is_signed_in and answer.status_code == 200 and "no-store" not in answer.headers.get("Cache-Control", ""):
        yield f"Cache-Control: {answer.headers.get('Cache-Control', 'missing')}"
    for name, cookie in answer.cookies.items():
        if not cookie["samesite"] or (not cookie["httponly"] and name != "django_language"):
            yield f"the cookie {name} is open"


def written() -> dict[str, int]:
    """How many rows this transaction has written, by table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())


def changed(before: dict[str, int]) -> set[str]:
    return {name for name, count in written().items() if count != before.get(name, 0)}


def may_write(method: str, address: str, *, is_refused: bool) -> set[str]:
    """The tables that a look may write to."""
    name = resolve(address.split("?")[0]).view_name
    own = [tables for (how, start), tables in OWN.items() if method == how and name.startswith(start)]
    return {*LOOKING, *(REFUSED if is_refused else ()), *(one for tables in own for one in tables)}


def look_faults(client: Client, address: str, *, is_signed_in: bool) -> Iterator[str]:
    """What is wrong with looking at an address: its headers and what it writes, and what a trace does there."""
    for method in ("GET", "HEAD"):
        before = written()
        answer = client.generic(method, address)
        if answer.status_code >= 500:
            yield f"{method} {address} answered {answer.status_code}"
        yield from (f"{method} {address} {fault}" for fault in header_faults(answer, is_signed_in=is_signed_in))
        is_refused = is_signed_in and answer.status_code == 403
        if too_much := changed(before) - may_write(method, address, is_refused=is_refused):
            yield f"{method} {address} writes to {', '.join(sorted(too_much))}"
    before = written()
    for method in TRACES:
        status = client.generic(method, address).status_code
        if status != 405:
            yield f"{method} {address} answered {status}"
    if wrote := changed(before):
        yield f"a trace of {address} writes to {', '.join(sorted(wrote))}"


def of_role(role: str, walked: set[str], found) -> Iterator[str]:
    """Addresses that nobody before this role could open, and once the first that it may not."""
    from citydesk.city.staff.tests.factories import standard_role_data
    from citydesk.kernel.pages import policy_of

    may = set(standard_role_data()[role]["permissions"])
    is_refused_once = False
    for address in found:
        kind, permission = policy_of(resolve(address.split("?")[0]).func)
        if kind == "needs" and permission not in may:
            if not is_refused_once:
                is_refused_once = True
                yield address
        elif address not in walked:
            walked.add(address)
            yield address


def plain_addresses() -> list[str]:
    return list(dict.fromkeys(address for address, _view in addresses()))


def test_forms_without_a_token_are_those_of_programs():
    none_of([one for one in without_token(get_resolver().url_patterns) if not one.startswith(WITHOUT_TOKEN)])


def test_no_form_is_taken_without_its_token(small_city):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies = signed_in("supervisor").cookies
    exempt = set(without_token(get_resolver().url_patterns))
    answers = {address: client.post(address, {"decision": "approve"}) for address in {*plain_addresses()} - exempt}
    none_of([f"{address} answered {one.status_code}" for address, one in answers.items() if one.status_code != 403])


def test_looking_changes_nothing_and_every_answer_is_guarded(db, tmp_path):
    records, walked, faults = one_of_each(tmp_path), set(), []
    every = [*plain_addresses(), *records["desk"]]
    for role in ROLES:
        client = signed_in(role)
        for address in of_role(role, walked, every):
            faults += look_faults(client, address, is_signed_in=True)
    visitor = Client(raise_request_exception=False)
    for address in [*every, *records["public"]]:
        faults += look_faults(visitor, address, is_signed_in=False)
    none_of(faults)


def test_planted_faults_are_caught(small_city, settings):
    from django.http import HttpResponse
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    settings.ROOT_URLCONF = "tests.guards.planted_urls"
    client = Client(raise_request_exception=False)
    assert not list(look_faults(client, "/good/", is_signed_in=False))
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.endswith(".known_methods")]
    client = Client(raise_request_exception=False)
    assert list(look_faults(client, "/writes/", is_signed_in=False)) == [
        "GET /writes/ writes to kernel_handledevent",
        "HEAD /writes/ writes to kernel_handledevent",
        "TRACE /writes/ answered 200",
        "TRACK /writes/ answered 200",
        "a trace of /writes/ writes to kernel_handledevent",
    ]
    assert [fault.split()[1] for fault in look_faults(client, "/broken/", is_signed_in=False)][:2] == ["/broken/"] * 2

    @csrf_exempt
    def bare(request):
        raise AssertionError

    assert list(without_token([path("bare/", bare)])) == ["/bare/"]
    assert len(list(header_faults(HttpResponse(), is_signed_in=True))) == len(WANTED) + 1
    framed = HttpResponse(headers={**{name: ", ".join(parts) for name, parts in WANTED.items()}, "Cache-Control": "x"})
    framed["Referrer-Policy"], framed["Content-Security-Policy"] = "same-origin", "script-src 'unsafe-inline'"
    framed.set_cookie("open", "to scripts")
    assert [fault.partition(":")[0] for fault in header_faults(framed, is_signed_in=True)] == [
        "Content-Security-Policy",
        "Content-Security-Policy",
        "Cache-Control",
        "the cookie open is open",
    ]


def test_a_refused_look_is_written_down_and_nothing_else(small_city):
    """What `REFUSED` lets pass is the note of the refusal, once a look."""
    from citydesk.kernel.models import AuditEntry

    crew = signed_in("crew")
    before = AuditEntry.objects.count()
    assert crew.get("/desk/staff/new/").status_code == 403
    new = AuditEntry.objects.order_by("-pk")[: AuditEntry.objects.count() - before]
    assert [(one.code, one.after["page"]) for one in new] == [("staff.refused", "staff:new_person")]
