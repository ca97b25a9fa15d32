"""Guard 13, with a browser: every page is clean for axe and fits the window, wide by day and 320 px narrow at night.

A page is walked by the first role that may open it, and again only by one that sees a control on it which nobody before
them saw (`controls.py`); each role's own opening page is walked by that role. Public pages are walked in Spanish, and
once more without scripts. Forms are sent empty, to see their errors.
"""

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.test import Client
from django.urls import resolve, reverse

from citydesk.kernel.pages import policy_of
from tests.guards import axe_incomplete, ways_of_reading
from tests.guards.controls import Walked, is_never_page, is_page
from tests.guards.test_pages import addresses, roles
from tests.journeys.snapshot import Snapshot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What is no page of ours: downloads, parts for HTMX, data for maps and charts, addresses of programs.
NOT_PAGES = ("/open311/", "/api/", "/places/", "/static/", "/accounts/logout", "/accounts/reauthenticate")
PUBLIC = ("/", "/report/", "/track/", "/answers/", "/reports/", "/privacy/", "/accessibility/", "/developers/")
ROLES = ("supervisor", "representative", "department_worker", "administrator", "director", "auditor", "crew")
# The last two for what only they see. Any other standard role sees no control that these do not (the test at the end).
ROLES += ("finance", "records_officer")
# In the drill each load serves every way of reading: large or spaced text, forced colors, longer words, right to left.
EVERY_WAY = os.environ.get("DRILL_SIZE") == "full"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 320, "height": 640}
# Where a form is sent as it stands: page, and the words or name of the button. None of them holds, nothing is written.
EMPTY = {
    "supervisor": ("knowledge:bulletins", "customers:new", "referrals:violation_new"),
    "department_worker": ("work_orders:new",),
    "": ("portal:find", "portal:report", "account_login"),
}


@pytest.fixture(scope="module")
def walked():
    """What roles before walked already."""
    return Walked()


@pytest.fixture
def records(transactional_db):
    """One record of each kind, as they stood when they were made; the addresses of their pages."""
    from citydesk.city.profile import queries as profile
    from citydesk.contact.service_requests.queries import policy

    rows, found = made_once()
    rows.restore()
    profile.refresh()
    policy.forget()
    return found


@cache
def made_once() -> tuple[Snapshot, dict[str, list[str]]]:
    """Making them takes longer than walking some roles, so it is done once in a run."""
    rows = Snapshot()
    with TemporaryDirectory() as folder:
        found = one_of_each(Path(folder))
    rows.take()
    return rows, found


def one_of_each(tmp_path) -> dict[str, list[str]]:
    """Make one record of each kind; the addresses of their pages, for the desk and for everybody."""
    from citydesk.city.customers.tests.factories import make_customer
    from citydesk.contact.complaints.tests import factories as complaints
    from citydesk.contact.referrals.tests import factories as referrals
    from citydesk.contact.service_requests import services
    from citydesk.contact.service_requests.tests.factories import due_time_pages, load_city, make_request
    from citydesk.contact.traffic.tests import factories as traffic
    from citydesk.contact.work_orders.tests.factories import make_work_order
    from citydesk.kernel.clock import utc_now
    from citydesk.management.statistics.tests.test_peers import PEERS
    from citydesk.management.timekeeping.tests import factories as timekeeping
    from citydesk.management.workforce.tests import life_cases, planning_cases

    extra = {**complaints.extra(), **referrals.extra(), **timekeeping.extra(), **traffic.extra()}
    extra |= {"shift_templates.toml": life_cases.TEMPLATES, "peers.toml": PEERS}
    load_city({**extra, "obligations.toml": referrals.OWED}, now=utc_now())
    customer = make_customer("Ana", "Ruiz", phone="(423) 555-0148", email="ana@example.org")
    reporter = services.Person("Ana Ruiz", "email", "ana@example.org", "en", customer.id)
    request = make_request("tree_down", now=utc_now(), reporter=reporter)
    _order, order = make_work_order()
    complaint = complaints.opened(complaints.people(), code="pothole", class_code="service_failure", now=utc_now())
    outside, link = referrals.pages(utc_now())
    return {
        "desk": [
            *outside,
            *(reverse(f"service_requests:{name}", args=[request.number]) for name in ("detail", "route", "correct")),
            reverse("service_requests:code", args=["tree_down"]),
            reverse("customers:detail", args=[customer.number]),
            reverse("customers:edit", args=[customer.number]),
            reverse("work_orders:detail", args=[order]),
            reverse("complaints:detail", args=[complaint.number]),
            reverse("complaints:open", args=[request.number]),
            reverse("statistics:measure", args=["requests_closed_hours_median"]),
            *problem_pages(request.number),
            *procedure_pages(request.number),
            *supervised(),
            *due_time_pages(utc_now()),
            *timed(),
            # The journey of a week looks at a full schedule, wide and narrow.
            *planning_cases.pages()[0 if EVERY_WAY else 1 :],
            *brought(tmp_path),
            *printed_forms(),
            *traffic.pages(tmp_path, utc_now()),
            *through_an_interpreter(),
        ],
        "public": [reverse("portal:track", args=[request.public_token]), link],
    }


