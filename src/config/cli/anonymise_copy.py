"""`citydesk anonymise-copy NAME`: the city's database copied to another one, without its people.

Names, addresses, telephones, mail, free text, files, secrets, sessions and the values of the history are replaced or
left out; counts, codes, numbers, times, districts and money stay. The copy is for training and measuring, and is a
practice city: nothing leaves it. `docs/admin/copy.md` says what stays and what that means.

`--check` makes nothing: it says what would become of each table. Exit codes: 0 done, 2 wrong use, 3 refused (the city's
own database, one that is in use or is no copy, a column without a rule; nothing is left of a copy that failed), 4 the
database cannot be reached, 130 stopped (nothing is left either).
"""

import argparse
from typing import Any


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="of the new database, on the city's own server")
    parser.add_argument("--replace", action="store_true", help="drop an older copy of that name, if nobody uses it")
    parser.add_argument("--check", action="store_true", help="only say what would become of each table")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Make the copy, or say what it would be."""
    from config.cli.main import set_up_django

    set_up_django()
    from citydesk.kernel.clock import utc_now
    from config.copies import making
    from config.roles import as_owner, give_rights

    with as_owner():
        if given.check:
            return check(given, console)
        made = making.make_copy(given.name, replace=given.replace, now=utc_now(), console=console)
    give_rights(made.name)
    total = sum(made.rows.values())
    console.report(
        {"database": made.name, "rows": total, "tables": made.rows, "emptied": made.emptied},
        f"{made.name}: {total} rows of {len(made.rows)} tables, nobody's name in them; {len(made.emptied)} tables were "
        f"left empty.\nNobody has a password in it, no file went along, and its history proves nothing.\n"
        f"docs/admin/copy.md says how to serve it.",
    )
    return 0


def check(given: argparse.Namespace, console: Any) -> int:
    """What becomes of each column, from the rules and the database as it is. Raises `Invalid` as a copy would."""
    from config.copies import making, place
    from config.copies.rules import KEPT

    place.require_name(given.name, making.own_name())
    with making.connect(autocommit=True) as line:
        place.require_free(line, given.name, replace=given.replace)
        plan = making.plan_of(line)
    stays = {table: [name for name, rule in rules.items() if rule == KEPT] for table, rules in plan.rules.items()}
    replaced = {table: [name for name, rule in rules.items() if rule != KEPT] for table, rules in plan.rules.items()}
    lines = [
        f"{table}: {', '.join(names) or 'nothing'} replaced or looked through" for table, names in replaced.items()
    ]
    lines += [f"{table}: left empty" for table in plan.emptied]
    console.report({"kept": stays, "replaced": replaced, "emptied": plan.emptied}, "\n".join(sorted(lines)))
    return 0
