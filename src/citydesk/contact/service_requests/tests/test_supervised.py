"""What waits for judgment: returned twice and ruled; without a code, coded and visibly routed again."""

import pytest
from django.test import Client

from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.contact.service_requests import queries, services
from citydesk.contact.service_requests.queries import coding, returns
from citydesk.contact.service_requests.tests.factories import (
    MORNING,
    ServiceRequest,
    everything,
    load_city,
    make_request,
    staff,
)
from citydesk.kernel.audit import history_of
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed

pytestmark = pytest.mark.django_db
REQUEST = "service_requests.request"


def again(row):
    return ServiceRequest.objects.get(pk=row.pk)


def returned(times=2):
    """A pothole that public works gave back so many times, each time with a reason."""
    row, boss = make_request("pothole"), everything()
    works = again(row).team_id
    for n in range(times):
        if n:
            services.assign(request_id=row.pk, team_id=works, reason="It is theirs", access=boss, now=MORNING)
        services.return_request(request_id=row.pk, reason=f"State road {n}", access=boss, now=MORNING)
    return again(row), works, boss


@pytest.fixture
def city():
    load_city()


def test_the_first_return_goes_to_the_desk_the_second_waits_for_a_supervisor(city):
    row, _works, boss = returned(1)
    assert not row.is_disputed and returns.list_to_rule(boss) == []
    team = make_team("public_works").pk
    services.assign(request_id=row.pk, team_id=team, reason="Look again", access=boss, now=MORNING)
    services.return_request(request_id=row.pk, reason="Still not ours", access=boss, now=MORNING)
    [one] = returns.list_to_rule(boss)
    assert (one.number, [back.reason for back in one.returns]) == (row.number, ["State road 0", "Still not ours"])


def test_a_ruling_needs_a_supervisor_a_team_and_a_reason(city):
    row, works, boss = returned()
    clerk = staff("clerk", "coordinator")
    with pytest.raises(NotAllowed):
        services.rule_on_return(request_id=row.pk, team_id=works, reason="x", access=clerk, now=MORNING)
    for team, reason in ((None, "x"), (works, "  ")):
        with pytest.raises(Invalid):
            services.rule_on_return(request_id=row.pk, team_id=team, reason=reason, access=boss, now=MORNING)
    services.rule_on_return(request_id=row.pk, team_id=works, reason="City limits", access=boss, now=MORNING)
    assert (again(row).team_id, again(row).is_disputed) == (works, False)
    told = history_of(REQUEST, row.pk)[0]
    assert told.code == "service_requests.ruled" and told.reason == "City limits" and "Public works" in told.sentence
    with pytest.raises(Conflict):
        services.rule_on_return(request_id=row.pk, team_id=works, reason="again", access=boss, now=MORNING)


def test_the_page_shows_both_reasons_and_takes_the_ruling(city):
    row, works, _boss = returned()
    client = Client()
    client.force_login(make_user("chief", roles=["supervisor"]))
    page = client.get("/desk/requests/returns/").content.decode()
    assert "State road 0" in page and "State road 1" in page
    refused = client.post("/desk/requests/returns/", {"number": row.number, "team": str(works), "reason": ""})
    assert refused.status_code == 400 and "needs a reason" in refused.content.decode()
    given = {"number": row.number, "team": str(works), "reason": "City limits", "version": str(row.version)}
    assert client.post("/desk/requests/returns/", given, follow=True).status_code == 200
    assert not again(row).is_disputed
    assert "State road" not in client.get("/desk/requests/returns/").content.decode()


def uncoded(**more):
    return make_request("uncoded", **more)


def coder():
    client = Client()
    client.force_login(make_user("coder", roles=["coordinator"]))
    return client


def test_what_no_code_fits_is_listed_with_the_codes_its_words_suggest(city):
    late = uncoded(description="There is a pothole in the street")
    [one] = coding.list_uncoded(everything(), now=MORNING)
    assert one.number == late.number and one.suggestions[0].code == "pothole"
    assert coding.count_uncoded(staff("other"), MORNING) == 1


def test_the_view_of_the_coding_queue_counts_what_the_reader_sees_of_a_bounded_walk(city, monkeypatch):
    rows = [uncoded() for _ in range(3)]
    rows[1].is_confidential = True
    rows[1].save(update_fields=["is_confidential"])
    parks = access_of(make_user("parks", roles=["department_worker"], teams=["parks"]))

    def counted(access):
        return next(one.shown for one in queries.list_views(access, now=MORNING)[1] if one.code == "coding")

    readers = everything(), staff("other"), parks
    assert [counted(one) for one in readers] == ["3", "2", "0"]
    monkeypatch.setattr("citydesk.contact.service_requests.queries.counts.CAP", 2)
    queries.queue_statements(MORNING).clear()
    assert [counted(one) for one in readers] == ["2+", "2+", "0+"]


def test_coded_it_is_routed_again_and_the_page_says_where_it_went(city):
    row, client = uncoded(description="There is a pothole in the street"), coder()
    before = row.team_id
    page = client.get("/desk/requests/coding/").content.decode()
    assert row.number in page and "pothole in the street" in page
    nothing = client.post("/desk/requests/coding/", {"number": row.number, "code": "uncoded", "was_code": "uncoded"})
    assert nothing.status_code == 400
    given = {"number": row.number, "code": "pothole", "was_code": "uncoded", "version": str(row.version)}
    kept = {name: getattr(row, name) for name in ("place_detail", "description")}
    given |= {**kept, **{f"was_{name.removeprefix('place_')}": value for name, value in kept.items()}}
    told = client.post("/desk/requests/coding/", given, follow=True).content.decode()
    now = again(row)
    assert now.service.code == "pothole" and now.team_id != before
    assert row.number in told and "Public works" in told
    assert {"corrected", "routed"} <= {one.code.partition(".")[2] for one in history_of(REQUEST, row.pk)}
    assert coding.list_uncoded(access_of(make_user("x", roles=["supervisor"])), now=MORNING) == []


def test_a_code_that_must_know_more_asks_before_it_takes_the_request(city):
    row, client = uncoded(description="A tree fell"), coder()
    given = {"number": row.number, "code": "tree_down", "was_code": "uncoded", "description": row.description}
    refused = client.post("/desk/requests/coding/", given | {"was_description": row.description})
    assert refused.status_code in (400, 422) and "q.wires" in refused.content.decode()
    assert again(row).service.code == "uncoded"


def test_who_may_not_correct_does_not_code(city):
    client = Client()
    client.force_login(make_user("dana", roles=["representative"]))
    assert client.get("/desk/requests/coding/").status_code == 403
    assert client.get("/desk/requests/returns/").status_code == 403