def problem_pages(number: str) -> list[str]:
    """A recurrence, a problem with what a department owes, and a research task."""
    from datetime import timedelta

    from citydesk.contact.problems import services
    from citydesk.contact.problems.tests.factories import a_recurrence, asked_problem, worker
    from citydesk.kernel.clock import utc_now

    now = utc_now()
    boss = worker("prudence")
    problem = asked_problem(boss, number, now)
    task = services.ask_research(
        question="Since when?",
        assignee_id=boss.actor.id,
        due_at=now + timedelta(days=3),
        request_number=number,
        access=boss,
        now=now,
    )
    return [
        reverse("problems:detail", args=[problem]),
        reverse("problems:found", args=[a_recurrence(now)]),
        reverse("problems:research_task", args=[task]),
    ]


def procedure_pages(number: str) -> list[str]:
    """A procedure beside a department's own way, its next version, what the desk does otherwise, a request's own."""
    from citydesk.city.knowledge.tests.factories import make_procedure
    from citydesk.kernel.clock import utc_now

    code = make_procedure(utc_now())
    return [
        f"{reverse('knowledge:procedure', args=[code])}?department=public_works",
        reverse("knowledge:procedure_edit", args=[code]),
        reverse("knowledge:procedure_differences", args=[code, "customer_service"]),
        reverse("desk:procedures_of_request", args=[number]),
    ]


def brought(folder) -> list[str]:
    """A run of an import with a refused row, and a draft that it brought."""
    from citydesk.city.customers.services.importing import import_customers
    from citydesk.city.knowledge.services.importing import import_articles
    from citydesk.kernel.actors import SYSTEM
    from citydesk.kernel.clock import utc_now

    (folder / "people.csv").write_text("id,email\n1,not an address\n")
    (folder / "articles.csv").write_text("code,language,title,body\ncarts,en,Carts,Out by six.\n")
    given = {"source": "old", "actor": SYSTEM, "now": utc_now()}
    run = import_customers(file=folder / "people.csv", columns={}, is_dry=False, **given).run
    import_articles(file=folder / "articles.csv", **given)
    return [reverse("desk:import_run", args=[run]), reverse("knowledge:draft", args=["carts", "en"])]


def supervised():
    """What a supervisor looks at and works off: an open contact, an absent person, a request that no code fits."""
    from datetime import timedelta

    from citydesk.city.staff.services import set_absence
    from citydesk.city.staff.tests.factories import access_of, make_user
    from citydesk.contact.interactions.tests.factories import make_draft
    from citydesk.contact.service_requests.tests.factories import make_request
    from citydesk.kernel.actors import SYSTEM_ACCESS
    from citydesk.kernel.clock import utc_now

    now, clerk = utc_now(), make_user("away", roles=["representative"])
    contact = make_draft(access_of(clerk), now=now, words="A tree fell", where="1200 Oak St")
    make_request("uncoded", now=now, description="There is a pothole in the street")
    until = now + timedelta(hours=9)
    set_absence(user_id=clerk.pk, kind="sick", starts_at=now, ends_at=until, access=SYSTEM_ACCESS, now=now)
    return [
        reverse("interactions:watch_draft", args=[contact]),
        reverse("desk:move_absent", args=[clerk.pk]),
    ]


