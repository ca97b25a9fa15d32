"""What an absent person left: moved in one act, seen before, taken back whole or not at all."""

from datetime import timedelta

import pytest
from django.db.models import F

from citydesk.city.staff.services import join_team, set_absence
from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.contact.complaints.tests.factories import handled_by
from citydesk.contact.interactions import queries as contacts
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.tests.factories import Interaction, Promise, make_draft
from citydesk.contact.problems.tests.factories import lying_with
from citydesk.contact.service_requests.tests.factories import ServiceRequest, make_request
from citydesk.desk import services
from citydesk.desk.queries import absent
from citydesk.desk.tests.contact_city import NOON, make_city
from citydesk.kernel.actors import SYSTEM_ACCESS
from citydesk.kernel.errors import Conflict, Invalid, NotFound

pytestmark = pytest.mark.django_db


class Office:
    """Dana is away with a request, a promise, a draft and a draft in confidence; Ruth is here; Priscilla supervises."""

    def __init__(self):
        make_city()
        self.dana, self.ruth = (make_user(name, roles=["representative"]) for name in ("dana", "ruth"))
        self.boss = access_of(make_user("boss", roles=["supervisor"]))
        who = access_of(self.dana)
        self.request = make_request("pothole", now=NOON)
        ServiceRequest.objects.filter(pk=self.request.pk).update(owner_id=self.dana.pk)
        self.sealed = make_draft(who, now=NOON, words="He takes bribes", is_confidential="1")
        self.draft = make_draft(who, now=NOON, words="Tree")
        self.promise = interactions.make_promise(
            interaction_id=self.draft, text="Call back", due_at=NOON + timedelta(hours=3), access=who, now=NOON
        )
        set_absence(
            user_id=self.dana.pk,
            kind="sick",
            starts_at=NOON - timedelta(hours=1),
            ends_at=NOON + timedelta(hours=8),
            access=SYSTEM_ACCESS,
            now=NOON,
        )

    def move(self, to="ruth", now=NOON):
        to_user_id = getattr(self, to).pk if to else None
        return services.move_absent_work(user_id=self.dana.pk, to_user_id=to_user_id, access=self.boss, now=now)

    def back(self, done, now=NOON, access=None):
        return services.take_absent_work_back(
            requests_act=done.requests_act, contacts_act=done.contacts_act, access=access or self.boss, now=now
        )

    def holders(self):
        return (
            ServiceRequest.objects.get(pk=self.request.pk).owner_id,
            Promise.objects.get().owner_id,
            *Interaction.objects.filter(pk__in=(self.draft, self.sealed))
            .order_by("-pk")
            .values_list("holder_id", flat=True),
        )


@pytest.fixture
def office(db):
    return Office()


def test_all_of_it_moves_in_one_act_but_what_is_in_confidence(office):
    dana, ruth = office.dana.pk, office.ruth.pk
    seen = absent.preview_move(office.boss, dana, ruth, NOON)
    assert (seen.goes, seen.sealed, seen.to_name) == ((1, 1, 1), 1, office.ruth.name)
    done = office.move()
    assert (done.requests, done.promises, done.drafts, done.sealed) == (1, 1, 1, 1)
    assert office.holders() == (ruth, ruth, ruth, dana)
    [line] = contacts.list_open_contacts(access=access_of(office.ruth), now=NOON)
    assert (line.id, line.is_parked) == (office.draft, True)


def test_it_is_taken_back_whole(office):
    done = office.move()
    assert office.back(done, NOON + timedelta(minutes=9)) == 3
    assert set(office.holders()) == {office.dana.pk}
    with pytest.raises(Conflict):
        office.back(done)


def test_taking_it_back_is_for_ten_minutes_and_for_whoever_did_it(office):
    done = office.move()
    with pytest.raises(Conflict):
        office.back(done, NOON + timedelta(minutes=11))
    with pytest.raises(NotFound):
        office.back(done, access=access_of(make_user("other", roles=["supervisor"])))
    assert office.holders()[0] == office.ruth.pk


@pytest.mark.parametrize("what", ["draft", "promise"])
def test_nothing_is_taken_back_when_the_colleague_went_on(office, what):
    done, ruth = office.move(), access_of(office.ruth)
    if what == "draft":
        interactions.save_draft(
            interaction_id=office.draft,
            version=2,
            changes={"words": "Tree on a car"},
            key="x",
            actor=ruth.actor,
            now=NOON,
        )
    else:
        interactions.settle_promise(promise_id=office.promise, result="Called", access=ruth, now=NOON)
    with pytest.raises(Conflict):
        office.back(done)
    assert office.holders() == (*[office.ruth.pk] * 3, office.dana.pk)


@pytest.fixture
def more(office):
    """Dana was asked to find something out, answers for a problem and handles a complaint; Ruth is of the same team."""
    make_team("complaints_office")
    join_team(user_id=office.ruth.pk, team="complaints_office", access=SYSTEM_ACCESS, now=NOON)
    return (*lying_with(office.dana.pk, office.request, NOON), handled_by(office.dana.pk, office.request, NOON))


def lies_with(more):
    research, problem, complaint = (type(one).objects.get(pk=one.pk) for one in more)
    return {research.assignee_id, problem.owner_id, complaint.handler_id}


def test_research_problems_and_complaints_go_over_and_back_with_the_rest(office, more):
    dana, ruth = office.dana.pk, office.ruth.pk
    [work] = absent.list_absent_work(office.boss, NOON)
    assert dict(work.others) == {"Research": 1, "Problems": 1, "Complaints": 1}
    done = office.move()
    assert lies_with(more) == {ruth} and (done.things, done.refused) == (6, ())
    others = services.MovedOthers(done.others, dana, ruth, NOON)
    with pytest.raises(Conflict):
        services.take_absent_work_back(
            requests_act=None, contacts_act=None, others=others, access=office.boss, now=NOON + timedelta(minutes=11)
        )
    back = {"requests_act": done.requests_act, "contacts_act": done.contacts_act, "access": office.boss, "now": NOON}
    assert services.take_absent_work_back(**back, others=others) == 6
    assert lies_with(more) == set(office.holders()) == {dana}


def test_nothing_goes_back_when_one_of_them_was_gone_on_with(office, more):
    done = office.move()
    type(more[0]).objects.update(version=F("version") + 1)
    back = {"requests_act": done.requests_act, "contacts_act": done.contacts_act, "access": office.boss, "now": NOON}
    with pytest.raises(Conflict):
        services.take_absent_work_back(
            **back, others=services.MovedOthers(done.others, office.dana.pk, office.ruth.pk, NOON)
        )
    assert lies_with(more) == {office.ruth.pk} and office.holders()[0] == office.ruth.pk


def test_a_complaint_stays_when_the_colleague_is_of_another_team(office, more):
    complaints = type(more[2]).objects
    complaints.update(team_id=more[2].approvers_id)
    done = office.move()
    assert "complaints" not in str(done.others) and "1 complaint stays" in done.refused[0]
    assert complaints.get().handler_id == office.dana.pk


def test_without_a_colleague_only_the_requests_go(office):
    assert absent.preview_move(office.boss, office.dana.pk, None, NOON).goes == (1, 0, 0)
    done = office.move(to="")
    assert (done.requests, done.promises, done.drafts) == (1, 0, 0)
    assert office.holders() == (None, *[office.dana.pk] * 3)


def test_only_from_absent_people_to_those_who_are_here(office):
    with pytest.raises(Invalid):
        services.move_absent_work(user_id=office.ruth.pk, to_user_id=None, access=office.boss, now=NOON)
    with pytest.raises(Invalid):
        office.move(to="dana")
