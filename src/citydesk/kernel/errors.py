"""The errors services raise. Each says a fact a clerk understands and carries `{code, message, field, hint}`.

Rules are pure and know no language: they raise sentences that are `marked` for the catalogs, with their values apart,
and the error says them in the language of whoever reads it.
"""

from collections.abc import Callable, Mapping
from typing import Any

# How a marked sentence is said; the kernel gives gettext when the program starts (`speak`).
_SPEAKS: list[Callable[[str], str]] = [str]


def speak(translate: Callable[[str], str]) -> None:
    """From now on errors are said by `translate`, which knows the reader's language."""
    _SPEAKS[0] = translate


def marked(text: str) -> str:
    """The sentence itself; the mark tells the catalogs that people read it."""
    return text


class CitydeskError(Exception):
    """Base of every expected error. Subclasses set `code` and `status`; the message is translated or marked text.

    `field` names the form field it stands beside; `hint` says what to do next; `values` fill a marked sentence.
    """

    code = "error"
    status = 400

    def __init__(
        self,
        message: str = "",
        *,
        field: str = "",
        hint: str = "",
        values: Mapping[str, Any] | None = None,
        **facts: Any,
    ) -> None:
        self._message, self._hint, self._values = message or self.code, hint, values
        self.field = field
        self.facts = facts
        super().__init__(self._message % values if values else self._message)

    @property
    def message(self) -> str:
        """What is wrong, in the reader's language."""
        text = _SPEAKS[0](str(self._message))
        return text % self._values if self._values else text

    @property
    def hint(self) -> str:
        """What to do next, in the reader's language; empty when there is nothing to say."""
        return _SPEAKS[0](str(self._hint)) if self._hint else ""

    def as_dict(self) -> dict[str, str]:
        """The error as the API writes it."""
        return {"code": self.code, "message": str(self.message), "field": self.field, "hint": str(self.hint)}


class Invalid(CitydeskError):
    """The input does not hold; nothing was changed."""

    code = "invalid"


class ManyInvalid(CitydeskError):
    """Several inputs do not hold; `errors` lists one `Invalid` each."""

    code = "invalid"

    def __init__(self, errors: list[CitydeskError]) -> None:
        super().__init__("; ".join(str(error.message) for error in errors))
        self.errors = errors


class NotFound(CitydeskError):
    """There is no such record, or the reader may not know that there is."""

    code = "not_found"
    status = 404


class NotAllowed(CitydeskError):
    """The reader sees the record but may not do this."""

    code = "not_allowed"
    status = 403


class Conflict(CitydeskError):
    """The record's state does not permit this now."""

    code = "conflict"
    status = 409


class StaleVersion(Conflict):
    """Somebody else changed the record first; `facts` has `mine`, `theirs`, `version` and `changed_by`."""

    code = "stale_version"


class TooMany(CitydeskError):
    """A brake: try again after `facts['retry_after']` seconds."""

    code = "too_many"
    status = 429
