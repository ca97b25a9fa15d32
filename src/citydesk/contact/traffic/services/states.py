"""Agents' states written: new stretches added, open ones ended, what would overlap told as an anomaly."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from citydesk.contact.traffic.choices import AnomalyCode
from citydesk.contact.traffic.models import AgentState
from citydesk.contact.traffic.rules import Fitted, Oddity, StateRecord, Stay, fit_stays
from citydesk.contact.traffic.services.names import Names
from citydesk.kernel.imports.runs import Running


class StatesWriter:
    """Gathers states per agent and fits them to what is kept."""

    def __init__(self, source: str, run: Running, names: Names) -> None:
        self.source, self.run, self.names = source, run, names
        self.oddities: list[Oddity] = []
        self._told: dict[str, list[Stay]] = {}

    def add(self, one: StateRecord) -> None:
        """Take a state."""
        self._told.setdefault(one.agent, []).append(Stay(one.state.value, one.since, one.until, one.aux, one.line))

    def write(self) -> tuple[datetime, datetime] | None:
        """Write what was gathered; returns the stretch of time whose sums change."""
        touched: list[datetime] = []
        for name, told in self._told.items():
            agent_id = self.names.agent(name)
            if agent_id is None:
                continue
            fitted = fit_stays(self._kept(agent_id, told), told)
            self._write(agent_id, fitted)
            self._tell(name, fitted)
            for one in (*fitted.new, *fitted.ended):
                touched += [one.since, one.until or one.since]
        return (min(touched), max(touched)) if touched else None

    def _kept(self, agent_id: int, told: list[Stay]) -> list[Stay]:
        first = min(one.since for one in told)
        rows = AgentState.objects.filter(Q(ended_at=None) | Q(ended_at__gt=first), agent_id=agent_id)
        return [Stay(one.state, one.started_at, one.ended_at, one.aux, one.line, one.pk) for one in rows]

    def _write(self, agent_id: int, fitted: Fitted) -> None:
        ends = {one.id: one.until for one in fitted.ended if one.id is not None}
        for key, until in ends.items():
            AgentState.objects.filter(pk=key).update(ended_at=until)
        rows: list[dict[str, Any]] = [
            {"state": one.state, "started_at": one.since, "ended_at": one.until, "aux": one.aux, "line": one.line}
            for one in fitted.new
        ]
        AgentState.objects.bulk_create(
            [AgentState(agent_id=agent_id, run_id=self.run.id, **row) for row in rows], batch_size=2_000
        )
        self.run.tally.added += len(fitted.new)
        self.run.tally.changed += len(fitted.ended)
        self.run.tally.known += len(fitted.known)

    def _tell(self, name: str, fitted: Fitted) -> None:
        for one in fitted.overlapping:
            self.run.tally.bad += 1
            detail = f"{one.state} shares time with another state and was not kept."
            given: dict[str, Any] = {"code": AnomalyCode.OVERLAPPING_STATE, "line": one.line, "at": one.since}
            self.oddities.append(Oddity(**given, about=name[:80], detail=detail))
