"""A main request and its parts: put together, told together, closed together, and what is refused."""

import threading
from functools import partial
from unittest import mock

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.correspondence import queries as correspondence
from citydesk.city.staff.tests.factories import User
from citydesk.contact.service_requests import handlers, queries, services
from citydesk.contact.service_requests.labels import PART_REFUSALS
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.rules import family
from citydesk.contact.service_requests.tests.factories import HOUR, MORNING, everything, load_city, make_request
from citydesk.contact.service_requests.tests.test_notices import TEMPLATES
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.kernel.tests import racing
from citydesk.kernel.tests.jobs import run_jobs

race = partial(racing.race, done="done")
ANA = services.Person(name="Ana Flores", channel="email", to="ana@example.org", language="es")
BEN = services.Person(name="Ben Hill", channel="email", to="ben@example.org", language="en")
TOLD = ("acknowledged", "done", "closed_no_action", "update", "following", "reopened")

members = st.builds(
    family.Member,
    id=st.integers(1, 4),
    number=st.just("SR-26-000001-A"),
    is_open=st.booleans(),
    is_held=st.booleans(),
    is_confidential=st.booleans(),
    main_id=st.none() | st.integers(1, 4),
    part_count=st.integers(0, 2),
)


@given(main=members, part=members)
def test_what_is_put_together_is_one_level_of_open_requests(main, part):
    refused = family.refusal_of_part(main, part)
    if refused:
        assert str(PART_REFUSALS[refused[0]])
        return
    assert main.id != part.id and main.is_open and part.is_open
    assert not (main.is_confidential or part.is_confidential or main.is_held or part.is_held)
    assert main.main_id is None and part.main_id is None and not part.part_count


@pytest.fixture
def city(db):
    files = [TEMPLATES / f"{code}.{language}.md" for code in TOLD for language in ("en", "es")]
    load_city({f"templates/{one.name}": one.read_text() for one in files})


def linked(access, main, *parts):
    for part in parts:
        services.link_part(request_id=main.pk, part_id=part.pk, access=access, now=MORNING)


def stands(row):
    return ServiceRequest.objects.defer("search").get(pk=row.pk)


def mails_of(*rows, template):
    found = []
    for row in rows:
        found += [
            (one["address"], one["language"], row.number)
            for one in correspondence.list_messages("service_requests.request", row.pk)
            if one["template_code"] == template
        ]
    return sorted(found)


def test_parts_are_counted_and_free_again_with_a_reason(city):
    access = everything()
    main, one, two = (make_request("pothole") for _ in range(3))
    linked(access, main, one, two)
    assert stands(main).child_count == 2 and stands(one).parent_id == main.pk
    with pytest.raises(Conflict, match="part of it already"):
        linked(access, main, one)
    with pytest.raises(Conflict, match="is a part itself"):
        linked(access, one, make_request("pothole"))
    with pytest.raises(Conflict, match="parts of its own"):
        linked(access, make_request("pothole"), main)
    with pytest.raises(Invalid):
        services.unlink_part(part_id=one.pk, reason=" ", access=access, now=MORNING)
    services.unlink_part(part_id=one.pk, reason="Another street", access=access, now=MORNING)
    assert stands(main).child_count == 1 and stands(one).parent_id is None


def test_who_may_not_work_on_requests_links_none(city):
    access = everything()
    main, part = make_request("pothole"), make_request("pothole")
    reader = type(access)(access.actor, frozenset({"service_requests.view_all"}), frozenset(), frozenset())
    with pytest.raises(NotAllowed):
        linked(reader, main, part)
    with pytest.raises(NotFound):
        linked(type(access)(access.actor, frozenset(), frozenset(), frozenset()), main, part)


def test_a_main_request_does_not_close_over_open_parts_unless_told_how(city):
    access = everything()
    main, one, two = (make_request("pothole") for _ in range(3))
    linked(access, main, one, two)
    with pytest.raises(Conflict, match=one.number):
        services.close(request_id=main.pk, reason="done", access=access, now=MORNING + HOUR)
    assert stands(main).is_open
    with pytest.raises(Invalid, match="says that the work was done"):
        services.close(
            request_id=main.pk, reason="no_action", text="It is fixed.", parts_reason="done", access=access, now=MORNING
        )
    services.close(request_id=one.pk, reason="no_action", access=access, now=MORNING + HOUR)
    services.close(request_id=main.pk, reason="done", parts_reason="done", access=access, now=MORNING + 2 * HOUR)
    assert [stands(row).close_reason for row in (main, one, two)] == ["done", "no_action", "done"]
    assert stands(two).parent_id == main.pk and stands(main).child_count == 2


