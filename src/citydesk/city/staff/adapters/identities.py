"""The city's identity provider: a linked account may come in, nobody else."""

import functools
from typing import Any

import requests
from allauth.account.adapter import get_adapter as account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from citydesk.city.staff.adapters.provider_line import line
from citydesk.city.staff.choices import LOCKED
from citydesk.city.staff.services import follow_directory, note_failed_sign_in
from citydesk.kernel.clock import utc_now

JUST_NOW = 120  # seconds


class StaffIdentityAdapter(DefaultSocialAccountAdapter):
    """Links are made on "My account" or by an administrator; an e-mail address links nothing."""

    def get_requests_session(self) -> Any:
        """The session by which the provider is asked: bounded, see `provider_line`."""
        session = requests.Session()
        session.request = functools.partial(line.ask, session.request)  # type: ignore[method-assign]  # bound anew
        return session

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Send an identity that is linked to no account (or to a disabled one) back, with one answer for both."""
        if sociallogin.state.get("process") == "connect":
            return
        claims = getattr(request, "identity_claims", {})
        is_known = sociallogin.is_existing and sociallogin.user.is_active
        if request.user.is_authenticated and request.session.get(LOCKED):
            is_same = is_known and sociallogin.user.pk == request.user.pk and was_asked_just_now(claims)
            raise ImmediateHttpResponse(self._unlock(request, sociallogin, is_same=is_same))
        if not is_known:
            self._note_failure(request)
            messages.error(request, _("No open account is linked to this identity. Ask an administrator."))
            raise ImmediateHttpResponse(redirect("account_login"))
        roles = roles_of(claims)
        if roles is not None:
            follow_directory(user_id=sociallogin.user.pk, roles=roles, now=utc_now())
        request.is_strong_sign_in = is_strong(claims)  # type: ignore[attr-defined]  # read at sign-in

    def _unlock(self, request: HttpRequest, sociallogin: Any, *, is_same: bool) -> HttpResponse:
        """The locked desk opens for the very person who sits at it; for others it stays shut."""
        if not is_same:
            self._note_failure(request)
            messages.error(request, _("This desk is locked by another person, or the sign-in was not a fresh one."))
            return redirect("staff:locked")
        request.session.pop(LOCKED, None)
        wanted = str(sociallogin.state.get("next") or "")
        return redirect(wanted if wanted.startswith("/desk/") else "/desk/")

    def _note_failure(self, request: HttpRequest) -> None:
        address = account_adapter(request).get_client_ip(request)
        note_failed_sign_in(login="", address=address, method="identity provider", now=utc_now())

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        address = account_adapter(request).get_client_ip(request)
        note_failed_sign_in(login="", address=address, method="identity provider", now=utc_now())


def roles_of(claims: dict[str, Any]) -> set[str] | None:
    """The roles that the person's groups stand for; None where groups give none here or the token names no groups."""
    said = claims.get(settings.OIDC_GROUPS_CLAIM)
    if not settings.OIDC_ROLES or not isinstance(said, list | str):
        return None
    groups = {said} if isinstance(said, str) else {str(one) for one in said}
    return {role for group in groups for role in settings.OIDC_ROLES.get(group, ())}


def is_strong(claims: dict[str, Any]) -> bool:
    """Whether the provider vouches (`amr`, `acr`) for a sign-in of a kind that the city takes for two factors."""
    said = claims.get("amr")
    kinds = {str(one) for one in said} if isinstance(said, list) else {str(said)}
    return bool(settings.OIDC_STRONG & {*kinds, str(claims.get("acr"))})


def was_asked_just_now(claims: dict[str, Any]) -> bool:
    """Whether the person showed the provider who they are for this very sign-in."""
    at = claims.get("auth_time")
    return isinstance(at, int | float) and abs(utc_now().timestamp() - at) <= JUST_NOW
