"""One measure for one selection: its text is run, nothing is reckoned beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.rules import counting
from citydesk.kernel.errors import Invalid, NotFound
from citydesk.kernel.registries import Measure, registries
from citydesk.management.statistics.choices import EXACT_UP_TO, FACTS_REQUESTS
from citydesk.management.statistics.queries.together import Answers, Statement
from citydesk.management.statistics.rules import percentiles, sources, texts
from citydesk.management.statistics.rules.selection import FIRST_DAY, LAST_DAY, Selection

EXACT, HISTOGRAM, AUTO = "exact", "histogram", "auto"


@dataclass(frozen=True)
class Figure:
    """A counted figure. `parts` names what it is divided by (empty for the whole); `beside` what stands next to it.

    `error` is the greatest relative error of the value as a share, 0 when it is exact.
    """

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    beside: Mapping[str, float | None] = field(default_factory=dict)
    parts: tuple[Any, ...] = ()
    error: float = 0.0


@dataclass(frozen=True)
class Measured:
    """A measure's answer with everything needed to understand it."""

    measure: Measure
    selection: Selection
    by: tuple[str, ...]
    total: Figure
    rows: tuple[Figure, ...]
    method: str


def get_measure(code: str) -> Measure:
    """A registered measure. Raises `NotFound`."""
    found = registries.measures.get(code)
    if found is None:
        raise NotFound(_("There is no measure %(code)s.") % {"code": code}, field="name")
    return found


def list_measures() -> list[Measure]:
    """Every measure of the house, by code."""
    return [registries.measures[code] for code in sorted(registries.measures)]


def measure(
    code: str,
    selection: Selection,
    *,
    now: datetime,
    by: tuple[str, ...] = (),
    method: str = AUTO,
    answers: Answers | None = None,
) -> Measured:
    """Compute a measure, whole or divided `by` keys. `method` is auto, exact or histogram (for percentiles).

    `answers` are those of the page, so that nothing is asked twice. Raises `NotFound` for a measure that does not
    exist, `Invalid` for a filter or key it cannot be narrowed by.
    """
    found, answers = get_measure(code), answers or Answers()
    chosen = _method(found, selection, now=now, method=method, answers=answers)
    if chosen == HISTOGRAM:
        rows = _from_histogram(found, selection, by, now, answers)
        total = rows[0] if not by and rows else _whole_histogram(found, selection, now, answers)
    else:
        total = _exact_whole(found, selection, now, answers) or _run(found, selection, (), now, answers)[0]
        rows = _run(found, selection, by, now, answers) if by else [total]
    return Measured(found, selection, by, total, tuple(rows) if by else (), chosen)


def figures(
    code: str,
    selection: Selection,
    by: tuple[str, ...],
    *,
    now: datetime,
    method: str = AUTO,
    answers: Answers | None = None,
) -> list[Figure]:
    """The rows of a divided measure alone, without the whole."""
    found, answers = get_measure(code), answers or Answers()
    if _method(found, selection, now=now, method=method, answers=answers) == HISTOGRAM:
        return _from_histogram(found, selection, by, now, answers)
    return _run(found, selection, by, now, answers)


def statement_of(code: str, selection: Selection, by: tuple[str, ...], *, now: datetime, answers: Answers) -> Statement:
    """The statement that `measure` or `figures` will run, for asking many at once."""
    found = get_measure(code)
    if _method(found, selection, now=now, method=AUTO, answers=answers) == HISTOGRAM:
        return _histogram_statement(found, selection, by, now)
    return _prepared(found.sql, found, selection, by, now)


def is_percentile(code: str) -> bool:
    """Whether a measure is read exactly or from histograms, which depends on how many were closed."""
    return code in texts.SHARES


def _method(found: Measure, selection: Selection, *, now: datetime, method: str, answers: Answers) -> str:
    share = texts.SHARES.get(found.code)
    if share is None:
        return EXACT
    if method != AUTO:
        return method
    return EXACT if reads_records(selection, now=now, answers=answers) else HISTOGRAM


def reads_records(selection: Selection, *, now: datetime, answers: Answers) -> bool:
    """Whether a page reads single records of a selection: only where few enough were closed in it."""
    return _closed(selection, now, answers) <= EXACT_UP_TO


def _closed(selection: Selection, now: datetime, answers: Answers) -> float:
    """How many were closed, which decides how percentiles are found; on a page it is asked with everything else."""
    return _run(get_measure("requests_closed"), selection, (), now, answers)[0].value or 0


def columns_of(fact: str) -> Mapping[str, Any]:
    """The columns a fact table offers to narrow and divide by."""
    table = registries.fact_tables.get(fact)
    return table.columns if table else {}


def parameters(selection: Selection, now: datetime) -> dict[str, Any]:
    """What every text may use: days, moments, the city's zone, now and today."""
    zone = profile.local_zone()
    start, end = selection.from_day, selection.to_day
    return {
        "from_day": start,
        "to_day": end,
        "from": datetime.combine(start, time(), tzinfo=zone),
        "to": datetime.combine(end, time(), tzinfo=zone),
        "zone": str(zone),
        "now": now,
        "today": profile.city_today(now),
    }


