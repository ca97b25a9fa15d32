"""A report while a resident writes it: what was given so far, which step comes next, what still lacks."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

MOST_PHOTOS = 5
MOST_PHOTO_BYTES = 15 * 1024 * 1024
LONGEST_WORDS = 4000
LONGEST_PLACE = 200
# Somebody who went to look up a house number comes back; a shared computer in the library forgets.
KEPT_SECONDS = 2 * 3600


class Step(StrEnum):
    """The steps of a report in their order."""

    WHERE = "where"
    KIND = "kind"
    DETAILS = "details"
    CONTACT = "contact"


STEPS = tuple(Step)
# As residents count them: what and where; details and photos; contact and send.
SHOWN_AS = {Step.WHERE: 1, Step.KIND: 1, Step.DETAILS: 2, Step.CONTACT: 3}


class Tell(StrEnum):
    """How a resident wants to hear of it."""

    EMAIL = "email"
    SMS = "sms"
    NONE = "none"


@dataclass
class Draft:
    """Everything typed so far. `key` makes sending it twice one report; `opened_at` is when the form was opened."""

    key: str = ""
    opened_at: str = ""
    place: str = ""
    choice: str = ""
    lat: str = ""
    lon: str = ""
    is_place_kept: bool = False
    detail: str = ""
    words: str = ""
    code: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    honeypot: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    tell: str = Tell.EMAIL.value
    has_consent: bool = False
    is_confidential: bool = False
    code_word: str = ""
    is_contact_seen: bool = False
    is_details_seen: bool = False
    language: str = "en"

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody can be known by what was given."""
        return not (self.name or self.phone or self.email)

    def as_json(self) -> dict[str, Any]:
        """The draft as plain values."""
        return asdict(self)


def draft_of(body: Mapping[str, Any]) -> Draft:
    """A draft from its plain values; what does not fit its field is left out."""
    blank = Draft()
    known = {one.name: body[one.name] for one in fields(Draft) if one.name in body}
    return Draft(**{name: value for name, value in known.items() if isinstance(value, type(getattr(blank, name)))})


def reached(draft: Draft) -> Step:
    """The furthest step a draft may be at: nobody sends a report that lacks an earlier step."""
    if not draft.words:
        return Step.WHERE
    if not draft.code:
        return Step.KIND
    return Step.CONTACT if draft.is_details_seen else Step.DETAILS


def is_reached(step: Step, draft: Draft) -> bool:
    """Whether a step may be opened."""
    return STEPS.index(step) <= STEPS.index(reached(draft))


def clean(text: str, longest: int) -> str:
    """Typed text without control characters, one kind of line end, at most so long."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(char for char in lines if char in "\n\t" or (char.isprintable() and not _is_surrogate(char)))
    return kept.strip()[:longest]


def line(text: str, longest: int) -> str:
    """Typed text as one line."""
    return " ".join(clean(text, longest * 2).split())[:longest]


def _is_surrogate(char: str) -> bool:
    return 0xD800 <= ord(char) <= 0xDFFF
