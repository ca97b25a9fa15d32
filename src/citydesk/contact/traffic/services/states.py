"""Agents' states written: new stretches added, open ones ended, what would overlap told as an anomaly.

They are copied into a table of this transaction and fitted to what is kept by the database, all agents at once. An
agent of whom something does not fit (two stretches that share a moment, an end told twice) is fitted stretch by stretch
by the rule `fit_stays`, which says what is kept.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import AnomalyCode
from citydesk.contact.traffic.rules import Oddity, StateRecord, Stay, fit_stays
from citydesk.contact.traffic.services.copied import copy_lines, moment, words
from citydesk.contact.traffic.services.names import Names
from citydesk.kernel.imports.runs import Running

_MOST_TOGETHER = 20_000
_MAKE = """
CREATE TEMPORARY TABLE traffic_stays_told
    (agent_id bigint, state text, began float8, ended float8, aux text, line int) ON COMMIT DROP
"""
_COPY = "COPY traffic_stays_told (agent_id, state, began, ended, aux, line) FROM STDIN"
# What is kept of the agents from the first moment told of each: of what began before, only the last can reach so far.
_KEPT = """
CREATE TEMPORARY TABLE traffic_stays_kept ON COMMIT DROP AS
WITH who AS MATERIALIZED (
    SELECT t.agent_id, t.since, coalesce((SELECT max(p.started_at) FROM traffic_agentstate p
                                           WHERE p.agent_id = t.agent_id AND p.started_at <= t.since), t.since) AS first
      FROM (SELECT agent_id, to_timestamp(min(began)) AS since FROM traffic_stays_told GROUP BY agent_id) t
)
SELECT k.id, k.agent_id, k.state, k.started_at AS since, k.ended_at AS until, k.aux
  FROM who t JOIN traffic_agentstate k
    ON k.agent_id = t.agent_id AND k.started_at >= t.first AND coalesce(k.ended_at, 'infinity') > t.since
"""
# The same state since the same moment is the same stretch: it is known, or its end is told now.
_SETTLE = """
CREATE TEMPORARY TABLE traffic_stays_settled ON COMMIT DROP AS
SELECT t.*, k.id AS kept_id, k.until AS kept_until,
       CASE WHEN k.id IS NULL THEN 'new' WHEN k.until IS NULL AND t.until IS NOT NULL THEN 'ended'
            ELSE 'known' END AS fate
  FROM (SELECT agent_id, state, to_timestamp(began) AS since, to_timestamp(ended) AS until, aux, line
          FROM traffic_stays_told) t
  LEFT JOIN traffic_stays_kept k ON k.agent_id = t.agent_id AND k.state = t.state AND k.since = t.since