def _prepared(
    text: str, found: Measure, selection: Selection, by: tuple[str, ...], now: datetime, more: tuple[str, ...] = ()
) -> Statement:
    """The text with its tables and conditions, divided by its keys, and all parameters."""
    columns = columns_of(found.fact)
    try:
        narrowed, given = sources.conditions(found.fact, columns, selection)
    except KeyError as error:
        raise Invalid(_("This measure cannot be narrowed by %(name)s.") % {"name": error.args[0]}) from error
    keys = []
    for name in by:
        key = sources.key_of(found.fact, columns, name)
        if key is None or (name == "age" and "{openings}" not in text):
            raise Invalid(_("This measure cannot be divided by %(name)s.") % {"name": name}, field="by")
        keys.append(key)
    tables = {
        "{filters}": narrowed,
        "{requests}": sources.requests_source(selection, by) if found.fact == FACTS_REQUESTS else "",
        "{closings}": sources.CLOSINGS,
        "{openings}": sources.OPENINGS,
        "{dues}": sources.DUES,
    }
    rows = next((part for part in (texts.COUNTS, texts.CLOSED_ROWS) if part in text), "")
    for place, words in tables.items():
        text, rows = text.replace(place, words), rows.replace(place, words)
    read = {sources.column_of(key): key for key in keys}
    if len(read) < len(keys) or "" in read:
        rows = ""
    days = tuple(f"part_{at}" for at, name in enumerate(by) if name in ("day", "week", "month"))
    given = {**parameters(selection, now), **given}
    return Statement(sources.divided(text, (*keys, *more)), given, days, rows, read if rows else {})


def _run(found: Measure, selection: Selection, by: tuple[str, ...], now: datetime, answers: Answers) -> list[Figure]:
    rows = answers.rows(_prepared(found.sql, found, selection, by, now))
    return [_figure(dict(row), len(by)) for row in rows]


def _figure(row: dict[str, Any], keys: int) -> Figure:
    parts = tuple(row.pop(f"part_{at}") for at in range(keys))
    plain = {name: float(one) if isinstance(one, Decimal) else one for name, one in row.items()}
    return Figure(plain.pop("value"), plain.pop("numerator", None), plain.pop("denominator", None), plain, parts)


def _histogram_statement(found: Measure, selection: Selection, by: tuple[str, ...], now: datetime) -> Statement:
    source = sources.durations_source(selection, by)
    if source is None:
        raise Invalid(_("By hour a percentile can only be computed exactly."), field="method")
    text = texts.HISTOGRAM.replace("{durations}", source)
    return _prepared(text, found, selection, by, now, more=("f.bucket",))


def _from_histogram(
    found: Measure, selection: Selection, by: tuple[str, ...], now: datetime, answers: Answers
) -> list[Figure]:
    """The percentile of each part, read from the buckets of the closed requests."""
    width = len(by)
    grouped: dict[tuple[Any, ...], dict[int, int]] = {}
    for row in answers.rows(_histogram_statement(found, selection, by, now)):
        parts = tuple(row[f"part_{at}"] for at in range(width))
        grouped.setdefault(parts, {})[row[f"part_{width}"]] = row["closed"]
    return [_percentile(found, histogram, parts) for parts, histogram in grouped.items()]


def _exact_whole(found: Measure, selection: Selection, now: datetime, answers: Answers) -> Figure | None:
    """The percentile of very many durations without sorting them: the histogram tells between which two seconds it
    lies, one look at the records counts those below and orders those between. The same value as the measure's text.

    None for few records, for other measures, and where sums and records differ: then the text itself is run.
    """
    share = texts.SHARES.get(found.code)
    if share is None or sources.durations_source(selection, ()) is None:
        return None
    if _closed(selection, now, answers) <= EXACT_UP_TO:
        return None
    sums = answers.rows(_histogram_statement(found, selection, (), now))
    histogram = {row["part_0"]: int(row["closed"]) for row in sums}
    span = percentiles.span_of(histogram, share)
    if span is None:
        return None
    asked = _prepared(texts.NEAR_PERCENTILE, found, selection, (), now)
    asked = replace(asked, given={**asked.given, "low": span.low, "high": span.high})
    (row,) = answers.rows(asked)
    seconds = percentiles.between(span, closed=row["closed"], below=row["below"], near=row["near"] or [])
    return None if seconds is None else Figure(seconds / 3600, beside={"closed": float(span.total)})


def _whole_histogram(found: Measure, selection: Selection, now: datetime, answers: Answers) -> Figure:
    rows = _from_histogram(found, selection, (), now, answers)
    return rows[0] if rows else Figure(None, beside={"closed": 0})


def _percentile(found: Measure, histogram: dict[int, int], parts: tuple[Any, ...]) -> Figure:
    read = counting.percentile(histogram, texts.SHARES[found.code])
    closed = sum(histogram.values())
    if read is None:
        return Figure(None, beside={"closed": closed}, parts=parts)
    return Figure(read.value / 3600, beside={"closed": closed}, parts=parts, error=read.error)


def days_of(selection: Selection) -> tuple[date | None, date | None]:
    """The first and last day a selection really covers: its own, else those of the facts there are."""
    first, last = selection.first, selection.last
    if first and last:
        return first, last
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(day), max(day) FROM service_requests_requestday WHERE day >= %s AND day <= %s",
            [first or FIRST_DAY, last or LAST_DAY],
        )
        low, high = cursor.fetchone()
        cursor.execute("SELECT min(received_at), max(received_at) FROM interactions_contactfact")
        zone = profile.local_zone()
        spoken = [at.astimezone(zone).date() for at in cursor.fetchone() if at]
    known = [day for day in (low, high, *spoken) if day]
    return first or min(known, default=None), last or max(known, default=None)


def recent(now: datetime, days: int) -> Selection:
    """The last so many days, today included."""
    today = profile.city_today(now)
    return Selection(today - timedelta(days=days - 1), today)
