"""Practice: a copy of the city with invented people, in which nothing is sent.

A row in the database itself says so (`PracticeMark`), and every door to the outside asks for that row before something
leaves: mail (`MailBackend`), text messages, calls to other programs (`kernel.outward`). The setting `PRACTICE` draws
the banner and the marked numbers; a process whose setting and database disagree does not start (`disagreement`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import Error, connection
from django.utils.translation import gettext_lazy as _

from citydesk.kernel.models import PracticeMark

log = structlog.get_logger("practice")
NOT_SENT = _("Not sent: practice.")
# Before the letters of every number made in a practice city: PSR-26-000001-K. No real series begins so.
LETTER = "P"


class NotInPractice(Exception):
    """Something was about to leave a practice city. It is recorded as not sent."""

    def __init__(self) -> None:
        super().__init__(str(NOT_SENT))


def is_marked() -> bool:
    """Whether this database is a practice city's."""
    return PracticeMark.objects.exists()


def is_practice() -> bool:
    """Whether nothing may leave: the database says so, or this process was started so."""
    return bool(settings.PRACTICE) or is_marked()


def mark(*, profile: str, now: datetime) -> None:
    """Make this database a practice city's, for good."""
    PracticeMark.objects.get_or_create(id=1, defaults={"made_at": now, "profile": profile[:80]})


def letters_of(series: str) -> str:
    """The letters of a series as numbers bear them here."""
    return f"{LETTER}{series}" if settings.PRACTICE else series


def disagreement() -> str:
    """Why this process must not go on: its setting says one thing, its database the other. Empty when they agree, or
    when the database has no such table yet or cannot be asked (each door asks again)."""
    name = connection.settings_dict["NAME"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('kernel_practicemark') IS NOT NULL")
            marked = cursor.fetchone()[0] and is_marked()
    except Error:
        return ""
    if settings.PRACTICE and not marked:
        return (
            f"CITYDESK_PRACTICE is set, but {name} is no practice city: it holds the city itself."
            " Make one with: citydesk practice create"
        )
    if marked and not settings.PRACTICE:
        return f"{name} is a practice city: nothing leaves it. Serve it with: citydesk serve --practice"
    return ""


def require_agreement() -> None:
    """End this process where setting and database disagree. Raises `SystemExit` with the reason."""
    words = disagreement()
    if words:
        raise SystemExit(words)


class MailBackend(BaseEmailBackend):
    """Django's door for mail: the one of `settings.EMAIL_THROUGH`, unless this is a practice city."""

    def __init__(self, fail_silently: bool = False, **given: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self._given = given
        self._through: Any = None

    def open(self) -> bool | None:
        """Open the line; in practice there is none."""
        return None if is_practice() else self._door().open()

    def close(self) -> None:
        if self._through is not None:
            self._through.close()

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """Hand over, or note that nothing was."""
        if is_practice():
            log.info("mail.not_sent_practice", messages=len(email_messages))
            return 0
        return int(self._door().send_messages(email_messages) or 0)

    @property
    def may_have_arrived(self) -> bool:
        """Whether the text of a message was begun on this line (`kernel.smtp`); unknown for other doors."""
        return bool(getattr(self._through, "may_have_arrived", True))

    def _door(self) -> Any:
        if self._through is None:
            self._through = get_connection(settings.EMAIL_THROUGH, fail_silently=self.fail_silently, **self._given)
        return self._through
