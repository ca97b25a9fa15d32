"""What happens at the door: attempts counted and slowed, sessions noted, links sent. Called by the sign-in adapters."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from citydesk.city.staff.events import SignedOut
from citydesk.city.staff.models import SignInBrake, User
from citydesk.city.staff.queries.sign_in import brake_keys
from citydesk.city.staff.rules import sign_in_delay
from citydesk.city.staff.services.loading import USER, about, as_staff
from citydesk.city.staff.services.people import password_link
from citydesk.kernel.actors import Actor, ActorKind
from citydesk.kernel.audit import Act, record
from citydesk.kernel.errors import NotFound
from citydesk.kernel.outbox import publish

VISITOR = Actor(ActorKind.RESIDENT, None, "visitor")
# After this long without a failure an account or address starts afresh.
FORGET_AFTER = timedelta(hours=1)
# An address is slowed later than an account: a whole city hall may stand behind one.
FREE_FAILURES_OF_AN_ADDRESS = 17


def note_failed_sign_in(*, login: str, address: str, method: str, now: datetime) -> None:
    """Count a failed attempt for the account name and the network address, and set their next possible attempt.

    What was typed is not kept: people type passwords into the wrong field.
    """
    name_key, address_key = brake_keys(login, address)
    with transaction.atomic():
        _count(name_key, 0, now)
        _count(address_key, FREE_FAILURES_OF_AN_ADDRESS, now)
        user = User.objects.filter(username=login.strip().lower()).first()
        facts = {"method": method}
        record(Act("staff.sign_in_failed", USER, user.pk if user else 0, "", after=facts), actor=VISITOR, now=now)


def note_sign_in(*, user_id: int, methods: Sequence[str], now: datetime) -> None:
    """A person has signed in: the account's brake is let go, the address's is not."""
    with transaction.atomic():
        user = User.objects.get(pk=user_id)
        keys = [brake_keys(login, "")[0] for login in (user.username, user.email) if login]
        SignInBrake.objects.filter(key__in=keys).delete()
        User.objects.filter(pk=user_id).update(last_seen_at=now)
        # `user` was read before: when they were last seen is when they left.
        left_at = user.last_seen_at.isoformat() if user.last_seen_at else ""
        facts = {"methods": ", ".join(methods), "left_at": left_at}
        record(about(user, "staff.signed_in", after=facts), actor=as_staff(user), now=now)


def note_sign_out(*, user_id: int, now: datetime) -> None:
    """A person has signed out."""
    user = User.objects.get(pk=user_id)
    with transaction.atomic():
        record(about(user, "staff.signed_out"), actor=as_staff(user), now=now)
        publish(SignedOut(user_id), now=now)


def note_seen(*, user_id: int, now: datetime) -> None:
    """The person's latest request; the middleware calls this once a minute at most."""
    User.objects.filter(pk=user_id).update(last_seen_at=now)


def note_refused(*, actor: Actor, page: str, now: datetime) -> None:
    """A signed-in person asked for what they may not do. `page` is the page's name in the house, not its address."""
    record(Act("staff.refused", USER, actor.id or 0, actor.label[:80], after={"page": page}), actor=actor, now=now)


def note_password_change(*, user_id: int, now: datetime) -> None:
    """A person has set a new password; every other session of theirs has ended with it."""
    user = User.objects.get(pk=user_id)
    record(about(user, "staff.password_changed"), actor=as_staff(user), now=now)


def note_factor_change(*, user_id: int, kind: str, is_added: bool, now: datetime) -> None:
    """A person added or removed an authenticator app, a passkey or recovery codes of their own."""
    user = User.objects.get(pk=user_id)
    code = "staff.factor_added" if is_added else "staff.factor_removed"
    record(about(user, code, after={"kind": kind}), actor=as_staff(user), now=now)


def send_password_link(*, user_id: int, email: str, now: datetime) -> None:
    """Mail the one-use link in the person's language. The link is made here, so that no queue holds it.

    Raises `NotFound` when the account was disabled or its address changed since.
    """
    user = User.objects.filter(pk=user_id, is_active=True, email__iexact=email).first()
    if user is None:
        raise NotFound(_("There is no such person."))
    with translation.override(user.language):
        link = f"{settings.SITE_URL}{password_link(user)}"
        lines = [
            _("Somebody asked for a new password for your account {username}.").format(username=user.username),
            _("Set it here within 30 minutes; the link works once:"),
            link,
            _("If it was not you, do nothing: your password stays as it is."),
        ]
        EmailMessage(_("Your password"), "\n\n".join(lines), to=[user.email]).send()


def send_notice(*, to: str, subject: str, body: str) -> None:
    """Mail a notice that was written in the person's language when the change was made."""
    EmailMessage(subject, body, to=[to]).send()


def _count(key: str, free: int, now: datetime) -> None:
    """One more failure; the row is locked, so that parallel attempts all count."""
    brake, _is_new = SignInBrake.objects.get_or_create(
        key=key, defaults={"failures": 0, "last_failure_at": now, "blocked_until": now}
    )
    brake = SignInBrake.objects.select_for_update().get(pk=brake.pk)
    brake.failures = 1 if now - brake.last_failure_at > FORGET_AFTER else brake.failures + 1
    brake.last_failure_at = now
    brake.blocked_until = now + timedelta(seconds=sign_in_delay(brake.failures - free))
    brake.save()
