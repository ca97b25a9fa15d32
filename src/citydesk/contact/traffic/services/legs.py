"""Legs written: copied into a table of this transaction, compared with what is kept, new and changed ones added."""

import math
from datetime import date
from typing import Any

from django.db import connection

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import AnomalyCode, LegOutcome, TransferKind, TransferReach
from citydesk.contact.traffic.rules import LegRecord, Oddity
from citydesk.contact.traffic.services.copied import NULL, copy_lines, moment, words
from citydesk.contact.traffic.services.names import Names
from citydesk.kernel.imports.columns import BadRow
from citydesk.kernel.imports.runs import Running

_MOST_TOGETHER = 20_000
# What a source tells of a leg, besides who told it and when.
_FACTS = (
    "queue_id", "direction", "entered_at", "wait_ended_at", "outcome", "agent_id", "caller", "ring_s", "talk_s",
    "hold_s", "acw_s", "holds", "refusals", "ended_at", "ended_by", "transfer_kind", "transfer_to",
    "transfer_reach", "parent_id", "callback_of", "reason", "recording",
)  # fmt: skip
_COLUMNS = ("source_id", "revised_at", "line", *_FACTS)
_LIST = ", ".join(_COLUMNS)
_OF_KEPT = ", ".join(f"k.{name}" for name in _FACTS)
_OF_TOLD = ", ".join(f"t.{name}" for name in _FACTS)
# Moments come as seconds since 1970.
_MOMENTS = frozenset({"revised_at", "entered_at", "wait_ended_at", "ended_at"})


def _as_told(table: str, column: str) -> str:
    return f"date_part('epoch', {table}.{column}) AS {column}" if column in _MOMENTS else f"{table}.{column}"


