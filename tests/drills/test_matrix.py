"""Nobody reads what their duty does not need, and nobody opens what they may not see.

Words are planted where each class of the trust rules may stand (`planting`), and every role walks every address of the
URL table. Each answer must have the status of the matrix (`sight`: role by address by whose thing it is) and hold no
word the reader may not know. Written down once more, apart from the code that decides it.
"""

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from citydesk.city.staff import services as staff
from citydesk.city.staff.tests.factories import access_of, make_department, make_team, make_user
from citydesk.contact.complaints.tests.factories import TEAMS
from citydesk.contact.service_requests.tests.test_json_api import ALL as SCOPES
from citydesk.contact.work_orders.models import WorkOrder
from citydesk.kernel.actors import Access, Actor, ActorKind
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import public
from citydesk.kernel.tests.jobs import run_jobs
from tests.drills.conftest import FULL
from tests.journeys import walk
from tests.journeys.planting import (
    ALL,
    ASKER,
    CAUTION,
    CONFIDENTIAL,
    DRAFT,
    FEW,
    FINDING,
    HELP,
    IDENTITY,
    NOTE,
    READING,
    REFERRED,
    REPORTER,
    RESOLUTION,
    SEALED,
    plant,
)
from tests.journeys.sight import Places

pytestmark = [
    pytest.mark.drill,
    pytest.mark.django_db,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not FULL, reason="the canaries of tests/journeys/test_canary.py run with the journeys"),
]

# What only those see who handle the complaint, or open identities: for most duties.
KEPT = (REPORTER, CONFIDENTIAL, READING, SEALED, RESOLUTION, ASKER)
# Role and team -> what this reader must not see anywhere.
READERS = {
    "nobody": ("", "", ALL),
    "administrator": ("administrator", "", ALL),
    "finance": ("finance", "", ALL),
    "crew_of_another_team": ("crew", "forestry_crew_2", ALL),
    # A department knows the people of its own requests and of no others.
    "worker_of_another_department": ("department_worker", "forestry_crew_2", ALL),
    "worker_of_the_department": ("department_worker", "public_works", (*KEPT, DRAFT, HELP, FEW)),
    "lead_of_the_department": ("department_lead", "public_works", (*KEPT, DRAFT, HELP, FEW)),
    "representative": ("representative", "", (*KEPT, DRAFT, HELP, FEW)),
    # Sees the confidential request of the team, and nothing of the complaint that came of it.
    "representative_of_the_assigned_team": (
        "representative",
        "desk_311",
        (REPORTER, DRAFT, SEALED, RESOLUTION, HELP, FEW),
    ),
    "coordinator": ("coordinator", "", (*KEPT, DRAFT, HELP)),
    "supervisor": ("supervisor", "", KEPT),
    "supervisor_of_the_complaints_board": ("supervisor", "complaints_board", (REPORTER, SEALED)),
    "director": ("director", "", tuple(word for word in ALL if word not in (FINDING, REFERRED))),
    # Reads who read what and why, that is the duty; nothing else that is kept.
    "auditor": ("auditor", "", (REPORTER, CONFIDENTIAL, SEALED, RESOLUTION, ASKER, DRAFT, HELP, FEW)),
    "records_officer": ("records_officer", "", (DRAFT, HELP, SEALED, FINDING, FEW)),
    # Opens with a reason who complained where the complaint lies with their team, and knows of no other.
    "investigator_of_the_assigned_team": ("investigator", "desk_311", (IDENTITY, NOTE, DRAFT)),
    "investigator_of_another_team": ("investigator", "forestry", ALL),
    # Handles the complaint: its words and its resolution, and nobody's name but the one on the letter.
    "investigator_of_the_complaints_office": ("investigator", "complaints_office", (IDENTITY, REPORTER, NOTE, DRAFT)),
}


@pytest.fixture
def planted(db):
    return plant()


@pytest.fixture
def places(planted):
    """What the rules of sight speak of."""
    return Places(
        own_department=make_department("public_works").pk,
        other_department=make_department("forestry").pk,
        confidential_team=make_team("desk_311").pk,
        complaint_teams=frozenset(make_team(code).pk for code, _name in TEAMS),
        order_team=WorkOrder.objects.values_list("crew_id", flat=True).first(),
        taker_id=planted.taker.pk,
    )


