"""One address line: read into its parts and written the way the postal service writes it. Never fails on any text."""

import re
import unicodedata
from dataclasses import dataclass, replace

from citydesk.city.places.rules.words import (
    DIRECTIONALS,
    HIGHWAY_KIN,
    HIGHWAYS,
    LONE_UNITS,
    LONG_TYPES,
    ORDINAL_WORDS,
    SPANISH_DIRECTIONALS,
    SPANISH_TYPES,
    STREET_TYPES,
    UNITS,
    WEAK_UNITS,
)

LONGEST_TEXT = 200
_LARGEST_NUMBER = 999_999

_NUMBER = re.compile(r"^(\d{1,6})(-\d{1,5}|[A-Z])?$")
_FRACTION = re.compile(r"^[1-9]/[1-9]$")
_ORDINAL = re.compile(r"^\d+(?:ST|ND|RD|TH)$")
_ZIP = re.compile(r"[ ,]+(\d{5})(?:-?\d{4})?$")
_BLOCK = re.compile(
    r"^(?:THE |LA )?(?:(\d{1,6}|FIRST|UNIT)(?:TH)? (?:BLOCK|BLK|CUADRA)|(?:CUADRA|BLOQUE) (\d{1,6}))"
    r"(?: (?:OF|DE LA|DEL|DE))? (.+)$"
)
_HOUSE_WORDS = re.compile(r"\b(?:NUMERO|NUMBER|NUM|NRO)\b\.?")


@dataclass(frozen=True)
class AddressLine:
    """The parts of an address line, folded to capitals; a part that is not there is empty (`number`: None)."""

    number: int | None = None
    number_suffix: str = ""
    predirectional: str = ""
    name: str = ""
    street_type: str = ""
    postdirectional: str = ""
    unit: str = ""
    zip: str = ""
    is_block: bool = False

    @property
    def street(self) -> str:
        """The street alone, as `Street.key` holds it: "N OAK ST"."""
        return " ".join(filter(None, (self.predirectional, self.name, self.street_type, self.postdirectional)))

    @property
    def house(self) -> str:
        """The house number with its suffix: "1200", "1200A", "1200 1/2"."""
        if self.number is None:
            return ""
        gap = " " if "/" in self.number_suffix else ""
        return f"{self.number}{gap}{self.number_suffix}"

    @property
    def key(self) -> str:
        """Number and street without the unit, as `Address.key` holds it."""
        middle = "BLOCK OF" if self.is_block else ""
        return " ".join(filter(None, (self.house, middle, self.street)))

    @property
    def line(self) -> str:
        """The whole normalized line."""
        return " ".join(filter(None, (self.key, self.unit)))


def fold(text: str) -> str:
    """The text in capitals without accents and punctuation, single spaces; at most 200 characters."""
    bare = unicodedata.normalize("NFKD", str(text)[:LONGEST_TEXT])
    bare = "".join(one for one in bare if not unicodedata.combining(one)).upper()
    bare = re.sub(r"['’‘`´.]", "", bare)
    bare = bare.replace("#", " # ")
    bare = re.sub(r"[^\w#/&@,\- ]|_", " ", bare)
    bare = re.sub(r"(?<!\w)-+|-+(?!\w)", " ", bare)
    return re.sub(r"\s*,[\s,]*", ", ", re.sub(r"\s+", " ", bare)).strip(" ,")[:LONGEST_TEXT]


def parse_line(text: str) -> AddressLine:
    """Read a text as an address line. What it cannot place becomes part of the street name; nothing is dropped
    but a city and state behind a comma."""
    line, zip_code = _without_locality(fold(text))
    block = _BLOCK.match(line)
    if block:
        rest = _parse_street(block[3].split())
        return replace(rest, number=_block_number(block[1] or block[2]), is_block=True, zip=zip_code)
    tokens = _HOUSE_WORDS.sub(" ", line).split()
    number, suffix, rest_tokens = _take_number(tokens)
    rest_tokens, unit = _take_unit(rest_tokens)
    parsed = _parse_street(rest_tokens, may_hold_number=number is None)
    if number is None and parsed.number is not None:
        number = parsed.number
    return replace(parsed, number=number, number_suffix=suffix, unit=unit, zip=zip_code)


