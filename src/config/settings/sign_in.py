"""How staff sign in: django-allauth with the house's adapters. docs/rules/sign-in.md says why each line is as it is."""

import os
from urllib.parse import urlsplit

# A demo city: sample people may work without a second factor. Real accounts may not, whatever this says.
CITYDESK_DEMO = os.environ.get("CITYDESK_DEMO", "") == "1"
_SECURE = os.environ.get("CITYDESK_SITE_URL", "").startswith("https://")

AUTHENTICATION_BACKENDS = ["citydesk.city.staff.adapters.backends.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "citydesk.city.staff.adapters.passwords.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "citydesk.city.staff.adapters.passwords.ContextValidator"},
]
# Desks residents stand before, by the first word of a person's desk: their pages lock after 15 minutes.
CITYDESK_COUNTER_DESKS = tuple(os.environ.get("CITYDESK_COUNTER_DESKS", "counter,mostrador").lower().split(","))
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
PASSWORD_RESET_TIMEOUT = 30 * 60
# Used one-time codes and identity tokens must be known to every web process.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "staff_shared_value"}}

ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("CITYDESK_PROXIES", "0"))
ACCOUNT_ADAPTER = "citydesk.city.staff.adapters.account.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_TIMEOUT = 10 * 60
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"

MFA_ADAPTER = "citydesk.city.staff.adapters.factors.StaffFactorAdapter"
MFA_FORMS = {"authenticate": "citydesk.city.staff.adapters.factors.SlowedCodeForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey alone signs in, so the device must have asked for a finger, a face or a PIN.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _SECURE
# Addresses are entered by an administrator, so none waits for verification.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True

SOCIALACCOUNT_ADAPTER = "citydesk.city.staff.adapters.identities.StaffIdentityAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5

OIDC_URL = os.environ.get("CITYDESK_OIDC_URL", "")
# The provider's id in addresses, where there is one.
OIDC_PROVIDER = "city" if OIDC_URL else ""
# Groups of the city's directory and the roles they stand for: "Desk Agents=representative;Desk Leads=supervisor".
OIDC_GROUPS_CLAIM = os.environ.get("CITYDESK_OIDC_GROUPS_CLAIM", "groups")
OIDC_ROLES = {
    group.strip(): tuple(role.strip() for role in roles.split(",") if role.strip())
    for group, equals, roles in (one.partition("=") for one in os.environ.get("CITYDESK_OIDC_ROLES", "").split(";"))
    if equals
}
# What the provider may say in `amr` or `acr` for a sign-in that counts as two factors, e.g. "mfa,hwk".
OIDC_STRONG = frozenset(one for one in os.environ.get("CITYDESK_OIDC_STRONG", "").split(",") if one)
OIDC_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(OIDC_URL)) if OIDC_URL else ""
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "city",
                "name": os.environ.get("CITYDESK_OIDC_NAME", "City account"),
                "client_id": os.environ.get("CITYDESK_OIDC_CLIENT_ID", ""),
                "secret": os.environ.get("CITYDESK_OIDC_SECRET", ""),
                "settings": {"server_url": OIDC_URL, "fetch_userinfo": False, "oauth_pkce_enabled": True},
            }
        ]
        if OIDC_URL
        else [],
    }
}