def test_a_part_that_may_not_be_closed_so_keeps_all_open(city):
    access = everything()
    main, part = make_request("pothole"), make_request("tree_down")
    linked(access, main, part)
    with pytest.raises(Conflict, match=part.number):
        services.close(request_id=main.pk, reason="done", parts_reason="sold", access=access, now=MORNING)
    assert stands(main).is_open and stands(part).is_open


def test_people_are_told_once_each_in_their_language(city):
    access = everything()
    main = make_request("pothole", reporter=BEN)
    part = make_request("pothole", reporter=ANA)
    other = make_request("pothole", reporter=services.Person(name="Cy", channel="sms", to="+14235550123"))
    services.follow(request_id=part.pk, person=BEN, access=access, now=MORNING)
    linked(access, main, part, other)
    services.add_note(request_id=main.pk, text="The crew comes on Friday.", kind="public", access=access, now=MORNING)
    run_jobs(only={"kernel.handle_events"})
    services.close(request_id=other.pk, reason="no_action", access=access, now=MORNING)
    services.close(request_id=main.pk, reason="done", parts_reason="no_action", access=access, now=MORNING + HOUR)
    run_jobs(only={"kernel.handle_events"})
    rows = (main, part, other)
    assert ("ben@example.org", "en", main.number) in mails_of(*rows, template="update")
    assert len([one for one in mails_of(*rows, template="update") if one[0] == "ben@example.org"]) == 1
    assert ("ana@example.org", "es", part.number) in mails_of(*rows, template="update")
    # The end: each by the reason of their own request, Ben once although he follows both.
    assert mails_of(*rows, template="done") == [("ben@example.org", "en", main.number)]
    ended = mails_of(*rows, template="closed_no_action")
    assert ("ana@example.org", "es", part.number) in ended
    assert not any(address == "ben@example.org" for address, _language, _number in ended)


def test_telling_again_tells_nobody_twice(city):
    access = everything()
    main, part = make_request("pothole", reporter=BEN), make_request("pothole", reporter=ANA)
    linked(access, main, part)
    services.close(request_id=main.pk, reason="done", parts_reason="done", access=access, now=MORNING)
    payload = {"request_id": main.pk, "reason": "done", "parts": [part.pk]}
    for _ in range(2):
        handlers.on_closed(payload=payload, event_id="e1", happened_at=MORNING, now=MORNING)
    assert len(mails_of(main, part, template="done")) == 2


def test_a_part_opened_again_leaves_a_closed_main_request(city):
    access = everything()
    main, part = make_request("pothole"), make_request("pothole")
    linked(access, main, part)
    services.close(request_id=main.pk, reason="done", parts_reason="done", access=access, now=MORNING)
    services.reopen(request_id=part.pk, reason="Still there", access=access, now=MORNING + HOUR)
    assert stands(part).is_open and stands(part).parent_id is None and stands(main).child_count == 0


def test_what_one_person_takes_back_ends_no_part(city):
    access = everything()
    main, part = make_request("pothole"), make_request("pothole")
    linked(access, main, part)
    services.withdraw_by_resident(request_id=main.pk, reason="Thanks", actor=access.actor, now=MORNING)
    assert stands(main).close_reason == "withdrawn" and stands(part).is_open and stands(part).parent_id is None


def test_parts_go_along_when_their_main_request_is_a_duplicate(city):
    access = everything()
    main, part, root = (make_request("pothole") for _ in range(3))
    linked(access, main, part)
    services.merge_duplicate(request_id=main.pk, parent_id=root.pk, access=access, now=MORNING)
    assert stands(part).parent_id == root.pk and stands(root).child_count == 1 and stands(main).child_count == 0
    # A part that doubles another is no part any more; what doubles it is looked up to where the work is done.
    double = make_request("pothole")
    services.merge_duplicate(request_id=part.pk, parent_id=double.pk, access=access, now=MORNING)
    assert stands(root).child_count == 0 and stands(part).parent_id == double.pk


