"""A message is sent once, or a person is told that nobody knows."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from citydesk.city.correspondence import queries, services
from citydesk.city.correspondence.choices import REPAIR, VIEW
from citydesk.city.correspondence.models import Message
from citydesk.city.correspondence.providers import MemoryAdapter, OutcomeUnknown, Refused, TryLater
from citydesk.city.profile import queries as profile
from citydesk.city.staff.tests.factories import access_with
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed
from citydesk.kernel.tests.jobs import run_jobs, waiting_jobs
from citydesk.kernel.trace import current_request_id

pytestmark = pytest.mark.django_db
DELIVER = frozenset({"correspondence.deliver"})
NOW = datetime(2026, 11, 24, 19, 9, tzinfo=UTC)
ABOUT = services.About("service_requests.request", 7, "SR-26-000007-X")
TEXTS = {
    "en": {"subject": "We have {number}", "body": "Hello {name}, we have your report.", "sms": "{city}: {number}"},
    "es": {"subject": "Tenemos {number}", "body": "Hola {name}, tenemos su reporte.", "sms": "{city}: {number}"},
}


@pytest.fixture(autouse=True)
def city(monkeypatch):
    entry = {"texts": TEXTS}
    monkeypatch.setattr(profile, "entries", lambda section, on: {"request_acknowledged": entry})
    MemoryAdapter.sent, MemoryAdapter.fail_with = [], None


def write(**given):
    values = {
        "template": "request_acknowledged",
        "language": "en",
        "channel": "email",
        "to": "ana@example.org",
        "fields": {"name": "Ana", "number": "SR-26-000007-X"},
        "about": ABOUT,
        "key": "k1",
        "actor": SYSTEM,
        "now": NOW,
    }
    return services.send(**{**values, **given})


def state(message_id):
    return Message.objects.get(pk=message_id).state


def test_a_message_goes_out_once_in_the_residents_language():
    first = write(language="es-MX")
    assert write(language="es-MX") == first
    assert run_jobs(only=DELIVER) == ["correspondence.deliver"]
    (sent,) = mail.outbox
    assert (sent.subject, sent.to) == ("Tenemos SR-26-000007-X", ["ana@example.org"])
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert state(first) == "sent"
    assert services.deliver(message_id=first, now=NOW) == "sent"
    assert len(mail.outbox) == 1


def test_a_mail_carries_the_id_of_the_request_that_asked_for_it():
    token = current_request_id.set("a-request-of-a-clerk")
    try:
        write()
    finally:
        current_request_id.reset(token)
    run_jobs(only=DELIVER)
    assert mail.outbox[0].extra_headers["X-Request-Id"] == "a-request-of-a-clerk"


def test_a_line_break_in_a_name_cannot_add_a_header():
    write(fields={"name": "x", "number": "SR\r\nBcc: all@example.org"})
    run_jobs(only=DELIVER)
    assert "\n" not in mail.outbox[0].subject and mail.outbox[0].bcc == []


def test_a_text_needs_consent_and_stop_ends_it():
    stopped = write(channel="sms", to="+14235550148", key="before")
    assert state(stopped) == "stopped"
    services.record_consent(phone="+14235550148", how="on the telephone", actor=SYSTEM, now=NOW)
    waiting = write(channel="sms", to="+14235550148", key="after")
    assert services.receive_text(phone="+14235550148", text="Alto", actor=SYSTEM, now=NOW) == "revoked"
    assert (state(waiting), queries.has_consent("+14235550148")) == ("stopped", False)
    run_jobs(only={"correspondence.deliver"})
    assert MemoryAdapter.sent == []


def test_a_refused_address_waits_for_a_person(monkeypatch):
    services.record_consent(phone="+14235550148", how="web form", actor=SYSTEM, now=NOW)
    MemoryAdapter.fail_with = Refused("This number does not exist.")
    message = write(channel="sms", to="+14235550148")
    run_jobs(only={"correspondence.deliver"})
    clerk = access_with(VIEW, REPAIR)
    assert [row["why"] for row in queries.list_to_repair(clerk)] == ["This number does not exist."]
    MemoryAdapter.fail_with = None
    services.record_consent(phone="+14235550149", how="on the telephone", actor=SYSTEM, now=NOW)
    services.resend(message_id=message, reason="two digits swapped", to="+14235550149", access=clerk, now=NOW)
    run_jobs(only={"correspondence.deliver"})
    assert (state(message), MemoryAdapter.sent[0][0]) == ("sent", "+14235550149")
    assert len(queries.get_message(clerk, message)["attempts"]) == 2


def test_nothing_handed_over_is_tried_again_and_given_up_after_a_day():
    services.record_consent(phone="+14235550148", how="web form", actor=SYSTEM, now=NOW)
    MemoryAdapter.fail_with = TryLater("The provider did not answer.")
    message = write(channel="sms", to="+14235550148")
    with pytest.raises(TryLater):
        services.deliver(message_id=message, now=NOW)
    assert state(message) == "queued"
    assert services.deliver(message_id=message, now=NOW + timedelta(hours=25)) == "failed"


def test_an_unknown_outcome_is_never_sent_twice_by_itself():
    services.record_consent(phone="+14235550148", how="web form", actor=SYSTEM, now=NOW)
    MemoryAdapter.fail_with = OutcomeUnknown("No confirmation.")
    message = write(channel="sms", to="+14235550148")
    assert services.deliver(message_id=message, now=NOW) == "unknown"
    MemoryAdapter.fail_with = None
    assert services.deliver(message_id=message, now=NOW) == "unknown"
    assert MemoryAdapter.sent == []
    clerk = access_with(VIEW, REPAIR)
    services.settle_by_person(message_id=message, arrived=True, reason="she read it to me", access=clerk, now=NOW)
    assert state(message) == "delivered"
    with pytest.raises(Conflict):
        services.resend(message_id=message, reason="again", access=clerk, now=NOW)


def test_a_worker_killed_while_sending_leaves_an_unknown_outcome(monkeypatch):
    message = write()
    monkeypatch.setattr("citydesk.city.correspondence.services.delivery._hand_over", _die)
    with pytest.raises(KeyboardInterrupt):
        services.deliver(message_id=message, now=NOW)
    assert state(message) == "sending"
    assert services.settle_unheard(now=NOW + timedelta(minutes=4)) == 0
    assert services.settle_unheard(now=NOW + timedelta(minutes=6)) == 1
    assert state(message) == "unknown"


def _die(message):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")}), "failed"),
        (smtplib.SMTPDataError(554, b"spam"), "failed"),
        (smtplib.SMTPServerDisconnected("gone"), "unknown"),
        (TimeoutError(), "unknown"),
    ],
)
def test_what_a_mail_server_answers_decides(monkeypatch, error, expected):
    message = write()
    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", lambda self: (_ for _ in ()).throw(error))
    assert services.deliver(message_id=message, now=NOW) == expected


def test_a_busy_mail_server_is_asked_again(monkeypatch):
    message = write()
    busy = smtplib.SMTPDataError(451, b"try later")
    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", lambda self: (_ for _ in ()).throw(busy))
    with pytest.raises(TryLater):
        services.deliver(message_id=message, now=NOW)
    assert state(message) == "queued"


def test_a_held_message_goes_out_when_released():
    message = write(hold=True)
    assert waiting_jobs() == []
    services.release(message_id=message, actor=SYSTEM, now=NOW)
    run_jobs(only=DELIVER)
    assert state(message) == "sent"
    with pytest.raises(Conflict):
        services.release(message_id=message, actor=SYSTEM, now=NOW)


def test_unsent_messages_about_a_thing_can_be_stopped():
    held, other = write(hold=True), write(key="k2", to="rosa@example.org", hold=True)
    stopped = services.stop_unsent(
        about_type=ABOUT.type, about_id=7, to="ana@example.org", reason="wrong person", actor=SYSTEM, now=NOW
    )
    assert (stopped, state(held), state(other)) == (1, "stopped", "held")


def test_a_suppressed_address_is_not_written_to():
    services.suppress(channel="email", address="ana@example.org", reason="The mailbox is full.", now=NOW)
    assert state(write()) == "stopped"


def test_repair_needs_the_right_and_a_reason():
    message = write()
    with pytest.raises(NotAllowed):
        services.resend(message_id=message, reason="x", access=access_with(VIEW), now=NOW)
    with pytest.raises(Invalid):
        services.resend(message_id=message, reason=" ", access=access_with(REPAIR), now=NOW)


def test_an_unknown_template_is_refused():
    with pytest.raises(Invalid):
        write(template="nothing")


def test_in_a_practice_city_a_message_reaches_no_sender_and_says_so():
    """The control is the same message before the mark."""
    from citydesk.kernel import practice

    services.record_consent(phone="+14235550148", how="on the telephone", actor=SYSTEM, now=NOW)
    sent = write(key="before"), write(key="sms before", channel="sms", to="+14235550148")
    run_jobs(only=DELIVER)
    assert [state(one) for one in sent] == ["sent", "sent"] and len(mail.outbox) == len(MemoryAdapter.sent) == 1
    practice.mark(profile="riverton", now=NOW)
    planted = write(key="after"), write(key="sms after", channel="sms", to="+14235550148")
    run_jobs(only=DELIVER)
    assert [state(one) for one in planted] == ["stopped", "stopped"]
    assert len(mail.outbox) == len(MemoryAdapter.sent) == 1
    message = Message.objects.get(pk=planted[0])
    assert "practice" in message.why and message.attempts.get().outcome == "practice"
