"""`python -m tests.bench [--rows 1000000] [--only queue,intake]`: measure, print a table, write build/bench.json."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.bench.database import ROOT, load_city, own_database, prepare_process, size_of_database

SIZES = (100_000, 1_000_000)
NAMES = ("queue", "request", "intake", "draft", "search", "nearby", "served", "helpdesk", "report")


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rows", type=int, action="append", help="requests to load; may be given again for growth")
    parser.add_argument("--only", default="", help=f"some of: {', '.join(NAMES)}")
    parser.add_argument("--city", default="riverton", help="the profile whose teams, codes and streets are used")
    parser.add_argument("--database", default="citydesk_bench", help="name of the database that is made and dropped")
    parser.add_argument("--keep", action="store_true", help="use the database of an earlier run again, and leave it")
    given = parser.parse_args(words)
    chosen = [one for one in given.only.split(",") if one] or list(NAMES)
    if unknown := set(chosen) - set(NAMES):
        parser.error(f"nothing is called {', '.join(sorted(unknown))}")
    runs = [run_one(rows, chosen, given.city, given.database, given.keep) for rows in given.rows or SIZES[:1]]
    write(runs)
    is_met = all(one["met"] is not False for run in runs for one in run["figures"])
    return 0 if is_met and not any(run["not_measured"] for run in runs) else 1


def run_one(rows: int, chosen: list[str], city: str, name: str, is_kept: bool) -> dict[str, Any]:
    """Load one size into a database of its own and measure it."""
    with own_database(name, is_kept=is_kept) as url:
        prepare_process(url)
        from django.db import connection

        connection.settings_dict["NAME"] = name
        try:
            return _measured(rows, chosen, city)
        finally:
            connection.close()


def _measured(rows: int, chosen: list[str], city: str) -> dict[str, Any]:
    from citydesk.city.profile import queries as profile
    from citydesk.contact.service_requests.queries import policy
    from citydesk.kernel.clock import utc_now
    from config.cli.prepare import collect
    from tests.bench import load, machine
    from tests.bench.city import SEED

    began = time.perf_counter()
    profile.refresh()
    policy.forget()
    if not load.is_filled(rows):
        load_city(city)
        load.fill(rows, utc_now(), lambda done: print(f"loaded {done:,} of {rows:,}", flush=True))
    loaded = time.perf_counter() - began
    collect(_Silent())
    about = machine.describe(rows, SEED, size_of_database())
    about["load_seconds"] = round(loaded, 1)
    figures, errors = [], {}
    for one in chosen:
        try:
            figures += [figure.as_dict() for figure in _measures()[one](rows)]
        except Exception as reason:
            # One measure that fails must not cost an hour of the others; the run ends with 1 all the same.
            errors[one] = f"{type(reason).__name__}: {reason}"
            print(f"{one}: not measured: {errors[one]}", flush=True)
    return {"about": about, "figures": figures, "not_measured": errors}


def _measures() -> dict[str, Callable[[int], Any]]:
    from tests.bench import pages, report, server, work

    return {
        "queue": pages.measure_queue,
        "request": pages.measure_request,
        "intake": work.measure_intake,
        "draft": work.measure_draft,
        "search": work.measure_search,
        "nearby": work.measure_nearby,
        "served": server.measure_served,
        "helpdesk": _helpdesk,
        "report": report.run,
    }


def _helpdesk(rows: int) -> Any:
    raise NotImplementedError("the comparison with django-helpdesk is not written yet")


class _Silent:
    """A console for the steps that show progress."""

    def progress(self, *_words: Any, **_more: Any) -> Any:
        from contextlib import nullcontext

        return nullcontext()


def write(runs: list[dict[str, Any]]) -> None:
    """build/bench.json: the figures of every size in one list, what they were measured on, what is missing."""
    found = [one for run in runs for one in run["figures"]]
    data = {
        "figures": found,
        "about": [run["about"] for run in runs],
        "not_measured": {name: why for run in runs for name, why in run["not_measured"].items()},
    }
    path = ROOT / "build/bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(data, indent=1) + "\n")
    show(found, data["about"])


def show(found: list[dict[str, Any]], about: list[dict[str, Any]]) -> None:
    """The table."""
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "value", "unit", "target", "met", "floor", "times floor", "rows", "load")
    marks = {True: "yes", False: "[bold red]no[/]", None: ""}
    for one in found:
        row = [one["name"], f"{one['value']:g}", one["unit"], _said(one["target"]), marks[one["met"]]]
        table.add_row(*row, _said(one["floor"]), _said(one["ratio"]), f"{one['rows']:,}", f"{one['load']:g}")
    console = Console(width=150 if not sys.stdout.isatty() else None)
    console.print(table)
    for one in about:
        console.print_json(data=one)


def _said(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


if __name__ == "__main__":
    sys.exit(main())
