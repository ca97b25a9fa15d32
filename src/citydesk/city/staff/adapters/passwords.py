"""Which passwords are taken: by length and by not being guessable (NIST SP 800-63B-4). No composition, no expiry.

Django's `CommonPasswordValidator` with its bundled list stands beside these in the settings.
"""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from citydesk.city.profile.queries import city
from citydesk.city.staff.queries import factors_of
from citydesk.city.staff.rules import fold

ALONE, WITH_SECOND_FACTOR, LONGEST = 15, 8, 256
_HOUSE_WORDS = ("citydesk", "password", "contrasena", "311")


class LengthValidator:
    """At least 15 characters when the password is all there is, 8 beside a second factor; 256 at most."""

    def validate(self, password: str, user: Any = None) -> None:
        least = _least(user)
        if len(password) < least:
            raise ValidationError(_("Use at least {count} characters.").format(count=least), code="password_too_short")
        if len(password) > LONGEST:
            raise ValidationError(_("Use at most {count} characters.").format(count=LONGEST), code="password_too_long")

    def get_help_text(self) -> str:
        return _(
            "At least {alone} characters, or {with_second} with a second factor. A few plain words do well."
        ).format(alone=ALONE, with_second=WITH_SECOND_FACTOR)


class ContextValidator:
    """Not made of the person's own name, the city's or the product's, and not one sign again and again."""

    def validate(self, password: str, user: Any = None) -> None:
        left = fold(password)
        for word in _words(user):
            left = left.replace(word, "")
        rest = without_runs(re.sub(r"[\W_]", "", left))
        if len(set(password)) < 4 or len(rest) < 6:
            raise ValidationError(
                _("This is too easy to guess: it is made of your name, the city's or a few signs."),
                code="password_from_context",
            )

    def get_help_text(self) -> str:
        return _("Not made of your name, the city's name or the name of this program.")


def without_runs(text: str) -> str:
    """The text without rows of four and more signs that repeat, count up or count down: "0000", "1234567", "dcba"."""
    kept, at = "", 0
    while at < len(text):
        end = max(_run_end(text, at, step) for step in (0, 1, -1))
        kept += text[at] if end - at < 4 else ""
        at = at + 1 if end - at < 4 else end
    return kept


def _run_end(text: str, at: int, step: int) -> int:
    end = at + 1
    while end < len(text) and ord(text[end]) - ord(text[end - 1]) == step:
        end += 1
    return end


def _least(user: Any) -> int:
    if user is None or user.pk is None:
        return ALONE
    return WITH_SECOND_FACTOR if factors_of(user.pk).has_second else ALONE


def _words(user: Any) -> list[str]:
    """Folded words that make a password guessable, the longest first."""
    texts = [*_HOUSE_WORDS, city().name]
    if user is not None:
        texts += [user.username, user.name, user.email.partition("@")[0]]
    words = {word for text in texts for word in fold(text).split() if len(word) > 2}
    return sorted(words, key=len, reverse=True)
