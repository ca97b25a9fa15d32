"""Letters wait for a person: printed in batches, once, in the resident's language, then marked as mailed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.correspondence import queries, rules, services
from citydesk.city.correspondence.choices import MAIL_LETTERS, REPAIR, VIEW
from citydesk.city.correspondence.models import Message
from citydesk.city.correspondence.tests.test_services import ABOUT, TEXTS
from citydesk.city.profile import queries as profile
from citydesk.city.staff.tests.factories import access_of, access_with, make_user
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.errors import Conflict, NotAllowed, NotFound
from citydesk.kernel.exports import Wanted
from citydesk.kernel.tests.jobs import waiting_jobs

NOW = datetime(2026, 11, 24, 19, 9, tzinfo=UTC)
ANA = "Ana Flores\n1218 Oak St, Apt 4, Riverton, TN 37400"


@pytest.fixture
def city(db, monkeypatch):
    monkeypatch.setattr(profile, "entries", lambda section, on: {"request_acknowledged": {"texts": TEXTS}})


def write(key="l1", **more):
    values = {
        "template": "request_acknowledged",
        "language": "es",
        "channel": "letter",
        "to": ANA,
        "fields": {"name": "Ana", "number": ABOUT.number},
        "about": ABOUT,
        "key": key,
        "actor": SYSTEM,
        "now": NOW,
    }
    return services.send(**{**values, **more})


def test_a_letter_waits_for_the_printer_and_not_for_a_job(city):
    message = write()
    assert [job for job in waiting_jobs() if job["args"].get("message_id") == message] == []
    assert services.deliver(message_id=message, now=NOW) == "queued"
    assert queries.count_letters() == {"to_print": 1, "to_mail": 0}
    assert queries.oldest_waiting(NOW + timedelta(days=2)) == 0


def test_a_batch_is_printed_once_and_mailed_once(city):
    clerk = access_with(MAIL_LETTERS)
    first, second = write("l1"), write("l2")
    batch = services.print_letters(access=clerk, now=NOW)
    with pytest.raises(Conflict):
        services.print_letters(access=clerk, now=NOW)
    assert queries.count_letters() == {"to_print": 0, "to_mail": 2}
    done = services.mail_batch(batch_id=batch, spoiled=frozenset({second}), access=clerk, now=NOW)
    assert (done.mailed, done.put_back, done.stopped) == (1, 1, ())
    assert Message.objects.get(pk=first).state == "sent"
    assert queries.count_letters() == {"to_print": 1, "to_mail": 0}
    with pytest.raises(Conflict):
        services.mail_batch(batch_id=batch, spoiled=frozenset(), access=clerk, now=NOW)


def test_a_letter_stopped_after_printing_is_named_and_not_marked_as_mailed(city):
    clerk = access_with(MAIL_LETTERS)
    write()
    batch = services.print_letters(access=clerk, now=NOW)
    services.stop_unsent(about_type=ABOUT.type, about_id=ABOUT.id, reason="wrong person", actor=SYSTEM, now=NOW)
    assert queries.get_batch(clerk, batch)[0].stopped == 1
    assert queries.paper_of_batch(clerk, batch, NOW)["letters"] == []
    done = services.mail_batch(batch_id=batch, spoiled=frozenset(), access=clerk, now=NOW)
    assert (done.mailed, done.stopped) == (0, (ABOUT.number,))
    assert Message.objects.get().state == "stopped"


def test_only_who_mails_letters_may_print_them(city):
    write()
    for stranger in (access_with(VIEW, REPAIR), access_with()):
        with pytest.raises(NotAllowed):
            services.print_letters(access=stranger, now=NOW)
        with pytest.raises(NotAllowed):
            queries.letter_queue(stranger)


def test_the_paper_stands_in_the_residents_language_with_the_address_in_the_window(city):
    clerk = access_with(MAIL_LETTERS)
    write()
    batch = services.print_letters(access=clerk, now=NOW)
    (letter,) = queries.paper_of_batch(clerk, batch, NOW)["letters"]
    assert letter["language"] == "es" and letter["subject"] == f"Tenemos {ABOUT.number}"
    assert letter["address"] == ["Ana Flores", "1218 Oak St, Apt 4", "Riverton, TN 37400"]
    assert letter["paragraphs"] == [["Hola Ana, tenemos su reporte."]]


def test_a_clerk_prints_and_mails_on_the_pages(city, client, monkeypatch):
    user = make_user("one_clerk", roles=["representative"])
    monkeypatch.undo()
    monkeypatch.setattr(profile, "entries", lambda section, on: {"request_acknowledged": {"texts": TEXTS}})
    message = write()
    monkeypatch.undo()
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    page = client.get(reverse("correspondence:letters")).content.decode()
    assert "1 letter waits to be printed" in page and "Ana Flores" in page
    answer = client.post(reverse("correspondence:print_letters"))
    paper = client.get(answer["Location"] + "paper/")
    assert paper["Content-Type"] == "application/pdf" and paper.content[:5] == b"%PDF-"
    assert "no-store" in paper["Cache-Control"]
    assert "Mark as mailed" in client.get(answer["Location"]).content.decode()
    client.post(answer["Location"] + "mailed/")
    assert Message.objects.get(pk=message).state == "sent"
    assert "mailed" in client.get(answer["Location"]).content.decode()
    assert access_of(user).may(MAIL_LETTERS)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Ana\n1218 Oak St", ["Ana", "1218 Oak St", "Riverton, TN"]),
        ("Ana\n1218 Oak St\nRiverton TN 37400", ["Ana", "1218 Oak St", "Riverton TN 37400"]),
        ("Ana\n1218 Oak St, 37400", ["Ana", "1218 Oak St", "37400"]),
    ],
)
def test_address_lines(text, lines):
    assert rules.address_lines(text, city="Riverton, TN") == lines


@given(st.text(max_size=300))
def test_an_address_never_has_more_lines_than_the_window_shows(text):
    assert 1 <= len(rules.address_lines(text, city="Riverton, TN")) <= 4


def test_a_sealed_letter_is_printed_and_mailed_by_its_own_room_alone(city, client):
    clerk = access_with(MAIL_LETTERS, VIEW, REPAIR)
    held = write("s1", is_sealed=True, hold=True)
    with pytest.raises(Conflict):
        services.print_sealed(message_id=held, actor=clerk.actor, now=NOW)
    services.release(message_id=held, actor=clerk.actor, now=NOW)

    # The desk's own print queue, its batches and its pages do not know of it.
    assert queries.letter_queue(clerk).total == 0
    with pytest.raises(Conflict):
        services.print_letters(access=clerk, now=NOW)
    with pytest.raises(NotFound):
        queries.get_message(clerk, held)
    assert queries.find_message_records(clerk, Wanted(text="Ana")) == []
    with pytest.raises(NotFound):
        queries.read_message_record(clerk, held)

    batch = services.print_sealed(message_id=held, actor=clerk.actor, now=NOW)
    assert queries.count_letters() == {"to_print": 0, "to_mail": 0}
    assert not queries.letter_queue(clerk).batches
    for refused in (
        lambda: queries.get_batch(clerk, batch),
        lambda: services.mail_batch(batch_id=batch, spoiled=frozenset(), access=clerk, now=NOW),
    ):
        with pytest.raises(NotFound):
            refused()
    assert "Ana" in queries.get_sealed(held)["address"]

    services.mail_sealed(message_id=held, actor=clerk.actor, now=NOW)
    assert Message.objects.get(pk=held).state == "sent"
    with pytest.raises(Conflict):
        services.mail_sealed(message_id=held, actor=clerk.actor, now=NOW)