def test_many_are_joined_to_the_oldest_with_a_reason(city):
    access = everything()
    rows = [make_request("pothole") for _ in range(4)]
    ids = [row.pk for row in rows]
    with pytest.raises(Invalid):
        services.join_many(request_ids=ids, main_id=None, is_same=False, reason="", access=access, now=MORNING)
    done = services.join_many(
        request_ids=ids, main_id=None, is_same=False, reason="One burst pipe", access=access, now=MORNING
    )
    assert done.done == ids[1:] and stands(rows[0]).child_count == 3
    done = services.join_many(
        request_ids=ids[1:3], main_id=None, is_same=True, reason="Twice the same", access=access, now=MORNING
    )
    assert done.done == ids[2:3] and stands(rows[2]).close_reason == "duplicate"
    assert stands(rows[0]).child_count == 2


def test_the_pages_show_parts_and_close_them(city, client):
    access = everything()
    main, part = make_request("pothole"), make_request("pothole")
    linked(access, main, part)
    client.force_login(User.objects.get(pk=access.actor.id))
    page = client.get(reverse("service_requests:detail", args=[main.number])).content.decode()
    assert part.number in page and f"Take {part.number} out" in page
    assert "1 part" in client.get(reverse("service_requests:queue") + "?show=open").content.decode()
    marked = client.get(reverse("service_requests:queue") + "?show=open&mark=part").content.decode()
    assert part.number in marked and main.number not in marked
    panel = client.get(reverse("service_requests:move_panel", args=[main.number, "close_done"])).content.decode()
    assert f"1 part of it is open: {part.number}." in panel
    act = reverse("service_requests:act", args=[main.number])
    refused = client.post(act, {"act": "close_done"}, headers={"HX-Request": "true"})
    assert refused.status_code == 409 and "Close them too" in refused.content.decode()
    client.post(act, {"act": "close_done", "parts_reason": "done"}, headers={"HX-Request": "true"})
    assert not stands(main).is_open and not stands(part).is_open
    assert "added" in client.get(reverse("service_requests:detail", args=[main.number])).content.decode()


@pytest.mark.django_db(transaction=True)
def test_closing_while_a_part_is_added_leaves_no_open_part_under_a_closed_one():
    load_city()
    access = everything()
    for _ in range(4):
        main, part = make_request("pothole"), make_request("pothole")
        race(
            lambda main=main: services.close(request_id=main.pk, reason="done", access=access, now=MORNING),
            lambda main=main, part=part: services.link_part(
                request_id=main.pk, part_id=part.pk, access=access, now=MORNING
            ),
        )
        assert not is_torn(main, part)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_an_open_part_hangs_under_a_closed_request():
    """The negative control: with the lock taken away the same race must show the harm."""
    load_city()
    access = everything()
    slow = threading.Barrier(2)

    mains, harmed = set(), 0

    def unlocked(request_id, access, **_more):
        row = ServiceRequest.objects.defer("search").get(pk=request_id)
        if request_id in mains:
            slow.wait(60)
        return row

    for _ in range(4):
        main, part = make_request("pothole"), make_request("pothole")
        mains.add(main.pk)
        with (
            mock.patch.object(services.closing, "take", unlocked),
            mock.patch.object(services.family, "take", unlocked),
        ):
            race(
                lambda main=main: services.close(request_id=main.pk, reason="done", access=access, now=MORNING),
                lambda main=main, part=part: services.link_part(
                    request_id=main.pk, part_id=part.pk, access=access, now=MORNING
                ),
            )
        harmed += is_torn(main, part)
    assert harmed


def is_torn(main, part):
    main, part = stands(main), stands(part)
    return not main.is_open and part.is_open and part.parent_id == main.pk


def test_a_confidential_part_is_not_named_on_the_page(city):
    access = everything()
    main, part = make_request("pothole"), make_request("pothole")
    linked(access, main, part)
    ServiceRequest.objects.filter(pk=part.pk).update(is_confidential=True)
    assert queries.get_request(access, main.number, now=MORNING).parts == []
