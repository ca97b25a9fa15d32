"""Sign-in by the city's identity provider: a good token of a linked person, and nothing else."""

import base64
import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from requests.exceptions import ConnectionError as NotReached
from requests.exceptions import ReadTimeout

from citydesk.city.staff.adapters import identities, provider_line
from citydesk.city.staff.services import disable_user, link_identity
from citydesk.city.staff.tests.factories import PASSWORD, add_second_factor, make_user
from citydesk.city.staff.tests.fake_provider import CLIENT_ID, CLIENT_SECRET, FakeProvider, running_provider
from citydesk.kernel.actors import SYSTEM_ACCESS
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict

pytestmark = pytest.mark.django_db
ACCOUNT = "/desk/staff/account/"


@pytest.fixture(scope="module")
def running():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running, settings) -> FakeProvider:
    app = {
        "provider_id": "city",
        "name": "City account",
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "settings": {"server_url": running.origin, "oauth_pkce_enabled": True},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    running.id_token = None
    return running


@pytest.fixture
def rosa(provider):
    user = make_user("rosa", email="rosa@city.example", password=PASSWORD)
    link(user, provider)
    return user


def link(user, provider, subject="person-1"):
    link_identity(
        user_id=user.pk,
        provider="city",
        issuer=provider.origin,
        subject=subject,
        access=SYSTEM_ACCESS,
        now=utc_now(),
    )


def start(client: Client, provider: FakeProvider) -> dict[str, str]:
    """Leave for the provider; returns what the browser takes there."""
    answer = client.post("/accounts/oidc/city/login/")
    assert answer.status_code == 302, answer.content.decode()[:500]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    provider.challenge = asked["code_challenge"]
    return asked


def come_back(client: Client, state: str, **more: str):
    return client.get("/accounts/oidc/city/login/callback/", {"code": "abc", "state": state, **more})


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def test_a_good_token_of_a_linked_person(provider, rosa):
    client = Client()
    asked = start(client, provider)
    provider.id_token = provider.sign(provider.claims(asked["nonce"]))
    answer = come_back(client, asked["state"])
    assert answer.status_code == 302 and answer["Location"] == "/desk/"
    assert is_in(client)


def test_the_nonce_differs_each_time(provider, rosa):
    first, second = start(Client(), provider), start(Client(), provider)
    assert first["nonce"] != second["nonce"] and first["state"] != second["state"]


def unsigned(claims):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'kid': 'main', 'typ': 'JWT'})}.{part(claims)}."


def tampered(token):
    head, body, seal = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["sub"] = "person-1"
    other = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{head}.{other}.{seal}"


def hs256_with(provider, claims, key):
    """PyJWT refuses to sign HS256 with a public key; an attacker does not ask PyJWT."""
    import hashlib
    import hmac

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    signed = f"{part({'alg': 'HS256', 'kid': 'main'})}.{part(claims)}"
    seal = hmac.new(key, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(seal).rstrip(b'=').decode()}"


BAD = {
    "another audience": lambda p, n: p.sign(p.claims(n, aud="other-app")),
    "no audience": lambda p, n: p.sign(p.claims(n, aud=None)),
    "two audiences, no authorized party": lambda p, n: p.sign(p.claims(n, aud=[CLIENT_ID, "other-app"])),
    "another authorized party": lambda p, n: p.sign(p.claims(n, azp="other-app")),
    "another issuer": lambda p, n: p.sign(p.claims(n, iss="https://evil.example")),
    "no issuer": lambda p, n: p.sign(p.claims(n, iss=None)),
    "another nonce": lambda p, n: p.sign(p.claims("0" * 64)),
    "no nonce": lambda p, n: p.sign(p.claims(n, nonce=None)),
    "empty nonce": lambda p, n: p.sign(p.claims("")),
    "expired": lambda p, n: p.sign(p.claims(n, exp=int(time.time()) - 120)),
    "no expiry": lambda p, n: p.sign(p.claims(n, exp=None)),
    "issued an hour ago": lambda p, n: p.sign(p.claims(n, iat=int(time.time()) - 3600)),
    "issued tomorrow": lambda p, n: p.sign(p.claims(n, iat=int(time.time()) + 86400)),
    "not valid yet": lambda p, n: p.sign(p.claims(n, nbf=int(time.time()) + 3600)),
    "no time of issue": lambda p, n: p.sign(p.claims(n, iat=None)),
    "no subject": lambda p, n: p.sign(p.claims(n, sub=None)),
    "empty subject": lambda p, n: p.sign(p.claims(n, sub="")),
    "subject of 300 characters": lambda p, n: p.sign(p.claims(n, sub="x" * 300)),
    "algorithm none": lambda p, n: unsigned(p.claims(n)),
    "HS256 with the client secret": lambda p, n: p.sign(p.claims(n), key=CLIENT_SECRET, algorithm="HS256"),
    "HS256 with the public key": lambda p, n: hs256_with(p, p.claims(n), p.public_pem()),
    "another algorithm than the key's": lambda p, n: p.sign(p.claims(n), algorithm="RS512"),
    "signed by a stranger": lambda p, n: p.sign(p.claims(n), key=p.stranger),
    "unknown key": lambda p, n: p.sign(p.claims(n), kid="other"),
    "tampered": lambda p, n: tampered(p.sign(p.claims(n, sub="person-2"))),
    "not a token": lambda p, n: "abc.def",
    "no token": lambda p, n: None,
}


