"""Where confidential requests stand in the tables of a report: one statement, counted by every key the tables use."""

from collections.abc import Mapping
from typing import Any

from citydesk.management.statistics.rules import records, sources
from citydesk.management.statistics.rules.selection import Selection

# Kinds of figures, by the conditions of the records behind them.
KINDS = ("opened", "open", "closed", "returned", "reopened", "not_ours", "duplicate", "due")


def sealed_counts(selection: Selection, columns: Mapping[str, Any], by: str) -> tuple[str, dict[str, Any]]:
    """The statement and its parameters: rows of `kind, period, code, department, age`, one for each combination."""
    narrowed, given = sources.conditions("requests", columns, selection)
    keys = [sources.key_of("requests", columns, name) for name in (by, "code", "department", "age")]
    parts = []
    for kind in KINDS:
        day, holds = records.KINDS[kind]
        parts.append(
            f"SELECT DISTINCT '{kind}' AS kind, {keys[0]} AS period, {keys[1]} AS code, {keys[2]} AS department, "  # noqa: S608
            f"{keys[3]} AS age FROM (SELECT {day}, {records.COLUMNS} FROM {sources.FACTS} fact "
            f"WHERE is_confidential) f WHERE f.day >= %(from_day)s AND f.day < %(to_day)s {holds} {narrowed}"
        )
    return " UNION ALL ".join(parts), given
