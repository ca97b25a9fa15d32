"""The trade of customers: how names, phones and search words are compared, when two customers are likely one."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import phonenumbers
from rapidfuzz import fuzz

from citydesk.city.customers.choices import DuplicateReason
from citydesk.kernel.errors import Conflict, Invalid, marked

REGION = "US"
# Digits of a phone after which the search begins, letters of a name likewise.
LEAST_DIGITS = 4
LEAST_LETTERS = 3
# A pair at or above this is shown to people as a likely duplicate.
LIKELY_DUPLICATE = 60
# Percent of letters in common under which a misspelt word is another word.
_LEAST_SPELLING = 75
_EMAIL = re.compile(r"^[^@\s,;:<>\"()\[\]\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?\.[A-Za-z]{2,}$")
_LANGUAGE = re.compile(r"^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?$")


def fold(text: str) -> str:
    """The text in small letters without accents and marks, single spaces, as it is compared and searched."""
    bare = unicodedata.normalize("NFKD", str(text)[:400])
    bare = "".join(one for one in bare if not unicodedata.combining(one)).casefold()
    return re.sub(r"[\W_]+", " ", bare).strip()


@dataclass(frozen=True)
class Phone:
    """A phone number. `e164` is how it is stored, `digits` its national digits, `shown` how it is read."""

    e164: str
    digits: str
    shown: str
    extension: str = ""


def read_phone(text: str, region: str = REGION) -> Phone:
    """The number a person typed, in any of the usual spellings, with an extension. `Invalid` if it cannot be one."""
    try:
        number = phonenumbers.parse(str(text)[:60], region)
    except phonenumbers.NumberParseException as error:
        hint = marked("Ten digits with the area code.")
        raise Invalid(marked("This is not a phone number."), field="phone", hint=hint) from error
    if not phonenumbers.is_possible_number(number):
        raise Invalid(marked("This phone number has too few or too many digits."), field="phone")
    is_home = number.country_code == phonenumbers.country_code_for_region(region)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if is_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    bare = phonenumbers.PhoneNumber(country_code=number.country_code, national_number=number.national_number)
    return Phone(
        e164=phonenumbers.format_number(bare, phonenumbers.PhoneNumberFormat.E164),
        digits=phonenumbers.national_significant_number(number),
        shown=phonenumbers.format_number(bare, style),
        extension=(number.extension or "")[:10],
    )


def read_email(text: str) -> str:
    """The address in small letters. `Invalid` if it cannot be one."""
    address = str(text).strip().lower()
    if len(address) > 240 or ".." in address or not _EMAIL.match(address):
        raise Invalid(marked("This is not an e-mail address."), field="email", hint="name@example.org")
    return address


def check_language(code: str) -> str:
    """The BCP 47 code, e.g. "es", "zh-Hant", "pt-BR". `Invalid` if it is none."""
    if not _LANGUAGE.match(code):
        raise Invalid(marked("This is not a language code."), field="language")
    return code


def display_name(given: str, family: str, organization: str) -> str:
    """How a customer is called on screens: the person, else the organization, else ""."""
    person = " ".join(filter(None, (given.strip(), family.strip())))
    return person or organization.strip()


@dataclass(frozen=True)
class SearchWords:
    """What somebody typed into the find box, taken apart. Only one of `email`, `digits`, `words` need be there."""

    words: tuple[str, ...] = ()
    digits: str = ""
    email: str = ""
    line: str = ""

    @property
    def is_enough(self) -> bool:
        """Whether it is enough to search with: four digits, three letters, or part of an e-mail address."""
        letters = max((len(word) for word in self.words), default=0)
        return bool(self.email) or len(self.digits) >= LEAST_DIGITS or letters >= LEAST_LETTERS


def read_search(text: str) -> SearchWords:
    """Take a search text apart: "423 555 01" is digits, "maria gar" words, "maria@" an e-mail, "1210 oak" a line."""
    raw = " ".join(str(text).split())[:120]
    if "@" in raw:
        return SearchWords(email=raw.replace(" ", "").lower())
    digits = re.sub(r"\D", "", raw)
    letters = re.sub(r"[^\w]|\d|_", "", raw)
    if digits and not letters:
        return SearchWords(digits=digits[1:] if len(digits) == 11 and digits.startswith("1") else digits)
    words = tuple(dict.fromkeys(fold(raw).split()))[:6]
    begins_with_number = bool(re.match(r"^\d+\w?\s+\S", raw))
    return SearchWords(words=words, line=raw if begins_with_number else "")


def mask_phone(shown: str) -> str:
    """The last four digits alone."""
    digits = re.sub(r"\D", "", shown)
    return f"••• {digits[-4:]}" if len(digits) >= LEAST_DIGITS else "•••"


def mask_email(address: str) -> str:
    """The first letter and the ending: "m•••@•••.org"."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}•••@•••.{domain.rsplit('.', 1)[-1]}"