"""
_DOUBTFUL = """
WITH together AS (
    SELECT agent_id, since, coalesce(kept_until, until, 'infinity') AS until FROM traffic_stays_settled
    UNION ALL
    SELECT k.agent_id, k.since, coalesce(k.until, 'infinity') FROM traffic_stays_kept k
     WHERE NOT EXISTS (SELECT FROM traffic_stays_settled s WHERE s.kept_id = k.id)
), beside AS (
    SELECT agent_id, since, max(until) OVER (PARTITION BY agent_id ORDER BY since, until
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until FROM together
)
SELECT agent_id FROM beside WHERE since < busy_until
UNION
SELECT agent_id FROM traffic_stays_settled WHERE kept_until <> until OR until <= since
"""
_END = """
UPDATE traffic_agentstate k SET ended_at = s.until FROM traffic_stays_settled s
 WHERE s.fate = 'ended' AND k.id = s.kept_id
"""
_ADD = """
INSERT INTO traffic_agentstate (agent_id, state, started_at, ended_at, aux, run_id, line)
SELECT agent_id, state, since, until, aux, %(run)s, line FROM traffic_stays_settled WHERE fate = 'new'
 ORDER BY since
"""
_CHANGED = """
SELECT agent_id, min(since), max(coalesce(until, since)) FROM traffic_stays_settled
 WHERE fate <> 'known' GROUP BY agent_id
"""
_DAYS = """
INSERT INTO traffic_toldday (source, kind, day)
SELECT DISTINCT %(source)s, 'states', (since AT TIME ZONE %(zone)s)::date FROM traffic_stays_settled
 WHERE fate = 'new' ON CONFLICT DO NOTHING
"""
_TABLES = "traffic_stays_told, traffic_stays_kept, traffic_stays_settled"


@dataclass(frozen=True)
class Changed:
    """Whose time has to be counted anew, and from when to when."""

    agent_ids: frozenset[int]
    since: datetime
    until: datetime


class StatesWriter:
    """Gathers states and writes them together."""

    def __init__(self, source: str, run: Running, names: Names) -> None:
        self.source, self.run, self.names = source, run, names
        self.oddities: list[Oddity] = []
        self._waiting: list[str] = []
        self._is_made = False

    def add(self, one: StateRecord) -> None:
        """Take a state; one of nobody ("NONE") is left out."""
        agent_id = self.names.agent(one.agent)
        if agent_id is None:
            return
        aux = words(one.aux)[0] if one.aux else ""
        self._waiting.append(f"{agent_id}\t{one.state}\t{moment(one.since)}\t{moment(one.until)}\t{aux}\t{one.line}\n")
        if len(self._waiting) >= _MOST_TOGETHER:
            self._copy()

    def write(self) -> Changed | None:
        """Write what was gathered; returns whose sums change, and when."""
        self._copy()
        if not self._is_made:
            return None
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL default_statistics_target = 10")
            cursor.execute("ANALYZE traffic_stays_told")
            cursor.execute(_KEPT)
            cursor.execute("ANALYZE traffic_stays_kept")
            cursor.execute(_SETTLE)
            cursor.execute("ANALYZE traffic_stays_settled")
            cursor.execute(_DOUBTFUL)
            for (agent_id,) in cursor.fetchall():
                self._fit(cursor, agent_id)
            cursor.execute(_END)
            cursor.execute(_ADD, {"run": self.run.id})
            cursor.execute("SELECT fate, count(*) FROM traffic_stays_settled GROUP BY fate")
            counts = dict(cursor.fetchall())
            cursor.execute(_CHANGED)
            changed = cursor.fetchall()
            cursor.execute(_DAYS, {"source": self.source, "zone": str(profile.local_zone())})
            cursor.execute(f"DROP TABLE {_TABLES}")
        self._is_made = False
        self.run.tally.added += counts.get("new", 0)
        self.run.tally.changed += counts.get("ended", 0)
        self.run.tally.known += counts.get("known", 0)
        if not changed:
            return None
        keys, begins, ends = zip(*changed, strict=True)
        return Changed(frozenset(keys), min(begins), max(ends))

    def _fit(self, cursor: Any, agent_id: int) -> None:
        """Put what the rule says in the place of what was settled of one agent."""
        given = {"agent": agent_id}
        cursor.execute(
            "SELECT state, since, until, aux, 0, id FROM traffic_stays_kept WHERE agent_id = %(agent)s", given
        )
        kept = [Stay(*row) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT state, to_timestamp(began), to_timestamp(ended), aux, line FROM traffic_stays_told"
            " WHERE agent_id = %(agent)s",
            given,
        )
        fitted = fit_stays(kept, [Stay(*row) for row in cursor.fetchall()])
        cursor.execute("DELETE FROM traffic_stays_settled WHERE agent_id = %(agent)s", given)
        fates = (("new", fitted.new), ("ended", fitted.ended), ("known", fitted.known))
        cursor.executemany(
            "INSERT INTO traffic_stays_settled (agent_id, state, since, until, aux, line, kept_id, fate)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (agent_id, one.state, one.since, one.until, one.aux, one.line, one.id, fate)
                for fate, stays in fates
                for one in stays
            ],
        )
        self._tell(self.names.name_of(agent_id), fitted.overlapping)

    def _tell(self, name: str, overlapping: list[Stay]) -> None:
        for one in overlapping:
            self.run.tally.bad += 1
            detail = f"{one.state} shares time with another state and was not kept."
            given: dict[str, Any] = {"code": AnomalyCode.OVERLAPPING_STATE, "line": one.line, "at": one.since}
            self.oddities.append(Oddity(**given, about=name[:80], detail=detail))

    def _copy(self) -> None:
        if not self._waiting:
            return
        with connection.cursor() as cursor:
            if not self._is_made:
                cursor.execute(_MAKE)
                self._is_made = True
            copy_lines(cursor, _COPY, self._waiting)
        self._waiting = []
