"""A supervisor's daily work: pairs by hand, agents' names, switches, malfunctions, on their pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from citydesk.city.staff.tests.factories import make_role, make_user
from citydesk.contact.interactions.tests.factories import clerk, make_contact
from citydesk.contact.traffic import queries, services
from citydesk.contact.traffic.choices import MANAGE, REPORT, VIEW
from citydesk.contact.traffic.models import ContactSource, LegMatch, Malfunction, SourceAgent
from citydesk.contact.traffic.tests.factories import DAY, NOW, import_text, make_queues
from citydesk.contact.traffic.tests.test_working import call_log, supervisor

pytestmark = pytest.mark.django_db
ON = "2026-03-10"


def signed_in(client, *rights):
    person = make_user("sue", roles=[make_role("keeps_traffic", [*rights, "interactions.view"])])
    client.force_login(person)
    return person


def test_what_may_belong_together_comes_with_points_and_reasons(tmp_path):
    make_queues()
    dana = clerk()
    near = make_contact(dana, now=DAY + timedelta(seconds=15)).number
    far = make_contact(dana, now=DAY + timedelta(minutes=40)).number
    make_contact(dana, now=DAY + timedelta(hours=5))
    import_text(tmp_path, call_log("PJSIP/201", 0, 7200))
    access = supervisor()
    leg = queries.answered_without_record(access=access, day=DAY.date())[0].leg_id
    assert [(one.number, one.score, one.reasons) for one in queries.contacts_for(access=access, leg_id=leg)] == [
        (near, 40, ("during:5",)),
        (far, 0, ("too_far",)),
    ]
    SourceAgent.objects.update(user_id=dana.actor.staff_id)
    likeliest = queries.contacts_for(access=access, leg_id=leg)[0]
    assert (likeliest.score, likeliest.is_enough) == (80, True)
    found = queries.legs_for(access=access, number=near, now=NOW)
    assert [(one.leg.id, one.score) for one in found] == [(leg, 80)]
    services.pair_by_hand(leg_id=leg, number=near, access=access, now=NOW)
    (pair,) = queries.list_pairs(access=access, day=DAY.date())
    assert (pair.number, pair.score, pair.said_by) == (near, None, "Sue Peralta")
    assert queries.legs_for(access=access, number=far, now=NOW) == []


def test_a_day_is_paired_on_its_pages(client, tmp_path):
    make_queues()
    dana = clerk()
    number = make_contact(dana, now=DAY + timedelta(seconds=15)).number
    import_text(tmp_path, call_log("PJSIP/201", 0))
    signed_in(client, VIEW, MANAGE)
    page = f"/desk/traffic/pairing/?on={ON}"
    with CaptureQueriesContext(connection) as few:
        shown = client.get(page).content.decode()
    leg = queries.answered_without_record(access=supervisor(), day=DAY.date())[0].leg_id
    assert f"/desk/traffic/pairing/calls/{leg}/" in shown and number in shown
    assert number in client.get(f"/desk/traffic/pairing/calls/{leg}/").content.decode()
    assert f'value="{leg}"' in client.get(f"/desk/traffic/pairing/contacts/{number}/").content.decode()
    client.post("/desk/traffic/pairing/act/", {"act": "pair", "leg": leg, "number": number, "on": ON})
    assert LegMatch.objects.get().leg_id == leg
    again = client.post("/desk/traffic/pairing/act/", {"act": "pair", "leg": leg, "number": number, "on": ON})
    assert again.status_code == 409
    for place in range(5):
        make_contact(dana, now=DAY + timedelta(hours=2, minutes=place))
    import_text(tmp_path, call_log("B", *range(4000, 5000, 200)), source="two")
    with CaptureQueriesContext(connection) as many:
        client.get(page)
    assert len(many) <= len(few) + 1  # the pairs' contacts are asked for once there is a pair
    client.post("/desk/traffic/pairing/act/", {"act": "unpair", "leg": leg, "on": ON})
    assert not LegMatch.objects.exists()
    assert client.post("/desk/traffic/pairing/act/", {"act": "unpair", "leg": "x"}).status_code == 404


def test_agents_are_named_and_switches_made_with_a_secret_shown_once(client, tmp_path):
    make_queues()
    import_text(tmp_path, call_log("PJSIP/201", 0))
    person = signed_in(client, MANAGE)
    agent = SourceAgent.objects.get()
    assert "PJSIP/201" in client.get("/desk/traffic/agents/").content.decode()
    client.post(f"/desk/traffic/agents/{agent.pk}/", {"user": person.pk})
    agent.refresh_from_db()
    assert agent.user_id == person.pk
    made = client.post("/desk/traffic/switches/", {"act": "make", "code": "cloud", "name": "Cloud switch"})
    assert "tss_" in made.content.decode() and made["Cache-Control"] == "no-store, private"
    later = client.get("/desk/traffic/switches/").content.decode()
    assert "tss_" not in later and "cloud" in later and "records.txt" in later
    assert client.post("/desk/traffic/switches/", {"act": "make", "code": "cloud", "name": "X"}).status_code == 409
    source = ContactSource.objects.get()
    client.post("/desk/traffic/switches/", {"act": "pause", "source": source.pk})
    source.refresh_from_db()
    assert not source.is_active


def test_a_malfunction_is_reported_ended_and_corrected_on_its_pages(client):
    make_queues()
    person = signed_in(client, VIEW, REPORT)
    typed = {"kind": "telephone", "what": "=No dial tone", "started_at": "2026-03-10T09:00", "whom": "some"}
    refused = client.post("/desk/traffic/malfunctions/report/", {**typed, "kind": "", "user_ids": [person.pk]})
    assert refused.status_code == 400 and "=No dial tone" in refused.content.decode()
    client.post("/desk/traffic/malfunctions/report/", {**typed, "user_ids": [person.pk]})
    row = Malfunction.objects.get()
    assert (row.user_ids, row.ended_at) == ([person.pk], None)
    assert "=No dial tone" in client.get("/desk/traffic/malfunctions/report/").content.decode()
    door = f"/desk/traffic/malfunctions/{row.pk}/act/"
    early = client.post(door, {"act": "end", "ended_at": "2026-03-10T08:00", "outcome": "Line card"})
    assert early.status_code == 400
    client.post(door, {"act": "end", "ended_at": "2026-03-10T09:30", "outcome": "Line card"})
    client.post(door, {**typed, "act": "change", "version": 2, "whom": "all", "ended_at": "2026-03-10T10:00"})
    row.refresh_from_db()
    assert row.is_everybody and (row.ended_at - row.started_at) == timedelta(hours=1)
    stale = client.post(door, {**typed, "act": "change", "version": 1, "whom": "all"})
    assert stale.status_code == 409
    month = client.get("/desk/traffic/malfunctions/?month=2026-03").content.decode()
    assert "1:00:00" in month and "Line card" in month
    told = client.get("/desk/traffic/malfunctions/file/?month=2026-03").content.decode()
    assert "'=No dial tone" in told and ",60," in told


def test_who_may_only_report_sees_what_lasts_and_no_more(client):
    make_queues()
    signed_in(client, REPORT)
    assert client.get("/desk/traffic/malfunctions/report/").status_code == 200
    assert client.get("/desk/traffic/malfunctions/").status_code == 403
