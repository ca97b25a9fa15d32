"""What a closing may say. Work that was not done is never told as done, in no language the city speaks."""

import re

from citydesk.contact.service_requests.choices import CloseReason
from citydesk.contact.service_requests.rules.codes import fold
from citydesk.kernel.errors import Invalid, marked

_DONE_WORDS = re.compile(
    r"\b(fixed|repaired|completed|resolved|finished|done|cleaned up|"
    r"arreglad[oa]s?|reparad[oa]s?|completad[oa]s?|resuelt[oa]s?|terminad[oa]s?|solucionad[oa]s?|hech[oa])\b"
)
_NOT = re.compile(r"\b(not|no|never|cannot|nunca|sin|without|isn t|wasn t|couldn t|n t)\b")


def says_it_is_done(text: str) -> bool:
    """Whether a sentence of the text claims that work was done (and does not deny it)."""
    sentences = re.split(r"[.!?;\n]", fold(text).replace("'", " ").replace("’", " "))
    return any(_DONE_WORDS.search(sentence) and not _NOT.search(sentence) for sentence in sentences)


def require_honest(reason: str, text: str) -> None:
    """Raise `Invalid` at `text` when it claims done under a reason that is not."""
    if reason != CloseReason.DONE and says_it_is_done(text):
        raise Invalid(
            marked("This text says that the work was done, but the reason does not."),
            field="text",
            hint=marked("Choose the reason done, or say what was decided."),
        )
