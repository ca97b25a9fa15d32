"""Guard 19: style sheets speak of start and end, never of left and right, so that a page may run either way."""

import re
from pathlib import Path

from tests.guards.house import SOURCE, none_of

# `left:` as a property, `margin-right`, `text-align: left`, `float: left`, corners of one side.
SIDED = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)\b[^;:{]*:"
    r"|border-(?:top|bottom)-(?:left|right)-radius\s*:"
    r"|(?:left|right)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right))"
)


def faults_in(source: Path) -> list[str]:
    """Every line of our style sheets that names a side."""
    found = []
    for path in sorted(source.rglob("*.css")):
        if "vendor" in path.parts or path.name == "desk.css":  # desk.css is built from the others and a vendor's
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if SIDED.search(line):
                found.append(f"{path.relative_to(source)}:{number} names a side: {line.strip()[:80]}")
    return found


def test_style_sheets_name_no_side():
    none_of(faults_in(SOURCE))


def test_planted_sides_are_caught(tmp_path):
    (tmp_path / "a.css").write_text(
        ".a { margin-left: 1px; }\n.b { left: 0; }\n.c { text-align: right; }\n.d { float: left }\n"
        ".e { margin-inline: 1px; text-align: start; inset-inline-end: 0; }\n.f { --bright: 1; }\n"
    )
    assert [one.split()[0] for one in faults_in(tmp_path)] == ["a.css:1", "a.css:2", "a.css:3", "a.css:4"]
