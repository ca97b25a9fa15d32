"""Which single records stand behind a figure: the condition of each kind, in the words of the facts."""

from collections.abc import Mapping
from typing import Any

from citydesk.contact.interactions.rules import BY_FLAG, BY_REPEAT
from citydesk.management.quality.choices import FACTS as FACTS_SURVEYS
from citydesk.management.quality.rules import BY_ANSWER
from citydesk.management.statistics.choices import AGE_BANDS
from citydesk.management.statistics.rules import sources
from citydesk.management.statistics.rules.selection import Selection

_RECEIVED = "received_date AS day, extract(hour FROM received_at AT TIME ZONE %(zone)s)::int AS hour"
_CLOSED = "closed_date AS day, extract(hour FROM closed_at AT TIME ZONE %(zone)s)::int AS hour"
_DUE = "(due_at AT TIME ZONE %(zone)s)::date AS day, extract(hour FROM due_at AT TIME ZONE %(zone)s)::int AS hour"
_IS_DUE = f"AND f.due_at >= %(from)s AND f.due_at < %(to)s AND {sources.FATE}"
# kind -> (which day counts, what else must hold)
KINDS: dict[str, tuple[str, str]] = {
    "opened": (_RECEIVED, ""),
    "open": (_RECEIVED, "AND f.is_open"),
    "late": (
        _RECEIVED,
        "AND f.is_open AND EXISTS (SELECT 1 FROM service_requests_servicerequest r WHERE r.id = f.request_id "
        "AND r.due_at < %(now)s AND (r.paused_since IS NULL OR r.due_at < r.paused_since))",
    ),
    "returned": (_RECEIVED, "AND f.return_count > 0"),
    "reopened": (_RECEIVED, "AND f.reopen_count > 0"),
    "closed": (_CLOSED, "AND NOT f.is_open"),
    "judged": (_CLOSED, "AND NOT f.is_open AND f.is_on_time IS NOT NULL"),
    "on_time": (_CLOSED, "AND NOT f.is_open AND f.is_on_time"),
    "late_closed": (_CLOSED, "AND NOT f.is_open AND NOT f.is_on_time"),
    "no_target": (_CLOSED, "AND NOT f.is_open AND f.is_on_time IS NULL"),
    "not_ours": (_CLOSED, "AND NOT f.is_open AND f.close_reason = 'not_ours'"),
    "duplicate": (_CLOSED, "AND NOT f.is_open AND f.close_reason = 'duplicate'"),
    "due": (_DUE, f"{_IS_DUE} <> 'waiting'"),
    "due_met": (_DUE, f"{_IS_DUE} = 'met'"),
    "due_late": (_DUE, f"{_IS_DUE} = 'late'"),
    "overdue": (_DUE, f"{_IS_DUE} = 'overdue'"),
    "due_waiting": (_DUE, f"{_IS_DUE} = 'waiting'"),
    "done": (_CLOSED, "AND NOT f.is_open AND f.close_reason = 'done'"),
}
# What the conditions above and the filters look at; none is 0, as in the sums.
COLUMNS = (
    f"{sources.FACT_COLUMNS}, request_id, is_open, state, is_on_time, close_reason, return_count, reopen_count, due_at"
)
AGES = {code: (first, last) for code, first, last in AGE_BANDS}


def request_ids(
    kind: str, selection: Selection, columns: Mapping[str, Any], age: str = ""
) -> tuple[str, dict[str, Any]]:
    """The statement that finds the keys of the requests behind a figure, and its parameters but the common ones."""
    day, holds = KINDS[kind]
    narrowed, given = sources.conditions("requests", columns, selection)
    if age in AGES:
        first, last = AGES[age]
        holds += " AND %(today)s - f.day >= %(age_from)s"
        given["age_from"] = first
        if last is not None:
            holds += " AND %(today)s - f.day <= %(age_to)s"
            given["age_to"] = last
    text = (
        f"SELECT f.request_id FROM (SELECT {day}, {COLUMNS} FROM {sources.FACTS} fact) f "  # noqa: S608
        f"WHERE f.day >= %(from_day)s AND f.day < %(to_day)s {holds} {narrowed}"
    )
    return text, given


# What stands behind the three ways to tell a first contact: fact table, its rows, which became of them.
FIRST_CONTACTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "first_repeat": ("contacts", BY_REPEAT, ("stayed", "again")),
    "first_stayed": ("contacts", BY_REPEAT, ("stayed",)),
    "first_again": ("contacts", BY_REPEAT, ("again",)),
    "first_early": ("contacts", BY_REPEAT, ("early",)),
    "first_nameless": ("contacts", BY_REPEAT, ("nameless",)),
    "said": ("contacts", BY_FLAG, ("yes", "no")),
    "said_yes": ("contacts", BY_FLAG, ("yes",)),
    "said_no": ("contacts", BY_FLAG, ("no",)),
    "said_unknown": ("contacts", BY_FLAG, ("unknown",)),
    "survey": (FACTS_SURVEYS, BY_ANSWER, ("yes", "no")),
    "survey_yes": (FACTS_SURVEYS, BY_ANSWER, ("yes",)),
    "survey_no": (FACTS_SURVEYS, BY_ANSWER, ("no",)),
    "survey_open": (FACTS_SURVEYS, BY_ANSWER, ("open",)),
    "survey_silent": (FACTS_SURVEYS, BY_ANSWER, ("silent",)),
}
# Which answer somebody gave is read with the right to single answers alone.
ANSWERS_OF_RESIDENTS = frozenset({"survey", "survey_yes", "survey_no", "survey_open", "survey_silent"})


def contact_ids(selection: Selection, columns: Mapping[str, Any], what: str = "") -> tuple[str, dict[str, Any]]:
    """The same for contacts; `what` is a kind of `FIRST_CONTACTS`. `KeyError(name)` for a filter its table lacks."""
    fact, source, fates = FIRST_CONTACTS.get(what, ("contacts", "", ()))
    narrowed, given = sources.conditions(fact, columns, selection)
    if source:
        # Fates and source are this file's own; what somebody asked for is in `given`.
        wanted = ", ".join(f"'{one}'" for one in fates)
        kept = source.replace("{filters}", narrowed)
        return f"SELECT f.interaction_id FROM (SELECT f.* {kept}) f WHERE f.fate IN ({wanted})", given  # noqa: S608 - see above
    text = (
        "SELECT f.interaction_id FROM interactions_contactfact f "  # noqa: S608
        f"WHERE f.received_at >= %(from)s AND f.received_at < %(to)s {narrowed}"
    )
    return text, given


def as_positions(text: str, given: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """`%(name)s` as `%s` with the values in their order: Django joins such texts with its own."""
    values: list[Any] = []
    parts = text.split("%(")
    out = [parts[0]]
    for part in parts[1:]:
        name, _close, rest = part.partition(")s")
        values.append(given[name])
        out.append("%s" + rest)
    return "".join(out), values
