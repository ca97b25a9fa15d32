"""Resolved at the first contact, told in three ways: each by its own rule, side by side, never put together."""

from datetime import timedelta

import pytest
from django.urls import reverse

from citydesk.city.customers.tests.factories import make_customer
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import OutcomeKind, Settled
from citydesk.contact.interactions.tests.factories import NOON, clerk, make_contact, make_draft
from citydesk.contact.service_requests.tests.factories import load_city
from citydesk.kernel.actors import RESIDENT
from citydesk.kernel.errors import Invalid
from citydesk.management.quality.tests.factories import ask
from citydesk.management.statistics.queries.measure import measure
from citydesk.management.statistics.rules.selection import Selection

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = NOON + 15 * DAY


def counted(code, **more):
    interactions.refresh_contact_facts(now=LATER)
    return measure(code, Selection(), now=LATER, **more).total


def test_who_came_again_within_a_week_was_not_helped_at_the_first_contact():
    dana, once, twice = clerk(), make_customer(), make_customer()
    for customer, day in ((once, 0), (twice, 0), (twice, 3), (None, 0), (once, 12)):
        make_contact(dana, now=NOON + day * DAY, customer_id=customer.id if customer else None)
    found = counted("contacts_first_resolution")
    # The second one of who came twice stands; the last is too young to be judged, the nameless one is not counted.
    assert (found.numerator, found.denominator) == (2, 3) and found.value == pytest.approx(200 / 3)
    assert dict(found.beside) == {"first_early": 1, "first_nameless": 1}


def say(access, settled, *, now=NOON, **facts):
    contact = make_draft(access, now=now)
    return interactions.finish(
        interaction_id=contact,
        facts=interactions.ContactFacts(words="A question", settled=settled, **facts),
        outcomes=[interactions.OutcomeFacts(OutcomeKind.ANSWERED, target_label="Hours")],
        access=access,
        now=now,
    )


def test_what_was_not_said_is_in_neither_part_of_what_representatives_say():
    dana = clerk()
    for said in (Settled.YES, Settled.YES, Settled.NO, Settled.UNKNOWN, Settled.UNKNOWN):
        say(dana, said)
    say(dana, Settled.YES, direction="out")  # we called them
    interactions.record_contact(  # a web form that nobody took
        facts=interactions.ContactFacts(words="By web"),
        outcomes=[interactions.OutcomeFacts(OutcomeKind.ANSWERED)],
        actor=RESIDENT,
        now=NOON,
    )
    found = counted("contacts_first_said")
    assert (found.numerator, found.denominator) == (2, 3)
    assert dict(found.beside) == {"said_unknown": 2}


def asked(answer, at=NOON):
    return ask(answer, now=at)


def test_silence_is_no_answer_of_residents():
    load_city()
    for answer in ("yes", "yes", "yes", "no", ""):
        asked(answer)
    asked("", at=NOON - 40 * DAY)
    found = counted("contacts_first_survey")
    assert (found.numerator, found.denominator, found.value) == (3, 4, 75.0)
    assert dict(found.beside) == {"survey_open": 1, "survey_silent": 1}


def test_answers_of_residents_are_divided_by_no_person():
    with pytest.raises(Invalid):
        measure("contacts_first_survey", Selection(), now=LATER, by=("representative",))
    with pytest.raises(Invalid):
        measure("contacts_first_survey", Selection(None, None, {"representative": (7,)}), now=LATER)


@pytest.fixture
def reader(client):
    """A browser of somebody with a role's rights."""

    def sign_in(role):
        user = make_user(role, roles=[role], teams=["desk_311"])
        client.force_login(user)
        return access_of(user)

    return sign_in


def page(client, name="first_contact", **query):
    return client.get(reverse(f"statistics:{name}"), {"dates": "all", **query})


def test_the_three_stand_beside_each_other_and_each_opens_its_records(client, reader):
    load_city()
    number, *_others = [asked(answer) for answer in ("yes",) * 7 + ("no",) * 4]
    say(clerk(), Settled.NO)
    interactions.refresh_contact_facts(now=LATER)
    assert reader("supervisor").may("quality.answers")
    text = page(client).content.decode()
    for words in ("Did they come again?", "What representatives say", "What residents answer", "63.6 %", "0.0 %"):
        assert words in text
    listed = page(client, "contacts", what="survey_yes").content.decode()
    assert number in listed and "7 records" in listed
    assert "4 records" in page(client, "contacts", what="survey_no").content.decode()
    assert "1 records" in page(client, "contacts", what="said_no").content.decode()
    assert page(client, "contacts", what="nothing").status_code == 404
    table = client.get(reverse("statistics:table", args=["first_channel"]), {"dates": "all", "as": "csv"})
    assert b"63.6" in b"".join(table.streaming_content if table.streaming else [table.content])


def test_single_answers_are_read_with_the_right_to_them_alone(client, reader):
    load_city()
    for answer in ("yes",) * 6 + ("no",) * 3:
        asked(answer)
    interactions.refresh_contact_facts(now=LATER)
    assert not reader("coordinator").may("quality.answers")
    text = page(client).content.decode()
    assert "&lt; 10" in text and "66.7" not in text and "survey_" not in text
    for what in ("survey", "survey_yes", "survey_no", "survey_open", "survey_silent"):
        assert page(client, "contacts", what=what).status_code == 403
    asked("yes")
    interactions.refresh_contact_facts(now=LATER)
    text = page(client).content.decode()
    assert "70.0 %" in text and "what=survey" not in text


def test_what_is_narrowed_to_a_person_shows_no_answers_of_residents(client, reader):
    load_city()
    for _one in range(12):
        asked("yes")
    interactions.refresh_contact_facts(now=LATER)
    reader("supervisor")
    text = page(client, representative="1").content.decode()
    assert "Not counted for this filter." in text and "100.0 %" not in text
    assert page(client, "contacts", what="survey_yes", representative="1").status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1440, 320])
def test_the_page_with_figures_is_clean(desk_page, axe, width):
    load_city()
    for answer in ("yes",) * 8 + ("no",) * 4 + ("",) * 3:
        asked(answer)
    say(clerk(), Settled.YES, customer_id=make_customer().id)
    say(clerk(), Settled.UNKNOWN)
    interactions.refresh_contact_facts(now=LATER)
    page = desk_page("supervisor")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(reverse("statistics:first_contact") + "?dates=all")
    page.wait_for_selector("td:has-text('66.7 %')")
    axe(page)
