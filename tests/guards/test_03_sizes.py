"""Guard 3: no hand-written file over 400 lines, no function over 50, no complexity over 8."""

import ast
import subprocess
import sys

from tests.guards.house import ROOT, SOURCE, files, none_of, plant

LINES = 400
FUNCTION_LINES = 50
COMPLEXITY = 8
HAND_WRITTEN = ("*.py", "*.jinja", "*.html", "*.css", "*.js", "*.typ", "*.sql")


def long_files(*folders):
    for folder in folders:
        for pattern in HAND_WRITTEN:
            for path in sorted(folder.rglob(pattern)):
                if {"migrations", "vendor", "node_modules"} & set(path.parts):
                    continue
                count = len(path.read_text(encoding="utf-8").splitlines())
                if count > LINES:
                    yield f"{path.relative_to(folder.parent)} has {count} lines"


def long_functions(source):
    for file in files(source):
        for node in ast.walk(file.tree()):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = (node.end_lineno or node.lineno) - node.lineno + 1
                if count > FUNCTION_LINES:
                    yield f"{file.shown}:{node.lineno} {node.name} has {count} lines"


def complex_functions(source):
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "C901", "--output-format"]
    command += ["concise", "--exclude", "tests,migrations", "--config", f"lint.mccabe.max-complexity={COMPLEXITY}"]
    done = subprocess.run([*command, str(source)], capture_output=True, text=True, check=False)
    return [line for line in done.stdout.splitlines() if "C901" in line]


def test_files_and_functions_stay_small():
    none_of([*long_files(SOURCE, ROOT / "tests", ROOT / "tools"), *long_functions(SOURCE), *complex_functions(SOURCE)])


def test_planted_giants_are_caught(tmp_path):
    branches = "".join(f"    if a == {n}:\n        return {n}\n" for n in range(9))
    source = plant(
        tmp_path,
        citydesk__city__staff__rules="x = 1\n" * 401,
        citydesk__city__staff__queries="def f():\n" + "    x = 1\n" * 50,
        citydesk__city__staff__services=f"def g(a):\n{branches}",
    )
    assert [line.split()[0] for line in long_files(source)] == ["src/citydesk/city/staff/rules.py"]
    assert len(list(long_functions(source))) == 1
    assert len(complex_functions(source)) == 1
