"""Accounts: made by an administrator, never by sign-up; disabled, never deleted."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from citydesk.city.staff.events import PersonDisabled
from citydesk.city.staff.models import User
from citydesk.city.staff.services.loading import USER, about, locked_user, require_manager
from citydesk.kernel.actors import Access
from citydesk.kernel.audit import history_of, record
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, StaleVersion
from citydesk.kernel.live import end_streams
from citydesk.kernel.outbox import publish
from citydesk.kernel.versions import mark_of

_USERNAME = re.compile(r"^[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])?$")


def create_user(
    *,
    username: str,
    name: str,
    email: str = "",
    desk: str = "",
    phone: str = "",
    language: str = "en",
    languages: Sequence[str] = (),
    is_sample: bool = False,
    access: Access,
    now: datetime,
) -> int:
    """Make an account without a password and return its id; `reset_password` makes the link to set one.

    Raises `Invalid` (a name that is taken or malformed), `NotAllowed`.
    """
    require_manager(access)
    username, email = username.strip().lower(), email.strip()
    _check_new(username, name, email)
    with transaction.atomic():
        user = User(
            username=username,
            name=name.strip(),
            email=email,
            desk=desk.strip(),
            phone=phone.strip(),
            language=language,
            languages=list(languages),
            is_sample=is_sample,
        )
        user.set_unusable_password()
        user.save()
        if email:
            EmailAddress.objects.create(user=user, email=email.lower(), verified=True, primary=True)
        record(about(user, "staff.user_created", after={"username": username}), actor=access.actor, now=now)
    return user.pk


def update_person(
    *, user_id: int, name: str, email: str, desk: str, phone: str, seen: str, access: Access, now: datetime
) -> None:
    """Change a person's particulars.

    `seen` is the mark of what the editor saw (`PersonPage.seen`). Raises `Invalid`, `NotFound`, `NotAllowed`,
    `StaleVersion` with both texts when somebody else changed them meanwhile.
    """
    require_manager(access)
    after = {"name": name.strip(), "desk": desk.strip(), "phone": phone.strip(), "email": email.strip()}
    with transaction.atomic():
        user = locked_user(user_id)
        before = {field: getattr(user, field) for field in after}
        _require_seen(user, seen, before, after)
        if not after["name"]:
            raise Invalid(_("Write the person's name."), field="name")
        if after["email"].lower() != user.email.lower():
            _check_email(after["email"])
        for field, value in after.items():
            setattr(user, field, value)
        user.save(update_fields=list(after))
        EmailAddress.objects.filter(user=user).delete()
        if user.email:
            EmailAddress.objects.create(user=user, email=user.email.lower(), verified=True, primary=True)
        record(about(user, "staff.user_changed", before=before, after=after), actor=access.actor, now=now)


def _require_seen(user: User, seen: str, stands: dict[str, str], mine: dict[str, str]) -> None:
    if mark_of(stands) == seen or stands == mine:
        return
    last = [one for one in history_of(USER, user.pk, limit=20) if one.code == "staff.user_changed"]
    raise StaleVersion(
        _("Somebody else changed this while you were writing."),
        mine=mine,
        theirs=stands,
        version=mark_of(stands),
        changed_by=last[0].actor if last else "",
    )


def disable_user(*, user_id: int, reason: str, access: Access, now: datetime) -> None:
    """End a person's access: the next request of every session of theirs finds itself signed out.

    Publishes `staff.PersonDisabled`, so that their work is handed on. Raises `Conflict` when already disabled.
    """
    require_manager(access)
    if access.actor.staff_id == user_id:
        raise NotAllowed(_("Nobody disables their own account."))
    if not reason.strip():
        raise Invalid(_("Say why the account is disabled."), field="reason")
    with transaction.atomic():
        user = locked_user(user_id)
        if not user.is_active:
            raise Conflict(_("This account is already disabled."))
        user.is_active, user.disabled_at = False, now
        user.sessions_version += 1
        user.save(update_fields=["is_active", "disabled_at", "sessions_version"])
        end_streams(user.pk)
        record(about(user, "staff.user_disabled", reason=reason), actor=access.actor, now=now)
        publish(PersonDisabled(user_id=user.pk, username=user.username), now=now)


def enable_user(*, user_id: int, reason: str, access: Access, now: datetime) -> None:
    """Open a disabled account again, with the roles still in force. Raises `Conflict` when it is open."""
    require_manager(access)
    with transaction.atomic():
        user = locked_user(user_id)
        if user.is_active:
            raise Conflict(_("This account is not disabled."))
        user.is_active, user.disabled_at = True, None
        user.save(update_fields=["is_active", "disabled_at"])
        record(about(user, "staff.user_enabled", reason=reason), actor=access.actor, now=now)


def end_sessions(*, user_id: int, access: Access, now: datetime) -> None:
    """Sign a person out everywhere. A person may do it for themselves, others need `staff.manage`."""
    if access.actor.staff_id != user_id:
        require_manager(access)
    with transaction.atomic():
        user = locked_user(user_id)
        User.objects.filter(pk=user.pk).update(sessions_version=F("sessions_version") + 1)
        end_streams(user.pk)
        record(about(user, "staff.sessions_ended"), actor=access.actor, now=now)


def reset_password(*, user_id: int, access: Access, now: datetime) -> str:
    """Take the password away, end every session and return the path of a one-use link to set a new one.

    The link is bound to the account, dies after 30 minutes or on use, and does not skip the second factor.
    """
    require_manager(access)
    with transaction.atomic():
        user = locked_user(user_id)
        if not user.is_active:
            raise Conflict(_("This account is disabled."))
        user.set_unusable_password()
        user.sessions_version += 1
        user.save(update_fields=["password", "sessions_version"])
        end_streams(user.pk)
        record(about(user, "staff.password_reset"), actor=access.actor, now=now)
    return password_link(user)


def password_link(user: User) -> str:
    """The path of the page where the person sets a password: one use, 30 minutes (`PASSWORD_RESET_TIMEOUT`)."""
    token = PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token})


def set_password(*, user_id: int, password: str, access: Access, now: datetime) -> None:
    """Set a password directly, for the command line. Raises `Invalid` with the rules it breaks."""
    require_manager(access)
    with transaction.atomic():
        user = locked_user(user_id)
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise Invalid(" ".join(error.messages), field="password") from error
        user.set_password(password)
        user.sessions_version += 1
        user.save(update_fields=["password", "sessions_version"])
        end_streams(user.pk)
        record(about(user, "staff.password_reset"), actor=access.actor, now=now)


def remove_second_factors(*, user_id: int, reason: str, access: Access, now: datetime) -> None:
    """Forget a person's authenticator app, passkeys and recovery codes: the device is lost."""
    require_manager(access)
    if access.actor.staff_id == user_id:
        raise NotAllowed(_("Somebody else must remove your second factor."))
    if not reason.strip():
        raise Invalid(_("Say how you made sure who asked."), field="reason")
    with transaction.atomic():
        user = locked_user(user_id)
        Authenticator.objects.filter(user=user).delete()
        User.objects.filter(pk=user.pk).update(sessions_version=F("sessions_version") + 1)
        end_streams(user.pk)
        record(about(user, "staff.second_factor_removed", reason=reason), actor=access.actor, now=now)


