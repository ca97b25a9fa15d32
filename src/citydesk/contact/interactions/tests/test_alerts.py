"""Calls for help stand on every page of supervisors; callers of a class the profile names raise one too."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from citydesk.city.profile.tests.factories import load_small
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.contact.interactions import queries, services
from citydesk.contact.interactions.choices import CallerClass, HelpKind, OutcomeKind
from citydesk.contact.interactions.models import HelpCall
from citydesk.contact.interactions.tests.factories import NOON, make_draft
from citydesk.kernel.clock import utc_now
from citydesk.kernel.live import topics_for

pytestmark = pytest.mark.django_db
CLASSES = """
[caller_class.resident]
name = {en = "Resident", es = "Residente"}
[caller_class.elected]
name = {en = "Elected office", es = "Cargo electo"}
alert = ["supervisor"]
"""
ROLES = Path(settings.PROFILES_DIR) / "riverton/roles.toml"
LETTER = '+++\nsubject = "{text}: {number}"\nsms = "{number}"\npurpose = "caller_alert"\n+++\n{text} {link}\n'

CITY = {"contacts.toml": CLASSES, "roles.toml": ROLES.read_text()}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def panic(user, location: str = "Counter 4") -> int:
    return services.call_help(kind=HelpKind.PANIC, location=location, access=access_of(user), now=utc_now())


def test_a_call_for_help_stands_on_every_page_of_a_supervisor_until_somebody_goes():
    dana, boss = make_user("dana", roles=["representative"]), make_user("boss", roles=["supervisor"])
    call = panic(dana)
    page = signed_in(boss).get("/desk/interactions/promises/").content.decode()
    assert 'role="alert"' in page and "needs help now: Counter 4" in page
    assert "Counter 4" not in signed_in(dana).get("/desk/interactions/promises/").content.decode()
    answer = signed_in(boss).post(f"/desk/interactions/help/{call}/answer/", headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "Counter 4" not in answer.content.decode()
    assert HelpCall.objects.get(pk=call).answered_by_id == boss.pk
    again = signed_in(boss).post(f"/desk/interactions/help/{call}/answer/", headers={"HX-Request": "true"})
    assert again.status_code == 200


def test_the_region_is_asked_for_by_supervisors_alone():
    assert signed_in(make_user("boss", roles=["supervisor"])).get("/desk/interactions/alerts/").status_code == 200
    assert signed_in(make_user("dana", roles=["representative"])).get("/desk/interactions/alerts/").status_code == 403


def test_open_pages_are_told_in_the_same_transaction(monkeypatch):
    told = []
    monkeypatch.setattr("citydesk.kernel.live.call", lambda _sql, _channel, text: told.append(json.loads(text)))
    dana, boss = make_user("dana", roles=["representative"]), make_user("boss", roles=["supervisor"])
    call = panic(dana)
    services.answer_help(help_call_id=call, answer="", access=access_of(boss), now=utc_now())
    assert [(one["topic"], one["kind"]) for one in told] == [
        ("help", "panic"),
        ("help", "answered"),
        (f"user.{dana.pk}", "answered"),
    ]
    assert "help" in topics_for(access_of(boss)) and "help" not in topics_for(access_of(dana))


def elected_contact(access, **facts):
    return services.finish(
        interaction_id=make_draft(access),
        facts=services.ContactFacts(words="The alderman asks", caller_class=CallerClass.ELECTED, **facts),
        outcomes=[services.OutcomeFacts(OutcomeKind.ANSWERED, target_label="Hours")],
        access=access,
        now=NOON,
    )


def test_a_caller_of_a_class_to_know_of_is_told_once_without_what_was_said():
    load_small({**CITY, "templates/caller_alert.en.md": LETTER, "templates/caller_alert.es.md": LETTER})
    dana, boss = make_user("dana", roles=["representative"]), make_user("boss", roles=["supervisor"])
    done = elected_contact(access_of(dana))
    for _again in range(2):
        told = services.alert_of_caller(interaction_id=done.interaction_id, event_id="e1", now=NOON)
    assert told == (1 if boss.email else 0)
    alerts = queries.list_alerts(access=access_of(boss), now=NOON)
    assert [(one["kind"], one["text"]) for one in alerts] == [("caller", "Elected office")]
    assert "alderman" not in signed_in(boss).get("/desk/interactions/promises/").content.decode()
    assert not [one for one in mail.outbox if "alderman" in one.body]


def test_a_resident_alerts_nobody():
    load_small(CITY)
    dana = access_of(make_user("dana", roles=["representative"]))
    done = services.finish(
        interaction_id=make_draft(dana),
        facts=services.ContactFacts(words="A pothole"),
        outcomes=[services.OutcomeFacts(OutcomeKind.ANSWERED, target_label="Hours")],
        access=dana,
        now=NOON,
    )
    assert services.alert_of_caller(interaction_id=done.interaction_id, event_id="e1", now=NOON) == 0
    assert not HelpCall.objects.exists()
