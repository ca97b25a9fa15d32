"""Programs told of events, and referrals in another system: signed, once, tried again, paused, followed."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from citydesk.city.staff import queries as staff
from citydesk.contact.referrals import queries, services
from citydesk.contact.referrals.choices import CONNECT, HOOK_EVENTS
from citydesk.contact.referrals.models import Delivery, OutsideCall, Referral, Webhook
from citydesk.contact.referrals.services import open311, webhooks
from citydesk.contact.referrals.tests.factories import load_with_agencies, make_referral, sender
from citydesk.contact.service_requests.tests.factories import MORNING, make_request
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed
from citydesk.kernel.outward import Heard, OutwardFailed

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
COUNTY = """
[agency.county]
name = {en = "County", es = "Condado"}
kind = "agency"
way = "open311"
acknowledge_hours = 8
[agency.county.open311]
url = "https://county.example.org/open311/v2"
jurisdiction = "county.example.org"
minutes = 10
codes = {pothole = "P7"}
statuses = {acknowledged = "accept", rejected = "return"}
"""


@pytest.fixture
def administrator():
    load_with_agencies({"agencies.toml": COUNTY})
    return Access(sender("ada", "administrator").actor, frozenset({CONNECT}))


class Outside:
    """The other side: answers in order, and what it heard."""

    def __init__(self, *answers):
        self.answers, self.heard = list(answers), []

    def __call__(self, method, url, *, headers=None, body=b""):
        self.heard.append((method, url, headers, body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def rows(**values):
    return Heard(200, json.dumps([values]).encode())


def hook_of(administrator, url="https://hooks.example.org/in"):
    return services.make_webhook(
        name="Works", url=url, events=HOOK_EVENTS, access=administrator, now=MORNING
    ), Webhook.objects.latest("pk")


def happened(request, event_id="e1"):
    payload = {"request_id": request.pk, "number": request.number, "state": "closed"}
    return services.queue_event(
        event=HOOK_EVENTS[1], event_id=event_id, payload=payload, happened_at=MORNING, now=MORNING
    )


def test_an_event_is_signed_and_sent_once_under_its_id(administrator, monkeypatch):
    secret, hook = hook_of(administrator)
    assert secret not in hook.secret
    request = make_request()
    assert [happened(request), happened(request)] == [1, 0]
    program = Outside(Heard(204, b""))
    monkeypatch.setattr(webhooks, "call", program)
    delivery = Delivery.objects.get()
    assert [services.deliver(delivery_id=delivery.pk, now=MORNING) for _again in range(2)] == ["delivered"] * 2
    ((method, url, headers, body),) = program.heard
    assert (method, url) == ("POST", "https://hooks.example.org/in")
    told = json.loads(body)
    assert (told["id"], headers["X-Citydesk-Event-Id"], told["data"]["number"]) == ("e1", "e1", request.number)
    mark = hmac.new(secret.encode(), headers["X-Citydesk-Timestamp"].encode() + b"." + body, hashlib.sha256)
    assert headers["X-Citydesk-Signature"] == f"sha256={mark.hexdigest()}"


def test_nothing_confidential_leaves_by_an_event(administrator):
    hook_of(administrator)
    assert happened(make_request(is_confidential=True)) == 0


def test_who_does_not_hear_is_asked_again_later_and_later_then_it_failed(administrator, monkeypatch):
    _secret, hook = hook_of(administrator)
    happened(make_request())
    monkeypatch.setattr(webhooks, "call", Outside(Heard(302, b""), OutwardFailed("no connection")))
    row, now, waits = Delivery.objects.get(), MORNING, []
    for _try in range(len(webhooks.DELAYS) + 1):
        services.deliver(delivery_id=row.pk, now=now)
        row.refresh_from_db()
        if row.next_at:
            waits.append(row.next_at - now)
            now = row.next_at
    assert waits == [minutes * MINUTE for minutes in webhooks.DELAYS] == sorted(waits)
    assert (row.state, row.tries, row.problem) == ("failed", 7, "no connection")
    monkeypatch.setattr(webhooks, "call", Outside(Heard(200, b"")))
    services.redeliver(delivery_id=row.pk, access=administrator, now=now)
    assert services.deliver_due(now=now) == 1
    row.refresh_from_db()
    hook.refresh_from_db()
    assert (row.state, row.event_id, hook.failures) == ("delivered", "e1", 0)


def test_a_program_that_does_not_hear_is_tried_by_one_event_at_a_time(administrator, monkeypatch):
    """Twenty events to a program that hangs cost three waits and not twenty; when it hears again, all go out."""
    hook_of(administrator)
    silent = Outside(*[OutwardFailed("it took too long")] * 20)
    monkeypatch.setattr(webhooks, "call", silent)
    request = make_request()
    for number in range(20):
        happened(request, f"e{number}")
    services.deliver_due(now=MORNING)
    assert len(silent.heard) == webhooks.RESTS_AFTER
    services.deliver_due(now=MORNING + MINUTE)
    assert len(silent.heard) == webhooks.RESTS_AFTER + 1
    heard = Outside(*[Heard(200, b"")] * 20)
    monkeypatch.setattr(webhooks, "call", heard)
    services.deliver_due(now=MORNING + 6 * MINUTE)
    assert len(heard.heard) == 20 and not Delivery.objects.exclude(state="delivered").exists()


def test_after_many_failures_a_program_is_paused_until_somebody_resumes_it(administrator, monkeypatch):
    _secret, hook = hook_of(administrator)
    monkeypatch.setattr(webhooks, "call", Outside(Heard(500, b"")))
    request = make_request()
    for number in range(4):
        happened(request, f"e{number}")
    now = MORNING
    while hook.state == "active":
        services.deliver_due(now=now)
        hook.refresh_from_db()
        now = Delivery.objects.filter(state="waiting").earliest("next_at").next_at
        assert now - MORNING < 3 * 24 * 60 * MINUTE
    assert hook.failures == webhooks.PAUSED_AFTER and happened(request, "later") == 0
    assert services.deliver_due(now=now) == 0
    with pytest.raises(Conflict):
        services.redeliver(delivery_id=Delivery.objects.earliest("pk").pk, access=administrator, now=MORNING)
    services.set_webhook_state(webhook_id=hook.pk, state="active", access=administrator, now=MORNING)
    assert services.deliver_due(now=now) > 0


def test_only_administrators_connect_and_only_to_public_https(administrator):
    for url in (
        "http://hooks.example.org/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://localhost/",
        "ftp://x/",
    ):
        with pytest.raises(Invalid):
            hook_of(administrator, url)
    with pytest.raises(NotAllowed):
        hook_of(sender("dana"))
    with pytest.raises(NotAllowed):
        queries.list_webhooks(sender("di"))


def test_a_referral_is_handed_over_once_and_its_status_followed(administrator, monkeypatch):
    services.set_system_key(agency_code="county", key="secret-key", access=administrator, now=MORNING)
    row = make_referral("county", access=sender())
    assert "secret-key" not in row.agency.open311_key
    county = Outside(
        rows(token="t-1"),
        rows(service_request_id="C-9", token="t-1"),
        rows(service_request_id="C-9", status="open", status_notes=None),
        rows(service_request_id="C-9", status="open", status_notes="Crew on Friday"),
        rows(service_request_id="C-9", status="closed", status_notes="Filled"),
    )
    monkeypatch.setattr(open311, "call", county)
    assert services.send_on(referral_id=row.pk, now=MORNING) == "sent"
    assert services.send_on(referral_id=row.pk, now=MORNING) == "done before"
    sent = county.heard[0][3].decode()
    assert "service_code=P7" in sent and "api_key=secret-key" in sent and "Please+fill+it." in sent
    assert county.heard[0][2]["Idempotency-Key"] == row.number
    for minutes, state, request_state in (
        (10, "accepted", "referred"),
        (20, "accepted", "referred"),
        (30, "done", "open"),
    ):
        assert services.poll_due(now=MORNING + minutes * MINUTE) == 1
        row.refresh_from_db()
        row.request.refresh_from_db()
        assert (row.state, row.request.state) == (state, request_state)
    assert row.external_number == "C-9"
    assert services.poll_due(now=MORNING + timedelta(days=9)) == 0
    said = queries.get_referral(sender("reader"), row.number, now=MORNING).said
    assert [one.text for one in said][:2] == ["Filled", "Crew on Friday"]


def test_a_status_the_profile_maps_returns_it(administrator, monkeypatch):
    row = make_referral("county", access=sender())
    county = Outside(
        rows(service_request_id="C-1"), rows(service_request_id="C-1", status="Rejected", status_notes="State road")
    )
    monkeypatch.setattr(open311, "call", county)
    services.send_on(referral_id=row.pk, now=MORNING)
    services.poll_due(now=MORNING + 10 * MINUTE)
    row.refresh_from_db()
    row.request.refresh_from_db()
    assert (row.state, row.request.state) == ("returned", "open")


def test_a_system_that_is_away_is_tried_again_and_a_refusal_is_told(administrator, monkeypatch):
    row = make_referral("county", access=sender())
    monkeypatch.setattr(
        open311, "call", Outside(OutwardFailed("no connection"), Heard(503, b""), rows(service_request_id="C-2"))
    )
    assert services.send_on(referral_id=row.pk, now=MORNING) == "failed"
    assert services.poll_due(now=MORNING + MINUTE) == 0
    assert services.poll_due(now=MORNING + 2 * MINUTE) == 1
    assert services.poll_due(now=MORNING + 9 * MINUTE) == 1
    assert Referral.objects.get(pk=row.pk).external_number == "C-2"
    second = make_referral("county", access=sender("x"))
    refusal = Heard(400, json.dumps([{"code": 400, "description": "unknown service_code"}]).encode())
    monkeypatch.setattr(open311, "call", Outside(refusal))
    assert services.send_on(referral_id=second.pk, now=MORNING) == "failed"
    outside = OutsideCall.objects.get(referral=second)
    assert outside.next_at is None and "unknown service_code" in outside.problem
    assert queries.count_chase(sender("y"), MORNING)["news"] == 1


def test_the_page_of_programs_makes_shows_once_and_redelivers(client, administrator, monkeypatch):
    from citydesk.city.staff.tests.factories import make_user

    client.force_login(make_user("root", roles=["administrator"]))
    refused = client.post(
        "/desk/referrals/programs/new/", {"name": "Works", "url": "http://x/", "events": HOOK_EVENTS[0]}
    )
    assert refused.status_code == 400 and b"must be https" in refused.content
    made = client.post(
        "/desk/referrals/programs/new/",
        {"name": "Works", "url": "https://hooks.example.org/", "events": HOOK_EVENTS[1]},
    )
    assert b"whs_" in made.content
    assert b"whs_" not in client.get("/desk/referrals/programs/").content
    key = client.post(
        "/desk/referrals/programs/key/", {"key_name": "Works", "scopes": "requests.view", "per_minute": "60"}
    )
    assert b"ck_" in key.content
    happened(make_request())
    hook, row = Webhook.objects.get(), Delivery.objects.get()
    page = client.get(f"/desk/referrals/programs/{hook.pk}/")
    assert page.status_code == 200 and b"waits" in page.content
    monkeypatch.setattr(webhooks, "call", Outside(Heard(200, b"")))
    services.deliver(delivery_id=row.pk, now=MORNING)
    assert client.post(f"/desk/referrals/programs/{hook.pk}/do/", {"delivery": row.pk}).status_code == 302
    assert client.post(f"/desk/referrals/programs/{hook.pk}/do/", {"state": "ended"}).status_code == 302
    assert client.post(f"/desk/referrals/programs/{hook.pk}/do/", {"state": "active"}).status_code == 409


def recorded(request, event_id="r1", now=MORNING):
    payload = {"request_id": request.pk, "number": request.number, "service_code": "pothole"}
    return services.queue_event(event=HOOK_EVENTS[0], event_id=event_id, payload=payload, happened_at=now, now=now)


def test_a_new_request_is_told_to_programs_of_its_code_and_department_alone(administrator):
    def program(name, **scope):
        services.make_webhook(
            name=name,
            url="https://hooks.example.org/",
            events=HOOK_EVENTS[:1],
            scope=services.Scope(**scope),
            access=administrator,
            now=MORNING,
        )

    request = make_request(description="Deep hole, call Ana")
    department = request.team.department
    program("all")
    program("potholes", service_codes=["pothole"], department_code=department.code)
    program("trees", service_codes=["tree_down"])
    other = next(one.code for one in staff.list_departments() if one.id != department.pk)
    program("elsewhere", department_code=other)
    with pytest.raises(Invalid):
        program("wrong", service_codes=["nothing_such"])
    assert recorded(request) == 2 and recorded(request) == 0
    told = {row.webhook.name: row.payload for row in Delivery.objects.select_related("webhook")}
    assert set(told) == {"all", "potholes"}
    assert "shared" not in told["all"] and "Ana" not in json.dumps(told)


def test_words_and_place_are_told_under_an_agreement_until_its_last_day(administrator, monkeypatch):
    facts = {"name": "Works", "url": "https://hooks.example.org/", "events": HOOK_EVENTS[:1]}
    shares = services.Scope(shares=["words", "place"])
    with pytest.raises(Invalid) as refused:
        services.make_webhook(**facts, scope=shares, access=administrator, now=MORNING)
    assert refused.value.field == "agreement"
    agreed = services.Scope(shares=["words", "place"], agreement="MoU 7", agreement_ends_on=MORNING.date())
    services.make_webhook(**facts, scope=agreed, access=administrator, now=MORNING)
    request = make_request(description="Deep hole")
    assert recorded(request) == 1
    row = Delivery.objects.get()
    assert row.payload["shared"]["words"] == "Deep hole" and "reporter" not in row.payload["shared"]
    program = Outside(Heard(500, b""), Heard(200, b""))
    monkeypatch.setattr(webhooks, "call", program)
    services.deliver(delivery_id=row.pk, now=MORNING)
    assert b"Deep hole" in program.heard[0][3]
    # Tried again after the agreement's last day, and what is new after it: number and codes alone.
    services.deliver(delivery_id=row.pk, now=MORNING + timedelta(days=1))
    assert b"Deep hole" not in program.heard[1][3] and request.number.encode() in program.heard[1][3]
    recorded(request, "r2", MORNING + timedelta(days=1))
    assert "shared" not in Delivery.objects.get(event_id="r2").payload


def test_what_a_program_hears_of_is_changed_on_its_page(client, administrator):
    from citydesk.city.staff.tests.factories import make_user

    client.force_login(make_user("root", roles=["administrator"]))
    _secret, hook = hook_of(administrator)
    address = f"/desk/referrals/programs/{hook.pk}/do/"
    wrong = client.post(address, {"change": "1", "events": HOOK_EVENTS[0], "shares": "words"})
    assert wrong.status_code == 400 and b"Name the agreement" in wrong.content
    right = {"change": "1", "events": HOOK_EVENTS[0], "shares": "words", "agreement": "MoU", "hook_codes": "pothole"}
    assert client.post(address, right).status_code == 302
    hook.refresh_from_db()
    assert (hook.events, hook.shares, hook.service_codes) == (list(HOOK_EVENTS[:1]), ["words"], ["pothole"])
    recorded(make_request())
    page = client.get(f"/desk/referrals/programs/{hook.pk}/").content.decode()
    assert "A request was recorded" in page and "MoU" in page
    assert client.get(f"/desk/referrals/programs/{hook.pk}/?as=csv").status_code == 200


def test_a_department_is_written_to_once_when_a_version_waits_for_it(administrator):
    from citydesk.city.correspondence import queries as correspondence
    from citydesk.city.knowledge import queries as knowledge
    from citydesk.city.knowledge import services as procedures
    from citydesk.city.staff.tests.factories import make_department
    from citydesk.kernel.actors import SYSTEM, SYSTEM_ACCESS

    trees = make_department("forestry")
    trees.mail = "trees@example.org"
    trees.save()
    entry = {
        "title": {"en": "Damage"},
        "owner": "public_works",
        "departments": ["forestry"],
        "services": [],
        "remind_days": 5,
        "steps": [{"key": "s1", "title": {"en": "Look"}, "text": {"en": "Look"}}],
        "differences": [],
    }
    procedures.project_procedures(entries={"damage": entry}, actor=SYSTEM, now=MORNING)
    entry["steps"][0]["text"] = {"en": "Look twice"}
    procedures.project_procedures(entries={"damage": entry}, actor=SYSTEM, now=MORNING)
    facts = {"procedure": "damage", "version": 2, "department": "forestry", "now": MORNING}
    assert services.ask_department(**facts, count=0, key="e1") and services.ask_department(**facts, count=0, key="e1")
    assert services.ask_department(**facts, count=1, key="e2")
    assert not services.ask_department(**{**facts, "version": 1}, count=1, key="e3")
    sent = correspondence.list_messages("knowledge.procedure", knowledge.get_procedure(SYSTEM_ACCESS, "damage").row.pk)
    assert sorted(one["template_code"] for one in sent) == ["procedure_new", "procedure_reminder"]
    assert all("/desk/knowledge/procedures/of/damage/?department=forestry" in one["body"] for one in sent)
    assert knowledge.count_unaccepted(Access(administrator.actor, frozenset({"knowledge.approve_procedures"})))[
        "behind"
    ]
