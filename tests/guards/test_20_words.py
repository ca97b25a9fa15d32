"""Guard 20: a template says nothing by itself: every word a reader sees comes from the catalogs or from the data.

An untranslated word is found in the template, where it stands, and not by looking at pages that happen to show it. The
same of an error: its sentence is translated where it is raised, or `marked` where the raiser is pure.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
from jinja2 import nodes

from tests.guards.house import SOURCE, none_of

TRANSLATES = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
# Names, abbreviations that are the same in every language, and languages in their own words.
SAME_EVERYWHERE = {"Citydesk", "CSV", "XLSX", "min", "English", "Español"}
# The API's page is for programmers, in the language of its fields; the style book is the house's own.
NOT_READ = ("kernel/api.jinja", "kernel/styles/")
ENVIRONMENT = jinja2.Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"])
SPOKEN = re.compile(r'(?:aria-label|title|placeholder|alt)="([^"\1]*[A-Za-z]{2}[^"\1]*)"')
SENTENCE = re.compile(r"[A-Z][a-z]+(?: [A-Za-z]+)*[.:?]?")
HOLE = "\1"


def faults_in(source: Path) -> Iterator[str]:
    """Every word that stands in a template outside of a translation."""
    for path in sorted(source.rglob("*.jinja")):
        shown = str(path.relative_to(source))
        if any(one in shown for one in NOT_READ):
            continue
        text = path.read_text(encoding="utf-8")
        said = [*_written(text), *_given(text)]
        yield from (f"{shown} says {one!r} in one language" for one in said if one not in SAME_EVERYWHERE)


def _written(text: str) -> Iterator[str]:
    """Words between tags and in the attributes that are read aloud; blocks that name classes are no words."""
    kept, is_translated, last = [], False, ""
    for _line, kind, value in ENVIRONMENT.lex(text):
        if kind == "name" and value in ("trans", "endtrans"):
            is_translated = value == "trans"
        if kind == "name" and value == "body_class" and last == "block":
            is_translated = True
        elif kind == "name" and value == "endblock":
            is_translated = False
        if kind == "name":
            last = value
        kept.append(value if kind == "data" and not is_translated else HOLE)
    plain = re.sub(r"<(script|style|svg)\b.*?</\1>", "", "".join(kept), flags=re.S)
    yield from SPOKEN.findall(plain)
    for part in re.split(f"[\n{HOLE}]", re.sub(r"<[^>]*>?", "\n", plain)):
        words = re.sub(r"&\w+;", "", part).strip()
        if re.search(r"[A-Za-z]{2}", words) and "=" not in words:
            yield words


def _given(text: str) -> Iterator[str]:
    """Sentences and capitalized words handed to macros without a translation."""
    for one in _constants(ENVIRONMENT.parse(text)):
        if re.fullmatch(r"[A-Z][a-z]+(?: [A-Za-z]+)*[.:?]?", one) and not re.match(
            r"(Ctrl|Shift|Alt|Enter|Esc|Space|Del)\b", one
        ):
            yield one


def _constants(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in TRANSLATES:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    for child in node.iter_child_nodes():
        yield from _constants(child)


# What is said at the command line, to programs, or while a profile or a file is read, in the language of their fields.
NOT_ON_PAGES = (
    "/commands", "/commands.py", "/engines/", "import", "/profile/", "/places/services/", "/rules/open311.py",
    "/kernel/calendars.py", "/kernel/holidays.py", "/traffic/providers/", "/workforce/rules/forecast/reading.py",
)  # fmt: skip
ERRORS = {"Invalid", "Conflict", "NotFound", "NotAllowed", "TooMany", "StaleVersion"}


def errors_in(source: Path) -> Iterator[str]:
    """Every error that is raised with a sentence of one language."""
    for path in sorted(source.rglob("*.py")):
        shown = f"/{path.relative_to(source)}"
        if "/tests/" in shown or any(one in shown for one in NOT_ON_PAGES):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                said = node.args[:1]
                if any(isinstance(one, ast.JoinedStr) or (isinstance(one, ast.Constant) and one.value) for one in said):
                    yield f"{shown}:{node.lineno} raises {ast.unparse(said[0])} in one language"


def months_in(source: Path) -> Iterator[str]:
    """Every day whose month is not written by `kernel.texts`, which alone knows how each language writes it."""
    for path in sorted(source.rglob("*.py")):
        shown = f"/{path.relative_to(source)}"
        if "/tests/" in shown or shown.endswith("/kernel/texts.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "date_format":
                forms = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
                yield from (f"{shown}:{node.lineno} writes {one!r} as English does" for one in forms if _has_month(one))


def _has_month(form: object) -> bool:
    return isinstance(form, str) and bool(re.search(r"\b[FM]\b", form))


def test_months_are_written_as_the_language_does():
    none_of(list(months_in(SOURCE / "citydesk")))


def test_planted_months_are_caught(tmp_path):
    (tmp_path / "words.py").write_text(
        'date_format(day, "j M" if near else "j M Y")\nf.date_format(day, "DATE_FORMAT")\ndate_words(day, "F Y")\n'
    )
    assert [one.split(" writes ")[1].split(" as ")[0] for one in months_in(tmp_path)] == ["'j M'", "'j M Y'"]


def test_errors_speak_the_readers_language():
    none_of(list(errors_in(SOURCE / "citydesk")))


def test_planted_errors_are_caught(tmp_path):
    (tmp_path / "rules.py").write_text(
        'raise Invalid("No.", field="x")\nraise Conflict(f"{x} is gone.")\nraise Invalid(marked("Fine."))\n'
        'raise NotFound(_("Fine."))\nraise Invalid()\nraise Other("Not ours.")\n'
    )
    assert [one.split(" raises ")[1].split(" in one")[0] for one in errors_in(tmp_path)] == ["'No.'", "f'{x} is gone.'"]


def test_templates_say_nothing_by_themselves():
    none_of(list(faults_in(SOURCE)))


def test_planted_words_are_caught(tmp_path):
    (tmp_path / "a.jinja").write_text(
        '<p class="lead">{{ _("Good") }}</p><p>Bad words</p><a title="Worse">{{ x }}</a>{% trans %}Fine{% endtrans %}'
        '{{ ui.panel("Handed over", code="kind_of") }}{{ ui.key("Shift F2") }}<b>CSV</b>'
    )
    said = [one.split(" says ")[1].split(" in one")[0] for one in faults_in(tmp_path)]
    assert said == ["'Worse'", "'Bad words'", "'Handed over'"]