_MAKE = f"""
CREATE TEMPORARY TABLE traffic_incoming ON COMMIT DROP AS
SELECT {", ".join(_as_told("k", one) for one in _COLUMNS)}, 0::bigint AS place FROM traffic_contactleg k WITH NO DATA
"""  # noqa: S608 - the room's own columns
_AS_KEPT = ", ".join(f"to_timestamp({one}) AS {one}" if one in _MOMENTS else one for one in _COLUMNS)
# Each leg once, as told last; then what it means for what is kept.
_SETTLE = f"""
CREATE TEMPORARY TABLE traffic_settled ON COMMIT DROP AS
SELECT t.*, k.id AS kept_id, coalesce(k.revision, 0) AS kept_revision, k.queue_id AS kept_queue,
       k.entered_at AS kept_entered,
       CASE WHEN k.id IS NULL THEN 'new'
            WHEN t.revised_at < k.revised_at OR ({_OF_KEPT}) IS NOT DISTINCT FROM ({_OF_TOLD}) THEN 'known'
            ELSE 'changed' END AS fate
  FROM (SELECT DISTINCT ON (source_id) {_AS_KEPT}
          FROM traffic_incoming i ORDER BY source_id, i.revised_at DESC, place DESC) t
  LEFT JOIN traffic_contactleg k ON k.source = %(source)s AND k.source_id = t.source_id AND k.is_current
"""  # noqa: S608 - the room's own columns
_RETIRE = """
UPDATE traffic_contactleg k SET is_current = false FROM traffic_settled s WHERE s.fate = 'changed' AND k.id = s.kept_id
"""
_ADD = f"""
INSERT INTO traffic_contactleg ({_LIST}, source, revision, is_current, run_id)
SELECT {_LIST}, %(source)s, kept_revision + 1, true, %(run)s FROM traffic_settled WHERE fate <> 'known'
"""  # noqa: S608 - the room's own columns
# Days whose sums change: where a leg is now, and where it was.
_TOUCHED = """
SELECT DISTINCT queue_id, (entered_at AT TIME ZONE %(zone)s)::date FROM traffic_settled WHERE fate <> 'known'
UNION SELECT DISTINCT kept_queue, (kept_entered AT TIME ZONE %(zone)s)::date FROM traffic_settled WHERE fate = 'changed'
"""
# A pair goes over to the revision that stands now.
_REPAIR = """
UPDATE traffic_legmatch m SET leg_id = n.id FROM traffic_settled s
  JOIN traffic_contactleg n ON n.source = %(source)s AND n.source_id = s.source_id AND n.is_current
 WHERE s.fate = 'changed' AND m.leg_id = s.kept_id
"""
_DAYS = """
INSERT INTO traffic_toldday (source, kind, day)
SELECT DISTINCT %(source)s, 'legs', (entered_at AT TIME ZONE %(zone)s)::date FROM traffic_settled WHERE fate <> 'known'
ON CONFLICT DO NOTHING
"""
# A record that calls somebody back tells what its forerunner was, though that one came in a delivery before.
_CALLED_BACK = f"""
INSERT INTO traffic_incoming ({_LIST}, place)
SELECT {", ".join("'callback_requested'" if one == "outcome" else _as_told("k", one) for one in _COLUMNS)}, 0
  FROM traffic_contactleg k
 WHERE k.source = %(source)s AND k.is_current AND k.outcome IN ('transferred_in_queue', 'abandoned', 'timeout')
   AND k.source_id IN (SELECT callback_of FROM traffic_incoming WHERE callback_of <> '')
   AND NOT EXISTS (SELECT 1 FROM traffic_incoming t WHERE t.source_id = k.source_id)
"""  # noqa: S608 - the room's own columns
# What an agent's transfer made of a record that came in a delivery before: it was passed on, where what came of it
# lasted longer. The same of a record that is told again after that.
_PASSED = f"""
INSERT INTO traffic_incoming ({_LIST}, place)
SELECT {
    ", ".join(
        {"transfer_kind": f"'{TransferKind.UNSAID}'", "transfer_reach": f"'{TransferReach.INTERNAL}'"}.get(
            one, _as_told("k", one)
        )
        for one in _COLUMNS
    )
}, 0
  FROM traffic_contactleg k
 WHERE k.source = %(source)s AND k.is_current AND k.outcome = 'answered' AND k.transfer_kind = ''
   AND EXISTS (SELECT FROM unnest(%(before)s::text[], %(ended)s::float8[]) one(source_id, ended)
                WHERE one.source_id = k.source_id AND date_part('epoch', k.ended_at) < one.ended)
   AND NOT EXISTS (SELECT 1 FROM traffic_incoming t WHERE t.source_id = k.source_id)
"""  # noqa: S608 - the room's own columns
_STAYS_PASSED = """
UPDATE traffic_incoming t SET transfer_kind = k.transfer_kind, transfer_reach = k.transfer_reach
  FROM traffic_contactleg k
 WHERE k.source = %(source)s AND k.source_id = t.source_id AND k.is_current AND t.transfer_kind = ''
   AND k.transfer_kind = %(unsaid)s AND t.outcome = 'answered'
"""