def reader_of(role: str, team: str) -> walk.Reader:
    client = Client(raise_request_exception=False)
    if not role:
        return walk.Reader(client)
    user = make_user(f"reader_{role}_{team}", roles=[role], teams=[make_team(team)] if team else [])
    client.force_login(user)
    return walk.Reader(client, access_of(user))


def test_every_door_answers_every_reader_as_the_matrix_says(planted, places, caplog, report):
    """The city is planted once for all readers; what one of them does is taken back before the next comes."""
    every, tried, found = walk.doors(planted), 0, []
    for name, (role, team, forbidden) in READERS.items():
        with walk.undone():
            reader = reader_of(role, team)
            faults = list(walk.visit(reader, planted, places, forbidden))
            for door in every:
                faults += walk.knock(reader, door, places, forbidden)
        tried += 3 * len(every)
        found += [f"{name}: {fault}" for fault in faults]
    report(readers=len(READERS), doors=len(every), answers=tried, faults=len(found))
    assert not found, "\n".join(found)
    assert not [word for word in ALL if word.lower() in caplog.text.lower()], "a log names a planted word"
    the_words_are_there(planted, places)


def the_words_are_there(planted, places):
    """Each word is read by whoever may: without this, a walk that reaches no page would find no leak."""
    seen = set()
    for role, team in (("records_officer", ""), ("supervisor", "complaints_board")):
        with walk.undone():
            faults = walk.visit(reader_of(role, team), planted, places, ALL)
            seen |= {fault.rpartition(" ")[2] for fault in faults}
    own = Client()
    own.force_login(planted.taker)
    for contact in planted.parameters["desk/contact/"]["interaction_id"]:
        seen |= {fault.rpartition(" ")[2] for fault in walk.says("", own.get(f"/desk/contact/{contact}/"), ALL)}
    assert seen >= set(ALL), set(ALL) - seen


def test_what_goes_out_says_nothing_of_it_and_a_planted_leak_is_caught(planted, places, settings):
    programs_hear_nothing(planted)
    a_door_too_wide_is_caught(planted, places)
    run_jobs()
    written = "\n".join(one.subject + one.body + str(one.to) for one in mail.outbox)
    assert REFERRED in written, "the agency was not written to"
    unspoken = set(ALL) - {REFERRED, REPORTER, IDENTITY, ASKER}
    assert not [word for word in unspoken if word in written]

    settings.ROOT_URLCONF = __name__
    leaks = walk.visit(walk.Reader(Client(raise_request_exception=False)), planted, places, ALL)
    assert list(leaks) == [f"GET /leaky/ (200) says {NOTE}"]


def programs_hear_nothing(planted):
    """A program with a key for everything reads open requests and known people, and nothing kept from the desk."""
    access = Access(Actor(ActorKind.STAFF, planted.taker.pk, "Ada"), frozenset({"staff.manage"}))
    key = staff.make_api_key(
        name="Partner", scopes=SCOPES, service_codes=(), per_minute=6000, access=access, now=utc_now()
    )
    http = Client(headers={"authorization": f"Bearer {key}"}, raise_request_exception=False)
    found, seen = [], 0
    lists = ("catalog", "requests", "interactions", "customers", "work-orders")
    doors = [f"/api/v1/{one}" for one in lists]
    for address in (*doors, *(one.path for one in walk.doors(planted) if "/api/v1/" in one.path)):
        answer = http.get(address)
        seen += answer.status_code == 200
        found += walk.says(address, answer, (*KEPT, NOTE, DRAFT, FINDING, FEW, CAUTION, HELP))
        found += [f"{address}: {answer.status_code}"] * (answer.status_code >= 500)
    assert not found and seen > len(lists), "\n".join(found)


def a_door_too_wide_is_caught(planted, places):
    door = next(one for one in walk.doors(planted) if one.sights == ("confidential",) and one.path.endswith("/route/"))
    reader = reader_of("representative", "")
    assert reader.expects(door, places) == "unknown"
    assert list(walk.misfit(door, "unknown", 200)) and list(walk.misfit(door, "page", 500))
    assert not list(walk.misfit(door, "unknown", 404))


@public("planted")
def leaky(request):
    return HttpResponse(f"<title>{NOTE}</title>")


urlpatterns = [path("leaky/", leaky)]
