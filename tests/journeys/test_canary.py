"""Nobody reads what their duty does not need: planted words are looked for in every answer to every role.

The matrix is that of the trust rules: identity of requesters, confidential complaints, internal notes, drafts.
"""

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from citydesk.city.staff.tests.factories import make_team, make_user
from citydesk.kernel.pages import public
from citydesk.kernel.tests.jobs import run_jobs
from tests.journeys import canary
from tests.journeys.canary import ALL, CONFIDENTIAL, DRAFT, IDENTITY, NOTE, REPORTER, RESOLUTION
from tests.journeys.walk import says, undone

pytestmark = pytest.mark.django_db

# Role and team -> what this reader must not see anywhere.
READERS = {
    "nobody": ("", "", ALL),
    "administrator": ("administrator", "", ALL),
    "finance": ("finance", "", ALL),
    "crew_of_another_team": ("crew", "forestry_crew_2", ALL),
    # A department knows the people of its own requests and of no others.
    "worker_of_another_department": ("department_worker", "forestry", ALL),
    "lead_of_another_department": ("department_lead", "forestry", ALL),
    "worker_of_the_department": ("department_worker", "public_works", (REPORTER, CONFIDENTIAL, DRAFT, RESOLUTION)),
    "representative": ("representative", "", (REPORTER, CONFIDENTIAL, DRAFT, RESOLUTION)),
    # Sees the confidential request of the team, and nothing of the complaint that came of it.
    "representative_of_the_assigned_team": ("representative", "desk_311", (REPORTER, DRAFT, RESOLUTION)),
    "supervisor": ("supervisor", "", (REPORTER, CONFIDENTIAL, RESOLUTION)),
    "supervisor_of_the_complaints_board": ("supervisor", "complaints_board", (REPORTER,)),
    "director": ("director", "", ALL),
    "auditor": ("auditor", "", (REPORTER, CONFIDENTIAL, DRAFT, RESOLUTION)),
    "records_officer": ("records_officer", "", (DRAFT,)),
    # Opens with a reason who complained where the complaint lies with their team, and knows of no other.
    "investigator_of_the_assigned_team": ("investigator", "desk_311", (IDENTITY, NOTE, DRAFT)),
    "investigator_of_another_team": ("investigator", "forestry", ALL),
    # Handles the complaint: its words and its resolution, and nobody's name but the one on the letter.
    "investigator_of_the_complaints_office": ("investigator", "complaints_office", (IDENTITY, REPORTER, NOTE, DRAFT)),
}


@pytest.fixture
def planted(db):
    return canary.plant()


def sign_in(role: str, team: str) -> Client:
    client = Client(raise_request_exception=False)
    if role:
        client.force_login(make_user(f"reader_{role}", roles=[role], teams=[make_team(team)] if team else []))
    return client


def test_no_answer_says_what_its_reader_may_not_know(planted, caplog, capfd):
    """The city is planted once for all readers; what one of them does is taken back before the next comes."""
    found, seen = [], set()
    for reader, (role, team, forbidden) in READERS.items():
        with undone():
            said = list(canary.leaks(sign_in(role, team), planted, ALL))
        found += [f"{reader}: {one}" for one in said if word_of(one) in forbidden]
        if reader == "records_officer":
            seen = {word_of(one) for one in said}
    written = (caplog.text + "".join(capfd.readouterr())).lower()
    assert not found, "\n".join(found)
    assert not [word for word in ALL if word.lower() in written], "a log names a planted word"
    # Each word is read by whoever may: without this, a walk that reaches no page would find no leak.
    assert seen | draft_of_its_taker(planted) >= set(ALL)


def word_of(said: str) -> str:
    """The planted word that an answer was found to say."""
    return said.rpartition(" ")[2]


def draft_of_its_taker(planted) -> set[str]:
    """What a clerk is typing stands on that clerk's own page."""
    own = Client()
    own.force_login(planted.taker)
    (contact,) = planted.parameters["desk/contact/"]["interaction_id"]
    address = f"/desk/contact/{contact}/"
    return {word_of(one) for one in says(address, own.get(address), (DRAFT,))}


def test_mail_says_nothing_of_it(planted):
    run_jobs()
    written = "\n".join(one.subject + one.body + str(one.to) for one in mail.outbox)
    assert not [word for word in (CONFIDENTIAL, NOTE, DRAFT, RESOLUTION) if word in written]


@public("planted")
def leaky(request):
    return HttpResponse(f"<title>{NOTE}</title>")


urlpatterns = [path("leaky/", leaky)]


def test_control_a_leaky_page_is_caught(planted, settings):
    settings.ROOT_URLCONF = __name__
    found = list(canary.leaks(Client(raise_request_exception=False), planted, ALL))
    assert found == [f"/leaky/ (200) says {NOTE}"]
