"""allauth's account flows by the house's rules: no sign-up, no hints who has an account, growing delays."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from citydesk.city.staff.queries import sign_in_wait
from citydesk.city.staff.services import note_factor_change, note_failed_sign_in, note_password_change, note_sign_in
from citydesk.kernel.clock import utc_now
from citydesk.kernel.outbox import defer

FACTORS = {"totp": "authenticator app", "webauthn": "passkey", "recovery_codes": "recovery codes"}
METHOD_NAMES = {"mfa": "second factor", "socialaccount": "identity provider"}


class StaffAccountAdapter(DefaultAccountAdapter):
    """One text for every refused attempt, whether or not the account exists, is disabled or has no password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("User name or password is not right."),
        "email_password_mismatch": _("User name or password is not right."),
        "invalid_login": _("User name or password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by an administrator."""
        return False

    def format_email_subject(self, subject: str) -> str:
        return subject

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse an attempt that comes too early, without looking at the password."""
        wait = sign_in_wait(login=_login(credentials), address=self.get_client_ip(request), now=utc_now())
        if wait:
            raise ValidationError(too_early(wait), code="too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The active person, or None. A disabled person's right password is answered like a wrong one."""
        self.pre_authenticate(request, **credentials)
        user = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()
        if user is None:
            self.authentication_failed(request, **credentials)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_failed_sign_in(
            login=_login(credentials), address=self.get_client_ip(request), method="password", now=utc_now()
        )

    def post_login(self, request: HttpRequest, user: Any, **arguments: Any) -> HttpResponse:
        records = get_authentication_records(request, user)
        methods = [METHOD_NAMES.get(one["method"], one["method"]) for one in records] or ["password"]
        note_sign_in(user_id=user.pk, methods=methods, now=utc_now())
        return super().post_login(request, user, **arguments)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Somebody with a second way in (identity provider, passkey) whose account is disabled."""
        return super().respond_user_inactive(request, user)

    def set_password(self, user: Any, password: str) -> None:
        super().set_password(user, password)
        note_password_change(user_id=user.pk, now=utc_now())

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """allauth tells of every change of a password or factor here: factors are recorded, the person gets a mail."""
        kind, _line, what = template_prefix.rpartition("/")[2].rpartition("_")
        if kind in FACTORS:
            is_added = what in ("activated", "added", "generated")
            note_factor_change(user_id=user.pk, kind=FACTORS[kind], is_added=is_added, now=utc_now())
        super().send_notification_mail(template_prefix, user, context, email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Notices go out in a job: a mail server that hangs holds nobody at the door. None holds a link or secret."""
        message = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
        defer("staff.send_notice", queue="mail", to=email, subject=message.subject, body=message.body)

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """In a job, so that the page answers as fast for an address nobody has; the job makes the link."""
        defer("staff.send_password_link", queue="mail", user_id=user.pk, email=email)


def too_early(seconds: int) -> str:
    """What the page says to an attempt that comes too early."""
    if seconds < 60:
        return ngettext(
            "Too many attempts. Try again in %(count)d second.",
            "Too many attempts. Try again in %(count)d seconds.",
            seconds,
        ) % {"count": seconds}
    minutes = -(-seconds // 60)
    return ngettext(
        "Too many attempts. Try again in %(count)d minute.",
        "Too many attempts. Try again in %(count)d minutes.",
        minutes,
    ) % {"count": minutes}


def _login(credentials: dict[str, Any]) -> str:
    return credentials.get("username") or credentials.get("email") or ""