def initials(name: str) -> str:
    """ "Maria Garcia" -> "M. G." for readers who may not see names in full."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word)


@dataclass(frozen=True)
class Features:
    """What two customers are compared by; all values folded or normalized."""

    name: str = ""
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    is_anonymous: bool = False


@dataclass(frozen=True)
class Likeness:
    """How likely two customers are one (0 to 100), with the reasons and what each adds."""

    score: int
    reasons: tuple[tuple[DuplicateReason, int], ...] = ()

    @property
    def is_likely(self) -> bool:
        """Whether people should be asked."""
        return self.score >= LIKELY_DUPLICATE


def likeness(one: Features, other: Features) -> Likeness:
    """Compare two customers. The order of the two does not matter.

    The same e-mail 45, phone 40, address 20; the same name 40, a similar one (85 % of letters) 25. A household shares
    phone and address: without a like name that is never enough.
    """
    reasons: list[tuple[DuplicateReason, int]] = []
    if one.emails & other.emails:
        reasons.append((DuplicateReason.SAME_EMAIL, 45))
    if one.phones & other.phones:
        reasons.append((DuplicateReason.SAME_PHONE, 40))
    if one.addresses & other.addresses:
        reasons.append((DuplicateReason.SAME_ADDRESS, 20))
    names = _name_points(one, other)
    if names:
        reasons.append(names)
    total = sum(points for _, points in reasons)
    if names is None and not (one.is_anonymous or other.is_anonymous):
        total = min(total, LIKELY_DUPLICATE - 1)
    return Likeness(min(total, 100), tuple(reasons))


def _name_points(one: Features, other: Features) -> tuple[DuplicateReason, int] | None:
    if not one.name or not other.name or one.is_anonymous or other.is_anonymous:
        return None
    if sorted(one.name.split()) == sorted(other.name.split()):
        return DuplicateReason.SAME_NAME, 40
    if max(fuzz.token_sort_ratio(one.name, other.name), fuzz.token_sort_ratio(other.name, one.name)) >= 85:
        return DuplicateReason.SIMILAR_NAME, 25
    return None


def canonical_of(customer_id: int, merged_into: Mapping[int, int | None]) -> int:
    """The customer at the end of the chain. `Conflict` for a circle, which the services never make."""
    seen = {customer_id}
    current = customer_id
    while (following := merged_into.get(current)) is not None:
        if following in seen:
            raise Conflict(marked("These customers are merged in a circle."))
        seen.add(following)
        current = following
    return current


def family_of(customer_id: int, merged_into: Mapping[int, int | None]) -> set[int]:
    """The customer and everyone merged into it, over any number of steps."""
    found = {customer_id}
    while more := {one for one, into in merged_into.items() if into in found} - found:
        found |= more
    return found


def merge_into(merged: int, kept: int, merged_into: Mapping[int, int | None]) -> tuple[int, int]:
    """The one pointer to set, (from, to), so that `merged` resolves to what `kept` resolves to.

    Ends of chains are joined, so no circle can come to be. `Conflict` if they already are one.
    """
    source, target = canonical_of(merged, merged_into), canonical_of(kept, merged_into)
    if source == target:
        raise Conflict(marked("These two customers are already one."))
    return source, target


def likeliest(names: Sequence[tuple[int, str]], words: Sequence[str]) -> list[int]:
    """Ids of names in which every word is spelt nearly so (four letters of five), the nearest first."""

    def nearness(name: str) -> float:
        parts = name.split()
        best = [max((fuzz.ratio(word, part) for part in parts), default=0.0) for word in words]
        return min(best) + sum(best) / 1000 if best and min(best) >= _LEAST_SPELLING else 0.0

    scored = sorted(((nearness(name), name, one) for one, name in names), key=lambda row: (-row[0], row[1], row[2]))
    return [one for score, _, one in scored if score]


def best_first(names: Sequence[tuple[int, str]], words: Iterable[str]) -> list[int]:
    """Ids ordered by how well the name fits the words: whole words, beginnings, then the rest by likeness."""
    asked = list(words)
    text = " ".join(asked)

    def rank(entry: tuple[int, str]) -> tuple[float, str, int]:
        parts = entry[1].split()
        whole = sum(word in parts for word in asked)
        begins = sum(any(part.startswith(word) for part in parts) for word in asked)
        return -(200 * whole + 100 * begins + fuzz.token_sort_ratio(text, entry[1])), entry[1], entry[0]

    return [one for one, _ in sorted(names, key=rank)]
