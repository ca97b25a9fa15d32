"""The Spanish catalogs: `python tools/texts.py update [room ...] | compile | check`.

Each room keeps its texts in `<room>/locale/es/LC_MESSAGES/django.po`. `update` reads the room's Python and templates
and keeps every translation; `compile` writes the `.mo` files Django reads (they are not in the repository); `check`
names every text that is missing, empty, fuzzy, translated in two ways, or whose placeholders do not match.
"""

import argparse
import calendar
import gettext
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "src/citydesk"
LANGUAGE = "es"
METHODS = [
    ("**/tests/**", "ignore"),
    ("**/migrations/**", "ignore"),
    ("**/static/**", "ignore"),
    ("**.py", "python"),
    ("**.jinja", "jinja2.ext:babel_extract"),
    ("**.html", "tools.texts:extract_django"),
]
OPTIONS = {
    "**.jinja": {
        "extensions": "jinja2.ext.i18n,jinja2.ext.do,jinja2.ext.loopcontrols",
        "trimmed": "true",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
        "newstyle_gettext": "true",
        "silent": "false",
    }
}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "lazy": None,  # gettext_lazy under its short name
    "gettext_noop": None,
    "marked": None,  # kernel.errors: sentences of rules, said by the error
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# Headers that only say when and by whom a tool ran: they would change in every commit.
NOISE = (
    "Project-Id-Version",
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
    "Generated-By",
    "Report-Msgid",
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!%)%([sd])|\{(\w*)[^{}]*\}")
Key = tuple[str | None, str]


def extract_django(file: io.BytesIO, keywords: object, comments: object, options: object) -> Iterator[tuple]:
    """Texts of a Django template (allauth's pages alone use them), for Babel."""
    from django.utils.translation.template import templatize

    code = templatize(file.read().decode())
    quoted = r"""\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*"""
    for found in re.finditer(rf"\b(n?gettext|_)\({quoted}(?:,{quoted})?", code):
        line = code.count("\n", 0, found.start()) + 1
        texts = tuple(_unquoted(one) for one in found.groups()[1:] if one)
        name = "ngettext" if len(texts) == 2 else "gettext"
        yield line, name, texts if len(texts) == 2 else texts[0], []


def _unquoted(literal: str) -> str:
    import ast

    return str(ast.literal_eval(literal))


def rooms() -> list[Path]:
    """Every folder of the house that is a Django app."""
    return sorted(apps.parent for apps in HOUSE.rglob("apps.py"))


def catalog_path(room: Path) -> Path:
    return room / "locale" / LANGUAGE / "LC_MESSAGES/django.po"


def extracted(room: Path) -> Catalog:
    """The texts that a room's code and templates ask for."""
    catalog = Catalog(locale=LANGUAGE, fuzzy=False)
    found = extract_from_dir(room, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("Translators:",))
    for name, _line, texts, comments, context in found:
        catalog.add(texts, None, [(name, 1)], auto_comments=comments, context=context)
    return catalog


