"""OpenID Connect as the house accepts it: a signed token for us, fresh, answering our own question, known by issuer
and subject. allauth's provider skips the signature and has no nonce."""

import hashlib
import hmac
import json
import time
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest

from citydesk.city.staff.choices import LOCKED

# Signatures with a key only the provider has. Never "none", never a shared secret.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
BACK_CHANNEL = "http://schemas.openid.net/event/backchannel-logout"
CLOCK_SKEW = 60  # seconds
OLDEST_TOKEN = 600  # seconds since it was issued


def nonce_for(state: str) -> str:
    """The nonce that goes with a state: bound to the browser's session through it, and of no use without our key."""
    return hmac.new(settings.SECRET_KEY.encode(), b"oidc-nonce|" + state.encode(), hashlib.sha256).hexdigest()


class NonceClient(OAuth2Client):
    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: dict[str, str]) -> str:
        return super().get_redirect_url(
            authorization_url, scope, {**extra_params, "nonce": nonce_for(self.state or "")}
        )


class StrictOpenID(OpenIDConnectOAuth2Adapter):
    """Checks the identity token itself; what the userinfo address says is not asked."""

    client_class = NonceClient

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **arguments: Any) -> Any:
        """The sign-in of a good identity token. Raises `OAuth2Error` for every other."""
        id_token = arguments["response"].get("id_token")
        if not id_token:
            raise OAuth2Error("the provider sent no identity token")
        claims = self.verified_claims(id_token, app.client_id, nonce_for(request.GET.get("state", "")))
        request.identity_claims = claims  # type: ignore[attr-defined]  # read at sign-in
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def verified_claims(self, id_token: str, client_id: str, nonce: str) -> dict[str, Any]:
        """The claims of a token signed by the provider, for us, in time, with our nonce. Raises `OAuth2Error`."""
        claims = self.signed_claims(id_token, client_id, ["exp", "iat", "iss", "aud", "sub"])
        _check_claims(claims, client_id, nonce)
        jwtkit.verify_jti(claims)
        return claims

    def ended_subject(self, logout_token: str, client_id: str) -> tuple[str, str]:
        """Issuer and subject whose sessions the provider ends (OpenID Connect Back-Channel Logout 1.0, 2.6).

        Raises `OAuth2Error`.
        """
        claims = self.signed_claims(logout_token, client_id, ["iat", "iss", "aud", "jti", "events"])
        if not isinstance(claims["events"], dict) or BACK_CHANNEL not in claims["events"] or "nonce" in claims:
            raise OAuth2Error("this is no logout token")
        if not isinstance(claims.get("sub"), str) or _age(claims) > OLDEST_TOKEN:
            raise OAuth2Error("the logout token is old or names nobody")
        jwtkit.verify_jti(claims)
        return str(claims["iss"]), claims["sub"]

    def signed_claims(self, id_token: str, client_id: str, required: list[str]) -> dict[str, Any]:
        """The claims of a token that the provider signed for us and that holds now. Raises `OAuth2Error`."""
        try:
            header = jwt.get_unverified_header(id_token)
            algorithm = header.get("alg")
            if algorithm not in ALGORITHMS:
                raise OAuth2Error(f"signing algorithm {algorithm} is not accepted")
            return jwt.decode(
                id_token,
                key=self._key(header),
                algorithms=[algorithm],
                audience=client_id,
                issuer=self.openid_config["issuer"],
                leeway=CLOCK_SKEW,
                options={"require": required},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error("the identity token does not hold") from error

    def _key(self, header: dict[str, Any]) -> Any:
        """The provider's public key of the token's `kid`, for the token's algorithm only."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        for one in answer.json().get("keys", []):
            is_same = one.get("kid") == header.get("kid") and one.get("use", "sig") == "sig"
            if is_same and one.get("kty") != "oct" and one.get("alg", header["alg"]) == header["alg"]:
                return jwt.PyJWK.from_json(json.dumps(one), algorithm=header["alg"]).key
        raise OAuth2Error("the provider has no such key")


def _check_claims(claims: dict[str, Any], client_id: str, nonce: str) -> None:
    if not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
        raise OAuth2Error("the identity token answers another question")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != client_id:
        raise OAuth2Error("the identity token was issued to another party")
    if claims.get("azp", client_id) != client_id:
        raise OAuth2Error("the identity token was issued to another party")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise OAuth2Error("the identity token names no subject")
    if _age(claims) > OLDEST_TOKEN:
        raise OAuth2Error("the identity token is old")


def _age(claims: dict[str, Any]) -> float:
    """Seconds since a token was issued."""
    return time.time() - float(claims["iat"])


class StrictOpenIDProvider(OpenIDConnectProvider):
    """A person is issuer and subject; the e-mail address of a token is not looked at."""

    oauth2_adapter_class = StrictOpenID
    pkce_enabled_default = True
    supports_token_authentication = False

    def extract_uid(self, data: dict[str, Any]) -> str:
        claims = data["id_token"]
        return f"{claims['iss']} {claims['sub']}"

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """Only what the settings say: nothing from the address bar reaches the provider."""
        params = self.get_auth_params()
        if request.session.get(LOCKED):
            # Who stands before a locked desk must show who they are, not that somebody was signed in this morning.
            return {**params, "prompt": "login", "max_age": "0"}
        return params

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return self.get_scope()

    def get_default_scope(self) -> list[str]:
        return ["openid", "profile"]


provider_classes = [StrictOpenIDProvider]
