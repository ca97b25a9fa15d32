"""The city's directory: groups give roles, leavers are out at once, a strong sign-in counts, a locked desk opens."""

import time

import pytest
from django.test import Client

from citydesk.city.staff.choices import LOCKED
from citydesk.city.staff.models import RoleGrant
from citydesk.city.staff.services import grant_role
from citydesk.city.staff.tests.factories import make_role, make_user
from citydesk.city.staff.tests.fake_provider import CLIENT_ID
from citydesk.city.staff.tests.test_identity_provider import ACCOUNT, come_back, is_in, link, start
from citydesk.city.staff.tests.test_identity_provider import provider as provider
from citydesk.city.staff.tests.test_identity_provider import running as running
from citydesk.kernel.actors import SYSTEM_ACCESS
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def rosa(provider, settings):
    """Somebody of the directory: no password, at a counter."""
    settings.OIDC_PROVIDER = "city"
    settings.OIDC_GROUPS_CLAIM = "groups"
    settings.OIDC_ROLES = {"Desk Agents": ("representative",), "Desk Leads": ("supervisor", "coordinator")}
    for code in ("representative", "coordinator", "supervisor", "auditor"):
        make_role(code, [])
    user = make_user("rosa", email="rosa@city.example", desk="Counter 1")
    user.set_unusable_password()
    user.save()
    link(user, provider)
    return user


def sign_in(provider, client=None, **claims):
    client = client or Client()
    asked = start(client, provider)
    provider.id_token = provider.sign(provider.claims(asked["nonce"], **claims))
    return client, come_back(client, asked["state"])


def roles_of(user):
    rows = RoleGrant.objects.filter(user=user, valid__contains=utc_now().date()).values_list("role__code", flat=True)
    return sorted(rows)


def test_groups_give_and_take_roles_and_leave_what_people_gave(provider, rosa):
    grant_role(user_id=rosa.pk, role="auditor", reason="by hand", access=SYSTEM_ACCESS, now=utc_now())
    client, _answer = sign_in(provider, groups=["Desk Agents", "Parking"])
    assert is_in(client) and roles_of(rosa) == ["auditor", "representative"]
    sign_in(provider, groups=["Desk Leads"])
    assert roles_of(rosa) == ["auditor", "coordinator", "supervisor"]
    sign_in(provider)  # a token that names no groups changes nothing
    assert roles_of(rosa) == ["auditor", "coordinator", "supervisor"]
    sign_in(provider, groups=[])
    assert roles_of(rosa) == ["auditor"]
    sign_in(provider, groups="Desk Agents")
    assert roles_of(rosa) == ["auditor", "representative"]


def logout_token(provider, **changes):
    claims = {"iss": provider.origin, "aud": CLIENT_ID, "iat": int(time.time()), "jti": str(time.time_ns())}
    claims |= {"exp": int(time.time()) + 120, "sub": "person-1", "events": {EVENT: {}}}
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def end(provider, token):
    return Client().post("/accounts/oidc/city/logout/", {"logout_token": token})


def test_who_leaves_is_out_with_the_next_request(provider, rosa):
    client, _answer = sign_in(provider)
    assert is_in(client)
    good = provider.sign(logout_token(provider))
    assert end(provider, good).status_code == 200
    assert not is_in(client)
    assert end(provider, good).status_code == 400  # once


def test_only_the_providers_own_logout_token_ends_anything(provider, rosa):
    client, _answer = sign_in(provider)
    for token in (
        "rubbish",
        provider.sign(logout_token(provider), key=provider.stranger),
        provider.sign(logout_token(provider, aud="another")),
        provider.sign(logout_token(provider, iss="https://another.example")),
        provider.sign(logout_token(provider, events={})),
        provider.sign(logout_token(provider, events=None)),
        provider.sign(logout_token(provider, nonce="n")),
        provider.sign(logout_token(provider, sub=None)),
        provider.sign(logout_token(provider, iat=int(time.time()) - 3600)),
    ):
        assert end(provider, token).status_code == 400, token
    assert is_in(client)
    assert end(provider, provider.sign(logout_token(provider, sub="a-stranger"))).status_code == 200
    assert is_in(client)
    assert Client().get("/accounts/oidc/city/logout/").status_code == 405


@pytest.mark.parametrize(
    ("claims", "is_let_in"),
    [({"amr": ["pwd", "mfa"]}, True), ({"acr": "phr"}, True), ({"amr": ["pwd"]}, False), ({}, False)],
)
def test_a_role_that_asks_for_two_factors_takes_the_directorys_word(provider, rosa, settings, claims, is_let_in):
    from citydesk.city.staff.models import Role

    settings.OIDC_STRONG = frozenset({"mfa", "phr"})
    Role.objects.filter(code="supervisor").update(requires_mfa=True)
    grant_role(user_id=rosa.pk, role="supervisor", reason="by hand", access=SYSTEM_ACCESS, now=utc_now())
    client, _answer = sign_in(provider, **claims)
    assert ("/2fa/" in client.get("/desk/staff/account/").headers.get("Location", "")) is not is_let_in


def locked(client):
    session = client.session
    session[LOCKED] = True
    session.save()


def test_a_locked_desk_opens_for_a_fresh_sign_in_of_the_same_person(provider, rosa):
    client, _answer = sign_in(provider)
    locked(client)
    page = client.get("/desk/staff/locked/")
    assert b'type="password"' not in page.content and b"/accounts/oidc/city/login/" in page.content
    assert client.post("/desk/staff/locked/").status_code == 422  # not signed in again yet

    asked = start(client, provider)
    assert asked["prompt"] == "login" and asked["max_age"] == "0"
    provider.id_token = provider.sign(provider.claims(asked["nonce"], auth_time=int(time.time())))
    assert come_back(client, asked["state"]).status_code == 302
    assert client.get(ACCOUNT, headers={"Accept": "text/html"}).status_code == 200
    # The dialog in the first tab, where something was being typed, hears that it is open.
    assert client.post("/desk/staff/locked/", headers={"X-Lock": "1"}).status_code == 204


@pytest.mark.parametrize("claims", [{}, {"auth_time": int(time.time()) - 3600}, {"sub": "person-2", "auth_time": None}])
def test_a_locked_desk_stays_shut_for_an_old_sign_in_and_for_others(provider, rosa, claims):
    other = make_user("otto", email="otto@city.example")
    link(other, provider, subject="person-2")
    client, _answer = sign_in(provider)
    locked(client)
    if "sub" in claims:
        claims = {**claims, "auth_time": int(time.time())}
    _client, answer = sign_in(provider, client, **claims)
    assert answer["Location"] == "/desk/staff/locked/"
    assert client.get(ACCOUNT).status_code == 423
    assert client.session["_auth_user_id"] == str(rosa.pk)
