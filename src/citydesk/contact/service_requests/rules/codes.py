"""Find the service code from a resident's words: English and Spanish, without accents, by stems, with typing errors.

An index over names, synonyms and descriptions is made once per catalog. A query word is worth more the fewer codes
know it; a whole synonym found in the query counts extra. Scores are between 0 and about 1.5.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

# A word shorter than this is matched as it is: a typing error in "tag" is another word.
_SHORTEST_FUZZY = 4
_ALIKE = 82
_WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = frozenset(
    _WORD.findall(
        "a an and at be been by can do does for from get has have he her his i im in is it its me my need no not of on "
        "or our please she so some that the their there they this to up us was we were what when where who why will "
        "with would you your someone something want wants like theres "
        "al algo ante aqui con cual cuando de del desde donde e el ella en es esta este esto fue ha hace hay la las le "
        "les lo los me mi mis muy necesito o para pero por porque que quiero se ser si sin sobre son su sus te tengo "
        "tiene un una unas unos y ya"
    )
)
# Longest first; one ending is taken off, never more, and three letters always stay.
_ENDINGS = tuple(
    _WORD.findall(
        "aciones amiento imiento idades acion mente ingly adora ador idad ados adas idos idas ando iendo ings ies ing "
        "ado ada ido ida ion ers eds es ed er ly os as ar ir s o a e y"
    )
)
_NAME, _SYNONYM, _DESCRIPTION = 1.0, 0.9, 0.35
_PHRASE_BONUS = 0.5


@dataclass(frozen=True)
class CodeWords:
    """What a code is known by: per language its name, synonyms and description."""

    code: str
    names: Mapping[str, str]
    synonyms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    group_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Suggestion:
    """A code that may fit. `marked` is its name in pieces, True where the query's words were found.

    `because` is the synonym that matched best when the name itself did not say it.
    """

    code: str
    name: str
    score: float
    marked: tuple[tuple[str, bool], ...]
    because: str = ""


@dataclass(frozen=True)
class _Posting:
    code: str
    weight: float


@dataclass(frozen=True)
class CodeIndex:
    """The words of a catalog, ready to be asked."""

    codes: Mapping[str, CodeWords]
    postings: Mapping[str, tuple[_Posting, ...]]
    stems: tuple[str, ...]
    phrases: tuple[tuple[str, str, frozenset[str], str], ...]
    rarity: Mapping[str, float]


def fold(text: str) -> str:
    """Lower case without accents; "Árbol caído" becomes "arbol caido"."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def stem(word: str) -> str:
    """A folded word without its last ending: "trees" and "tree", "caído" and "caida" meet."""
    if word.isdecimal():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def words_of(text: str) -> list[str]:
    """Folded words worth looking for, in order; words every sentence has are left out."""
    return [word for word in _WORD.findall(fold(text)) if word not in _STOP_WORDS]


def build_index(codes: Iterable[CodeWords]) -> CodeIndex:
    """Index a catalog. Every language is indexed, whoever asks: residents mix them."""
    known = {one.code: one for one in codes}
    postings: dict[str, dict[str, float]] = defaultdict(dict)
    phrases = []
    for one in known.values():
        for text, weight, language in _texts(one):
            stems = {stem(word) for word in words_of(text)}
            for found in stems:
                postings[found][one.code] = max(weight, postings[found].get(one.code, 0.0))
            if weight >= _SYNONYM and stems:
                phrases.append((one.code, text, frozenset(stems), language))
    count = max(len(known), 1)
    return CodeIndex(
        codes=known,
        postings={
            found: tuple(_Posting(code, weight) for code, weight in by_code.items())
            for found, by_code in postings.items()
        },
        stems=tuple(postings),
        phrases=tuple(phrases),
        rarity={found: math.log(1 + count / len(by_code)) for found, by_code in postings.items()},
    )


