"""A week of shifts in the browser: two swap and their supervisor decides, one calls in sick and the week is planned
again, one clocks and corrects a time sheet that is approved, and adherence is read down to the minute."""

import os
from datetime import timedelta
from importlib import import_module

import pytest
from playwright.sync_api import expect

from citydesk.city.staff.models import User
from citydesk.kernel.tests.jobs import run_jobs
from citydesk.management.timekeeping.models import LeaveRequest
from citydesk.management.timekeeping.tests import factories as timekeeping
from citydesk.management.workforce.models import ScheduleAmendment, SickCall, SwapRequest
from citydesk.management.workforce.tests import life_cases
from citydesk.management.workforce.tests.life_cases import MONDAY, NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW = {"width": 320, "height": 640}
VIEWS = {
    "kernel.acts": (),
    "management.workforce.views": ("mine", "changes", "adherence"),
    "management.timekeeping.views": ("approving", "attendance", "leave", "mine", "shown"),
}


def stand_at(monkeypatch, now):
    """Every page of shifts and time takes this moment for the present one."""
    for package, names in VIEWS.items():
        for module in [f"citydesk.{package}.{one}" for one in names] or [f"citydesk.{package}"]:
            found = import_module(module)
            if hasattr(found, "utc_now"):
                monkeypatch.setattr(found, "utc_now", lambda: now)


def looked(page, axe, name, *, narrow=True):
    """Clean for axe and as wide as the window, at a desk and at a phone's width."""
    for size in (page.viewport_size, *((NARROW,) if narrow else ())):
        page.set_viewport_size(size)
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is {wide} px too wide at {size['width']} px"
        if os.environ.get("PICTURES"):
            page.screenshot(path=f"{os.environ['PICTURES']}/{name}-{size['width']}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_week_of_shifts(transactional_db, desk_page, axe, monkeypatch):
    life_cases.load()
    who = life_cases.desk(required=2)
    stand_at(monkeypatch, NOW)
    users = {one.username: one for one in User.objects.all()}
    dana, osei, boss = (desk_page(user=users[name]) for name in ("dana", "osei", "priscilla"))

    # Dana offers Wednesday to Osei for Thursday; Osei accepts; the supervisor sees the rules and approves.
    dana.goto("/desk/staffing/mine/")
    expect(dana.get_by_text("Next shift:", exact=False)).to_be_visible()
    dana.get_by_role("link", name="Swap this shift Wed 2 Dec").click()
    dana.get_by_label("Colleague").select_option(label="Osei")
    dana.get_by_role("button", name="Show their shifts").click()
    dana.get_by_label("Thu 3 Dec 08:00–16:30").check()
    dana.get_by_role("button", name="Offer").click()
    expect(dana.get_by_text("You give Wed 2 Dec to Osei for Thu 3 Dec.")).to_be_visible()
    osei.goto("/desk/staffing/mine/")
    osei.get_by_role("button", name="Accept").click()
    expect(osei.get_by_text("Accepted, waits for approval")).to_be_visible()
    boss.goto("/desk/staffing/changes/")
    boss.get_by_role("link", name="Wed 2 Dec").first.click()
    # Osei works on Wednesday already.
    expect(boss.get_by_text("Two things at the same time")).to_be_visible()
    looked(boss, axe, "swap", narrow=False)
    boss.get_by_label("Reason").fill("Osei works on Wednesday already.")
    boss.get_by_role("button", name="Deny").click()
    expect(boss.get_by_text("No swap waits.")).to_be_visible()
    assert SwapRequest.objects.get().state == "denied"

    # Dana calls in sick; the supervisor lets the worker plan again and publishes what it found.
    dana.goto("/desk/staffing/mine/")
    expect(dana.get_by_text("was denied", exact=False)).to_be_visible()
    looked(dana, axe, "my-schedule")
    today = dana.locator("#day-2026-11-30")
    today.get_by_text("I cannot come").first.click()
    today.get_by_label("I cannot come on Mon 30 Nov").check()
    today.get_by_role("button", name="Call in sick").click()
    expect(dana.locator("#day-2026-11-30").get_by_text("Free")).to_be_visible()
    call = SickCall.objects.get()
    boss.goto(f"/desk/staffing/changes/calls/{call.pk}/")
    expect(boss.get_by_role("button", name="Take this way", exact=False)).to_have_count(3)
    boss.get_by_role("button", name="Ask for a plan").click()
    expect(boss.get_by_role("status").get_by_text("The solver is at work", exact=False)).to_be_visible()
    tasks = import_module("citydesk.management.workforce.tasks.life")
    monkeypatch.setattr(tasks, "utc_now", lambda: NOW)
    monkeypatch.setattr(tasks, "SECONDS", None)
    monkeypatch.setattr(tasks, "TICKS", 40.0)
    assert run_jobs(only={"workforce.replan"}) == ["workforce.replan"]
    boss.reload()
    expect(boss.get_by_role("button", name="Publish this plan")).to_be_visible()
    looked(boss, axe, "sick-call")
    boss.get_by_role("button", name="Publish this plan").click()
    expect(boss.get_by_text("Planned again.")).to_be_visible()
    assert set(ScheduleAmendment.objects.values_list("kind", flat=True)) == {"sick", "replan"}

    # The next day: Rosa's Monday is in the clock, seven minutes late; her supervisor reads it to the minute.
    later = NOW + timedelta(days=1)
    stand_at(monkeypatch, later)
    timekeeping.work(who.rosa, MONDAY, "08:07", "16:30", now=later)
    boss.goto(f"/desk/staffing/adherence/?day={MONDAY}")
    expect(boss.get_by_role("heading", name="Adherence", level=1)).to_be_visible()
    looked(boss, axe, "adherence", narrow=False)
    boss.goto(f"/desk/staffing/adherence/{users['rosa'].pk}/{MONDAY}/")
    expect(boss.get_by_role("table", name="Minute by minute")).to_contain_text("08:07")
    looked(boss, axe, "adherence-day")

    # Osei asks for leave; the supervisor approves it.
    osei.goto("/desk/time/leave/")
    osei.get_by_label("Kind of leave").select_option(label="Family leave")
    osei.get_by_label("First day").fill("2026-12-03")
    osei.get_by_role("button", name="Ask", exact=True).click()
    wish = LeaveRequest.objects.get()
    boss.goto(f"/desk/time/leave/{wish.pk}/")
    boss.get_by_role("button", name="Approve", exact=False).first.click()
    expect(boss.get_by_text("Approved").first).to_be_visible()
    wish.refresh_from_db()
    assert wish.state == "approved"
    for page in (dana, osei, boss):
        page.goto("about:blank")
