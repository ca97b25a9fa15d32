"""States of the members of Asterisk's queues, as far as the log tells them.

Signed in while a member of a queue, paused by the reason's word, ringing and on a contact by the calls' events. A
member of whom only calls are told (fixed in the switch's own files) has no state between them: nobody said one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from citydesk.contact.traffic.choices import AgentStateKind as State
from citydesk.contact.traffic.providers.queue_log_legs import Leg
from citydesk.contact.traffic.providers.settings import Told
from citydesk.contact.traffic.rules import StateRecord, state_of_pause

_IN = frozenset({"ADDMEMBER", "AGENTLOGIN", "AGENTCALLBACKLOGIN"})
_OUT = frozenset({"REMOVEMEMBER", "AGENTLOGOFF", "AGENTCALLBACKLOGOFF"})
_PAUSE = frozenset({"PAUSE", "PAUSEALL"})
_RESUME = frozenset({"UNPAUSE", "UNPAUSEALL"})
AGENT_EVENTS = _IN | _OUT | _PAUSE | _RESUME
_ALL = "\0all"
_EARLIER = "\0earlier"  # a call that an earlier log began
_OF_CALLS = (State.ON_CONTACT, State.RINGING)
# Work after a contact begins with its end; a pause taken later is none, whatever its reason says.
_RIGHT_AFTER = timedelta(seconds=10)


class _Agent:
    """One member: where signed in, where paused, on which calls, in which state since when."""

    __slots__ = ("aux", "calls", "done", "is_in", "last", "line", "paused", "queues", "since", "state", "word")

    def __init__(self) -> None:
        self.queues: set[str] = set()
        self.paused: set[str] = set()
        self.calls: set[str] = set()
        self.is_in: bool | None = None
        self.word = ""
        self.state: State | None = None
        self.since: datetime | None = None
        self.last: datetime | None = None
        self.aux = ""
        self.line = 0
        self.done: Leg | None = None  # the last contact, while work after it may come

    def is_paused(self) -> bool:
        if _ALL in self.paused:
            return True
        return bool(self.paused) and self.queues <= self.paused


class Agents:
    """All members of a log; stretches go to `out` when they end."""

    def __init__(self, pauses: Mapping[str, State], out: list[Told], most_after: Mapping[str, int]) -> None:
        self._most_after = most_after
        self._own = {" ".join(word.casefold().split()): state for word, state in pauses.items()}
        self._out = out
        self._agents: dict[str, _Agent] = {}

    def begin(self, states: Iterable[StateRecord]) -> None:
        """Take up the states that lasted before the log began."""
        for one in states:
            agent = self._of(one.agent)
            agent.state, agent.since, agent.aux = one.state, one.since, one.aux
            if one.state == State.ON_CONTACT:
                agent.calls.add(_EARLIER)
            if one.state == State.OFFLINE:
                agent.is_in = False
            elif one.state not in _OF_CALLS:
                agent.is_in = True
                if one.state != State.AVAILABLE:
                    agent.paused, agent.word = {_ALL}, one.aux

    def hear(self, parts: list[str], event: str, at: datetime, line: int) -> str | None:
        """Sign in and out, pause and resume. Returns the reason of a pause that nobody explained."""
        agent, queue = self._of(parts[3]), parts[2]
        unknown = None
        if event in _IN:
            agent.is_in = True
            agent.queues.add(queue)
        elif event in _OUT:
            agent.queues.discard(queue)
            agent.is_in = bool(agent.queues)
        elif event in _PAUSE:
            agent.is_in = True
            agent.word = parts[5].strip() if len(parts) > 5 else ""
            agent.paused.add(_ALL if event == "PAUSEALL" or queue in ("", "NONE") else queue)
            unknown = agent.word if self._state(agent.word) is None else None
        else:
            agent.is_in = True
            agent.paused = set() if event == "UNPAUSEALL" or queue in ("", "NONE") else agent.paused - {queue, _ALL}
        self._settle(parts[3], agent, at, line)
        return unknown

    def ring(self, name: str, at: datetime, seconds: int, line: int) -> None:
        """It rang for so long until now, and nobody answered."""
        agent = self._of(name)
        if not agent.calls and seconds:
            self._rang(name, agent, at, seconds, line)
            self._settle(name, agent, at, line)

    def connect(self, name: str, call: str, at: datetime, ring_s: int, line: int) -> None:
        """A call was answered after it had rung for so long."""
        agent = self._of(name)
        if not agent.calls and ring_s:
            self._rang(name, agent, at, ring_s, line)
        agent.calls.add(call)
        self._settle(name, agent, at, line)

    def complete(self, name: str, call: str, at: datetime, line: int) -> None:
        """A call has ended for its agent."""
        agent = self._agents.get(name)
        if agent is not None:
            agent.calls -= {call, _EARLIER}
            self._settle(name, agent, at, line)

    def done(self, name: str, leg: Leg) -> None:
        """A contact has ended for its agent; what follows may be work after it."""
        agent = self._of(name)
        self._let_go(agent)
        agent.done, leg.waits = leg, leg.waits + 1

    def restart(self, at: datetime) -> None:
        """The switch began anew: what members do now nobody has said yet."""
        for name, agent in self._agents.items():
            self._turn(name, agent, None, at, 0)
            self._let_go(agent)
        self._agents.clear()

    def end(self) -> None:
        """What lasts beyond the log."""
        for name, agent in self._agents.items():
            self._let_go(agent)
            if agent.state is not None and agent.since is not None:
                self._tell(name, agent, None)

    def _of(self, name: str) -> _Agent:
        agent = self._agents.get(name)
        if agent is None:
            agent = self._agents[name] = _Agent()
        return agent

    def _state(self, word: str) -> State | None:
        return self._own.get(" ".join(word.casefold().split())) or state_of_pause(word)

    def _settle(self, name: str, agent: _Agent, at: datetime, line: int) -> None:
        """Bring an agent into the state that follows from what is known."""
        aux = ""
        state: State | None
        if agent.calls:
            state = State.ON_CONTACT
        elif agent.is_in is None:
            state = None
        elif not agent.is_in:
            state = State.OFFLINE
        elif agent.is_paused():
            state, aux = self._state(agent.word) or State.OFFLINE_WORK, agent.word
        else:
            state = State.AVAILABLE
        if (state, aux) != (agent.state, agent.aux):
            self._turn(name, agent, state, at, line, aux)

    def _rang(self, name: str, agent: _Agent, at: datetime, seconds: int, line: int) -> None:
        """The telephone says afterwards for how long it has rung."""
        began = at - timedelta(seconds=seconds)
        floor = agent.since or agent.last
        self._turn(name, agent, State.RINGING, began if floor is None else max(began, floor), line)

    def _after(self, agent: _Agent, leg: Leg, state: State | None, at: datetime) -> None:
        """What an agent's next state says of the contact before it."""
        if agent.state is State.ACW and agent.since is not None and agent.since - leg.last_at <= _RIGHT_AFTER:
            took = int((at - agent.since).total_seconds())
            leg.acw_s = max(0, min(took, self._most_after.get(leg.queue.casefold(), took)))
            leg.last_at = max(leg.last_at, at)  # told later than the contact's end: it stands over that
        elif state in (None, State.AVAILABLE) or (state is State.ACW and at - leg.last_at <= _RIGHT_AFTER):
            return
        self._let_go(agent)

    def _let_go(self, agent: _Agent) -> None:
        if agent.done is not None:
            agent.done.let_go(self._out)
            agent.done = None

    def _turn(self, name: str, agent: _Agent, state: State | None, at: datetime, line: int, aux: str = "") -> None:
        if agent.done is not None:
            self._after(agent, agent.done, state, at)
        if agent.state is not None and agent.since is not None and at > agent.since:
            self._tell(name, agent, at)
        if agent.since is None or at >= agent.since:
            agent.last = at
            agent.since = at if state is not None else None
        agent.state, agent.aux, agent.line = state, aux, line

    def _tell(self, name: str, agent: _Agent, until: datetime | None) -> None:
        assert agent.state is not None and agent.since is not None  # the callers know it
        self._out.append(
            StateRecord(
                agent=name, state=agent.state, since=agent.since, until=until, aux=agent.aux[:60], line=agent.line
            )
        )
