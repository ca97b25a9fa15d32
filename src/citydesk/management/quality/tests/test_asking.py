"""Who is asked whether a first contact settled it: once, seldom, behind the link they have; and who never is."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.customers import services as customers
from citydesk.city.customers.tests.factories import make_customer
from citydesk.contact.interactions.tests.factories import NOON, Interaction
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.choices import CloseReason
from citydesk.contact.service_requests.tests.factories import load_city, make_request
from citydesk.kernel.actors import SYSTEM, SYSTEM_ACCESS
from citydesk.kernel.destruction import Eraser
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.models import AuditEntry
from citydesk.kernel.tests.jobs import run_jobs
from citydesk.management.quality import queries, rules, services
from citydesk.management.quality.tests.factories import Invitation, Response, link_of, reported

DAY = timedelta(days=1)


@given(st.sampled_from(CloseReason), st.none() | st.integers(0, 90))
def test_nobody_is_asked_twice_in_thirty_days(reason, days_ago):
    asked = rules.may_ask(reason=reason, last_asked_at=None if days_ago is None else NOON - days_ago * DAY, now=NOON)
    assert asked == ((days_ago is None or days_ago >= 30) and reason not in ("withdrawn", "duplicate"))


@pytest.fixture
def city(db):
    load_city()


def a_request(customer, *, now=NOON, **facts):
    return reported(customer, now=now, **facts)[0]


def closed(row, reason="done", *, now=NOON):
    return services.invite_after_closing(request_id=row.id, reason=reason, now=now)


def test_closing_a_request_asks_who_reported_it_once(db):
    letters = (Path(settings.PROFILES_DIR) / "riverton/templates").glob("*.md")
    load_city({f"templates/{one.name}": one.read_text() for one in letters})
    row = a_request(make_customer())
    requests.close(request_id=row.id, reason="done", text="Filled.", access=SYSTEM_ACCESS, now=NOON)
    run_jobs(only={"kernel.handle_events"})
    asked = Invitation.objects.get()
    assert (asked.request_id, asked.follower_id, asked.way, asked.version) == (row.id, link_of(row), "tracking", 1)
    assert asked.ends_at - asked.invited_at == rules.OPEN
    assert closed(row, now=NOON + 90 * DAY) is None


def test_one_person_is_asked_at_most_once_in_thirty_days_however_often_they_are_in_the_book(city):
    ana, again, other = make_customer(), make_customer("Anna", "Ruiz"), make_customer("Bob", "Cole")
    assert closed(a_request(ana))
    assert closed(a_request(ana), now=NOON + 29 * DAY) is None
    assert closed(a_request(other), now=NOON + 29 * DAY)
    customers.merge(kept_id=ana.id, merged_id=again.id, reason="the same", actor=SYSTEM, now=NOON)
    assert closed(a_request(again), now=NOON + 29 * DAY) is None
    assert closed(a_request(again), now=NOON + 31 * DAY)


def test_who_must_not_or_cannot_be_asked_is_not(city):
    assert closed(a_request(make_customer()), "withdrawn") is None
    assert closed(a_request(make_customer()), "duplicate") is None
    silent = requests.Person("Ana Ruiz", "none", "", "en", make_customer().id)
    assert closed(a_request(make_customer(), reporter=silent)) is None
    assert closed(a_request(None, reporter=None, is_anonymous=True)) is None
    kept = a_request(make_customer())
    requests.make_confidential(request_id=kept.id, access=SYSTEM_ACCESS, now=NOON)
    assert closed(kept) is None
    known = requests.Person("A", "email", "a@example.org", "en", make_customer().id)
    unrecorded = make_request("pothole", reporter=known)
    assert closed(unrecorded) is None


def test_what_is_kept_in_confidence_later_leaves_no_name_with_the_question(city):
    row = a_request(make_customer())
    closed(row)
    requests.make_confidential(request_id=row.id, access=SYSTEM_ACCESS, now=NOON)
    assert Invitation.objects.get().follower.customer_id is None


def test_an_answer_counts_once_within_its_time_and_never_changes(city):
    row = a_request(make_customer())
    closed(row)
    link = link_of(row)
    assert queries.has_question(link, now=NOON)
    with pytest.raises(Invalid):
        services.answer_question(follower_id=link, answer="perhaps", language="en", now=NOON)
    for stranger in (None, link + 1000):
        with pytest.raises(NotFound):
            services.answer_question(follower_id=stranger, answer="yes", language="en", now=NOON)
    services.answer_question(follower_id=link, answer="no", language="es", now=NOON + DAY)
    assert not queries.has_question(link, now=NOON + DAY)
    with pytest.raises(Conflict):
        services.answer_question(follower_id=link, answer="yes", language="es", now=NOON + DAY)
    assert Response.objects.get().answer == "no"
    with pytest.raises(DatabaseError), transaction.atomic():
        Response.objects.update(answer="yes")
    # The history says that it was answered; what, stands nowhere but in the answer.
    entry = AuditEntry.objects.get(code="quality.answered")
    assert entry.before is None and entry.after is None and not entry.reason


def test_after_thirty_days_nothing_is_asked_any_more(city):
    row = a_request(make_customer())
    closed(row)
    late = NOON + rules.OPEN
    assert not queries.has_question(link_of(row), now=late)
    with pytest.raises(NotFound):
        services.answer_question(follower_id=link_of(row), answer="yes", language="en", now=late)


@pytest.mark.parametrize("of", ["itself", "its contact", "its request"])
def test_question_and_answer_go_with_their_time_their_contact_or_their_request(city, of):
    row = a_request(make_customer())
    asked = closed(row)
    services.answer_question(follower_id=link_of(row), answer="yes", language="en", now=NOON)
    assert queries.invitations_due(before=NOON) == []
    (due,) = queries.invitations_due(before=NOON + 31 * DAY)
    assert due.id == asked and due.customer_ids
    contact = Interaction.objects.get().pk
    act, key = {
        "itself": (services.destroy_invitations, asked),
        "its contact": (services.destroy_of_contacts, contact),
        "its request": (services.destroy_of_requests, row.id),
    }[of]
    with transaction.atomic():
        eraser = Eraser(proof="D-1", kind="quality.surveys", object_id=asked, label="x")
        act(ids=[key], eraser=eraser, now=NOON)
        done = eraser.finish(now=NOON)
    assert done.rows == {"quality_invitation": 1, "quality_response": 1}
    assert not Invitation.objects.exists()
