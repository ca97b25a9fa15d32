"""Writes `requirements/*.lock`: `make lock`. Every package with its hashes, and no index's address.

base.lock runs and builds Citydesk, dev.lock also checks and tests it, node.lock is npm for machines without one.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {
    "base": ["pyproject.toml", "--extra", "embedded", "--group", "build"],
    "dev": [
        "pyproject.toml",
        "--extra",
        "embedded",
        "--group",
        "build",
        "--group",
        "dev",
        "-c",
        "requirements/base.lock",
    ],
    "node": ["--group", "node"],
}
HEADER = "# Written by `make lock` from pyproject.toml. Install with: pip install --require-hashes -r {name}\n"
# An address of an index, a local folder or a credential has no place in a commit.
ADDRESS = re.compile(r"^\s*(--(index-url|extra-index-url|find-links|trusted-host)|-[if]\b)|(https?|file)://", re.M)


def without_addresses(text: str) -> str:
    """The lock without lines that name an index; raises `ValueError` when a requirement itself does."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(("--index", "--extra", "--find", "#"))]
    kept = "\n".join(lines).strip() + "\n"
    if ADDRESS.search(kept):
        raise ValueError("a requirement names an address: " + kept[ADDRESS.search(kept).start() :][:80])  # type: ignore[union-attr]  # the search found it above
    return kept


def compile_lock(name: str, sources: list[str], *options: str) -> None:
    target = ROOT / f"requirements/{name}.lock"
    command = [sys.executable, "-m", "uv", "pip", "compile", *sources, "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"]
    command += ["--quiet", "--output-file", str(target), *options]
    subprocess.run(command, cwd=ROOT, check=True)
    target.write_text(HEADER.format(name=f"requirements/{name}.lock") + without_addresses(target.read_text()))


def main() -> None:
    """Refresh the locks; `--upgrade` takes the newest versions that pyproject.toml admits."""
    (ROOT / "requirements").mkdir(exist_ok=True)
    for name, sources in LOCKS.items():
        compile_lock(name, sources, *sys.argv[1:])
        print(f"requirements/{name}.lock")


if __name__ == "__main__":
    main()
