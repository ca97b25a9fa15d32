"""Codes of this room."""

from enum import StrEnum

# Reading single answers: the contact an answer is about leads to who gave it.
ANSWERS = "quality.answers"

OBJECT = "quality.Invitation"
# The fact table of answers: without who took the contact, so that no figure is ever told of a person.
FACTS = "surveys"


class Instrument(StrEnum):
    """What a resident is asked."""

    FIRST_CONTACT = "first_contact"


class Way(StrEnum):
    """How the question reaches them."""

    TRACKING = "tracking"


class Answer(StrEnum):
    """Whether the matter was settled with the first contact."""

    YES = "yes"
    NO = "no"