def normalize_line(text: str) -> str:
    """The line as the postal service writes it: "1200 north Oak street, apartment 4" -> "1200 N OAK ST APT 4".

    Normalizing a normalized line changes nothing. A text that names no address comes back folded.
    """
    seen: list[str] = []
    line = fold(text)
    while line not in seen:
        seen.append(line)
        line = parse_line(line).line or line
    # Odd texts can swing between forms for ever; any fixed member of the swing is as good, so take the first by name.
    return min(seen[seen.index(line) :])


def normalize_street(text: str) -> str:
    """A street name alone, normalized: "North Oak Street" -> "N OAK ST"."""
    parsed = _parse_street(fold(text).replace(",", " ").split())
    return parsed.street or fold(text)


def street_candidates(line: AddressLine) -> list[str]:
    """Street keys that the line may mean, the likeliest first.

    "CALLE OAK" may be a street of that name or "OAK ST"; "HIGHWAY 58" may be listed as "STATE ROUTE 58".
    """
    found = [line.street]
    words = line.name.split()
    if words and words[0] in SPANISH_TYPES and len(words) > 1:
        found += _from_spanish(words, line)
    for kin in HIGHWAY_KIN:
        if line.name.startswith(f"{kin} ") and line.name[len(kin) + 1 :].split(" ")[0].isdecimal():
            rest = line.name[len(kin) + 1 :]
            found += [replace(line, name=f"{other} {rest}").street for other in HIGHWAY_KIN if other != kin]
            break
    return list(dict.fromkeys(filter(None, found)))


def block_label(number: int | None, street: str) -> str:
    """How a place is shown in public: `(1210, "Oak St")` -> "1200 block of Oak St". Without a number the street."""
    if number is None:
        return street
    if number < 100:
        return f"First block of {street}"
    return f"{number // 100 * 100} block of {street}"


_STORED_BLOCK = re.compile(r"^(First|\d+) block of (.+)$")


def block_in(label: str, language: str) -> str:
    """A stored block label in the reader's language: "1200 block of Oak St" -> "Cuadra 1200 de Oak St" for es.

    Blocks are kept as `block_label` writes them; a street alone and a crossing read the same in every language.
    """
    found = _STORED_BLOCK.match(label)
    if found is None or language.split("-")[0] != "es":
        return label
    number, street = found.groups()
    return f"Primera cuadra de {street}" if number == "First" else f"Cuadra {number} de {street}"


def display_line(line: str) -> str:
    """A normalized line as it is read on screens: "1200 N MCCALLIE AVE APT 4B" -> "1200 N McCallie Ave Apt 4B"."""
    return " ".join(_display_word(word) for word in line.split())


def _display_word(word: str) -> str:
    if word in {"N", "S", "E", "W", "NE", "NW", "SE", "SW", "US", "FM", "PH", "II", "III", "IV"}:
        return word
    if _ORDINAL.match(word):
        return word.lower()
    if any(one.isdecimal() for one in word):
        return word
    if word == "OF":
        return "of"
    if word == "BLOCK":
        return "block"
    if word.startswith("MC") and len(word) > 3:
        return f"Mc{word[2:].capitalize()}"
    return "-".join(part.capitalize() for part in word.split("-"))


def _block_number(word: str) -> int:
    """House numbers below 100 are the first block, which the police calls the unit block."""
    return int(word) if word.isdecimal() else 1


def _without_locality(line: str) -> tuple[str, str]:
    found = _ZIP.search(line)
    zip_code = found[1] if found and not _is_house_behind(line[: found.start()]) else ""
    if zip_code and found:
        line = line[: found.start()].strip(" ,")
    parts = [part.strip() for part in line.split(",") if part.strip()]
    if not parts:
        return "", zip_code
    kept = parts[:1]
    for part in parts[1:]:
        first = part.split()[0]
        number_only = len(parts[0].split()) == 1 and parts[0].isdecimal()
        if first in UNITS or first in LONE_UNITS or (number_only and len(kept) == 1) or _is_late_number(part):
            kept.append(part)
    return " ".join(kept), zip_code


def _is_late_number(part: str) -> bool:
    """ "Calle Roble, 1200": the Spanish order puts the house number behind a comma."""
    return bool(re.match(r"^(?:# |NUM |NUMERO |NO )?\d{1,5}[A-Z]?$", part))