def timed():
    """A submitted time sheet and a wish for leave of somebody whose supervisor looks."""
    from datetime import timedelta

    from citydesk.city.staff.tests.factories import access_of, make_team, make_user
    from citydesk.kernel.clock import utc_now
    from citydesk.management.timekeeping import queries
    from citydesk.management.timekeeping.tests import factories

    now, week = utc_now(), queries.last_week(utc_now())
    clerk = access_of(make_user("clocked", roles=["representative"], teams=[make_team("walkers", kind="crew")]))
    factories.full_week(clerk, week=week, end="17:18", now=now)
    days = {"first": week + timedelta(days=60), "last": week + timedelta(days=67)}
    wish = factories.ask(clerk, **days, code="family", now=now, reason="Surgery")
    sheet = factories.submitted(clerk, week=week, now=now)
    return [reverse("timekeeping:sheet", args=[sheet.pk]), reverse("timekeeping:request", args=[wish])]


def through_an_interpreter():
    """Minutes of an interpreter of this month, and the contact behind them."""
    from citydesk.city.profile import queries as profile
    from citydesk.contact.interactions.tests.factories import clerk, make_interpreted
    from citydesk.kernel.clock import utc_now

    now = utc_now()
    make_interpreted(clerk("Iris Vega"), at=now)
    return [
        f"{reverse('interactions:interpreters')}?from={now.astimezone(profile.local_zone()):%Y-%m}",
        f"{reverse('interactions:interpreted')}?vendor=Voz+L%C3%ADnea",
    ]


def faults_of(page, axe, where):
    """What axe finds once the page stands in the window, and whether it is wider than that."""
    try:
        untold = axe(page)
    except AssertionError as error:
        yield f"{where}: {error}"
    else:
        yield from (f"{where}: {one}" for one in axe_incomplete.unreviewed(untold))
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        yield f"{where}: {wide} px too wide"
    if EVERY_WAY:
        ways = ways_of_reading.WIDE_WAYS if page.viewport_size == WIDE else ways_of_reading.WAYS
        yield from ways_of_reading.faults(page, where, *ways)


def printed_forms():
    """A batch of intake forms with a spoiled one, its paper on the list to print again."""
    from citydesk.city.correspondence.services import note_not_printed
    from citydesk.city.staff.tests.factories import access_of, make_user
    from citydesk.contact.interactions import queries, services
    from citydesk.kernel.clock import utc_now

    now, boss = utc_now(), access_of(make_user("printer", roles=["supervisor"]))
    batch = services.print_forms(count=2, desk="Counter", access=boss, now=now)
    number = queries.get_batch(access=boss, batch_id=batch).first_number
    services.note_forms(form_ids=[queries.find_form(number=number)], state="void", why="torn", access=boss, now=now)
    note_not_printed(paper="intake_forms", number=number, why="printer off", desk="", access=boss, now=now)
    return [reverse("interactions:form_batch", args=[batch])]


def faults_both_ways(page, axe, address, *, go=True):
    """The page wide and by day, as a page is opened and left; then narrow and at night."""
    if page.viewport_size != WIDE:
        look(page, WIDE, "light")
    if go:
        page.goto(address)
    yield from faults_of(page, axe, f"{address} at {WIDE['width']} px, light")
    look(page, NARROW, "dark")
    yield from faults_of(page, axe, f"{address} at {NARROW['width']} px, dark")
    if EVERY_WAY:
        yield from ways_of_reading.zoomed_and_in_forced_colors(page, address, NARROW)
    look(page, WIDE, "light")


def look(page, size, scheme):
    """Another window, another time of day."""
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")


def leave(page):
    """Leaving a page may say so to the server; that is over before the tables are emptied."""
    page.goto("about:blank")
    page.wait_for_timeout(300)


def pages_of(page, records, walked, may):
    """The addresses of pages that this reader may open, and that nobody before them walked with all its controls.

    What the policy of an address refuses them is not asked for: guard 13 does that (`test_pages.py`).
    """
    client = Client(raise_request_exception=False)
    client.cookies.load({one["name"]: one["value"] for one in page.context.cookies()})
    yield from opened_by(client, records, walked, may, always="/desk/")


