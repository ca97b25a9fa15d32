"""Plain words for residents: `python tools/plain.py` reads every public text of the program and of all profiles.

Public are the pages of the residents' site, the messages and letters of a profile, its public articles, and the texts
in two languages of its city, portal and services. A text fails above reading grade 10 (Spanish: below 55 on the scale
of Fernandez Huerta), with a mean sentence over 20 words, with an acronym that it does not explain, or with a button
that does not begin with a verb. Above grade 8 (below 65) it is named, and passes.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GRADE_WARNS, GRADE_FAILS = 8.0, 10.0
EASE_WARNS, EASE_FAILS = 65.0, 55.0
MEAN_SENTENCE = 20.0  # words
# A formula says nothing about a few words: shorter texts of one folder are measured together.
LEAST_WORDS = 40
PUBLIC_PAGE = re.compile(r"""extends "(?:portal/base|kernel/public|referrals/link_base)\.jinja\"""")
NOT_FOR_RESIDENTS = ("kernel/api.jinja", "kernel/styles/")
# Said as words by everybody, or names of things that stand on the thing itself; STOP is what one texts.
KNOWN = {
    "AA", "CSV", "HEIC", "ID", "JPEG", "MB", "OK", "PDF", "PIN", "PNG", "PO", "SMS", "STOP", "TV", "US", "XLSX",
    "ZIP"
}  # fmt: skip
VERBS = {
    "accept", "add", "agree", "answer", "ask", "back", "call", "cancel", "change", "check", "choose", "close",
    "continue", "count", "decline", "do", "find", "follow", "give", "go", "keep", "leave", "look", "open", "pay",
    "read", "remove", "report", "return", "save", "search", "see", "send", "show", "sign", "start", "stop", "take",
    "tell", "try", "undo", "use", "withdraw", "write"
}  # fmt: skip


@dataclass
class Text:
    """One public text: where it stands, its language, its pieces (a paragraph, a label, a message)."""

    place: str
    language: str
    pieces: list[str] = field(default_factory=list)

    @property
    def sentences(self) -> list[str]:
        """Whole sentences alone: a label or the name of a fact is none."""
        return [one for piece in self.pieces for one in sentences(piece)]


# --- measuring ---


def sentences(text: str) -> list[str]:
    """The sentences of a text that end as sentences do; what is filled in later counts as one plain word."""
    text = re.sub(
        r"%\(\w+\)[sd]|%[sd]|\{\{?[^{}]*\}\}?", "report", re.sub(r"[*_#`]|\]\([^)]*\)|https?://\S+", " ", text)
    )
    parts = re.split(r"(?<=[.!?])[\"”»)]*(?=\s|$)|\n", text)
    return [part.strip() for part in parts if part.strip().rstrip('"”»)').endswith((".", "!", "?")) and words(part)]


def words(text: str) -> list[str]:
    """The words and numbers of a text."""
    return re.findall(r"[^\W_]+(?:['’\-][^\W_]+)*", text)


_HEARD_APART = re.compile(r"[aeiouy]ing$|i[ao](?!n)|e[ao]te|eu[ms]$")
_SILENT = re.compile(r"[^aeiouyl]e$|[aeiouy]le$|[^aeiouytd]ed$|(?:(?<![cs])h|[^aeiouyscxzgh])es$")


def english_syllables(word: str) -> int:
    """Syllables by the vowels one hears: a silent final e, and the endings -es and -ed, are none."""
    word = word.lower()
    count = len(re.findall(r"[aeiouy]+", word)) + len(_HEARD_APART.findall(word)) - bool(_SILENT.search(word))
    return max(1, count)


def spanish_syllables(word: str) -> int:
    """Syllables as Spanish divides them: each strong or stressed vowel is one, weak ones join their neighbor."""
    word = re.sub(r"(?<=[gq])u(?=[eiéí])", "", word.lower())
    strong = len(re.findall(r"[aeoáéóíú]", word))
    alone = re.findall(r"(?<![aeoáéóíúiuüy])[iuüy]+(?![aeoáéóíú])", word)
    return max(1, strong + len(alone))


