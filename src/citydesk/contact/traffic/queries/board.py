"""The live board: one reading of who waits, how today goes and who is there, for a page and for every open board.

Six small statements, each on an index that a year of traffic does not make slower. What a source told of waiting
callers and agents counts only while the source is live; the day's sums stand whenever they were told.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import queries as interactions
from citydesk.contact.interactions.queries import DeskWaiting
from citydesk.contact.traffic.choices import CLOCK, DESK, IMPORT_KIND, VIEW, AgentStateKind, Formula, MonitorCode
from citydesk.contact.traffic.queries.monitors import is_monitored
from citydesk.contact.traffic.rules import Sums, service_level
from citydesk.contact.traffic.rules.board import (
    BUSY,
    FREE,
    LASTS_AT_MOST,
    USUAL_WEEKS,
    WAITS_AT_MOST,
    AgentNow,
    QueueNow,
    SourceTold,
    alerts_of,
    count_states,
    is_live,
    usual_bounds,
    usual_of,
)
from citydesk.contact.traffic.rules.intervals import day_bounds, slot_of
from citydesk.kernel.actors import Access
from citydesk.kernel.statements import run

# Usual days end with the last whole half-hour: what is under way has no counterpart yet.
_SLOT_MINUTES = 30
# A queue no source told a leg of for so long is not told by legs: nothing is said of who waits in it.
_TOLD_WITHIN = timedelta(days=7)
_SUMS = ("offered", "answered", "answered_within", "abandoned", "short_abandoned", "abandoned_within", "removed_within")
_QUEUES = """
SELECT q.id, q.code, q.name, q.channel, q.sl_formula, q.sl_target, q.sl_threshold_s,
       coalesce((SELECT true FROM traffic_contactleg l WHERE l.queue_id = q.id AND l.is_current
                    AND l.entered_at > %(told)s AND l.source <> %(desk)s ORDER BY l.entered_at DESC LIMIT 1), false)
  FROM traffic_queue q WHERE q.is_active ORDER BY q.position, q.code
"""
_WAITING = """
SELECT queue_id, source, count(*), min(entered_at) FROM traffic_contactleg
 WHERE is_current AND ended_at IS NULL AND outcome = 'open' AND direction = 'in' AND entered_at > %(oldest)s
 GROUP BY queue_id, source
"""
# Each stretch of each queue by itself: it is found by the index, however many years there are.
_LEVELS = f"""
SELECT d.place, q.id, s.is_told, {", ".join(f"s.{name}" for name in _SUMS)}
  FROM unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) WITH ORDINALITY AS d(since, until, place),
       unnest(%(queues)s::bigint[]) AS q(id),
       LATERAL (SELECT bool_and(f.told = '' OR position('answered_within' IN f.told) > 0) AS is_told,
                       {", ".join(f"sum(f.{name})::bigint AS {name}" for name in _SUMS)}
                  FROM traffic_intervalfact f
                 WHERE f.queue_id = q.id AND f.starts_at >= d.since AND f.starts_at < d.until) s
 WHERE s.is_told IS NOT NULL
"""  # noqa: S608 - the room's own columns
_AGENTS = """
SELECT a.id, coalesce(u.name, a.name), a.source, s.state, s.started_at
  FROM traffic_agentstate s JOIN traffic_sourceagent a ON a.id = s.agent_id LEFT JOIN staff_user u ON u.id = a.user_id
 WHERE s.ended_at IS NULL AND s.started_at > %(oldest)s
 ORDER BY 2, a.id
"""
# Sources of files by a loose scan of the index of runs: a run a minute is half a million rows a year.
_SOURCES = """
WITH RECURSIVE files(source) AS (
    (SELECT source FROM kernel_importrun WHERE kind = %(kind)s ORDER BY source LIMIT 1)
    UNION ALL
    SELECT (SELECT r.source FROM kernel_importrun r WHERE r.kind = %(kind)s AND r.source > files.source
             ORDER BY r.source LIMIT 1) FROM files WHERE files.source IS NOT NULL)
