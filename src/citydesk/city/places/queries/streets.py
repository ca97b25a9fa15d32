"""Finding streets: exactly by name, by a part of the name, by a misspelt name."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q, Value
from django.db.models.functions import Concat
from rapidfuzz import fuzz

from citydesk.city.places import rules
from citydesk.city.places.models import Street
from citydesk.city.places.rules.words import DIRECTIONALS, ORDINAL_WORDS, STREET_TYPES

_MOST_CANDIDATES = 60
# Trigram likeness under which a misspelling is no longer the street that was meant.
_LEAST_LIKENESS = 0.3


@dataclass(frozen=True)
class StreetMatch:
    """A street and how well it fits what was typed (0 to 100)."""

    id: int
    key: str
    name: str
    base: str
    point_count: int
    score: float


_COLUMNS = ("id", "key", "name", "base", "point_count", "aliases")


def find_street(line: rules.AddressLine) -> list[StreetMatch]:
    """The streets an address line may mean: the one of exactly that name, else those of the same base name that do
    not contradict the directional or type that was given."""
    candidates = rules.street_candidates(line)
    rows = _rows(Q(key__in=candidates)) or _rows(Q(aliases__overlap=candidates))
    if rows:
        order = {key: at for at, key in enumerate(candidates)}
        rows.sort(key=lambda row: min((order.get(key, 99) for key in (row["key"], *row["aliases"])), default=99))
        return [_match(rows[0], 100)]
    parsed = [rules.parse_line(candidate) for candidate in candidates]
    bases = {one.name for one in parsed if one.name}
    kept = [row for row in _rows(Q(base__in=bases)) if any(_agrees(row["key"], one) for one in parsed)]
    kept.sort(key=lambda row: (-row["point_count"], row["key"]))
    return [_match(row, 90) for row in kept[:_MOST_CANDIDATES]]


def rank_streets(fragment: str, limit: int) -> list[StreetMatch]:
    """Streets for a fragment somebody is typing, best first: every word a beginning of a word, else by likeness."""
    words = [word for word in rules.fold(fragment).replace(",", " ").split() if word not in {"&", "/", "@"}][:6]
    if not words:
        return []
    rows = _rows_by_words(words)
    if not rows:
        rows = _rows_by_likeness(words)
    typed, core = rules.normalize_street(" ".join(words)), _core(words)
    scored = [_match(row, _score(typed, core, row)) for row in rows]
    scored.sort(key=lambda match: (-match.score, -match.point_count, match.key))
    return scored[:limit]


def _rows(condition: Q) -> list[dict[str, Any]]:
    return list(Street.objects.filter(condition, is_active=True).values(*_COLUMNS)[:_MOST_CANDIDATES])


def _rows_by_words(words: list[str]) -> list[dict[str, Any]]:
    streets = Street.objects.filter(is_active=True).annotate(spaced=Concat(Value(" "), "search"))
    for at, word in enumerate(words):
        fits = Q()
        for form in _forms(word, is_last=at == len(words) - 1):
            fits |= Q(spaced__contains=f" {form}")
        streets = streets.filter(fits)
    return list(streets.order_by("-point_count", "key").values(*_COLUMNS)[:_MOST_CANDIDATES])


def _rows_by_likeness(words: list[str]) -> list[dict[str, Any]]:
    core = _core(words)
    if len(core) < 3:
        return []
    found = (
        Street.objects.filter(is_active=True, base__trigram_similar=core)
        .annotate(likeness=TrigramSimilarity("base", core))
        .filter(likeness__gte=_LEAST_LIKENESS)
        .order_by("-likeness", "key")
    )
    return list(found.values(*_COLUMNS)[:_MOST_CANDIDATES])


def _forms(word: str, *, is_last: bool) -> set[str]:
    """The ways a list may write a word: "NORTH" as "N", and the beginning "STREE" as "ST"."""
    forms = {word}
    for table in (STREET_TYPES, DIRECTIONALS, ORDINAL_WORDS):
        if word in table:
            forms.add(table[word])
        if is_last and len(word) >= 3:
            forms |= {short for long, short in table.items() if long.startswith(word) and len(long) > len(word)}
    return forms


def _core(words: list[str]) -> str:
    kept = [word for word in words if word not in DIRECTIONALS and word not in STREET_TYPES]
    return " ".join(kept or words)


def _score(typed: str, core: str, row: dict[str, Any]) -> float:
    if typed == row["key"]:
        return 100.0
    best = fuzz.ratio(core, row["base"])
    if row["base"].startswith(core):
        best = max(best, 85 + 10 * len(core) / max(len(row["base"]), 1))
    # Of two streets of one name the one with the typed directional and type comes first.
    return float(best + 4 * fuzz.ratio(typed, row["key"]) / 100)


def _agrees(key: str, line: rules.AddressLine) -> bool:
    known = rules.parse_line(key)
    return (
        known.name == line.name
        and (not line.predirectional or line.predirectional in (known.predirectional, known.postdirectional))
        and (not line.postdirectional or line.postdirectional in (known.postdirectional, known.predirectional))
        and (not line.street_type or line.street_type == known.street_type)
    )


def _match(row: dict[str, Any], score: float) -> StreetMatch:
    return StreetMatch(row["id"], row["key"], row["name"], row["base"], row["point_count"], score)