def written(room: Path) -> Catalog:
    """The room's catalog as committed; empty when there is none yet."""
    path = catalog_path(room)
    if not path.exists():
        return Catalog(locale=LANGUAGE, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def update(room: Path) -> int:
    """Bring a room's catalog up to date with its code; returns how many texts have no translation yet."""
    template, old = extracted(room), written(room)
    if not len(template) and not catalog_path(room).exists():
        return 0
    old.update(template, no_fuzzy_matching=True)
    old.obsolete.clear()
    old.header_comment = f"# Spanish texts of {room.relative_to(HOUSE)}."
    buffer = io.BytesIO()
    write_po(buffer, old, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    lines = [
        line for line in buffer.getvalue().decode().splitlines() if not line.startswith(tuple(f'"{n}' for n in NOISE))
    ]
    text = "\n".join(lines).rstrip() + "\n"
    path = catalog_path(room)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    return sum(1 for message in old if message.id and not is_translated(message))


def compile_all(house: Path = HOUSE) -> int:
    """Write the `.mo` file beside each newer `.po`; returns how many were written."""
    count = 0
    for source in house.rglob("locale/*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parent.parent.name)
        # A name of our own: another process may be writing the same catalog, and whoever ends last is as right.
        fresh = target.with_suffix(f".{os.getpid()}.mo")
        with fresh.open("wb") as file:
            write_mo(file, catalog)
        fresh.replace(target)
        count += 1
    return count


def texts_of(value: object) -> list[str]:
    """Singular and plural of a message, or its one text."""
    return [str(one) for one in value] if isinstance(value, tuple | list) else [str(value or "")]


def is_translated(message: Message) -> bool:
    return all(text.strip() for text in texts_of(message.string)) and not message.fuzzy


def key_of(message: Message) -> Key:
    return message.context, texts_of(message.id)[0]


def placeholders(text: str) -> set[str]:
    """The names a text is filled with: `%(name)s`, `%s`, `{name}`."""
    return {next(part for part in found.groups() if part is not None) for found in PLACEHOLDER.finditer(text)}


def faults_of_message(wanted: Message, have: Message | None) -> str:
    """What is wrong with one translation, or an empty text."""
    if have is None:
        return "is missing in the catalog"
    if have.fuzzy:
        return "is marked fuzzy"
    if not is_translated(have):
        return "has no translation"
    if isinstance(wanted.id, tuple | list) != isinstance(have.string, tuple | list):
        return "has a plural on one side only"
    asked = placeholders(" ".join(texts_of(wanted.id)))
    for text in texts_of(have.string):
        given = placeholders(text)
        # A singular may leave the number out; no text may name what it is not given.
        if given - asked or (len(texts_of(have.string)) == 1 and asked - given):
            return f"has other placeholders: {sorted(asked)} became {sorted(given)}"
    return ""


def faults_of(room: Path, seen: dict[Key, tuple[Path, str]] | None = None) -> list[str]:
    """One sentence for each text of a room that a Spanish reader would not see right."""
    seen = {} if seen is None else seen
    have = {key_of(message): message for message in written(room) if message.id}
    faults = []
    for wanted in extracted(room):
        if not wanted.id:
            continue
        found = have.get(key_of(wanted))
        fault = faults_of_message(wanted, found) or _otherwise_elsewhere(room, found, seen)
        if fault:
            files = ", ".join(sorted({name for name, _line in wanted.locations}))
            faults.append(f"{_shown(room)}/{files}: {texts_of(wanted.id)[0]!r} {fault}")
    return faults


def _otherwise_elsewhere(room: Path, found: Message | None, seen: dict[Key, tuple[Path, str]]) -> str:
    """Django keeps one translation a text for the whole house, so two rooms must agree (or say a context)."""
    if found is None:
        return ""
    text = " | ".join(texts_of(found.string))
    other, translation = seen.setdefault(key_of(found), (room, text))
    return "" if translation == text else f"is {text!r} here and {translation!r} in {_shown(other)}"


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def words_of_dates() -> dict[Key, tuple[Path, str]]:
    """Names of months and days as Django translates them.

    Catalogs are one heap at run time: a room that translates the verb "May" would have letters dated "27 Puede".
    """
    import django

    folder = Path(django.__file__).parent / "conf/locale"
    theirs = gettext.translation("django", folder, ["es"])
    months = [*calendar.month_name[1:], *(name.lower() for name in calendar.month_abbr[1:])]
    return {(None, word): (folder, theirs.gettext(word)) for word in (*months, *calendar.day_name, *calendar.day_abbr)}


def check() -> list[str]:
    """The faults of the whole house."""
    seen = words_of_dates()
    return [fault for room in rooms() for fault in faults_of(room, seen)]


def named_rooms(names: list[str]) -> list[Path]:
    """Rooms given by folder or by name; all when none is given. Exits when there is no such room."""
    if not names:
        return rooms()
    chosen = []
    for name in names:
        found = [room for room in rooms() if room.name == name.rstrip("/") or room == Path(name).resolve()]
        if not found:
            raise SystemExit(f"There is no room {name}.")
        chosen += found
    return chosen


def main() -> int:
    """Exit code 1 when `check` finds a fault."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("command", choices=["update", "compile", "check"])
    parser.add_argument("room", nargs="*", help="rooms by name or folder; all when none is given")
    given = parser.parse_args()
    if given.command == "compile":
        print(f"{compile_all()} catalogs compiled")
        return 0
    if given.command == "check":
        seen = words_of_dates()
        faults = [fault for room in named_rooms(given.room) for fault in faults_of(room, seen)]
        print("\n".join(faults) if faults else "Every text is translated.")
        return 1 if faults else 0
    for room in named_rooms(given.room):
        print(f"{_shown(room)}: {update(room)} texts to translate")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
