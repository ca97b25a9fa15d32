"""Guard 13 for pages of records that need a record: axe and the window's width, wide by day and narrow at night."""

import hashlib
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

from citydesk.city.customers import queries as customers
from citydesk.city.staff.tests.factories import access_of
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.queries import get_request
from citydesk.contact.service_requests.tests.factories import make_request
from citydesk.kernel import files
from citydesk.kernel.actors import RESIDENT, SYSTEM, SYSTEM_ACCESS
from citydesk.kernel.clock import utc_now
from citydesk.management.records import services
from citydesk.management.records.models import ResponsiveRecord
from citydesk.management.records.tests.factories import (
    LONG_AGO,
    load_city_with_schedule,
    officer,
    old_request,
    paper,
)
from tests.guards.test_pages_axe import faults_both_ways, leave

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def to_redact(row, number: str, rosa, now) -> int:
    """A record that is to be produced, with a photo and two pages of paper, words taken out of one."""
    sheets = files.store_upload(
        paper("Nothing 471-55-0199 here", "Nothing else"),
        purpose="service_requests.file",
        name="p.pdf",
        actor=SYSTEM,
        now=now,
    )
    requests.add_file(request_id=row.id, file_id=sheets.pk, is_photo=False, access=SYSTEM_ACCESS, now=now)
    given = {"number": number, "access": rosa, "now": now}
    services.search_records(text="Alpha", **given)
    record = ResponsiveRecord.objects.get(kind="service_requests.request").pk
    services.decide_records(record_ids=[record], state="responsive", **given)
    services.redact_page(record_id=record, file_id=sheets.pk, phrase="471-55-0199", exemption="identity", **given)
    return record


def opened_by(page, now) -> int:
    """A request told in confidence that the person of a page has open in an emergency."""
    key = next(one["value"] for one in page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME)
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    session["records.emergency"] = "known to this session"
    session.save()
    reader = access_of(get_user_model().objects.get(pk=session["_auth_user_id"]))
    kept = make_request("complaint", now=now, is_confidential=True, reporter=requests.Person(name="Rosa Quiet"))
    mark = hashlib.sha256(b"known to this session").hexdigest()
    given = {"number": kept.number, "reason": "A threat", "mark": mark, "is_proved": True}
    return services.open_in_emergency(**given, access=reader, now=now).pk


def test_pages_of_records_are_clean_and_fit(desk_page, browser, axe):
    now = utc_now()
    load_city_with_schedule(now=now)
    row = old_request("Alpha", now=LONG_AGO)
    services.find_candidates(now=now)
    rosa = officer()
    disposal = services.propose_disposal(kind="service_requests.request", reason="Yearly", access=rosa, now=now)
    hold = services.place_hold(new=services.NewHold("Claim", "Letter", request_number=row.number), access=rosa, now=now)
    asked = services.take_request(asked=services.Asked("Potholes", "web"), actor=RESIDENT, now=now)
    person = customers.labels([row.customer_id])[row.customer_id].number
    record = to_redact(row, asked.number, rosa, now)
    page = desk_page("records_officer")
    found = []
    for name, *arguments in (
        ("home",),
        ("propose", "service_requests.request"),
        ("disposal", disposal),
        ("holds",),
        ("hold", hold),
        ("new_hold",),
        ("readers",),
        ("person", person),
        ("request", asked.number),
        ("record", asked.number, record),
    ):
        found += faults_both_ways(page, axe, reverse(f"records:{name}", args=arguments))
    leave(page)
    reviewer, seen = desk_page("supervisor"), get_request(officer("sue", "supervisor"), row.number, now=now)
    photo = reverse("service_requests:review_photo", args=[seen.files[0].id])
    found += faults_both_ways(reviewer, axe, photo)
    leave(reviewer)
    director = desk_page("director")
    opening = opened_by(director, now)
    for name in ("opened", "opened_reporter"):
        found += faults_both_ways(director, axe, reverse(f"records:{name}", args=[opening]))
    leave(director)
    visitor = browser(language="es-ES", javascript=False).new_page()
    for address in (reverse("public_records:ask"), reverse("public_records:status", args=[asked.token])):
        visitor.goto(address)
        assert visitor.get_attribute("html", "lang") == "es"
    reader = browser(language="es-ES").new_page()
    for address in (reverse("public_records:ask"), reverse("public_records:status", args=[asked.token])):
        found += faults_both_ways(reader, axe, address)
    assert not found, "\n".join(found)
