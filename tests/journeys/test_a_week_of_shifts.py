"""A week of the desk in the browser, whole and by keyboard: what came, what will come, who must be there, who was.

A switch's log is brought, the forecast read against its past, a holiday overridden, staff computed, a week solved, an
empty slot explained, the week published; one calls in sick and the week is planned again, two swap, one asks for leave
and it is decided by coverage; somebody clocks, corrects and submits in Spanish, the sheet is approved and locked with
its overtime, and adherence is read to the minute.
"""

import os
from datetime import timedelta
from importlib import import_module

import pytest
from playwright.sync_api import expect

from citydesk.kernel.tests.jobs import run_jobs
from citydesk.management.timekeeping.models import LeaveRequest, Timesheet
from citydesk.management.timekeeping.tests import factories as timekeeping
from citydesk.management.workforce.engines.roster.budget import Budget
from citydesk.management.workforce.engines.roster.solve import solve_again
from citydesk.management.workforce.models import Requirement, Schedule, ScheduleAmendment, SickCall, SwapRequest
from citydesk.management.workforce.tests import planning_cases
from tests.journeys import staffing
from tests.journeys.keyboard import Hands
from tests.journeys.staffing import LOGGED, MONDAY, PLANNING, THURSDAY, later, stand_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 320, "height": 800}


def looked(hands, axe, name, *, narrow=True):
    """Clean for axe and no wider than the window, at a desk and at a phone's width."""
    page = hands.page
    for size in (WIDE, NARROW) if narrow else (WIDE,):
        page.set_viewport_size(size)
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is {wide} px too wide at {size['width']} px"
        if os.environ.get("PICTURES"):
            page.screenshot(path=f"{os.environ['PICTURES']}/{name}-{size['width']}.png", full_page=True)
    page.set_viewport_size(WIDE)


def test_a_week_of_shifts(transactional_db, desk_page, axe, monkeypatch, tmp_path):
    desk = staffing.open_desk()
    stand_at(monkeypatch, PLANNING)
    boss = Hands(desk_page(user=desk.users["priscilla"]))
    bring_a_log(boss, tmp_path)
    forecast_overnight(monkeypatch)
    read_how_good_it_is(boss, axe)
    override_the_holiday(boss, axe)
    read_the_requirement(boss, axe)
    plan_and_publish(boss, axe, monkeypatch)

    stand_at(monkeypatch, later(0, 7))
    dana = Hands(desk_page(user=desk.users["dana"]))
    call_in_sick(dana, axe)
    plan_again(boss, axe, monkeypatch)
    swap(desk, desk_page, boss)
    ask_for_leave(desk, desk_page, boss, axe)

    rosa = Hands(desk_page(user=desk.users["rosa"]))
    clock(rosa, axe, monkeypatch)
    work_the_rest(desk, monkeypatch)
    correct_and_submit(rosa)
    approve_and_lock(desk, desk_page, boss, axe)
    read_adherence(desk, boss, axe)
    for one in (boss, dana, rosa):
        one.page.goto("about:blank")


def bring_a_log(boss, folder):
    """The switch's log by its page; the day is counted, and what does not fit is named."""
    file = folder / "queue_log"
    file.write_text(staffing.queue_log(), encoding="utf-8")
    boss.page.goto("/desk/traffic/switches/")
    boss.page.set_input_files("#f-file", file)
    boss.enter("#f-switch", "pbx").press("Enter")
    boss.wait("[role=status] >> text=The file was brought.")
    boss.page.goto(f"/desk/traffic/?queue=calls&on={LOGGED}")
    expect(boss.page.get_by_role("table", name="Metrics of the day")).to_contain_text("120")
    expect(boss.page.get_by_text("Ended, but never entered the queue")).to_be_visible()


def forecast_overnight(monkeypatch):
    """What the worker does every night, without the challenger that takes a minute."""
    tasks = import_module("citydesk.management.workforce.tasks.forecasting")
    monkeypatch.setattr(tasks, "METHODS", {})
    tasks.foretell_nightly(0)
    assert run_jobs(only={"workforce.foretell_queue"}) == ["workforce.foretell_queue"]


def read_how_good_it_is(boss, axe):
    boss.page.goto("/desk/staffing/backtest/")
    methods = boss.page.get_by_role("table", name="Methods over all origins")
    expect(methods.get_by_role("row").filter(has_text="in use")).to_have_count(1)
    expect(methods).to_contain_text("Last same weekday")
    boss.page.goto("/desk/traffic/board/")
    expect(boss.page.get_by_role("table", name="The next two hours", exact=False)).to_contain_text("10:00")
    looked(boss, axe, "board")