def link_identity(*, user_id: int, provider: str, issuer: str, subject: str, access: Access, now: datetime) -> None:
    """Let the person sign in through the city's identity provider, known by issuer and subject, never by e-mail."""
    require_manager(access)
    with transaction.atomic():
        user = locked_user(user_id)
        uid = f"{issuer} {subject}"
        if SocialAccount.objects.filter(provider=provider, uid=uid).exclude(user=user).exists():
            raise Conflict(_("This identity belongs to another account."))
        SocialAccount.objects.get_or_create(provider=provider, uid=uid, defaults={"user": user})
        record(about(user, "staff.identity_linked", after={"provider": provider}), actor=access.actor, now=now)


def set_language(*, user_id: int, language: str, now: datetime) -> None:
    """The language of the person's own screens. The person chooses it; nothing is recorded."""
    User.objects.filter(pk=user_id).update(language=language)


def set_keys(*, user_id: int, has_keys: bool, key_map: Mapping[str, str], now: datetime) -> None:
    """The person's own keys: on or off, and action code -> key where it differs from the house's.

    Raises `Invalid` when one key is given to two actions.
    """
    chosen = {action: key.strip() for action, key in key_map.items() if key.strip()}
    if len(set(chosen.values())) < len(chosen):
        raise Invalid(_("One key is given to two actions."), field="key_map")
    User.objects.filter(pk=user_id).update(has_keys=has_keys, key_map=chosen)


def _check_new(username: str, name: str, email: str) -> None:
    if not _USERNAME.match(username):
        raise Invalid(_("A user name has letters, digits, points and dashes, 60 at most."), field="username")
    if not name.strip():
        raise Invalid(_("Write the person's name."), field="name")
    if User.objects.filter(username=username).exists():
        raise Invalid(_("This user name is taken."), field="username")
    _check_email(email)


def _check_email(email: str) -> None:
    if not email:
        return
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(_("This is not an e-mail address."), field="email") from error
    if User.objects.filter(email__iexact=email).exists():
        raise Invalid(_("This e-mail address belongs to another account."), field="email")
