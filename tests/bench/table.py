"""The figures of a run: build/bench.json and the table."""

import json
import sys
from pathlib import Path
from typing import Any


def write(path: Path, figures: list[dict[str, Any]], about: list[dict[str, Any]], missing: dict[str, str]) -> None:
    """The figures of every size in one list, what they were measured on, what could not be measured and why."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"figures": figures, "about": about, "not_measured": missing}, indent=1) + "\n")


def show(figures: list[dict[str, Any]], about: list[dict[str, Any]], missing: dict[str, str]) -> None:
    """The table."""
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "value", "unit", "target", "met", "at reference", "met", "loop", "floor", "times floor")
    for name in ("rows", "load", "noisy"):
        table.add_column(name)
    marks = {True: "yes", False: "[bold red]no[/]", None: ""}
    for one in figures:
        row = [one["name"], f"{one['value']:g}", one["unit"], _said(one["target"]), marks[one["met"]]]
        row += [_said(one["at_reference"]), marks[one["met_at_reference"]], _said(one["loop_ms"])]
        row += [_said(one["floor"]), _said(one["ratio"]), f"{one['rows']:,}", f"{one['load']:g}"]
        table.add_row(*row, "noisy" if one["noisy"] else "")
    console = Console(width=170 if not sys.stdout.isatty() else None)
    console.print(table)
    for one in figures:
        if one["said"]:
            console.print(f"{one['name']} ({one['rows']:,}): {one['said']}", highlight=False, soft_wrap=True)
    for one in about:
        console.print_json(data=one)
    for name, why in missing.items():
        console.print(f"[bold red]{name} was not measured[/]: {why}", soft_wrap=True)
    if any(one["noisy"] for one in figures):
        console.print("Others worked on this machine: figures marked noisy are not to be quoted.")


def _said(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
