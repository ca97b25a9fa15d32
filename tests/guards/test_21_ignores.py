"""Guard 21: where the type checker is told to look away, it is said why, beside it or once above."""

import re

from tests.guards.house import ROOT, none_of

FOLDERS = ("src", "tests", "tools")
BARE = re.compile(r"# type: ignore(\[[\w,-]+\])?\s*$")


def faults_in(root):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if BARE.search(line):
                    yield f"{path.relative_to(root)}:{number} sets the type checker aside and does not say why"


def test_every_ignore_says_why():
    none_of(list(faults_in(ROOT)))


def test_planted_bare_ignores_are_caught(tmp_path):
    (tmp_path / "src").mkdir()
    mark = "# type: " + "ignore"
    lines = ["a = b()", "c = d()  # untyped", *(f"{code}  {mark}{more}" for code, more in PLANTED)]
    (tmp_path / "src/one.py").write_text("\n".join(lines))
    assert len(list(faults_in(tmp_path))) == 2


PLANTED = (("e = f", ""), ("g = h", "[arg-type]"), ("i = j", "[arg-type]  # the stubs are behind"))
