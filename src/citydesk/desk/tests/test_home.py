"""Opening pages, find, map and administration: each role sees its own, and nothing it may not see."""

from datetime import timedelta

import pytest

from citydesk.city.staff.tests.factories import make_role, make_user, standard_roles
from citydesk.contact.service_requests.tests.factories import load_city, make_request
from citydesk.desk.rules.home import own_pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(client):
    load_city()
    standard_roles()

    def enter(*roles):
        user = make_user(roles=list(roles))
        client.force_login(user)
        return user

    return enter


@pytest.mark.parametrize(
    ("role", "status", "sees"),
    [
        ("representative", 200, "Promises due"),
        ("supervisor", 200, "Requests"),
        ("director", 200, "The city at a glance"),
    ],
)
def test_each_role_opens_its_own_page(client, sign_in, role, status, sees):
    sign_in(role)
    page = client.get("/desk/")
    assert page.status_code == status
    assert sees in page.content.decode()


def test_crews_go_to_their_round_and_administrators_to_the_installation(client, sign_in):
    sign_in("crew")
    assert client.get("/desk/").url == "/desk/work-orders/crew/"
    sign_in("administrator")
    assert client.get("/desk/").url == "/desk/administration/"


def test_the_first_page_is_the_one_of_the_weightiest_duty():
    rights = {"desk.supervise", "interactions.take", "statistics.view"}
    assert own_pages(rights.__contains__, {"supervisor"}) == ["supervisor", "representative", "director"]
    assert own_pages({"statistics.view", "service_requests.edit"}.__contains__, {"director"})[0] == "director"


def test_a_page_of_another_role_is_not_there(client, sign_in):
    sign_in("representative")
    assert client.get("/desk/home/supervisor/").status_code == 404


def test_a_number_goes_straight_to_its_page(client, sign_in):
    sign_in("supervisor")
    found = client.post("/desk/find/", {"q": "sr 26 000123 k"})
    assert found.status_code in (200, 302)
    request = make_request()
    assert client.post("/desk/find/", {"q": request.number.lower()}).url == f"/desk/requests/{request.number}/"


def test_words_find_nothing_politely_and_never_stand_in_the_address(client, sign_in):
    sign_in("supervisor")
    page = client.post("/desk/find/", {"q": "zzzz nobody"})
    assert "Nothing has these words." in page.content.decode()


def test_the_map_has_points_without_names(client, sign_in):
    sign_in("supervisor")
    assert client.get("/desk/map/").status_code == 200
    assert client.get("/desk/map/points/").json()["type"] == "FeatureCollection"


def test_an_administrator_sees_health_and_makes_keys_but_no_request(client, sign_in):
    sign_in("administrator")
    assert "Health" in client.get("/desk/administration/").content.decode()
    refused = client.post("/desk/administration/keys/", {"name": "", "per_minute": "60"})
    assert refused.status_code == 422
    made = client.post(
        "/desk/administration/keys/",
        {"name": "App", "scopes": "open311.report", "per_minute": "60", "service_codes": ""},
    )
    assert "ck_" in made.content.decode()
    assert "ck_" not in client.get("/desk/administration/keys/").content.decode().replace("<code>ck_", "")
    assert client.get("/desk/requests/").status_code == 403


def test_absent_work_moves_to_a_colleague_in_one_act(client, sign_in):
    from citydesk.city.staff.services import set_absence
    from citydesk.contact.service_requests.queries.absence import count_owned
    from citydesk.kernel.actors import SYSTEM_ACCESS
    from citydesk.kernel.clock import utc_now

    boss = sign_in("supervisor")
    away, colleague = make_user(roles=["representative"]), make_user(roles=["representative"])
    now = utc_now()
    make_request(owner_id=away.pk)
    set_absence(
        user_id=away.pk,
        kind="sick",
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=9),
        access=SYSTEM_ACCESS,
        now=now,
    )
    assert away.name in client.get("/desk/").content.decode()
    preview = client.get(f"/desk/absent/{away.pk}/move/", {"to": str(colleague.pk)}).content.decode()
    assert away.name in preview and "Move 1" in preview
    assert client.post(f"/desk/absent/{away.pk}/move/", {"to": str(away.pk)}).status_code == 400
    assert client.post(f"/desk/absent/{away.pk}/move/", {"to": str(colleague.pk)}).status_code == 302
    owned = count_owned(SYSTEM_ACCESS, [away.pk, colleague.pk], now=now)
    assert (away.pk in owned, owned[colleague.pk][0]) == (False, 1)
    assert "absent/back" in client.get("/desk/").content.decode()
    assert client.post("/desk/absent/back/").status_code == 302
    owned = count_owned(SYSTEM_ACCESS, [away.pk, colleague.pk], now=now)
    assert (owned[away.pk][0], colleague.pk in owned) == (1, False)
    assert "absent/back" not in client.get("/desk/").content.decode()
    assert boss.pk


def test_my_desk_tells_ones_own_numbers_with_the_way_to_the_whole_week(client, tmp_path, monkeypatch):
    from citydesk.contact.traffic.tests import test_numbers as numbers

    numbers.monitored("handle_time")
    role = make_role("own", ["staff.own_account", "desk.home", "interactions.take", "traffic.numbers"])
    client.force_login(numbers.staffed(tmp_path, roles=[role], ann=90)["ann"])
    monkeypatch.setattr("citydesk.desk.views.home.utc_now", lambda: numbers.IN_WEEK + timedelta(hours=5))
    main = client.get("/desk/").content.decode().partition("<main")[2]
    card = main.partition("My numbers")[2].partition("</section>")[0]
    assert "Contacts answered" in card and "01:30" in card and "01:00" in card and "/desk/traffic/numbers/" in card
    assert "Contacts passed on" not in card