def find_codes(index: CodeIndex, text: str, language: str, *, limit: int = 3) -> list[Suggestion]:
    """The codes that fit the words best, best first; empty when no word is known."""
    asked = list(dict.fromkeys(words_of(text)))[:40]
    if not asked:
        return []
    scores: dict[str, float] = defaultdict(float)
    hit_stems: set[str] = set()
    whole = 0.0
    for position, word in enumerate(asked):
        matches = _matches(index, word, is_last=position == len(asked) - 1)
        worth = max((index.rarity[found] for found in matches), default=1.0)
        whole += worth
        best: dict[str, float] = {}
        for found, likeness in matches.items():
            hit_stems.add(found)
            for posting in index.postings[found]:
                value = worth * likeness * posting.weight
                best[posting.code] = max(best.get(posting.code, 0.0), value)
        for code, value in best.items():
            scores[code] += value
    reasons = _add_phrases(index, hit_stems, scores, whole)
    ranked = sorted(scores, key=lambda code: (-scores[code], index.codes[code].code))[:limit]
    return [
        _suggestion(index.codes[code], scores[code] / whole, hit_stems, language, reasons.get(code, ""))
        for code in ranked
    ]


def _texts(one: CodeWords) -> list[tuple[str, float, str]]:
    texts = [(name, _NAME, language) for language, name in one.names.items()]
    texts += [(word, _SYNONYM, language) for language, words in one.synonyms.items() for word in words]
    texts += [(text, _DESCRIPTION, language) for language, text in one.descriptions.items()]
    texts += [(name, _DESCRIPTION, language) for language, name in one.group_names.items()]
    return texts


def _matches(index: CodeIndex, word: str, *, is_last: bool) -> dict[str, float]:
    """Known stems for a query word with how alike they are (0 to 1). The last word may still be being typed."""
    root = stem(word)
    found = {known: 1.0 for known in {root, word} if known in index.postings}
    if found:
        return found
    if is_last and len(word) >= 3:
        found = {known: 0.85 for known in index.stems if known.startswith((word, root))}
        if found:
            return found
    if len(word) >= _SHORTEST_FUZZY:
        alike = process.extract(root, index.stems, scorer=fuzz.ratio, limit=3, score_cutoff=_ALIKE)
        return {known: 0.8 * score / 100 for known, score, _ in alike if known[:1] == root[:1] or score >= 88}
    return {}


def _add_phrases(index: CodeIndex, hits: set[str], scores: dict[str, float], whole: float) -> dict[str, str]:
    """Give a bonus where all words of a name or synonym are there; say which synonym it was."""
    best: dict[str, tuple[float, str]] = {}
    for code, text, stems, _language in index.phrases:
        if stems <= hits:
            bonus = whole * _PHRASE_BONUS * min(1.0, sum(index.rarity[one] for one in stems) / whole)
            if bonus > best.get(code, (0.0, ""))[0]:
                best[code] = (bonus, text)
    for code, (bonus, _text) in best.items():
        scores[code] += bonus
    return {code: text for code, (_bonus, text) in best.items()}


def _suggestion(one: CodeWords, score: float, hits: set[str], language: str, because: str) -> Suggestion:
    name = one.names.get(language) or next(iter(one.names.values()))
    marked = mark(name, hits)
    is_said = any(is_hit for _, is_hit in marked) or because == name
    return Suggestion(one.code, name, round(score, 4), marked, "" if is_said else because)


def mark(text: str, hits: set[str]) -> tuple[tuple[str, bool], ...]:
    """A text in pieces, True for words whose stem is among the hits."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for found in _WORD.finditer(text):
        folded = fold(found.group())
        if folded not in _STOP_WORDS and stem(folded) in hits:
            if found.start() > at:
                pieces.append((text[at : found.start()], False))
            pieces.append((found.group(), True))
            at = found.end()
    if at < len(text):
        pieces.append((text[at:], False))
    return tuple(pieces)
