"""From a detection to its measured effect: a supervisor works on it, the department answers, research is written."""

import pytest
from django.urls import reverse

from citydesk.city.staff.tests.factories import make_department, make_team, make_user
from citydesk.contact.problems import services
from citydesk.contact.problems.models import Action, Detection, Problem
from citydesk.contact.problems.tests.factories import DAY, load_city, reported
from citydesk.kernel.clock import utc_now

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 320, "height": 640}


def test_from_detection_to_measured_effect(desk_page, live_server, axe):
    now = utc_now()
    load_city(now=now)
    works = make_department("public_works")
    team = make_team("public_works", department=works)
    for days in (80, 73, 66, 60, 52, 45, 38, 36):
        reported(days, now=now)
    services.detect(now=now)
    boss = desk_page("supervisor", user=make_user("boss", roles=["supervisor"], teams=[team]))
    lead = desk_page("department_lead", user=make_user("lena", roles=["department_lead"], teams=[team]))

    boss.goto(live_server.url + reverse("problems:found_list"))
    boss.click("text=Pothole: 8 times")
    boss.wait_for_selector("text=The rule “The same at one address” asks for 3 within 90 days.")
    axe(boss)
    boss.fill("#f-title", "Holes at 1218 Oak St")
    boss.click("button:has-text('Open a problem')")
    boss.wait_for_selector("h1:has-text('Holes at 1218 Oak St')")
    boss.fill("#f-analysis", "The drain below is broken")
    boss.fill("#f-recommendation", "Rebuild the drain")
    boss.click("button:has-text('Save') >> nth=0")
    boss.wait_for_selector("p:has-text('Rebuild the drain')")

    boss.click("summary:has-text('Ask a department')")
    boss.select_option("#f-department, [name=department]", str(works.pk))
    boss.fill("#ask-text", "Rebuild the drain before the winter")
    boss.fill("#ask-due_at", (now + 30 * DAY).date().isoformat())
    boss.click("button:has-text('Ask the department')")
    boss.wait_for_selector("text=Action requested")
    number = Problem.objects.get().number
    axe(boss)

    lead.goto(live_server.url + reverse("problems:detail", args=[number]))
    action = Action.objects.get().pk
    lead.fill(f"#answer-{action}", "Rebuilt")
    lead.fill(f"#done-{action}", (now - 35 * DAY).date().isoformat())
    lead.click("button:has-text('It is done')")
    lead.wait_for_selector("text=Effect measured")

    boss.reload()
    boss.wait_for_selector("text=in as many after.")
    assert boss.locator("text=0 in as many after").count() == 1
    boss.set_viewport_size(NARROW)
    axe(boss)
    assert boss.evaluate("document.documentElement.scrollWidth") <= 320
    boss.set_viewport_size({"width": 1440, "height": 900})
    boss.select_option("[name=result]", "improved")
    boss.fill("#close-text", "None since the drain was rebuilt")
    boss.click("button:has-text('Close the problem')")
    boss.wait_for_selector("text=Open it again")
    assert Detection.objects.get().state == "linked"
