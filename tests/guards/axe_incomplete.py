"""What axe-core calls "incomplete": it cannot tell, and somebody has looked.

`axe_incomplete.toml` keeps each kind (rule, axe's word for why it cannot tell, element) with the reason why it is in
order; the walk of the pages fails at any other. After a change that is meant

    AXE=new .venv/bin/python -m pytest tests/guards/test_pages_axe*.py

adds what is new without a reason: look at each, write the reason, commit both. A kind without one fails (guard 27).
"""

import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_suffix(".toml")
IS_NEW = os.environ.get("AXE") == "new"


class Kind(NamedTuple):
    """What cannot be told, of what."""

    rule: str
    why: str
    element: str


def kinds(file: Path = FILE) -> dict[Kind, str]:
    """Every kind that is known, with its reason."""
    said = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {
        Kind(rule, group["why"], element): group["reason"]
        for rule, groups in said.items()
        for group in groups
        for element in group["elements"]
    }


def unreviewed(found: Iterable[Mapping[str, str]], file: Path = FILE) -> list[str]:
    """The kinds among what axe could not tell that nobody has looked at, in words; kept instead with `AXE=new`."""
    known, new = kinds(file), {}
    for one in found:
        kind = Kind(one["rule"], one["why"], one["element"])
        if kind not in known:
            new.setdefault(kind, one["html"])
    if new and IS_NEW:
        write({**known, **dict.fromkeys(new, "")}, file)
        return []
    return [f"axe cannot tell {kind.rule} ({kind.why}) of {kind.element}: {html}" for kind, html in new.items()]


def write(known: Mapping[Kind, str], file: Path = FILE) -> None:
    """Write the kinds, those of one rule, cause and reason together."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for kind, reason in sorted(known.items()):
        groups.setdefault((kind.rule, kind.why, reason), []).append(kind.element)
    lines = ["# What axe cannot tell and somebody has looked at; see axe_incomplete.py.", ""]
    for (rule, why, reason), elements in groups.items():
        lines += [f"[[{rule}]]", f"why = {json.dumps(why)}", f"reason = {json.dumps(reason)}", "elements = ["]
        lines += [f"  {json.dumps(one)}," for one in elements]
        lines += ["]", ""]
    file.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
