"""The city's identity provider: a linked account may come in, nobody else."""

from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from citydesk.city.staff.services import note_failed_sign_in
from citydesk.kernel.clock import utc_now


class StaffIdentityAdapter(DefaultSocialAccountAdapter):
    """Links are made on "My account" or by an administrator; an e-mail address links nothing."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Send an identity that is linked to no account (or to a disabled one) back, with one answer for both."""
        if sociallogin.state.get("process") == "connect":
            return
        if sociallogin.is_existing and sociallogin.user.is_active:
            return
        address = account_adapter(request).get_client_ip(request)
        note_failed_sign_in(login="", address=address, method="identity provider", now=utc_now())
        messages.error(request, _("No open account is linked to this identity. Ask an administrator."))
        raise ImmediateHttpResponse(redirect("account_login"))

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
