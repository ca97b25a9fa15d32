"""Pure decisions of correspondence: which language, which words, how many text segments, what an answer word means."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from citydesk.city.correspondence.choices import TEMPLATE_FIELDS

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€")
_STOP_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "alto", "parar", "basta", "cancelar"}
)
_START_WORDS = frozenset({"start", "unstop", "yes", "si", "sí", "iniciar", "empezar"})


@dataclass(frozen=True)
class Template:
    """A message's words in one language. `sms` empty means: this message is not sent as a text."""

    code: str
    language: str
    subject: str
    body: str
    sms: str = ""

    @property
    def fields(self) -> frozenset[str]:
        """The placeholders the three texts name."""
        return frozenset(_PLACEHOLDER.findall(self.subject + self.body + self.sms))


@dataclass(frozen=True)
class Words:
    """What is sent: `subject` is empty for a text message."""

    language: str
    subject: str
    body: str


@dataclass(frozen=True)
class SegmentCount:
    """How a text is billed: `segments` of 160 (or 153 joined) GSM characters, of 70 (67) if it needs UCS-2."""

    characters: int
    segments: int
    encoding: str = field(default="GSM-7")


def unknown_fields(template: Template) -> list[str]:
    """Placeholders that no message can fill; a template with one is refused when the profile is loaded."""
    return sorted(template.fields - TEMPLATE_FIELDS)


def choose_language(wanted: str, available: Collection[str], default: str) -> str:
    """The best language there is: the wanted one, its base ("es-MX" -> "es"), the city's default, any."""
    for candidate in (wanted, wanted.split("-")[0], default):
        if candidate in available:
            return candidate
    return sorted(available)[0]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace `{name}` by its value; a value is never read again for placeholders, a missing one becomes empty."""
    return _PLACEHOLDER.sub(lambda found: str(values.get(found.group(1), "")), text)


def write(template: Template, channel: str, values: Mapping[str, str]) -> Words:
    """The words of one message. A subject never holds a line break, whatever a value holds."""
    if channel == "sms":
        return Words(template.language, "", _tidy(fill(template.sms, values)))
    subject = re.sub(r"\s+", " ", fill(template.subject, values)).strip()
    return Words(template.language, subject[:200], _tidy(fill(template.body, values)) + "\n")


def address_lines(text: str, *, city: str) -> list[str]:
    """The lines of an address block, at most four: name, street, city with state and ZIP code.

    `text` has a name and an address in lines or with commas, as contact points keep them; `city` stands where the
    address names none.
    """
    lines: list[str] = []
    for line in (one.strip() for one in text.splitlines() if one.strip()):
        parts = [one.strip() for one in line.split(",") if one.strip()]
        # Unit and street stay together; city and state do.
        cut = len(parts) - 2 if len(parts) > 2 else 1
        lines += [", ".join(one) for one in (parts[:cut], parts[cut:]) if one]
    has_city = bool(lines) and bool(re.search(r"\d{5}(-\d{4})?$|, [A-Z]{2}$", lines[-1])) and len(lines) > 1
    if not has_city:
        lines.append(city)
    return [*lines[:3], " ".join(lines[3:])] if len(lines) > 4 else lines


def _tidy(text: str) -> str:
    """No trailing blanks and never more than one empty line, as an empty field would leave them."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines)


def count_segments(text: str) -> SegmentCount:
    """Segments as carriers count them (3GPP TS 23.038: 160/153 septets, 70/67 UCS-2 units)."""
    if all(character in _GSM or character in _GSM_TWICE for character in text):
        units = sum(2 if character in _GSM_TWICE else 1 for character in text)
        single, joined, encoding = 160, 153, "GSM-7"
    else:
        units, single, joined, encoding = len(text.encode("utf-16-be")) // 2, 70, 67, "UCS-2"
    segments = 1 if units <= single else -(-units // joined)
    return SegmentCount(len(text), segments, encoding)


def consent_word(text: str) -> str:
    """What a resident's reply says about consent: "revoked", "granted" or "" (an ordinary reply).

    Only a reply that is the word alone counts: "stop the truck at my house" is not a STOP.
    """
    word = re.sub(r"[^\w]", "", text).casefold()
    if word in _STOP_WORDS:
        return "revoked"
    return "granted" if word in _START_WORDS else ""


def message_reference(message_id: int, key: str) -> str:
    """A stable reference that goes with every attempt, so that a receiver can recognize a repeat."""
    safe = re.sub(r"[^A-Za-z0-9.-]", "-", key)[:60]
    return f"m{message_id}.{safe}"