class LegsWriter:
    """Gathers legs and writes them together."""

    def __init__(self, source: str, run: Running, names: Names) -> None:
        self.source, self.run, self.names = source, run, names
        self.oddities: list[Oddity] = []
        self._unknown: set[str] = set()
        self._waiting: list[str] = []
        self._place = 0
        self._is_made = self._calls_back = self._goes_on = False
        # Contacts an agent passed on, and when what came of each ended (seconds since 1970; never, while it lasts).
        self._passed: dict[str, float] = {}

    def add(self, leg: LegRecord) -> None:
        """Take a leg; one of a queue nobody knows is refused, and told once as an anomaly."""
        queue = self.names.queue(leg.queue)
        if queue is None:
            self.run.refuse(BadRow(leg.line, leg.source_id[:80], "queue", f"There is no queue {leg.queue[:60]}."))
            if leg.queue not in self._unknown:
                self._unknown.add(leg.queue)
                told: dict[str, Any] = {"code": AnomalyCode.UNKNOWN_QUEUE, "line": leg.line, "at": leg.entered_at}
                self.oddities.append(Oddity(**told, about=leg.queue[:80], detail="Add it to the profile's queues."))
            return
        outcome = leg.outcome
        if outcome == LegOutcome.KEY_EXIT and leg.reason in queue.callback_keys:
            outcome = LegOutcome.CALLBACK_REQUESTED
        self._place += 1
        self._calls_back |= bool(leg.callback_of)
        self._goes_on |= bool(leg.next_id)
        if leg.passed_from:
            self._passed[leg.passed_from] = math.inf if leg.ended_at is None else leg.ended_at.timestamp()
        self._waiting.append(self._line(leg, queue.pk, outcome))
        if len(self._waiting) >= _MOST_TOGETHER:
            self._copy()

    def _line(self, leg: LegRecord, queue_id: int, outcome: LegOutcome) -> str:
        """A leg in the order of `_COLUMNS`."""
        told, caller, to, parent, calls_back, reason, recording = words(
            leg.source_id, leg.caller, leg.transfer_to, leg.parent_id, leg.callback_of, leg.reason, leg.recording
        )
        agent_id = self.names.agent(leg.agent)
        return (
            f"{told}\t{moment(leg.revised_at or leg.ended_at or leg.entered_at)}\t{leg.line}\t{queue_id}"
            f"\t{leg.direction}\t{moment(leg.entered_at)}\t{moment(leg.wait_ended_at)}\t{outcome}"
            f"\t{NULL if agent_id is None else agent_id}\t{caller}\t{leg.ring_s}\t{leg.talk_s}\t{leg.hold_s}"
            f"\t{leg.acw_s}\t{leg.holds}\t{leg.refusals}\t{moment(leg.ended_at)}\t{leg.ended_by}"
            f"\t{leg.transfer_kind}\t{to}\t{leg.transfer_reach}\t{parent}\t{calls_back}\t{reason}\t{recording}\t{self._place}\n"
        )

    def write(self) -> set[tuple[int, date]]:
        """Write what was gathered; returns the days of queues whose sums change."""
        self._copy()
        if not self._is_made:
            return set()
        given = {"source": self.source, "run": self.run.id, "zone": str(profile.local_zone())}
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL default_statistics_target = 10")
            cursor.execute("ANALYZE traffic_incoming (source_id)")
            if self._calls_back:
                cursor.execute(_CALLED_BACK, given)
            if self._passed:
                ends = list(self._passed.values())
                cursor.execute(_PASSED, {**given, "before": list(self._passed), "ended": ends})
            if self._goes_on:
                cursor.execute(_STAYS_PASSED, {**given, "unsaid": TransferKind.UNSAID})
            cursor.execute(_SETTLE, given)
            cursor.execute("SELECT fate, count(*) FROM traffic_settled GROUP BY fate")
            counts = dict(cursor.fetchall())
            if counts.get("changed"):
                cursor.execute(_RETIRE)
            cursor.execute(_ADD, given)
            cursor.execute(_TOUCHED, given)
            touched = {(queue_id, day) for queue_id, day in cursor.fetchall()}
            if counts.get("changed"):
                cursor.execute(_REPAIR, given)
            cursor.execute(_DAYS, given)
            cursor.execute("DROP TABLE traffic_incoming, traffic_settled")
        self._is_made = False
        self.run.tally.added += counts.get("new", 0)
        self.run.tally.changed += counts.get("changed", 0)
        self.run.tally.known += counts.get("known", 0)
        return touched

    def _copy(self) -> None:
        if not self._waiting:
            return
        with connection.cursor() as cursor:
            if not self._is_made:
                cursor.execute(_MAKE)
                self._is_made = True
            copy_lines(cursor, f"COPY traffic_incoming ({_LIST}, place) FROM STDIN", self._waiting)
        self._waiting = []
