"""The errors services raise. Each says a fact a clerk understands and carries `{code, message, field, hint}`."""

from typing import Any


class CitydeskError(Exception):
    """Base of every expected error. Subclasses set `code` and `status`; the message is translated text.

    `field` names the form field it stands beside; `hint` says what to do next.
    """

    code = "error"
    status = 400

    def __init__(self, message: str = "", *, field: str = "", hint: str = "", **facts: Any) -> None:
        super().__init__(message or self.code)
        self.message = message or self.code
        self.field = field
        self.hint = hint
        self.facts = facts

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
