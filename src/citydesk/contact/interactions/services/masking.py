"""Card and social-security numbers never reach a row: they are masked, the clerk is told, nothing is blocked."""

from collections.abc import Mapping
from typing import Any

from citydesk.contact.interactions.rules import TEXT_FIELDS
from citydesk.kernel.detectors import mask_numbers

# Answers to questions are free text too.
_MASKED = TEXT_FIELDS | {"who", "place_detail", "tell_to", "new_name"}


def mask_text(text: str) -> str:
    """The text without card and social-security numbers."""
    return mask_numbers(text).text


def mask_texts(fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The fields with masked texts, and for each masked field the kinds found ("card", "ssn")."""
    safe: dict[str, Any] = {}
    found: dict[str, list[str]] = {}
    for name, value in fields.items():
        safe[name] = value
        if not isinstance(value, str) or not (name in _MASKED or name.startswith("q.")):
            continue
        result = mask_numbers(value)
        if result.is_changed:
            safe[name], found[name] = result.text, sorted({one.kind for one in result.findings})
    return safe, found
