"""The room's pages: who may open them, what they show, what they do."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from citydesk.city.staff.models import Absence, RoleGrant, RoleGrantRequest, User
from citydesk.city.staff.tests.factories import (
    make_office,
    make_role,
    make_team,
    make_user,
    standard_role_data,
)
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    now = utc_now().timestamp()
    session["account_authentication_methods"] = [{"method": "password", "at": now, "username": user.username}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


@pytest.fixture
def administrator(db):
    return make_user("ada", roles=["administrator"])


@pytest.mark.parametrize("name", ["people", "teams", "roles"])
def test_pages_about_people_need_the_right(client, name):
    address = reverse(f"staff:{name}")
    assert client.get(address).status_code == 302
    assert client_of(make_user("crew", roles=["crew"])).get(address).status_code == 403
    assert client_of(make_user("sue", roles=["supervisor"])).get(address).status_code == 200


def test_every_signed_in_person_has_an_account_page_and_nothing_else():
    client = client_of(make_user("newcomer"))
    assert client.get(reverse("staff:account")).status_code == 200
    assert client.get(reverse("staff:people")).status_code == 403
    assert client.get(reverse("staff:directory")).status_code == 403


def test_an_administrator_makes_an_account_and_gets_a_link_for_it(administrator):
    client = client_of(administrator)
    given = {"username": "New.Person", "name": "New Person", "email": "new@city.example", "language": "es"}
    assert client.post(reverse("staff:new_person"), given).status_code == 302
    user = User.objects.get(username="new.person")
    assert not user.has_usable_password()

    page = client.post(reverse("staff:act", args=["new.person", "reset"]))
    assert page.status_code == 200
    assert "/accounts/password/reset/key/" in page.content.decode()


def test_a_taken_name_is_said_beside_the_field_and_keeps_the_input(administrator):
    make_user("taken")
    answer = client_of(administrator).post(
        reverse("staff:new_person"), {"username": "taken", "name": "Second", "language": "en"}
    )
    assert answer.status_code == 400
    assert "This user name is taken." in answer.content.decode()
    assert 'value="Second"' in answer.content.decode()


def test_a_sensitive_role_waits_for_a_second_person(administrator):
    make_role("supervisor")
    person, second = make_user("pat"), make_user("second", roles=["administrator"])
    asked = {"role": "supervisor", "reason": "Leads the desk from Monday"}
    assert client_of(administrator).post(reverse("staff:act", args=["pat", "grant"]), asked).status_code == 302
    waiting = RoleGrantRequest.objects.get()
    assert not RoleGrant.objects.filter(user=person).exists()

    own = client_of(administrator).post(reverse("staff:decide", args=[waiting.pk]), {"decision": "approve"})
    assert own.status_code == 403
    page = client_of(second).get(reverse("staff:people")).content.decode()
    assert "Leads the desk from Monday" in page
    assert (
        client_of(second).post(reverse("staff:decide", args=[waiting.pk]), {"decision": "approve"}).status_code == 302
    )
    grant = RoleGrant.objects.get(user=person)
    assert (grant.granted_by_id, grant.approved_by_id) == (administrator.pk, second.pk)


def test_giving_a_role_asks_for_a_recent_sign_in(administrator):
    make_user("pat")
    make_role("representative")
    client = client_of(administrator)
    session = client.session
    session["account_authentication_methods"][0]["at"] -= 600
    session.save()
    answer = client.post(reverse("staff:act", args=["pat", "grant"]), {"role": "representative", "reason": "new"})
    assert answer.status_code == 302 and "reauthenticate" in answer["Location"]
    assert "Confirm who you are" in client.get(reverse("staff:person", args=["pat"])).content.decode()
    assert not RoleGrant.objects.filter(user__username="pat").exists()


def test_a_supervisor_enters_an_absence_but_gives_no_role():
    supervisor, person = make_user("sue", roles=["supervisor"]), make_user("pat")
    make_role("representative")
    client = client_of(supervisor)
    start = utc_now()
    given = {"starts_at": start.strftime("%Y-%m-%dT%H:%M"), "kind": "sick"}
    assert client.post(reverse("staff:act", args=["pat", "absence"]), given).status_code == 302
    absence = Absence.objects.get(user=person)
    others = client_of(make_user("aud", roles=["auditor"])).get(reverse("staff:person", args=["pat"])).content.decode()
    assert "until further notice" in others and "Sick" not in others
    assert client.post(reverse("staff:act", args=["pat", "back"]), {"absence_id": absence.pk}).status_code in (302, 409)
    refused = client.post(reverse("staff:act", args=["pat", "grant"]), {"role": "representative", "reason": "x"})
    assert refused.status_code == 403


def test_unknown_people_and_acts_are_not_found(administrator):
    client = client_of(administrator)
    assert client.get(reverse("staff:person", args=["nobody"])).status_code == 404
    assert client.post(reverse("staff:act", args=["ada", "explode"])).status_code == 404
    assert client.post(reverse("staff:decide", args=[99]), {"decision": "approve"}).status_code == 404


def test_lists_cost_the_same_for_five_and_fifty_people(administrator, no_look_is_due):
    counts = []
    client = client_of(administrator)
    client.get(reverse("staff:people"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for size in (5, 45):
        for _ in range(size):
            make_user(roles=["representative"], teams=["desk"])
        for name in ("people", "teams", "roles"):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(reverse(f"staff:{name}")).status_code == 200
            counts.append((name, len(seen)))
    assert counts[:3] == counts[3:]


def test_my_account_keeps_language_and_keys_of_this_person_alone():
    user, other = make_user("mine"), make_user("other")
    client = client_of(user)
    client.post(reverse("staff:account_language"), {"language": "es"})
    client.post(reverse("staff:account_keys"), {"has_keys": "", "key_f2": "Ctrl Shift N"})
    user.refresh_from_db(), other.refresh_from_db()
    assert (user.language, user.has_keys, user.key_map) == ("es", False, {"F2": "Ctrl Shift N"})
    assert (other.language, other.has_keys, other.key_map) == ("en", True, {})
    assert 'lang="es"' in client.get(reverse("staff:account")).content.decode()


def test_one_key_for_two_actions_is_refused():
    client = client_of(make_user("mine"))
    answer = client.post(reverse("staff:account_keys"), {"key_f2": "F6", "key_f3": "F6"})
    assert answer.status_code == 400
    assert "One key is given to two actions." in answer.content.decode()
    assert client.post(reverse("staff:account_keys"), {"key_f2": "banana"}).status_code == 400


def test_the_directory_page_and_its_fragment():
    make_office("treasurer", subjects={"en": ["property tax"], "es": ["impuesto predial"]}, phone="+14235550140")
    make_office("library", subjects={"en": ["books"], "es": ["libros"]})
    client = client_of(make_user("rep", roles=["representative"]))
    page = client.get(reverse("staff:directory"), {"q": "my property tax"}).content.decode()
    assert "tel:+14235550140" in page and "(423) 555-0140" in page and "Library" not in page
    fragment = client.get(reverse("staff:directory"), {"q": "tax", "pick": "1"}, headers={"HX-Request": "true"})
    assert fragment.content.decode().lstrip().startswith('<div id="offices"')
    assert 'type="radio"' in fragment.content.decode()


def test_who_is_away_shows_in_the_list(administrator):
    person = make_user("pat")
    Absence.objects.create(user=person, starts_at=utc_now() - timedelta(hours=1))
    page = client_of(administrator).get(reverse("staff:people"), {"state": "away"}).content.decode()
    assert "Pat" in page and "Ada" not in page.split('id="people"')[1]


def test_every_standard_role_page_is_readable_in_spanish(administrator):
    for code in standard_role_data():
        make_role(code)
    User.objects.filter(pk=administrator.pk).update(language="es")
    page = client_of(administrator).get(reverse("staff:roles")).content.decode()
    assert "Representante" in page and "Representative" not in page
    make_team("trees")
    assert client_of(administrator).get(reverse("staff:teams")).status_code == 200


def test_the_second_administrator_sees_both_particulars(administrator):
    make_user("pat", name="Pat Reyes")
    client, page = client_of(administrator), reverse("staff:person", args=["pat"])
    act = reverse("staff:act", args=["pat", "change"])
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', client.get(page).content.decode())[1]
    typed = {"name": "Pat Reyes", "email": "", "desk": "Window 3", "phone": "", "seen": seen}
    assert client.post(act, typed).status_code == 302
    assert client.post(act, typed).status_code == 302  # sent twice
    stale = client.post(act, {**typed, "desk": "Window 5"})
    shown = stale.content.decode()
    assert stale.status_code == 409 and f"{administrator.name} saved first" in shown
    assert "<mark>3</mark>" in shown and "<mark>5</mark>" in shown and 'value="Window 5"' in shown
    again = re.search(r'name="seen" value="([0-9a-f]+)"', shown)[1]
    assert client.post(act, {**typed, "desk": "Window 5", "seen": again}).status_code == 302
    assert "Window 5" in client.get(page).content.decode()
    nameless = client.post(act, {**typed, "name": " ", "email": "pat@example.org"})
    assert nameless.status_code == 400