SELECT one.code, max(one.name), max(one.at)
  FROM (SELECT code, name, heard_at AS at FROM traffic_contactsource WHERE is_active
        UNION ALL
        SELECT files.source, files.source, last.started_at
          FROM files, LATERAL (SELECT r.started_at FROM kernel_importrun r WHERE r.kind = %(kind)s
                                  AND r.source = files.source AND r.state = 'done' ORDER BY r.id DESC LIMIT 1) last
         WHERE last.started_at > %(told)s) one
 GROUP BY one.code ORDER BY 3 DESC NULLS LAST, one.code
"""


@dataclass(frozen=True)
class Board:
    """Everything a board shows at a moment. `agents` is empty where the profile does not let states be shown by name;
    `states` counts them all the same, None where no live source tells them. `usual_until` is None before the day's
    first whole half-hour."""

    at: datetime
    queues: tuple[QueueNow, ...]
    agents: tuple[AgentNow, ...]
    states: Mapping[AgentStateKind, int] | None
    sources: tuple[SourceTold, ...]
    desk: DeskWaiting
    usual_until: datetime | None
    alerts: tuple[str, ...]

    @property
    def is_live(self) -> bool:
        return any(one.is_live for one in self.sources)

    @property
    def is_named(self) -> bool:
        """Whether agents may be shown by name, with their state."""
        return is_monitored(MonitorCode.STATES, self.at)


def get_board(*, access: Access, now: datetime) -> Board:
    """The board for a reader. Raises `NotAllowed`."""
    access.require(VIEW)
    return read_board(now)


def read_board(now: datetime) -> Board:
    """The board as it is now. For the event process, which checked the reader's right when the stream was opened."""
    zone = profile.local_zone()
    today = profile.city_today(now)
    sources = _sources(now)
    live = {one.code for one in sources if one.is_live}
    until = slot_of(now, _SLOT_MINUTES, zone)
    is_begun = until > day_bounds(today, zone).since
    queues = _queues(now, today, until, live)
    told = _agents(now, live)
    agents = tuple(one for one in told if one.state != AgentStateKind.OFFLINE)
    # A switch that tells no states at all says nothing of who is there.
    free = sum(one.state in FREE for one in agents) if told else None
    return Board(
        at=now,
        queues=queues,
        agents=agents if is_monitored(MonitorCode.STATES, now) else (),
        states=count_states(agents) if told else None,
        sources=sources,
        desk=interactions.count_desk_waiting(),
        usual_until=until if is_begun else None,
        alerts=(*alerts_of(queues, free, now), *(() if live else ("silent",))),
    )


def board_feed(now: datetime) -> dict[str, Any]:
    """What the event process tells every open board: figures by cell, and what matters, as codes."""
    board = read_board(now)
    return {"cells": cells_of(board), "alerts": list(board.alerts)}


def cells_of(board: Board) -> dict[str, int | str | None]:
    """Every figure of a board by the name of its cell; page and stream draw from these alone.

    Moments are seconds since 1970, levels whole percents rounded down (a target not met never looks met).
    """
    found: dict[str, int | str | None] = {
        "all.waiting": sum(one.waiting or 0 for one in board.queues) if board.is_live else None,
        "all.longest": _stamp(min((one.waits_since for one in board.queues if one.waits_since), default=None)),
        "all.free": _in(board, FREE),
        "all.busy": _in(board, BUSY),
        "all.offered": sum(one.offered or 0 for one in board.queues),
        "all.usual": _whole(sum(one.usual_offered or 0 for one in board.queues)) or None,
    }
    for one in board.queues:
        found |= {f"q{one.id}.{name}": value for name, value in _cells_of_queue(one).items()}
    found |= {f"s.{state.value}": (board.states or {}).get(state, 0) for state in AgentStateKind}
    for agent in board.agents:
        found |= {f"a{agent.id}.state": agent.state.value, f"a{agent.id}.since": _stamp(agent.since)}
    for source in board.sources:
        told = _stamp(source.told_at)
        found[f"t.{source.code}.told"] = told and told // 60 * 60
    desk = board.desk
    return found | {
        "d.in_front": desk.in_front,
        "d.parked": desk.parked,
        "d.parked_since": _stamp(desk.parked_since),
        "d.intake": desk.intake,
        "d.intake_since": _stamp(desk.intake_since),
    }