def override_the_holiday(boss, axe):
    """Thanksgiving is closed, so nothing is foretold of it; this year a storm line is open."""
    boss.page.goto(f"/desk/staffing/forecast/?week={MONDAY}")
    boss.reach("a[href='#override']").press("Enter")
    boss.reach("#override [name=day]").type(f"{THURSDAY:%m%d%Y}")
    boss.reach("[name=kind]:checked").press("ArrowDown")
    boss.enter("#override [name=amount]", "60").enter("#override [name=reason]", "A storm line is open").press("Enter")
    boss.wait("text=60 contacts in all")
    looked(boss, axe, "forecast")


def read_the_requirement(boss, axe):
    assert Requirement.objects.filter(day=THURSDAY, required__gte=1, is_overridden=True).exists()
    boss.page.goto(f"/desk/staffing/required/?week={MONDAY}")
    boss.reach(f"a[href*='slot={THURSDAY}']").press("Enter").at("**slot=**")
    boss.wait("#slot >> text=at work").wait("#slot table >> text=enough")
    looked(boss, axe, "required")


def plan_and_publish(boss, axe, monkeypatch):
    """A version of the week, solved by the worker; a shift pinned; an empty slot explained; published."""
    boss.page.goto("/desk/staffing/schedules/")
    boss.reach(f"form:has([value='{MONDAY}']) button[value=begin]").press("Enter").at("**/schedules/*/")
    boss.reach("button[value=solve]").press("Enter").wait("#solving")
    monkeypatch.setattr(
        import_module("citydesk.management.workforce.tasks.solving"), "solve_week", planning_cases.solver
    )
    assert run_jobs(only={"workforce.solve"}) == ["workforce.solve"]
    boss.page.reload()
    boss.reach("[data-cell]").press("Enter").at("**cell=**")
    boss.reach("button[value=pin]").press("Enter").wait("#hand-panel >> text=Pinned")
    boss.reach("#coverage a[href^='?slot=3-']").press("Enter").at("**slot=3-**")
    why = boss.page.get_by_role("table", name="Everybody who is not there")
    expect(why).to_contain_text("A holiday: nobody is scheduled but by hand.")
    expect(why.get_by_role("rowheader")).to_have_count(4)
    looked(boss, axe, "schedule")
    boss.reach("button[value=publish]").press("Enter").wait(".titleline >> text=Published")
    assert Schedule.objects.get().state == "published"


def call_in_sick(dana, axe):
    """On Monday at seven Dana sees her week, what is new in it, and says that she cannot come."""
    dana.page.goto("/desk/staffing/mine/")
    looked(dana, axe, "my-schedule")
    dana.reach(f"#day-{MONDAY} summary").press("Enter")
    dana.reach(f"#day-{MONDAY} [name=is_sure]").press("Space")
    dana.reach(f"#day-{MONDAY} button[value=sick]").press("Enter")
    dana.wait(f"#day-{MONDAY} >> text=Free")


def plan_again(boss, axe, monkeypatch):
    """The supervisor is told, asks for a plan near the published one, and publishes it."""
    boss.page.goto("/desk/staffing/changes/")
    boss.reach("a[href*='/changes/calls/']").press("Enter").at("**/calls/*/")
    boss.reach("button[value=ask]").press("Enter").wait("main [role=status]")
    life = import_module("citydesk.management.workforce.tasks.life")
    monkeypatch.setattr(life, "solve_apart", solve_near)
    assert run_jobs(only={"workforce.replan"}) == ["workforce.replan"]
    boss.page.reload()
    boss.wait("text=touched")
    looked(boss, axe, "sick-call", narrow=False)
    boss.reach("button[value=plan]").press("Enter").wait("text=Planned again.")
    assert SickCall.objects.get().settled_how == "solver"


def solve_near(problem, *, before, **_given):
    """The engine in this process, by an amount of work that is the same on any machine."""
    return solve_again(problem, before, Budget(ticks=40.0))


def swap(desk, desk_page, boss):
    """One offers a shift, a colleague accepts, the supervisor sees that it keeps every rule."""
    giver, taker, day, back = staffing.swap_of(desk)
    one, other = (Hands(desk_page(user=desk.users[name])) for name in (giver, taker))
    one.page.goto("/desk/staffing/mine/")
    one.reach(f"#day-{day} a").press("Enter").at(f"**/offer/{day}/")
    one.reach("[name=colleague]").pick(desk.users[taker].name).reach("form button").press("Enter").at("**colleague=**")
    one.reach("[name=back]").press("Space")
    for _step in range(9):
        if not one.has(f"[value='{back or 'none'}']"):
            one.press("ArrowDown")
    one.reach("button[value=offer]").press("Enter").wait("main >> text=You give")
    other.page.goto("/desk/staffing/mine/")
    other.reach("button[value=accept]").press("Enter").wait("text=Accepted, waits for approval")
    boss.page.goto("/desk/staffing/changes/")
    boss.reach("a[href*='/changes/swaps/']").press("Enter").at("**/swaps/*/")
    boss.wait("text=It keeps every rule, for both.").reach("button[value=approve]").press("Enter").at("**/changes/")
    assert SwapRequest.objects.get().state == "approved"
    assert {"sick", "replan", "swap"} <= set(ScheduleAmendment.objects.values_list("kind", flat=True))
    for each in (one, other):
        each.page.goto("about:blank")