@pytest.mark.parametrize("name", BAD)
def test_bad_tokens_sign_nobody_in(provider, rosa, name):
    client = Client()
    asked = start(client, provider)
    provider.id_token = BAD[name](provider, asked["nonce"])
    answer = come_back(client, asked["state"])
    assert answer.status_code in (200, 302, 401, 403)
    assert not is_in(client)


def test_a_token_with_an_id_is_taken_once(provider, rosa):
    for works in (True, False):
        client = Client()
        asked = start(client, provider)
        provider.id_token = provider.sign(provider.claims(asked["nonce"], jti="once"))
        come_back(client, asked["state"])
        assert is_in(client) is works


def test_state_of_another_browser_or_a_used_one_is_refused(provider, rosa):
    mine, theirs = Client(), Client()
    asked = start(theirs, provider)
    provider.id_token = provider.sign(provider.claims(asked["nonce"]))
    come_back(mine, asked["state"])
    assert not is_in(mine)
    come_back(theirs, asked["state"])
    assert is_in(theirs)
    again = Client()
    come_back(again, asked["state"])
    assert not is_in(again)


def test_an_unlinked_identity_stays_out_even_with_the_address_of_an_account(provider):
    make_user("rosa", email="rosa@city.example", password=PASSWORD)
    client = Client()
    asked = start(client, provider)
    provider.id_token = provider.sign(provider.claims(asked["nonce"]))
    answer = client.get("/accounts/oidc/city/login/callback/", {"code": "abc", "state": asked["state"]}, follow=True)
    assert "No open account is linked" in answer.content.decode()
    assert not is_in(client)


def test_unlinked_and_disabled_get_one_answer(provider, rosa):
    disable_user(user_id=rosa.pk, reason="left", access=SYSTEM_ACCESS, now=utc_now())
    client = Client()
    asked = start(client, provider)
    provider.id_token = provider.sign(provider.claims(asked["nonce"]))
    answer = client.get("/accounts/oidc/city/login/callback/", {"code": "abc", "state": asked["state"]}, follow=True)
    assert "No open account is linked" in answer.content.decode()
    assert not is_in(client)


def test_the_second_factor_is_asked_here_too(provider, rosa):
    add_second_factor(rosa)
    client = Client()
    asked = start(client, provider)
    provider.id_token = provider.sign(provider.claims(asked["nonce"]))
    assert come_back(client, asked["state"])["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)


def test_a_person_is_issuer_and_subject(provider, rosa):
    other = make_user("other")
    with pytest.raises(Conflict):
        link(other, provider)
    link_identity(
        user_id=other.pk,
        provider="city",
        issuer="https://another.example",
        subject="person-1",
        access=SYSTEM_ACCESS,
        now=utc_now(),
    )
    client = Client()
    asked = start(client, provider)
    provider.id_token = provider.sign(provider.claims(asked["nonce"]))
    come_back(client, asked["state"])
    assert client.get(ACCOUNT).content.decode().count("rosa") > 0


def test_an_unknown_provider_is_not_found(provider):
    assert Client().get("/accounts/oidc/nobody/login/").status_code == 404


def test_a_provider_that_does_not_answer_leaves_the_password(provider, monkeypatch):
    """Whoever presses the button meanwhile is told so; after one wait the others are told at once."""
    asked = []

    def silent(*words, **_more):
        asked.append(words)
        raise ReadTimeout

    monkeypatch.setattr(provider_line, "line", provider_line.Line())
    monkeypatch.setattr(identities, "line", provider_line.line)
    monkeypatch.setattr("requests.Session.request", silent)
    for _ in range(3):
        answer = Client().post("/accounts/oidc/city/login/", follow=True)
        assert answer.redirect_chain == [("/accounts/login/", 302)]
        assert "does not answer" in answer.content.decode()
    assert len(asked) == 1


def test_few_wait_for_the_provider_at_a_time():
    line, asked = provider_line.Line(), []

    def ask_within_an_answer():
        asked.append(1)
        return line.ask(lambda **_more: ask_within_an_answer())

    with pytest.raises(NotReached):
        ask_within_an_answer()
    assert len(asked) == provider_line.AT_ONCE + 1
