"""The pages of shifts as people of each duty use them, and at the end of a day who was late."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from citydesk.city.staff import queries as staff
from citydesk.contact.traffic import queries as traffic
from citydesk.contact.traffic.choices import MonitorCode
from citydesk.contact.traffic.queries import Monitor
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.clock import utc_now
from citydesk.kernel.registries import registries
from citydesk.kernel.tests.jobs import run_jobs
from citydesk.management.timekeeping import queries as time_queries
from citydesk.management.timekeeping.tests import factories as timekeeping
from citydesk.management.workforce import services
from citydesk.management.workforce.models import OpenShift, SickCall, SwapRequest
from citydesk.management.workforce.queries.adherence import adherence_of
from citydesk.management.workforce.queries.mine import next_shift_card
from citydesk.management.workforce.tests import life_cases
from citydesk.management.workforce.tests.life_cases import MONDAY, NOW

pytestmark = pytest.mark.django_db

CLOCKS = ("kernel.acts", *(f"management.workforce.views.{one}" for one in ("mine", "changes", "adherence")))


@pytest.fixture
def who(db, monkeypatch):
    life_cases.load()
    return at_moment(monkeypatch, NOW)


def at_moment(monkeypatch, now, **given):
    for module in CLOCKS:
        monkeypatch.setattr(import_module(f"citydesk.{module}"), "utc_now", lambda: now)
    return life_cases.desk(**given)


def client_of(access) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(staff.user_with_rights(access.actor.id, utc_now()))
    return client


def url(name, *args):
    return reverse(f"workforce:{name}", args=args)


def said(client, name, *args, **given):
    answer = client.get(url(name, *args), given)
    assert answer.status_code == 200, (name, answer.status_code)
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def done(client, name, *args, **given):
    answer = client.post(url(name, *args), given)
    assert answer.status_code == 302, (name, answer.status_code, answer.content.decode()[:3000])


def test_a_swap_from_my_schedule_to_the_decision(who):
    dana, osei, boss = client_of(who.dana), client_of(who.osei), client_of(who.priscilla)
    page = said(dana, "mine")
    assert "08:00–16:30" in page and "24:00" in page and "Swap this shift" in page
    shown = said(dana, "offer", MONDAY, colleague=who.id_of("osei"))
    assert "Thu 3 Dec 08:00–16:30" in shown and "they take it" in shown
    wish = {"act": "offer", "day": MONDAY, "colleague": who.id_of("osei")}
    assert dana.post(url("offer_act", MONDAY), wish).status_code == 400
    done(dana, "offer_act", MONDAY, **wish, back=MONDAY + timedelta(days=3), note="A wedding")
    row = SwapRequest.objects.get()
    assert "A wedding" in said(osei, "mine") and "A colleague offers you" in said(osei, "mine")
    done(osei, "mine_act", act="accept", id=row.pk, version=row.version)
    done(osei, "mine_act", act="read")
    assert "A colleague offers you" not in said(osei, "mine")
    assert "Osei" in said(boss, "changes")
    page = said(boss, "swap", row.pk)
    assert "It keeps every rule, for both." in page and "Approve" in page
    assert "Approve" not in said(dana, "swap", row.pk)
    assert client_of(who.stranger).get(url("swap", row.pk)).status_code == 404
    assert client_of(who.admin).get(url("swap", row.pk)).status_code == 403
    assert boss.post(url("swap_act", row.pk), {"act": "deny", "version": row.version + 1}).status_code == 400
    done(boss, "swap_act", row.pk, act="approve", version=row.version + 1)
    assert "Two people swapped." in said(boss, "changes") and "Approved" in said(dana, "mine")


def test_what_a_swap_would_break_is_shown_before_it_is_decided(who):
    pk = services.offer_swap(day=MONDAY + timedelta(days=1), taker_id=who.id_of("osei"), access=who.dana, now=NOW)
    services.answer_swap(swap_id=pk, is_accepted=True, access=who.osei, now=NOW)
    boss = client_of(who.priscilla)
    assert "Two things at the same time" in said(boss, "swap", pk)
    refused = boss.post(url("swap_act", pk), {"act": "approve"})
    assert refused.status_code == 400 and "Say why it is approved" in refused.content.decode()


def test_open_shifts_are_bid_for_and_given(who):
    boss, dana = client_of(who.priscilla), client_of(who.dana)
    friday = MONDAY + timedelta(days=4)
    wish = {"act": "open", "group": who.group.pk, "shift": "day:480", "why": "Bill drop"}
    assert boss.post(url("changes_act"), wish).status_code == 400
    done(boss, "changes_act", **wish, day=friday)
    row = OpenShift.objects.get()
    assert "Bill drop" in said(dana, "mine")
    done(dana, "mine_act", act="bid", id=row.pk)
    assert "You would take it" in said(dana, "mine")
    assert "Dana, 32:00 that week" in said(boss, "changes")
    done(boss, "changes_act", act="give", id=row.pk, person=who.id_of("dana"), version=row.version)
    assert "An open shift was given." in said(boss, "changes")
    assert dana.post(url("changes_act"), wish).status_code == 403


def test_calling_in_sick_and_planning_again(db, monkeypatch):
    from citydesk.management.workforce.tasks import life

    life_cases.load()
    who = at_moment(monkeypatch, NOW, required=2)
    dana, boss = client_of(who.dana), client_of(who.priscilla)
    sure = {"act": "sick", "day": MONDAY}
    refused = dana.post(url("mine_act"), sure)
    assert refused.status_code == 400 and "Tick that you cannot come" in refused.content.decode()
    done(dana, "mine_act", **sure, is_sure="1")
    row = SickCall.objects.get()
    assert "Dana" in said(boss, "changes")
    page = said(boss, "call", row.pk)
    assert "Take this way: " in page and "Missing in these intervals" in page
    assert "Shifts that change" in page and "still short" in page and "Minutes of overtime" in page
    assert dana.get(url("call", row.pk)).status_code == 403
    done(boss, "call_act", row.pk, act="ask", version=row.version)
    assert "The solver has not begun yet" in said(boss, "call", row.pk)
    # Stopped before it begins it ends at once, and the worker leaves the call alone.
    done(boss, "call_act", row.pk, act="stop")
    assert "It was stopped before it began." in said(boss, "call", row.pk)
    assert boss.post(url("call_act", row.pk), {"act": "stop"}).status_code == 409
    row.refresh_from_db()
    done(boss, "call_act", row.pk, act="ask", version=row.version)
    part = {"HTTP_HX_REQUEST": "true"}
    assert boss.get(url("call_solver", row.pk)).status_code == 302  # without scripts the page itself is asked for
    assert 'id="solver"' in boss.get(url("call_solver", row.pk), **part).content.decode()
    assert dana.get(url("call_solver", row.pk), **part).status_code == 403
    services.keep_progress(
        call_id=row.pk, progress={"stage": "", "cost": 310, "seconds": 4.5, "limit": 20}, actor=SYSTEM, now=NOW
    )
    assert "310" in boss.get(url("call_solver", row.pk), **part).content.decode()
    monkeypatch.setattr(life, "utc_now", lambda: NOW)
    monkeypatch.setattr(life, "SECONDS", None)
    monkeypatch.setattr(life, "TICKS", 40.0)
    assert run_jobs(only={"workforce.replan"}) == ["workforce.replan"]
    row.refresh_from_db()
    ways = boss.get(url("call_solver", row.pk), **part)
    assert ways["HX-Retarget"] == "#ways" and "HX-Refresh" not in ways
    assert "Planned again" in ways.content.decode() and 'hx-swap-oob="true"' in ways.content.decode()
    assert row.proposal["changed"] == len(row.proposal["days"]) and row.proposal["overtime"] >= 0
    assert row.proposal["people"] >= 1 and row.proposal["cost"] < row.proposal["cost_before"], row.proposal
    # Everybody's past and everybody else's week stays: only days that are worth it change.
    assert row.proposal["people"] == len({one["person"] for one in row.proposal["days"]})
    assert "people are touched" in said(boss, "call", row.pk) or "person is touched" in said(boss, "call", row.pk)
    done(boss, "call_act", row.pk, act="plan", version=row.version)
    assert "Planned again." in said(boss, "call", row.pk)
    assert boss.get(url("call_solver", row.pk), **part)["HX-Refresh"] == "true"  # somebody decided: all of it anew


def test_a_supervisor_notes_who_cannot_come(who):
    boss = client_of(who.priscilla)
    assert boss.post(url("changes_act"), {"act": "sick"}).status_code == 400
    done(boss, "changes_act", act="sick", person=who.id_of("dana"), missed=MONDAY)
    row = SickCall.objects.get()
    assert "Enough people are there" in said(boss, "call", row.pk) or "Missing in these" in said(boss, "call", row.pk)
    done(boss, "call_act", row.pk, act="leave", reason="A quiet day", version=row.version)
    assert "A quiet day" in said(boss, "call", row.pk)


def test_a_phone_reads_shifts_and_paper_shows_them(who):
    dana = client_of(who.dana)
    answer = dana.post(url("feed_made"))
    page = answer.content.decode()
    address = page.split('name="feed"')[1].split('value="')[1].split('"')[0]
    path = address.partition("//")[2].partition("/")[2]
    read = Client().get("/" + path)
    assert read.status_code == 200 and read["Content-Type"].startswith("text/calendar")
    text = read.content.decode()
    assert text.count("BEGIN:VEVENT") == 3 and "DTSTART:20261130T130000Z" in text
    assert "Dana" not in text and "dana" not in text.replace("shift-", "")
    assert Client().get(url("feed", "x" * 43)).status_code == 404
    done(dana, "mine_act", act="end_feed")
    assert Client().get("/" + path).status_code == 404
    paper = dana.get(url("paper"), {"week": MONDAY})
    assert paper.content.startswith(b"%PDF") and paper["Content-Type"] == "application/pdf"


def worked(who, name: str, start: str, end: str, now) -> None:
    timekeeping.work(getattr(who, name), MONDAY, start, end, now=now)


def test_adherence_is_read_down_to_the_minute_by_whom_it_concerns(db, monkeypatch):
    life_cases.load()
    now = NOW + timedelta(days=1)
    who = at_moment(monkeypatch, now)
    worked(who, "dana", "08:07", "16:30", now)
    found = adherence_of([who.id_of("dana")], MONDAY, MONDAY, now)[who.id_of("dana"), MONDAY]
    # Seven minutes late, through both breaks and the meal: 510 - 7 - 15 - 15 - 30.
    assert (found.figures.scheduled, found.figures.kept) == (510 * 60, 443 * 60)
    assert (found.figures.paid_scheduled, found.figures.paid_logged) == (480 * 60, 503 * 60)
    boss, dana = client_of(who.priscilla), client_of(who.dana)
    page = said(boss, "adherence", day=MONDAY)
    assert "Dana" in page and "86.9 %" in page
    assert "86.9 %" in said(boss, "adherence", day=MONDAY, by="week")
    assert "86.9 %" in said(dana, "my_adherence")
    own = said(dana, "adherence_day", who.id_of("dana"), MONDAY)
    assert "08:07" in own and "Not there" in own and "86.9 %" in own and "daystrip__one--meal" in own
    assert said(boss, "adherence_day", who.id_of("dana"), MONDAY)
    for nobody in (who.osei, who.stranger):
        assert client_of(nobody).get(url("adherence_day", who.id_of("dana"), MONDAY)).status_code == 404
    assert client_of(who.admin).get(url("adherence_day", who.id_of("dana"), MONDAY)).status_code == 403
    assert dana.get(url("adherence")).status_code == 403


def test_adherence_is_the_persons_first_who_may_answer_and_off_where_the_city_says_so(db, monkeypatch):
    life_cases.load()
    now = NOW + timedelta(days=1)
    who = at_moment(monkeypatch, now)
    worked(who, "dana", "08:07", "16:30", now)
    boss, dana = client_of(who.priscilla), client_of(who.dana)
    said_so = dana.post(url("adherence_note"), {"week": MONDAY.isoformat(), "text": "The bus broke down"})
    assert said_so.status_code == 302 and "Article 9" in said(dana, "my_adherence", day=MONDAY)
    for client, name in ((dana, "my_adherence"), (boss, "adherence")):
        assert "The bus broke down" in said(client, name, day=MONDAY), name
    held = Monitor(MonitorCode.ADHERENCE, is_on=True, agreement={"en": "Article 9"}, own_first_days=2)
    for switch, mine in ((held, "86.9 %"), (None, "")):
        monkeypatch.setattr(traffic, "monitor_on", lambda code, now, switch=switch: switch)
        assert "86.9 %" not in said(boss, "adherence", day=MONDAY)
        assert boss.get(url("adherence_day", who.id_of("dana"), MONDAY)).status_code == 404
        assert (mine or "does not measure adherence") in said(dana, "my_adherence", day=MONDAY)
        status = dana.get(url("adherence_day", who.id_of("dana"), MONDAY)).status_code
        assert status == (200 if mine else 404)


def test_who_was_late_is_found_once_and_silence_of_all_is_no_absence(db):
    life_cases.load()
    now = NOW + timedelta(days=1)
    who = life_cases.desk(now=now)
    told = services.record_exceptions(actor=SYSTEM, now=now, day=MONDAY)
    assert told == {"looked": 0, "found": 0, "unknown": 2} and not time_queries.attendance(who.priscilla, now)
    worked(who, "dana", "08:07", "16:30", now)
    told = services.record_exceptions(actor=SYSTEM, now=now, day=MONDAY)
    assert told == {"looked": 2, "found": 2, "unknown": 0}
    found = {(one["user__name"], one["kind"], one["seconds"]) for one in time_queries.attendance(who.priscilla, now)}
    assert found == {("Dana", "late", 420), ("Rosa", "no_show", 510 * 60)}
    assert services.record_exceptions(actor=SYSTEM, now=now, day=MONDAY)["found"] == 0


def test_the_home_card_names_the_next_shift(who):
    card = registries.home_cards["workforce.next_shift"]
    assert next_shift_card(who.dana, NOW)["shift"].day == MONDAY
    assert card.permission == "workforce.own"


def test_a_page_costs_the_same_whatever_is_published(who, no_look_is_due):
    dana, boss = client_of(who.dana), client_of(who.priscilla)
    costs = []
    for times in range(2):
        if times:
            for day, name in ((1, "theo"), (2, "rosa")):
                services.offer_swap(
                    day=MONDAY + timedelta(days=day), taker_id=who.id_of(name), access=who.dana, now=NOW
                )
        for client, name in ((dana, "mine"), (boss, "adherence")):
            said(client, name)
            with CaptureQueriesContext(connection) as counted:
                said(client, name)
            costs.append((name, len(counted)))
    assert costs[:2] == costs[2:] and max(cost for _name, cost in costs) <= 24, costs
