"""What other offices print about themselves: the profile's section `peers` (`[peer.<code>]` of peers.toml).

A figure says something beside ours only where both are counted alike. Nobody but a person who read both definitions can
say so: `match` is that person's word, and everything but "same" needs a caveat that says what is different.
"""

from decimal import Decimal
from enum import StrEnum

from citydesk.city.profile.rules import Fields, Item, Reading

# Figures that offices print, with the unit each is written in. Which of them we count ourselves: `queries.peers`.
UNITS: dict[str, str] = {
    "asa": "seconds",
    "unanswered_share": "percent",
    "abandon_rate": "percent",
    "abandon_rate_of_offered": "percent",
    "handle_time": "seconds",
    "calls_per_month": "count",
    "first_contact_resolution": "percent",
    "on_time_of_due": "percent",
    "on_time_of_closed": "percent",
    "hours_to_close_median": "hours",
    "information_share": "percent",
    "spanish_share": "percent",
    "digital_request_share": "percent",
    "coded_share": "percent",
    "satisfied_share": "percent",
    "overdue_share": "percent",
    "cost_per_contact": "dollars",
    "staff": "count",
    "hours_open_per_week": "hours",
}
_WHOLE_PERCENT = 100


class Match(StrEnum):
    """Whether a figure is counted as ours: so, so after a reckoning nobody has done yet, or not."""

    SAME = "same"
    ADJUSTABLE = "adjustable"
    DIFFERENT = "different"


class Basis(StrEnum):
    """What was printed: what happened, what was expected to happen, or what was wanted."""

    ACTUAL = "actual"
    ESTIMATE = "estimate"
    TARGET = "target"


def parse_peers(reading: Reading) -> list[Item]:
    """`[peer.<code>]`: an office and year with its page, and `[[peer.<code>.figures]]`, each with its definition."""
    return [entry.item(_peer(entry)) for entry in reading.tables("peer")]


def _peer(entry: Fields) -> dict[str, object]:
    figures = [_figure(one) for one in entry.tables("figures")]
    codes = [(one["figure"], one["basis"]) for one in figures]
    for code, basis in sorted({one for one in codes if codes.count(one) > 1}):
        entry.problem(f"says {code} ({basis}) twice: another year is another entry", "figures")
    if not figures and entry.has("figures"):
        entry.problem("has no figure", "figures")
    return {
        "name": entry.translated("name"),
        "year": entry.text("year"),
        "source": entry.text("source"),
        "order": entry.optional.whole("order", 100),
        "figures": figures,
    }


def _figure(one: Fields) -> dict[str, object]:
    figure, match = one.choice("figure", UNITS), one.choice("match", list(Match))
    value = one.decimal("value", at_least=0)
    if value is not None and UNITS.get(figure) == "percent" and value > _WHOLE_PERCENT:
        one.problem("is more than 100 percent", "value")
    caveat = one.optional.translated("caveat")
    if match in (Match.ADJUSTABLE, Match.DIFFERENT) and not one.has("caveat"):
        one.problem(f"is missing: what is counted otherwise, as the figure is {match}", "caveat")
    return {
        "figure": figure,
        "value": Decimal(0) if value is None else value,
        "basis": one.optional.choice("basis", list(Basis), Basis.ACTUAL.value),
        "definition": one.translated("definition"),
        "match": match,
        "caveat": caveat,
        "is_verified": one.boolean("is_verified"),
    }