def opened_by(client, records, walked, may, always=""):
    """As `pages_of`, for a reader without a browser; `always` is an address to walk whoever was there before."""
    for address in [*dict.fromkeys(plain for plain, _view in addresses()), *records["desk"]]:
        if address in walked.never or address.startswith(NOT_PAGES) or address in PUBLIC:
            continue
        kind, permission = policy_of(resolve(address.split("?")[0]).func)
        if kind != "public" and not may(permission):
            continue
        answer = client.get(address)
        assert answer.status_code < 500, f"{address} answers {answer.status_code}"
        if is_never_page(answer):
            walked.never.add(address)
        if is_page(answer) and (walked.is_new(address, answer.content.decode()) or address == always):
            yield address


def walker(role, desk_page, axe, language="en"):
    """The page of somebody with that role, at a crew's desk, and what they may."""
    from citydesk.city.staff.tests.factories import access_of, make_team, make_user

    crew = make_team("walkers", kind="crew")
    user = make_user(f"{role}_walks", roles=[role], teams=[crew], language=language)
    page = desk_page(user=user)
    axe.stay(page)
    return page, access_of(user).may


@pytest.mark.timeout(3600 if EVERY_WAY else 900)
@pytest.mark.parametrize("role", ROLES)
def test_pages_of_a_role_are_clean_and_fit(role, records, desk_page, axe, walked):
    page, may = walker(role, desk_page, axe)
    found = []
    for address in pages_of(page, records, walked, may):
        found += faults_both_ways(page, axe, address)
    leave(page)
    walked.roles.add(role)
    assert not found, "\n".join(found)


def test_no_role_sees_a_control_that_nobody_walked(records, walked):
    from citydesk.city.staff.tests.factories import access_of, make_team, make_user

    if walked.roles != set(ROLES):
        pytest.skip("not every role has walked here")
    found = []
    for role in sorted(set(roles()) - walked.roles):
        user = make_user(f"{role}_looks", roles=[role], teams=[make_team("walkers", kind="crew")])
        client = Client(raise_request_exception=False)
        client.force_login(user)
        found += [f"{role} at {address}" for address in opened_by(client, records, walked, access_of(user).may)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("role", EMPTY)
def test_forms_that_are_refused_are_clean_too(role, records, desk_page, browser, axe):
    page = desk_page(role) if role else browser().new_page()
    found = []
    for name in EMPTY[role]:
        page.goto(reverse(name))
        page.evaluate("for (const one of document.forms) one.noValidate = true")
        page.locator("main form[method=post] button.btn--solid, main form[method=post] [type=submit]").first.click()
        page.wait_for_selector("main [role=alert], main [aria-invalid=true]")
        found += faults_both_ways(page, axe, f"{reverse(name)} refused", go=False)
    leave(page)
    assert not found, "\n".join(found)


def test_public_pages_are_clean_in_spanish_and_stand_without_scripts(records, browser, axe):
    page, plain = (browser(language="es-ES", viewport=size, javascript=js).new_page() for size, js in VIEWS)
    axe.stay(page)
    found = []
    for address in [*PUBLIC, *records["public"], "/track/unknown/"]:
        found += faults_both_ways(page, axe, address)
        plain.goto(address)
        if plain.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{address} without scripts is too wide")
        if not plain.inner_text("main").strip() or plain.get_attribute("html", "lang") != "es":
            found.append(f"{address} without scripts is empty, or not in Spanish")
    assert not found, "\n".join(found)


VIEWS = ((WIDE, True), (NARROW, False))


def test_a_planted_kind_that_axe_cannot_tell_is_caught(page, axe, monkeypatch):
    monkeypatch.setattr(axe_incomplete, "IS_NEW", False)
    page.set_content(
        "<html lang=en><title>x</title><main><h1>x</h1>"
        "<p class=planted style='background: linear-gradient(#fff, #000)'>Words over a gradient</p></main>"
    )
    found = list(faults_of(page, axe, "planted"))
    assert any("color-contrast" in one and "p.planted" in one for one in found), found


def test_a_planted_page_too_wide_and_without_names_is_caught(page, axe):
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><div style='width:3000px'><input></div></main>")
    found = list(faults_of(page, axe, "planted"))
    assert any("too wide" in one for one in found) and any("label" in one for one in found)