def ask_for_leave(desk, desk_page, boss, axe):
    """Theo asks for a day of leave on which he works; who decides sees coverage with and without him."""
    theo, day = Hands(desk_page(user=desk.users["theo"])), max(desk.shifts("theo"))
    theo.page.goto("/desk/time/leave/")
    theo.reach("[name=leave_type]").pick("Family leave").enter("[name=first]", f"{day:%m%d%Y}")
    theo.reach("button[value=ask]").press("Enter").wait("main table >> text=Family leave")
    boss.page.goto("/desk/time/approvals/")
    boss.reach("a[data-open][href*='/time/leave/']").press("Enter").at("**/time/leave/*/")
    boss.wait("main >> text=Coverage with this leave")
    looked(boss, axe, "leave", narrow=False)
    boss.reach("button.btn--solid >> Approve").press("Enter").wait(".titleline >> text=Approved")
    assert LeaveRequest.objects.get().state == "approved"
    theo.page.goto("about:blank")


def clock(rosa, axe, monkeypatch):
    """Rosa reads her week in Spanish, clocks in from the bar seven minutes late, and out in the evening."""
    stand_at(monkeypatch, later(0, 8, 7))
    rosa.page.goto("/desk/staffing/mine/")
    expect(rosa.page.get_by_role("heading", name="Mi horario", level=1)).to_be_visible()
    rosa.press("Shift+F8").wait("#bar-clock button:focus").press("Enter")
    rosa.wait("#bar-clock-state >> text=08:07")
    stand_at(monkeypatch, later(0, 17, 30))
    rosa.page.goto("/desk/time/")
    rosa.reach("#clock button[value=out]").press("Enter").wait("#clock >> text=No está marcando horas.")


def work_the_rest(desk, monkeypatch):
    """The other days come from the paper that was kept while the clock was away; it is the Monday after."""
    after = later(7, 9)
    stand_at(monkeypatch, after)
    for day in (1, 2, 4):
        timekeeping.work(desk.access("rosa", after), MONDAY + timedelta(days=day), "08:00", "20:00", now=after)


def correct_and_submit(rosa):
    """She was there at eight: the row is corrected with its reason, and the week submitted with her word."""
    rosa.page.goto(f"/desk/time/?week={MONDAY}")
    rosa.reach("details:has([value=correct]) > summary").press("Enter")
    rosa.reach("details details:has([value=correct]) > summary").press("Enter")
    # Tab leads on from the day to the time; the machine of the tests writes months first in any language.
    rosa.reach("details[open] details[open] [name=starts_at]").type(f"{MONDAY:%m%d%Y}").press("Tab").type("0800")
    rosa.enter("details[open] details[open] [name=reason]", "Ya estaba en el mostrador").press("Enter")
    rosa.wait("text=Ya estaba en el mostrador")
    rosa.reach("[name=is_attested]").press("Space")
    rosa.reach("form:has([name=is_attested]) button").press("Enter").wait(".titleline >> text=Entregada")


def approve_and_lock(desk, desk_page, boss, axe):
    """The supervisor approves what she sees, overtime with it; the pay office locks it into a numbered file."""
    boss.page.goto("/desk/time/approvals/")
    boss.reach("a[data-open][href*='/time/sheets/']").press("Enter").at("**/sheets/*/")
    expect(boss.page.get_by_role("table", name="Lines for the pay office")).to_contain_text("OT15")
    looked(boss, axe, "sheet")
    boss.reach("button.btn--solid >> Approve").press("Enter").wait("text=No time sheet waits for you.")
    pay = Hands(desk_page(user=desk.users["pay"]))
    pay.page.goto(f"/desk/time/payroll/?day={MONDAY}")
    pay.reach("button.btn--solid >> Lock").press("Enter").wait("a[href*='/payroll/PX-']")
    assert Timesheet.objects.get().state == "locked"
    pay.page.goto("about:blank")


def read_adherence(desk, boss, axe):
    boss.page.goto(f"/desk/staffing/adherence/?day={MONDAY}")
    boss.reach(f"a[href*='/{desk.users['rosa'].pk}/{MONDAY}/']").press("Enter").at(f"**/{MONDAY}/")
    expect(boss.page.get_by_role("table", name="Minute by minute")).to_contain_text("08:00")
    looked(boss, axe, "adherence-day", narrow=False)