def grade(said: list[str]) -> float:
    """Reading grade of English (Kincaid, Fishburne, Rogers, Chissom 1975: 0.39 words a sentence + 11.8 syllables a word
    - 15.59)."""
    every = [word for one in said for word in words(one)]
    return 0.39 * len(every) / len(said) + 11.8 * sum(map(english_syllables, every)) / len(every) - 15.59


def ease(said: list[str]) -> float:
    """Reading ease of Spanish (Fernandez Huerta 1959, as corrected by Law 2011: 206.84 - 60 syllables a word - 1.02
    words a sentence). 60 to 70 is read with eight or nine years of school, 50 to 60 with ten to twelve."""
    every = [word for one in said for word in words(one)]
    return 206.84 - 60 * sum(map(spanish_syllables, every)) / len(every) - 1.02 * len(every) / len(said)


def measured(text: Text) -> tuple[bool, str]:
    """Whether a text fails, and what is to be said of it (empty: nothing)."""
    said = text.sentences
    if not said:
        return False, ""
    length = sum(len(words(one)) for one in said) / len(said)
    longest = max(said, key=lambda one: len(words(one)))
    if length > MEAN_SENTENCE:
        return True, f"{text.place} ({text.language}): {length:.0f} words a sentence, the longest: {longest}"
    if text.language == "es":
        figure = ease(said)
        fails, warns, name = figure < EASE_FAILS, figure < EASE_WARNS, "ease"
    else:
        figure = grade(said)
        fails, warns, name = figure > GRADE_FAILS, figure > GRADE_WARNS, "grade"
    words_of_it = f"{text.place} ({text.language}): {name} {figure:.1f}, the longest sentence: {longest}"
    return fails, words_of_it if warns else ""


def acronyms(text: Text) -> Iterator[str]:
    """Acronyms that a text uses and does not explain: "Americans with Disabilities Act (ADA)" explains it."""
    whole = re.sub(r"%\(\w+\)s|\{[^{}]*\}", " ", "\n".join(text.pieces))
    for one in sorted(set(re.findall(r"(?<![\w-])[A-Z]{2,}(?![\w-])", whole)) - KNOWN):
        if f"({one})" not in whole and f"{one} (" not in whole:
            yield f"{text.place} ({text.language}): {one} is not explained"


def pooled(texts: Iterable[Text]) -> Iterator[Text]:
    """Texts long enough to be measured; what is shorter together with the others of its folder."""
    short: dict[tuple[str, str], Text] = {}
    for text in texts:
        if sum(len(words(one)) for one in text.sentences) >= LEAST_WORDS:
            yield text
        else:
            folder = "/".join(text.place.split("/")[:-1][: 3 if text.place.startswith("profiles") else 2])
            pool = short.setdefault((folder, text.language), Text(f"{folder}, its short texts", text.language))
            pool.pieces += text.pieces
    yield from short.values()


# --- where the texts are ---


def pages(source: Path) -> Iterator[Text]:
    """The residents' pages, in both languages: what their templates say, and the room that says it for them."""
    from tools import texts as catalogs

    for path in sorted(source.rglob("*.jinja")):
        shown = path.relative_to(source).as_posix()
        if not is_public(path, shown):
            continue
        room = next(folder for folder in path.parents if (folder / "apps.py").exists())
        spanish = _spanish(catalogs.catalog_path(room))
        english, other = Text(shown, "en"), Text(shown, "es")
        for said in _said(path):
            english.pieces.append(said)
            other.pieces.append(spanish.get(said, ""))
        yield from (english, other)
    spanish = _spanish(source / "citydesk/portal/locale/es/LC_MESSAGES/django.po", from_code=True)
    yield Text("citydesk/portal/its labels and errors", "en", list(spanish))
    yield Text("citydesk/portal/its labels and errors", "es", list(spanish.values()))


def is_public(path: Path, shown: str) -> bool:
    """Whether a template is one of the residents' pages; `shown` is its place below `src`."""
    if any(one in shown for one in NOT_FOR_RESIDENTS):
        return False
    return shown.startswith("citydesk/portal/") or bool(PUBLIC_PAGE.search(path.read_text(encoding="utf-8")))


