"""`python -m tests.bench [--rows 1000000] [--only queue,intake]`: measure, print a table, write build/bench.json."""

import argparse
import sys

from tests.bench.database import ROOT
from tests.bench.run import ALONE, SIZED, Plan, run_all
from tests.bench.table import show, write

SIZES = (100_000, 1_000_000)
FACTS, TICKETS, ADDRESSES, CUSTOMERS = 10_000_000, 100_000, 200_000, 500_000
QUICK = 10_000


def main(words: list[str] | None = None) -> int:
    """Exit code 0 when every target is met, 1 when one is missed or could not be measured, 2 for wrong use."""
    given = read(words)
    figures, about, missing = run_all(plan_of(given))
    write(ROOT / "build" / given.out, figures, about, missing)
    show(figures, about, missing)
    return 0 if all(one["met"] is not False for one in figures) and not missing else 1


def read(words: list[str] | None) -> argparse.Namespace:
    names = (*SIZED, *ALONE)
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rows", type=int, action="append", help="requests to load; may be given again for growth")
    parser.add_argument("--only", default="", help=f"some of: {', '.join(names)}")
    parser.add_argument("--city", default="riverton", help="the profile whose teams, codes and streets are used")
    parser.add_argument("--database", default="citydesk_bench", help="name of the database that is made and dropped")
    parser.add_argument("--keep", action="store_true", help="use the database of an earlier run again, and leave it")
    parser.add_argument("--lean", action="store_true", help="load only the tables that the queue reads")
    parser.add_argument("--facts", type=int, help="rows the report counts (10,000,000; with --rows as many as those)")
    parser.add_argument(
        "--quick", action="store_true", help=f"everything once with {QUICK:,} rows: does it still work?"
    )
    parser.add_argument("--roster-seconds", type=int, default=600, help="CPU-seconds for each published roster (600)")
    parser.add_argument("--instances", default="", help="only these published rosters, without desks: 5,6")
    parser.add_argument("--out", default="bench.json", help="name of the file in build/")
    given = parser.parse_args(words)
    given.only = [one for one in given.only.split(",") if one] or list(names)
    if unknown := set(given.only) - set(names):
        parser.error(f"nothing is called {', '.join(sorted(unknown))}")
    if not all(one.isdigit() and 1 <= int(one) <= 8 for one in given.instances.split(",") if one):
        parser.error("--instances names some of 1 to 8")
    given.instances = tuple(int(one) for one in given.instances.split(",") if one)
    return given


def plan_of(given: argparse.Namespace) -> Plan:
    """How much of everything. Targets are those of the full sizes; a quick run only shows that all of it runs."""
    rosters = {"roster_seconds": given.roster_seconds, "instances": given.instances}
    if given.quick:
        sizes = given.rows or [QUICK]
        small = {"facts": given.facts or 2 * QUICK, "tickets": 2_000, "addresses": 5_000, "customers": QUICK}
        return Plan(sizes, given.only, given.city, given.database, given.keep, is_quick=True, **small, **rosters)
    facts = given.facts or (max(given.rows) if given.rows else FACTS)
    whole = {"facts": facts, "tickets": TICKETS, "addresses": ADDRESSES, "customers": CUSTOMERS}
    sizes = given.rows or list(SIZES)
    return Plan(sizes, given.only, given.city, given.database, given.keep, is_lean=given.lean, **whole, **rosters)


if __name__ == "__main__":
    sys.exit(main())
