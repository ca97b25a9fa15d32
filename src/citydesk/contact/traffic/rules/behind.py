"""What each row behind a figure adds to it, above the line and below. The sums over all rows are the figure's own."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from citydesk.contact.traffic.choices import Formula
from citydesk.contact.traffic.rules.counting import Sums
from citydesk.contact.traffic.rules.metrics import CATALOG, value_of
from citydesk.contact.traffic.rules.service_level import Ratio, service_level
from citydesk.contact.traffic.rules.wilson import wilson

LEVEL = "level."
# Figures whose sums are seconds of people in states, not of contacts.
OF_TIME = frozenset({"occupancy", "utilization"})


def figure_codes() -> tuple[str, ...]:
    """Every figure of this room that is a sum or one sum by another: metrics, then service level by each formula."""
    metrics = (code for code, one in CATALOG.items() if one.is_of_queue)
    return (*metrics, *(f"{LEVEL}{one.value}" for one in Formula))


def adds(code: str, sums: Sums | Mapping[str, int]) -> Ratio:
    """What sums (of one leg, an interval, a day) add to a figure; a plain count has nothing below the line.

    Raises `KeyError` for a figure nobody knows and for a sum that is not there.
    """
    if code.startswith(LEVEL):
        if not isinstance(sums, Sums):
            raise KeyError(code)
        return service_level(_formula(code), sums)
    metric = CATALOG[code]
    found = value_of(metric, asdict(sums) if isinstance(sums, Sums) else sums)
    return found if metric.denominator else Ratio(found.numerator, 0)


def range_of(code: str, ratio: Ratio | None) -> tuple[float, float] | None:
    """The range that holds the true share in 95 of 100 such samples; None where the figure is no share of contacts."""
    is_share = code.startswith(LEVEL) or (CATALOG[code].unit == "percent" and code not in OF_TIME)
    if ratio is None or not ratio.denominator or not is_share:
        return None
    return wilson(ratio.numerator, ratio.denominator)


def total(rows: Iterable[Ratio]) -> Ratio:
    """All rows together."""
    found = Ratio(0, 0)
    for one in rows:
        found += one
    return found


def _formula(code: str) -> Formula:
    try:
        return Formula(code.removeprefix(LEVEL))
    except ValueError:
        raise KeyError(code) from None
