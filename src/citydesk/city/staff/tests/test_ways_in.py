"""docs/rules/sign-in.md names every way in, and there is no other."""

import re
from pathlib import Path

import pytest
from django.urls import get_resolver

DOCUMENT = Path(__file__).parents[5] / "docs/rules/sign-in.md"
# Addresses under /accounts/ for people who are already in, or that only say something.
INSIDE = {
    "account_logout",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "mfa_index",
    "mfa_authenticate",  # the second half of a sign-in that has begun
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_reauthenticate_webauthn",
    "openid_connect_logout",  # ends sessions, by the provider's signature
    "socialaccount_connections",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
}
CLOSED = {"account_signup", "account_email", "socialaccount_signup"}
WAYS_IN = {
    "account_login": "/accounts/login/",
    "mfa_login_webauthn": "/accounts/2fa/webauthn/login/",
    "openid_connect_login": "/accounts/oidc/<provider>/login/",
    "openid_connect_callback": "/accounts/oidc/<provider>/login/callback/",
    "account_reset_password": "/accounts/password/reset/",
    "account_reset_password_from_key": "/accounts/password/reset/key/<key>/",
}


def addresses_under_accounts() -> set[str]:
    accounts = next(one for one in get_resolver().url_patterns if str(one.pattern) == "accounts/")

    def names(patterns):
        for one in patterns:
            yield from names(one.url_patterns) if hasattr(one, "url_patterns") else [one.name]

    return set(names(accounts.url_patterns))


def test_there_is_no_way_in_that_is_not_listed():
    assert addresses_under_accounts() == INSIDE | CLOSED | set(WAYS_IN)


def test_the_document_names_each_way_in():
    named = set(re.findall(r"`(/accounts/[^`]*)`", DOCUMENT.read_text()))
    assert named == set(WAYS_IN.values()) | {"/accounts/signup/", "/accounts/email/"}


@pytest.mark.django_db
def test_nobody_signs_up_by_the_identity_provider_either(client):
    assert client.get("/accounts/3rdparty/signup/").status_code in (302, 404)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/password/change/",
        "/accounts/3rdparty/",
        "/accounts/2fa/webauthn/",
    ],
)
def test_addresses_for_people_inside_send_others_to_the_door(client, address):
    answer = client.get(address)
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
