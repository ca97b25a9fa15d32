"""Finding the office a caller needs by the caller's own words."""

import unicodedata
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

# Words that say nothing about the office; a caller's sentence is full of them.
_EMPTY_WORDS = "a an and are at de del el en for i in is la las los my of on or para por que the to un una y"
_EMPTY = frozenset(_EMPTY_WORDS.split())


def fold(text: str) -> str:
    """Lower case without accents, so that "impuesto" and "Árbol" are found however they are typed."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign if sign.isalnum() else " " for sign in apart if not unicodedata.combining(sign))


def search_text(names: Mapping[str, str], subjects: Mapping[str, Sequence[str]]) -> str:
    """What `rank_office` reads: one folded line per name and subject, in every language."""
    lines = [*names.values(), *(subject for one in subjects.values() for subject in one)]
    return "\n".join(" ".join(fold(line).split()) for line in lines)


def rank_office(text: str, searched: str) -> float:
    """How well an office fits the words; 0 means not at all.

    Every word of the caller counts once for its best place: 3 for a whole word of a name or subject, 2 for the
    beginning of one, 1 for one misspelled by a letter or two. A subject said completely counts 4 more.
    """
    words = [word for word in fold(text).split() if word not in _EMPTY]
    if not words:
        return 0.0
    lines = searched.split("\n")
    known = {word for line in lines for word in line.split()}
    score = sum(_word_score(word, known) for word in words)
    said = " ".join(fold(text).split())
    whole = any(line and f" {line} " in f" {said} " for line in lines)
    return score + (4.0 if whole else 0.0)


def _word_score(word: str, known: set[str]) -> float:
    if word in known:
        return 3.0
    if any(one.startswith(word) for one in known):
        return 2.0
    if len(word) > 3 and any(SequenceMatcher(None, word, one).ratio() > 0.8 for one in known):
        return 1.0
    return 0.0