def _cells_of_queue(one: QueueNow) -> dict[str, int | str | None]:
    level = one.level
    is_known = level is not None and level.denominator > 0
    return {
        "waiting": one.waiting,
        "longest": _stamp(one.waits_since),
        "level": 100 * level.numerator // level.denominator if level is not None and is_known else None,
        "within": level.numerator if level is not None and is_known else None,
        "counted": level.denominator if level is not None and is_known else None,
        "usual_level": None if one.usual_level is None else int(100 * one.usual_level + 1e-9),
        "offered": one.offered,
        "usual": _whole(one.usual_offered),
        "abandoned": one.abandoned,
    }


def _in(board: Board, states: frozenset[AgentStateKind]) -> int | None:
    return None if board.states is None else sum(board.states.get(one, 0) for one in states)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _stamp(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _sources(now: datetime) -> tuple[SourceTold, ...]:
    found = run(_SOURCES, {"kind": IMPORT_KIND, "told": now - _TOLD_WITHIN})
    return tuple(SourceTold(code, name, at, is_live(at, now)) for code, name, at in found)


def _agents(now: datetime, live: set[str]) -> tuple[AgentNow, ...]:
    return tuple(
        AgentNow(key, name, AgentStateKind(state), since)
        for key, name, source, state, since in run(_AGENTS, {"oldest": now - LASTS_AT_MOST})
        if source in live or source == CLOCK  # what people say at their own desks holds at once
    )


def _queues(now: datetime, today: date, until: datetime, live: set[str]) -> tuple[QueueNow, ...]:
    rows = run(_QUEUES, {"told": now - _TOLD_WITHIN, "desk": DESK})
    waiting = _waiting(now, live)
    days = _days([row[0] for row in rows], today, until)
    found = []
    for key, code, name, channel, formula_code, target, threshold, has_legs in rows:
        formula = Formula(formula_code)
        sums, is_told = days.get((1, key), (Sums(), True))
        before = [days.get((place, key), (Sums(), True))[0] for place in range(2, USUAL_WEEKS + 2)]
        offered, level = usual_of(before, formula)
        number, since = waiting.get(key, (0, None))
        found.append(
            QueueNow(
                id=key,
                code=code,
                name=json.loads(name) if isinstance(name, str) else dict(name),
                channel=channel,
                formula=formula,
                target=Decimal(target),
                threshold_s=threshold,
                waiting=number if live and has_legs else None,
                waits_since=since,
                level=service_level(formula, sums) if is_told else None,
                offered=sums.offered,
                abandoned=sums.abandoned if is_told else None,
                usual_level=level,
                usual_offered=offered,
            )
        )
    return tuple(found)


def _waiting(now: datetime, live: set[str]) -> dict[int, tuple[int, datetime]]:
    """How many wait in each queue as live sources tell it, and since when the first of them."""
    found: dict[int, tuple[int, datetime]] = {}
    for queue_id, source, number, since in run(_WAITING, {"oldest": now - WAITS_AT_MOST}):
        if source in live:
            before = found.get(queue_id, (0, since))
            found[queue_id] = (before[0] + number, min(before[1], since))
    return found


def _days(queues: list[int], today: date, until: datetime) -> dict[tuple[int, int], tuple[Sums, bool]]:
    """Sums of each queue today (place 1) and on the same weekdays before (place 2 the latest), and whether a service
    level can be made of them."""
    zone = profile.local_zone()
    now_bounds = day_bounds(today, zone)
    before = usual_bounds(today, until, zone)
    given = {
        "queues": queues,
        "since": [now_bounds.since, *(one[1] for one in before)],
        "until": [now_bounds.until, *(one[2] for one in before)],
    }
    return {
        (place, queue_id): (Sums(**dict(zip(_SUMS, sums, strict=True))), is_told)
        for place, queue_id, is_told, *sums in run(_LEVELS, given)
    }
