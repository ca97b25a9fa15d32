"""Several skills at once, simulated: contacts of several kinds, groups of people who know some of them, over a day.

For this there is no formula. Arrivals come at a rate that changes (thinning), handle times are lognormal, patience is
exponential. Each contact draws its handle time and patience when it comes, from streams of its own, so two plans are
tried on the same contacts (common random numbers) and differ by the plans alone.
"""

import math
import random
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

import simpy

from citydesk.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Stream:
    """Contacts of one skill: their rate (a second) in each interval, mean handle time and patience in seconds.

    `spread` is the handle time's standard deviation over its mean, lognormal; None draws it exponential, as the
    formulas assume.
    """

    skill: str
    rates: tuple[float, ...]
    handle: float
    patience: float | None
    spread: float | None = 0.8


@dataclass(frozen=True, slots=True)
class Group:
    """People with the same skills: how many are at work in each interval."""

    skills: frozenset[str]
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean over replications and its standard error (None from a single one)."""

    mean: float
    error: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one skill's contacts; shares are of all offered, `wait` in seconds over all."""

    offered: float
    answered_within: Estimate
    abandoned: Estimate
    wait: Estimate
    waits: Estimate


@dataclass(slots=True)
class _Tally:
    offered: int = 0
    within: int = 0
    left: int = 0
    waited: int = 0
    wait: float = 0.0


@dataclass(slots=True)
class _Contact:
    skill: str
    came: float
    handle: float
    is_waiting: bool = False


@dataclass(slots=True)
class _Team:
    skills: frozenset[str]
    people: int
    busy: int = 0


def simulate(
    streams: Sequence[Stream],
    groups: Sequence[Group],
    *,
    interval: float,
    threshold: float,
    replications: int = 30,
    seed: int = 1,
    warm_up: float = 0.0,
) -> dict[str, Outcome]:
    """What each skill's contacts meet, over replications of the whole span; contacts that come in the first `warm_up`
    seconds are not counted. Raises `Invalid` for plans that do not fit together."""
    _refuse_misfits(streams, groups, replications)
    runs = [
        _Run(streams, groups, interval, threshold, warm_up, f"{seed}:{one}").tallies() for one in range(replications)
    ]
    return {one.skill: _outcome([run[one.skill] for run in runs]) for one in streams}


def _refuse_misfits(streams: Sequence[Stream], groups: Sequence[Group], replications: int) -> None:
    lengths = {len(one.rates) for one in streams} | {len(one.people) for one in groups}
    if len(lengths) != 1 or lengths == {0}:
        raise Invalid("Every stream and group needs one value for each interval.", field="intervals")
    if len({one.skill for one in streams}) != len(streams):
        raise Invalid("A skill has one stream.", field="streams")
    if replications < 1:
        raise Invalid("At least one replication.", field="replications")
    able = frozenset().union(*(one.skills for one in groups)) if groups else frozenset()
    for one in streams:
        if one.skill not in able:
            raise Invalid(f"Nobody knows {one.skill}.", field="groups")


def _outcome(runs: Sequence[_Tally]) -> Outcome:
    counted = [one for one in runs if one.offered]
    return Outcome(
        offered=fmean(one.offered for one in runs),
        answered_within=_estimate(one.within / one.offered for one in counted),
        abandoned=_estimate(one.left / one.offered for one in counted),
        wait=_estimate(one.wait / one.offered for one in counted),
        waits=_estimate(one.waited / one.offered for one in counted),
    )


def _estimate(values: Iterable[float]) -> Estimate:
    found = list(values)
    if not found:
        return Estimate(0.0, None)
    return Estimate(fmean(found), stdev(found) / math.sqrt(len(found)) if len(found) > 1 else None)


