"""Guard 24: a form can be filled by the browser and read by ear; a chart has its table on the same page; a style sheet
knows beginning and end, not left and right, and whoever wants no motion sees none."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.guards.house import SOURCE, none_of
from tools import plain

# What a resident is asked about themselves, and the token by which a browser fills it (WCAG 1.3.5).
TOKENS = {
    "name": "name",
    "given_name": "given-name",
    "family_name": "family-name",
    "email": "email",
    "phone": "tel",
    "address": "street-address",
    "zip": "postal-code",
}
PARTS = "field|textarea|select|choices|checkbox|file|search_box"
CALL = re.compile(rf"""ui\.({PARTS})\("([^"]+)", *((?:_\()?"[^"]*")""")
SIDES = re.compile(
    r"(?:^|[;{\s])((?:margin|padding|border)-(?:left|right)\b|(?:left|right):|(?:text-align|float): *(?:left|right))"
)
PICKERS = re.compile(r"""type="(?:date|time|datetime-local|month|week)\"""")


def faults_of_forms(source: Path) -> Iterator[str]:
    """Fields without their token on residents' pages, passwords that no manager fills, fields without a label."""
    for path in sorted(source.rglob("*.jinja")):
        shown, text = path.relative_to(source).as_posix(), path.read_text(encoding="utf-8")
        if "kernel/styles/" in shown or "/kernel/jinja2/kernel/ui/" in shown:
            continue
        is_public = plain.is_public(path, shown)
        for found in CALL.finditer(text):
            _part, name, label = found.groups()
            given = text[found.start() : text.find("}}", found.start())]
            if not label.strip('"').removeprefix('_("'):
                yield f"{shown}: {name} has no label"
            if is_public and name in TOKENS and f'"autocomplete": "{TOKENS[name]}"' not in given:
                yield f'{shown}: {name} is not filled by the browser ("autocomplete": "{TOKENS[name]}")'
            if 'type="password"' in given and "-password" not in given:
                yield f"{shown}: {name} is not filled by a password manager"
        if is_public and PICKERS.search(text):
            yield f"{shown} asks for a date by a picker; residents write it"


def faults_of_charts(source: Path) -> Iterator[str]:
    """Charts whose figures stand in no table of the page."""
    for path in sorted(source.rglob("*.jinja")):
        text = path.read_text(encoding="utf-8")
        if "ui.chart(" in text and "ui.twin(" not in text and "ui.table(" not in text:
            yield f"{path.relative_to(source).as_posix()} draws a chart without its table"


def faults_of_sides(source: Path) -> Iterator[str]:
    """Rules of our own style sheets that do not turn with a script that runs from right to left."""
    for path in sorted(source.rglob("*.css")):
        if not {"vendor", "node_modules"} & set(path.parts):
            for found in SIDES.findall(path.read_text(encoding="utf-8")):
                yield f"{path.relative_to(source).as_posix()} says {found!r}; say inline-start or inline-end"


def test_style_sheets_turn_with_the_script_and_keep_still_when_asked():
    none_of(list(faults_of_sides(SOURCE)))
    modes = (SOURCE / "citydesk/kernel/static/kernel/css/modes.css").read_text(encoding="utf-8")
    still = modes.partition("prefers-reduced-motion: reduce")[2]
    assert "animation" in still and "transition" in still


def test_a_planted_side_is_caught(tmp_path):
    (tmp_path / "a.css").write_text(
        ".a{margin-left:1px}.b{inset-inline-start:0;text-align: right}.c{padding-inline:2px}"
    )
    assert len(list(faults_of_sides(tmp_path))) == 2


def test_forms_can_be_filled_and_charts_have_their_tables():
    none_of([*faults_of_forms(SOURCE), *faults_of_charts(SOURCE)])


def test_planted_faults_are_caught(tmp_path):
    page = tmp_path / "citydesk/portal/jinja2/portal/x.jinja"
    page.parent.mkdir(parents=True)
    page.write_text(
        '{{ ui.field("email", _("E-mail"), attrs={"maxlength": "9"}) }}{{ ui.field("note", "") }}'
        '{{ ui.field("secret", _("Password"), type="password") }}{{ ui.field("day", _("Day"), type="date") }}'
        '{{ ui.field("name", _("Name"), attrs={"autocomplete": "name"}) }}{{ ui.chart(drawn) }}'
    )
    said = [one.split(": ", 1)[-1].split()[0] for one in faults_of_forms(tmp_path)]
    assert said == ["email", "note", "secret", "citydesk/portal/jinja2/portal/x.jinja"]
    assert len(list(faults_of_charts(tmp_path))) == 1