def _said(path: Path) -> list[str]:
    from babel.messages.extract import extract_from_file

    from tools import texts as catalogs

    found = extract_from_file(
        "jinja2.ext:babel_extract", str(path), keywords=catalogs.KEYWORDS, options=catalogs.OPTIONS["**.jinja"]
    )
    return [one for _line, said, *_ in found for one in (said if isinstance(said, tuple) else (said,)) if one]


@cache
def _spanish(path: Path, *, from_code: bool = False) -> dict[str, str]:
    """The Spanish of a room's texts; with `from_code` of those alone that its Python says."""
    from babel.messages.pofile import read_po

    from tools import texts as catalogs

    with path.open("rb") as file:
        catalog = read_po(file)
    return {
        asked: told
        for message in catalog
        if message.id and (not from_code or any(name.endswith(".py") for name, _line in message.locations))
        for asked, told in zip(catalogs.texts_of(message.id), catalogs.texts_of(message.string), strict=False)
    }


def profiles(folder: Path) -> Iterator[Text]:
    """The public texts of the profiles: messages, public articles, texts in two languages of city, portal, services."""
    for path in sorted(folder.glob("*/templates/*.md")):
        front, body = _fronted(path)
        if front.get("purpose") not in INSIDE:
            yield Text(_short(path, folder), _language(path), [str(front.get("sms", "")), body])
    for path in sorted(folder.glob("*/articles/*.md")):
        front, body = _fronted(path)
        if front.get("is_public"):
            yield Text(_short(path, folder), _language(path), [str(front.get("summary", "")), body])
    for pattern in ("*/city.toml", "*/portal.toml", "*/public_records.toml", "*/services/*.toml"):
        for path in sorted(folder.glob(pattern)):
            with path.open("rb") as file:
                data = tomllib.load(file)
            for language in ("en", "es"):
                yield Text(_short(path, folder), language, list(_told(data, language)))


# Messages to the city's own people.
INSIDE = {"escalated", "obligation_due", "procedure_new", "procedure_reminder", "research_reminder", "caller_alert"}


def _short(path: Path, folder: Path) -> str:
    return f"{folder.name}/{path.relative_to(folder).as_posix()}"


def _language(path: Path) -> str:
    return path.stem.rpartition(".")[2]


def _fronted(path: Path) -> tuple[dict[str, Any], str]:
    _nothing, front, body = path.read_text(encoding="utf-8").split("+++", 2)
    return tomllib.loads(front), body


def _told(data: Any, language: str) -> Iterator[str]:
    """Every text that a table gives in a language; what is for the staff alone is left out."""
    if isinstance(data, list):
        for one in data:
            yield from _told(one, language)
    elif isinstance(data, dict) and not data.get("internal_only"):
        if isinstance(data.get(language), str):
            yield data[language]
        for name, one in data.items():
            if name not in ("synonyms", "script", "en", "es"):
                yield from _told(one, language)


# --- buttons ---

BUTTON = re.compile(r"""ui\.button\(_\("([^"]+)\"""")


def buttons(source: Path) -> Iterator[str]:
    """Buttons of the residents' pages that do not begin with what they do."""
    for path in sorted(source.rglob("*.jinja")):
        shown = path.relative_to(source).as_posix()
        if is_public(path, shown):
            for said in BUTTON.findall(path.read_text(encoding="utf-8")):
                if words(said)[0].lower() not in VERBS:
                    yield f"{shown}: the button {said!r} does not begin with a verb (a new one goes into VERBS)"


def check(texts: list[Text]) -> tuple[list[str], list[str]]:
    """The faults of some texts, and what only deserves a look."""
    faults = [fault for text in texts for fault in acronyms(text)]
    looks: list[str] = []
    for text in pooled(texts):
        fails, said = measured(text)
        if said:
            (faults if fails else looks).append(said)
    return faults, looks


def main() -> int:
    """Exit code 1 when a public text is not plain; `-v` names those above grade 8 too."""
    faults, looks = check([*pages(ROOT / "src"), *profiles(ROOT / "profiles")])
    faults += buttons(ROOT / "src")
    if "-v" in sys.argv:
        print("\n".join(looks))
    print("\n".join([*faults, f"{len(looks)} public texts above grade 8 (-v names them), {len(faults)} faults."]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
