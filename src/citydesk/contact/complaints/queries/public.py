"""What may be told of a complaint to whoever proved number and code word: where it stands, in the public's words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from citydesk.contact.complaints import labels
from citydesk.contact.complaints.choices import SERIES, Outcome, PublicStatus
from citydesk.contact.complaints.models import Complaint
from citydesk.contact.complaints.rules.classes import public_status
from citydesk.kernel.numbering import parse_number


@dataclass(frozen=True)
class PublicWords:
    """One sentence and the dates that go with it. Nothing of what was complained of, offered or decided."""

    number: str
    code: PublicStatus
    sentence: Any
    due_at: datetime | None
    appeal_until: datetime | None


def request_number_for(number: str) -> str:
    """The request's number where a caller gives that of their complaint, else the number as it was given.

    Says nothing of whether there is such a complaint: the answer goes into the check of the code word.
    """
    asked = parse_number(number) or ""
    if not asked.startswith(f"{SERIES}-"):
        return number
    found = Complaint.objects.filter(number=asked).values_list("request_number", flat=True).first()
    return found or number


def public_words(*, request_number: str, now: datetime) -> PublicWords | None:
    """The newest complaint of a request as a caller may hear it; None without one.

    The caller of this has checked number and code word, or otherwise that the person may know.
    """
    columns = ("number", "state", "letter_state", "due_at", "appeal_until", "appeal_due_at", "outcome")
    row = Complaint.objects.filter(request_number=request_number).order_by("-id").values(*columns).first()
    if row is None:
        return None
    code = public_status(row["state"], row["letter_state"])
    until = row["appeal_until"] if row["appeal_until"] and row["appeal_until"] >= now else None
    is_told = code in (PublicStatus.LETTER_MAILED, PublicStatus.CLOSED) and row["outcome"] != Outcome.WITHDRAWN
    due = {PublicStatus.APPEAL: row["appeal_due_at"]}.get(code, row["due_at"])
    return PublicWords(
        number=row["number"],
        code=code,
        sentence=labels.PUBLIC[code],
        due_at=due if code in _OPEN else None,
        appeal_until=until if is_told else None,
    )


_OPEN = (PublicStatus.RECEIVED, PublicStatus.IN_REVIEW, PublicStatus.YOUR_ANSWER, PublicStatus.APPEAL)