def _is_house_behind(head: str) -> bool:
    """Whether five digits behind `head` are a house number and no ZIP: "Highway 58 12000", "Calle Roble 12000"."""
    words = head.replace(",", " ").split()
    if not words or words[0][:1].isdecimal():
        return not words
    return words[0] in SPANISH_TYPES or _highway(words)[0] > 0 or len(words) == 1


def _take_number(tokens: list[str]) -> tuple[int | None, str, list[str]]:
    found = _NUMBER.match(tokens[0]) if tokens else None
    if not found or len(tokens) == 1:
        return None, "", tokens
    number, suffix, rest = int(found[1]), found[2] or "", tokens[1:]
    if number > _LARGEST_NUMBER:
        return None, "", tokens
    if not suffix and _FRACTION.match(rest[0]) and len(rest) > 1:
        return number, rest[0], rest[1:]
    if not suffix and _is_letter_of_house(rest):
        return number, rest[0], rest[1:]
    return number, suffix, rest


def _is_letter_of_house(rest: list[str]) -> bool:
    """ "1200 B Oak St" has a house letter; "1200 B St" and "1200 N Oak St" have none."""
    if len(rest) < 3 or len(rest[0]) != 1 or not rest[0].isalpha() or rest[0] in DIRECTIONALS or rest[0] == "I":
        return False
    return rest[1] not in STREET_TYPES and not rest[1].isdecimal() and rest[1] not in UNITS


def _take_unit(tokens: list[str]) -> tuple[list[str], str]:
    for at in range(1, len(tokens)):
        word, rest = tokens[at], tokens[at + 1 :]
        behind_type = any(one in STREET_TYPES or one in DIRECTIONALS for one in tokens[1:at])
        if word in UNITS and rest and (word not in WEAK_UNITS or behind_type) and _is_identifier(rest[0]):
            return tokens[:at], _write_unit(tokens[at:])
        if word in LONE_UNITS and behind_type and (not rest or _is_identifier(rest[0])):
            return tokens[:at], _write_unit(tokens[at:])
    return tokens, ""


def _is_identifier(word: str) -> bool:
    return word == "#" or any(one.isdecimal() for one in word) or len(word) <= 2 or word in UNITS or word in LONE_UNITS


def _write_unit(tokens: list[str]) -> str:
    words = [UNITS.get(token) or LONE_UNITS.get(token, token) for token in tokens]
    # "APT # 4" says the same as "APT 4".
    kept = [word for at, word in enumerate(words) if word != "#" or at == 0 or words[at - 1] not in UNITS.values()]
    if kept[0] == "#" and len(kept) > 1 and kept[1] in UNITS.values():
        kept = kept[1:]
    return " ".join(kept)


def _parse_street(tokens: list[str], *, may_hold_number: bool = False) -> AddressLine:
    tokens = [token for token in tokens if token not in {"#", "&", "@", "/"}] or tokens
    pre, tokens = _take_directional(tokens)
    length, name = _highway(tokens)
    if length:
        return _parse_highway(pre, name, tokens[length:], may_hold_number=may_hold_number)
    if tokens and tokens[0] in SPANISH_TYPES and len(tokens) > 1:
        return _parse_spanish(pre, tokens, may_hold_number=may_hold_number)
    post, tokens = _take_postdirectional(tokens)
    street_type = ""
    if len(tokens) > 1 and tokens[-1] in STREET_TYPES:
        street_type, tokens = STREET_TYPES[tokens[-1]], tokens[:-1]
    name = _write_name(tokens, street_type)
    return AddressLine(predirectional=pre, name=name, street_type=street_type, postdirectional=post)


def _take_directional(tokens: list[str]) -> tuple[str, list[str]]:
    for length in (2, 1):
        word = "".join(tokens[:length])
        rest = tokens[length:]
        if word in DIRECTIONALS and rest and (length == 1 or all(one in DIRECTIONALS for one in tokens[:2])):
            only_type_left = len(rest) == 1 and rest[0] in STREET_TYPES
            if not only_type_left and len(DIRECTIONALS[word]) <= length + 1:
                return DIRECTIONALS[word], rest
    return "", tokens


def _take_postdirectional(tokens: list[str]) -> tuple[str, list[str]]:
    if len(tokens) > 1 and tokens[-1] in DIRECTIONALS and (len(tokens) > 2 or tokens[0] not in STREET_TYPES):
        return DIRECTIONALS[tokens[-1]], tokens[:-1]
    return "", tokens


