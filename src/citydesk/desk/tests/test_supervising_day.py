"""A supervisor's morning in one walk, mostly by keyboard: an absent colleague's work moved and taken back, a second
return ruled, a request without a code coded, a drawn entry verified, many closed with a second person, a file taken."""

from datetime import timedelta

import pytest

from citydesk.city.profile import queries as profile
from citydesk.city.staff.services import set_absence
from citydesk.city.staff.tests.factories import make_team, make_user
from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.queries import LIST_CODE
from citydesk.contact.service_requests.rules import many
from citydesk.contact.service_requests.tests.factories import ServiceRequest, everything, load_city, make_request
from citydesk.contact.service_requests.tests.test_entry import RULES, EntryCheck
from citydesk.kernel.actors import SYSTEM_ACCESS
from citydesk.kernel.clock import utc_now
from citydesk.kernel.lists import taken_lately

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def morning(monkeypatch):
    """What waits: the request of an absent clerk, one returned twice, one without a code, one drawn, three to close."""
    monkeypatch.setattr(many, "most_alone", lambda limits, code="bulk": 2 if code == "bulk" else 5000)
    now = utc_now()
    load_city({"entry_quality.toml": RULES}, now=now)
    away = make_user("away", roles=["representative"])
    until = now + timedelta(hours=9)
    set_absence(user_id=away.pk, kind="sick", starts_at=now, ends_at=until, access=SYSTEM_ACCESS, now=now)
    held = make_request("pothole", now=now, description="A hole at the corner of the school")
    ServiceRequest.objects.filter(pk=held.pk).update(owner_id=away.pk)
    boss, returned = everything(), make_request("pothole", now=now)
    works = returned.team_id
    for turn, why in enumerate(("State road", "Still the state's")):
        if turn:
            services.assign(request_id=returned.pk, team_id=works, reason="Look again", access=boss, now=now)
        services.return_request(request_id=returned.pk, reason=why, access=boss, now=now)
    uncoded = make_request("uncoded", now=now, description="There is a pothole in the street")
    services.draw_entry_sample(day=profile.city_today(now), now=now)
    EntryCheck.objects.exclude(request_id=held.pk).delete()
    return {"away": away, "held": held, "returned": returned, "uncoded": uncoded}


def again(row):
    return ServiceRequest.objects.get(pk=row.pk)


def test_a_supervisors_morning(desk_page, axe, morning):
    works = make_team("public_works")
    chief, second = (make_user(name, roles=["supervisor"], teams=[works]) for name in ("chief", "second"))
    page = desk_page(user=chief)
    move_and_take_back(page, axe, morning, second)
    rule_and_code(page, axe, morning, works)
    verify(page, axe, morning)
    close_many_with_a_second_person(page, axe, desk_page(user=second))
    take_a_file(page, axe)


def move_and_take_back(page, axe, morning, colleague):
    """Seen before it is done, done by F8, taken back by Ctrl Z."""
    page.goto("/desk/home/supervisor/")
    row = page.locator("tr", has_text=morning["away"].name)
    row.locator("select").select_option(str(colleague.pk))
    row.locator("button").press("Enter")
    page.wait_for_url("**/move/**")
    axe(page)
    page.keyboard.press("F8")
    page.wait_for_selector("[role=status] >> text=were moved")
    assert again(morning["held"]).owner_id == colleague.pk
    page.keyboard.press("Control+z")
    page.wait_for_selector("[role=status] >> text=were moved", state="detached")
    assert again(morning["held"]).owner_id == morning["away"].pk


def rule_and_code(page, axe, morning, works):
    """The second return with both reasons, ruled; the uncoded one coded by F8, and the page says where it went."""
    page.get_by_role("link", name=morning["returned"].number).first.click()
    page.wait_for_selector("text=Still the state's")
    axe(page)
    page.select_option("select[name=team]", str(works.pk))
    page.fill("textarea[name=reason]", "Within the city limits")
    page.get_by_role("button", name="Rule").press("Enter")
    page.wait_for_selector("[role=status] >> text=Ruled")
    assert (again(morning["returned"]).team_id, again(morning["returned"]).is_disputed) == (works.pk, False)
    page.goto("/desk/requests/coding/")
    assert page.input_value("select[name=code]") == "pothole"
    axe(page)
    page.keyboard.press("F8")
    page.wait_for_selector("[role=status] >> text=lies with Public works")
    assert again(morning["uncoded"]).service.code == "pothole"


def verify(page, axe, morning):
    """What was drawn is verified with one field wrong; beside it stands what was looked for."""
    page.goto("/desk/requests/entry/")
    page.wait_for_selector("text=Nobody asked about wires")
    axe(page)
    page.focus("[name=wrong][value=place]")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Verified").press("Enter")
    page.wait_for_selector("text=Everything drawn is verified.")
    assert EntryCheck.objects.get().wrong == ["place"]


def close_many_with_a_second_person(page, axe, second):
    """Three at once are more than one closes alone: proposed with a reason, approved by somebody else, done."""
    page.goto("/desk/requests/?show=open")
    page.check("[data-tick-all]")
    page.click("#bulk [data-opens=bulk-close]")
    page.select_option("#bulk-close_reason", "no_action")
    page.fill("#bulk-close_why", "Paved anew on Sunday")
    page.get_by_role("button", name="Close them").last.press("Enter")
    page.wait_for_selector("[data-toast] >> text=wait for a second person")
    assert ServiceRequest.objects.filter(is_open=True).count() == 3
    page.goto("/desk/requests/approvals/")
    page.wait_for_selector("text=You proposed this.")
    second.goto("/desk/requests/approvals/")
    second.wait_for_selector("text=Paved anew on Sunday")
    axe(second)
    second.get_by_role("button", name="Approve").press("Enter")
    second.wait_for_selector("text=3 done")
    assert not ServiceRequest.objects.filter(is_open=True).exists()


def take_a_file(page, axe):
    """The file leaves with its reason, and the page of second persons says so."""
    page.goto("/desk/requests/?show=closed")
    page.get_by_role("link", name="CSV").press("Enter")
    page.wait_for_selector("#f-reason:focus")
    axe(page)
    page.keyboard.type("For the council")
    with page.expect_download() as kept:
        page.keyboard.press("Enter")
    assert kept.value.suggested_filename.endswith(".csv")
    [line] = taken_lately(LIST_CODE)
    assert (line.reason, line.after["count"]) == ("For the council", 3)
    page.goto("/desk/requests/approvals/")
    page.wait_for_selector("text=For the council")