class _Run:
    """One replication. People take the longest waiting of what they know; a contact takes who knows least beside it."""

    def __init__(
        self,
        streams: Sequence[Stream],
        groups: Sequence[Group],
        interval: float,
        threshold: float,
        warm_up: float,
        seed: str,
    ) -> None:
        self.environment = simpy.Environment()
        self.interval, self.threshold, self.warm_up, self.seed = interval, threshold, warm_up, seed
        self.streams, self.groups = streams, groups
        self.teams = [_Team(one.skills, one.people[0]) for one in groups]
        # Those who know least first: who can do everything is kept for what only they can do.
        self.narrow = sorted(self.teams, key=lambda one: len(one.skills))
        self.lines: dict[str, deque[_Contact]] = {one.skill: deque() for one in streams}
        self.results = {one.skill: _Tally() for one in streams}

    def tallies(self) -> dict[str, _Tally]:
        """Run to the end of the last interval, then until the last contact is done."""
        for one in self.streams:
            self.environment.process(self._arrivals(one))
        self.environment.process(self._shifts())
        self.environment.run()
        return self.results

    def _arrivals(self, stream: Stream) -> Any:
        coming, asking, waiting = (random.Random(f"{self.seed}:{stream.skill}:{one}") for one in "ahp")  # noqa: S311 - chance that repeats
        highest, end = max(stream.rates), len(stream.rates) * self.interval
        while highest > 0.0:
            yield self.environment.timeout(coming.expovariate(highest))
            now = self.environment.now
            if now >= end:
                return
            if coming.random() * highest < stream.rates[int(now / self.interval)]:
                patience = waiting.expovariate(1.0 / stream.patience) if stream.patience else None
                self._come(_Contact(stream.skill, now, _handle(stream, asking)), patience)

    def _shifts(self) -> Any:
        """People come and go with the intervals; who is on a contact ends it first."""
        for place in range(1, len(self.groups[0].people)):
            yield self.environment.timeout(self.interval)
            for team, group in zip(self.teams, self.groups, strict=True):
                team.people = group.people[place]
                self._serve(team)

    def _come(self, contact: _Contact, patience: float | None) -> None:
        if self._counts(contact):
            self.results[contact.skill].offered += 1
        team = next((one for one in self.narrow if one.busy < one.people and contact.skill in one.skills), None)
        if team:
            self._take(team, contact)
            return
        contact.is_waiting = True
        self.lines[contact.skill].append(contact)
        if patience is not None:
            leaving = self.environment.timeout(patience)
            leaving.callbacks.append(lambda _event: self._leave(contact))

    def _counts(self, contact: _Contact) -> bool:
        return contact.came >= self.warm_up

    def _leave(self, contact: _Contact) -> None:
        if contact.is_waiting:
            contact.is_waiting = False
            self._note(contact, is_answered=False)

    def _take(self, team: _Team, contact: _Contact) -> None:
        team.busy += 1
        self._note(contact, is_answered=True)
        done = self.environment.timeout(contact.handle)
        done.callbacks.append(lambda _event: self._done(team))

    def _done(self, team: _Team) -> None:
        team.busy -= 1
        self._serve(team)

    def _serve(self, team: _Team) -> None:
        """Give a team that has somebody free the longest waiting contacts it knows."""
        while team.busy < team.people:
            lines = [line for skill in team.skills if (line := self._standing(skill))]
            if not lines:
                return
            contact = min(lines, key=lambda line: line[0].came).popleft()
            contact.is_waiting = False
            self._take(team, contact)

    def _standing(self, skill: str) -> deque[_Contact] | None:
        """The line of a skill without those who have left it."""
        line = self.lines.get(skill)
        while line and not line[0].is_waiting:
            line.popleft()
        return line

    def _note(self, contact: _Contact, *, is_answered: bool) -> None:
        if not self._counts(contact):
            return
        tally, wait = self.results[contact.skill], self.environment.now - contact.came
        tally.wait += wait
        tally.waited += wait > 0.0
        tally.within += is_answered and wait <= self.threshold
        tally.left += not is_answered


def _handle(stream: Stream, draws: random.Random) -> float:
    """One handle time: lognormal with the stream's mean and spread, or exponential."""
    if stream.spread is None:
        return draws.expovariate(1.0 / stream.handle)
    variance = math.log(1.0 + stream.spread * stream.spread)
    return draws.lognormvariate(math.log(stream.handle) - variance / 2.0, math.sqrt(variance))