def _write_name(tokens: list[str], street_type: str) -> str:
    words = list(tokens)
    if not words:
        return ""
    if len(words) == 1 and words[0].isdecimal() and street_type:
        return _ordinal(int(words[0]))
    words = [ORDINAL_WORDS.get(word, word) if len(words) == 1 else word for word in words]
    if words[0] == "SAINT" and len(words) > 1:
        words[0] = "ST"
    if words[0] in LONG_TYPES and len(words) == 2 and len(words[1]) <= 2:
        words[0] = LONG_TYPES[words[0]]
    return " ".join(words)


def _ordinal(number: int) -> str:
    ending = "TH" if 10 <= number % 100 <= 20 else {1: "ST", 2: "ND", 3: "RD"}.get(number % 10, "TH")
    return f"{number}{ending}"


def _highway(tokens: list[str]) -> tuple[int, str]:
    """(tokens used, name) of a numbered highway at the beginning: "STATE RT 58" -> (3, "STATE ROUTE 58")."""
    words = [part for token in tokens[:4] for part in _split_shield(token)]
    for lead, written in HIGHWAYS:
        end = len(lead)
        if tuple(words[:end]) == lead and len(words) > end and re.match(r"^\d{1,4}[A-Z]?$", words[end]):
            used = end + 1 - (len(words) - len(tokens[:4]))
            return max(used, 1), f"{written} {words[end]}"
    return 0, ""


def _split_shield(token: str) -> list[str]:
    """ "I-24", "SR58" and "US-27" are two words each."""
    found = re.match(r"^(I|US|SR|SH|CR|FM|HWY|RT|RTE)-?(\d{1,4}[A-Z]?)$", token)
    return [found[1], found[2]] if found else [token]


def _parse_highway(pre: str, name: str, rest: list[str], *, may_hold_number: bool) -> AddressLine:
    number = None
    if may_hold_number and len(rest) == 1 and rest[0].isdecimal() and len(rest[0]) <= 6:
        number, rest = int(rest[0]), []
    post = ""
    if rest and rest[-1] in DIRECTIONALS:
        post, rest = DIRECTIONALS[rest[-1]], rest[:-1]
    return AddressLine(number=number, predirectional=pre, name=" ".join([name, *rest]), postdirectional=post)


def _parse_spanish(pre: str, tokens: list[str], *, may_hold_number: bool) -> AddressLine:
    number, post = None, ""
    if len(tokens) > 2 and tokens[-1] in SPANISH_DIRECTIONALS and tokens[-2].isdecimal():
        post, tokens = SPANISH_DIRECTIONALS[tokens[-1]], tokens[:-1]
    if may_hold_number and len(tokens) > 2 and _NUMBER.match(tokens[-1]) and tokens[-1].isdecimal():
        number, tokens = int(tokens[-1]), tokens[:-1]
    street_type = ""
    if len(tokens) > 2 and tokens[-1] in STREET_TYPES and tokens[-1] not in SPANISH_TYPES:
        street_type, tokens = STREET_TYPES[tokens[-1]], tokens[:-1]
    name = " ".join(tokens)
    return AddressLine(number=number, predirectional=pre, name=name, street_type=street_type, postdirectional=post)


def _from_spanish(words: list[str], line: AddressLine) -> list[str]:
    kind, rest = SPANISH_TYPES[words[0]], [word for word in words[1:] if word not in {"DE", "LA", "EL", "DEL"}]
    pre, post = line.predirectional, line.postdirectional
    if len(rest) > 1 and rest[-1] in {**SPANISH_DIRECTIONALS, **DIRECTIONALS}:
        pre, rest = {**DIRECTIONALS, **SPANISH_DIRECTIONALS}[rest[-1]], rest[:-1]
    elif len(rest) > 1 and rest[0] in SPANISH_DIRECTIONALS:
        pre, rest = SPANISH_DIRECTIONALS[rest[0]], rest[1:]
    name = _write_name(rest, line.street_type or kind)
    types = [line.street_type] if line.street_type else [kind, "ST", "AVE", "RD", "BLVD", "DR", "LN", ""]
    made = [AddressLine(predirectional=pre, name=name, street_type=one, postdirectional=post).street for one in types]
    if pre and not post:
        made += [AddressLine(name=name, street_type=one, postdirectional=pre).street for one in types]
    return made
