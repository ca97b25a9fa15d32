"""`make check`: everything that can be said without a database, in about a minute. All checks run; all faults show."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
CHECKS = {
    "style": [PYTHON, "-m", "ruff", "check", "."],
    "layout": [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."],
    "contracts": [PYTHON, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"],
    "texts": [PYTHON, "tools/texts.py", "check"],
    "plain": [PYTHON, "tools/plain.py"],
    "types": [PYTHON, "-m", "mypy", "src", "tools", "--no-error-summary"],
    "guards": [PYTHON, "-m", "pytest", "tests/guards", "-m", "not django_db", "--no-header", "-p", "no:cacheprovider"],
}
# What a check of its own says already.
ONCE = {
    "guards": [
        "--deselect",
        "tests/guards/test_01_contracts.py::test_the_house_keeps_its_contracts",
        "--deselect",
        "tests/guards/test_15_texts.py::test_every_text_is_translated",
    ]
}


def run(name: str, command: list[str]) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": "src:."}
    return subprocess.Popen(
        [*command, *ONCE.get(name, [])],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def main() -> int:
    """Run the checks, two at a time for a machine of two cores; exit code 1 when one finds something."""
    began = time.monotonic()
    failed = []
    # The two long ones share the machine; the short ones go before them, one after the other.
    for group in (["style"], ["layout", "plain"], ["contracts", "texts"], ["types", "guards"]):
        running = {name: run(name, CHECKS[name]) for name in group}
        for name, process in running.items():
            said, _ = process.communicate()
            print(f"{name:<10} {'ok' if process.returncode == 0 else 'FAILED'}", flush=True)
            if process.returncode:
                failed.append(name)
                print(said, flush=True)
    print(f"{len(CHECKS) - len(failed)} of {len(CHECKS)} checks hold ({time.monotonic() - began:.0f} s)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
