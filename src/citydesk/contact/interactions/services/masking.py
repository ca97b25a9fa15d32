"""Card and social-security numbers never reach a row: they are masked, the clerk is told, nothing is blocked."""

from collections.abc import Mapping
from typing import Any

from citydesk.contact.interactions.rules import TEXT_FIELDS

try:
    from citydesk.kernel import detectors
except ImportError:  # the kernel's detectors come with the next commit of the kernel
    detectors = None  # type: ignore[assignment]

# Answers to questions are free text too.
_MASKED = TEXT_FIELDS | {"who", "place_detail", "tell_to", "new_name"}


def mask_text(text: str) -> str:
    """The text without card and social-security numbers."""
    return detectors.mask(text).text if detectors else text


def mask_texts(fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The fields with masked texts, and for each masked field the kinds found ("card", "ssn")."""
    safe: dict[str, Any] = {}
    found: dict[str, list[str]] = {}
    for name, value in fields.items():
        safe[name] = value
        if detectors is None or not isinstance(value, str) or not (name in _MASKED or name.startswith("q.")):
            continue
        result = detectors.mask(value)
        if result.kinds:
            safe[name], found[name] = result.text, list(result.kinds)
    return safe, found
