"""A week in outline: for each day off, or a kind of day (patterns that no rule tells apart).

Whatever pattern of its kind somebody works on each day, the week holds: so an outline says all that rules ask, and
what is left open is free for coverage.
"""

from math import prod

import numpy as np

from .line import OFF
from .terms import Counted, Terms

MOST = 200_000  # outlines that are looked at for one kind of contract


def outlines(terms: Terms) -> np.ndarray | None:
    """Every outline that holds, a row each (a kind's number, or OFF); None when there are too many to look at."""
    choices = [_choices(terms, day) for day in range(terms.horizon)]
    if prod(len(one) for one in choices) > MOST:
        return None
    rows = np.stack([one.ravel() for one in np.meshgrid(*choices, indexing="ij")], axis=1)
    rows = rows[_follows(terms, rows)]
    rows = rows[_runs(terms, rows != OFF)]
    for counted in terms.counted:
        rows = rows[_within(terms, counted, rows)]
    return rows


def _choices(terms: Terms, day: int) -> np.ndarray:
    kinds = [kind for kind, members in enumerate(terms.members) if terms.allowed[day, members].any()]
    return np.array(kinds if day in terms.must else [OFF, *kinds])


def _follows(terms: Terms, rows: np.ndarray) -> np.ndarray:
    """What may not follow what, day by day (before day 0 it is settled in `allowed`)."""
    kinds = len(terms.members)
    may = np.ones((kinds + 1, kinds + 1), dtype=bool)  # the last row and column are days off
    for kind, earlier in enumerate(terms.after):
        may[:kinds, kind] = False
        may[list(earlier), kind] = True
    found = np.ones(len(rows), dtype=bool)
    for day in range(1, terms.horizon):
        if day not in terms.exempt:
            found &= may[rows[:, day - 1], rows[:, day]]
    return found


def _runs(terms: Terms, works: np.ndarray) -> np.ndarray:
    """Days in a row neither too many nor too few, and the same of days off, with the edges waived."""
    found = np.ones(len(works), dtype=bool)
    run = np.full(len(works), terms.before[1] if terms.before[0] >= 0 else 0)
    free = np.full(len(works), 0 if terms.before[1] else terms.horizon)
    edge = run > 0  # a run from before the first day may be short
    for day in range(terms.horizon):
        on = works[:, day]
        ends, begins = ~on & (run > 0), on & (free > 0) & (run == 0)
        found &= ~(ends & (run < terms.min_run) & ~edge)
        found &= ~(begins & (free < terms.min_off)) | (day == 0)
        edge = np.where(on, edge | (day == 0), np.where(ends, False, edge))
        free = np.where(on, 0, np.where(run > 0, 1 if day else terms.horizon, free + 1))
        run = np.where(on, run + 1, 0)
        found &= run <= terms.max_run
    return found


def _within(terms: Terms, counted: Counted, rows: np.ndarray) -> np.ndarray:
    """Whether what is counted stays within its bounds in every period."""
    if counted.is_weekend:
        return _weekends(terms, rows) <= counted.most
    adds = np.array([*counted.adds, 0])[rows]
    found, first = np.ones(len(rows), dtype=bool), 0
    for end in sorted({*counted.ends, terms.horizon - 1}):
        total = adds[:, first : end + 1].sum(axis=1)
        found &= total <= counted.most
        if end in counted.asked:
            found &= total >= counted.least
        first = end + 1
    return found


def _weekends(terms: Terms, rows: np.ndarray) -> np.ndarray:
    """How many weekends are worked on Saturday or Sunday."""
    found = np.zeros(len(rows), dtype=int)
    for day in range(terms.horizon):
        if day in terms.saturdays:
            found += rows[:, day] != OFF
        elif day in terms.sundays:
            found += (rows[:, day] != OFF) & ((rows[:, day - 1] == OFF) if day else True)
    return found
