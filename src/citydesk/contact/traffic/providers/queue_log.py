"""Asterisk's `queue_log`: `epoch|callid|queue|member|EVENT|parameters`, one event a line.

Waits, talk and ring come from the parameters (seconds; RINGNOANSWER and RINGCANCELED alone are in milliseconds), entry
from the line's own time. The log tells no hold of a call. Work after it is a pause whose reason says so and that begins
with the call's end: the agent's state, and the call's own time up to what its queue allows. `source_id` is call, queue
and second of entry, so a rotated log and one read twice name the same legs.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from citydesk.contact.traffic.choices import AnomalyCode, EndedBy, LegOutcome, TransferKind, TransferReach
from citydesk.contact.traffic.providers.queue_log_agents import AGENT_EVENTS, Agents
from citydesk.contact.traffic.providers.queue_log_legs import Leg, as_open
from citydesk.contact.traffic.providers.settings import Settings, Told, digits_of
from citydesk.contact.traffic.rules import Oddity, faults_of
from citydesk.kernel.imports.columns import BadRow

# Clocks of a machine with several threads may write a line a second late; more is a clock that was set back.
_STEP = 1.0
_FORGET_EACH = 50_000
_IGNORED = frozenset({"DID", "INFO", "PENALTY", "MEMBERSTATUS", "CONFIGRELOAD", "NEWQUEUE"})
_ENDED_BY = {"COMPLETEAGENT": EndedBy.AGENT, "COMPLETECALLER": EndedBy.CALLER}
_LEFT = {
    "ABANDON": (LegOutcome.ABANDONED, EndedBy.CALLER, 2),
    "EXITWITHTIMEOUT": (LegOutcome.TIMEOUT, EndedBy.SYSTEM, 2),
    "EXITEMPTY": (LegOutcome.EMPTY_EXIT, EndedBy.SYSTEM, 2),
    "EXITWITHKEY": (LegOutcome.KEY_EXIT, EndedBy.CALLER, 3),
    "SYSCOMPAT": (LegOutcome.SYSTEM_DROP, EndedBy.SYSTEM, None),
    "AGENTDUMP": (LegOutcome.SYSTEM_DROP, EndedBy.AGENT, None),
}
_TRANSFERS = {
    "BLINDTRANSFER": TransferKind.BLIND,
    "TRANSFER": TransferKind.BLIND,
    "ATTENDEDTRANSFER": TransferKind.ATTENDED,
}
# How an attended transfer came about, and how many fields say so: a merged bridge, a program that took over, two
# channels linked. Wait and talk stand behind them.
_LINK, _APP = "LINK", "APP"
_QUEUE_PROGRAM = "QUEUE"


# The reason of a leg that a restart of the switch cut off.
RESTART = "restart"


class _Wrong(Exception):
    """A line that cannot be taken, and why."""


class QueueLog:
    """Reads one log."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._open: dict[tuple[str, str], Leg] = {}
        # Of what has ended only the last hours are remembered, so that a log of a year takes no more room than a day's.
        self._closed: dict[tuple[str, str], datetime] = {}
        self._orphans: dict[tuple[str, str], datetime] = {}
        self._last_of_call: dict[str, tuple[str, datetime]] = {}
        # Passed on and not told yet: a call that enters a queue of ours again was passed on to ourselves.
        self._passed: dict[str, Leg] = {}
        self._unknown: set[str] = set()
        self._out: list[Told] = []
        self._agents = Agents(settings.pauses, self._out, settings.most_after)
        self._line = 0
        self._last = 0.0
        self._clock = ""
        self._at = datetime.fromtimestamp(0, UTC)
        self._events: dict[str, Callable[[list[str], str], None]] = {
            "ENTERQUEUE": self._enter,
            "CONNECT": self._connect,
            "RINGNOANSWER": self._ring,
            "RINGCANCELED": self._ring,
            "QUEUESTART": self._restart,
            **dict.fromkeys(_ENDED_BY, self._complete),
            **dict.fromkeys(_TRANSFERS, self._complete),
            **dict.fromkeys(_LEFT, self._leave),
            **dict.fromkeys(AGENT_EVENTS, self._agent),
            **dict.fromkeys(_IGNORED, self._ignore),
        }

    def read(self, lines: Iterable[str]) -> Iterator[Told]:
        """What the log tells: legs as they end, states as they change, at last what is still going on."""
        out = self._out
        for self._line, text in enumerate(lines, 1):
            if text.isspace():
                continue
            parts = text.rstrip("\r\n").split("|")
            try:
                self._take(parts, is_whole=text.endswith("\n"))
            except _Wrong as wrong:
                event = parts[4] if len(parts) > 4 else ""
                out.append(BadRow(self._line, parts[1][:80] if len(parts) > 1 else "", event[:60], str(wrong)))
            if out:
                yield from out
                out.clear()
            if self._line % _FORGET_EACH == 0:
                self._forget()
        self._end()
        yield from out

    def _take(self, parts: list[str], *, is_whole: bool) -> None:
        if not is_whole:
            raise _Wrong("The file ends within this line.")
        if len(parts) < 5:
            raise _Wrong("The line is cut off: time, call, queue, member and event are needed.")
        # Most lines of a busy hour share their second with the one before.
        if parts[0] != self._clock:
            self._tick(parts)
        event = parts[4]
        handle = self._events.get(event)
        if handle is None:
            if event not in self._unknown:
                self._unknown.add(event)
                self._odd(AnomalyCode.UNKNOWN_EVENT, parts[1], f"{event[:40]}; told once for the whole log.")
            return
        handle(parts, event)

    def _tick(self, parts: list[str]) -> None:
        """Move on to the time of a line."""
        moment = self._moment(parts[0])
        if self._last == 0.0:
            self._begin(moment)
        if moment < self._last - _STEP:
            back = round(self._last - moment)
            self._odd(AnomalyCode.CLOCK_STEP, parts[1], f"The clock went back by {back} s.")
        self._last, self._clock = moment, parts[0]

    def _moment(self, text: str) -> float:
        try:
            moment = float(text)
            at = datetime.fromtimestamp(moment, UTC)
        except (ValueError, OverflowError, OSError):
            raise _Wrong(f"{text[:40]!r} is no time.") from None
        if not 0 < moment < 7_258_118_400:  # the year 2200
            raise _Wrong(f"{text[:40]!r} is no time.")
        self._at = at
        return moment

    def _begin(self, moment: float) -> None:
        """Take up what was going on before the first line."""
        at = datetime.fromtimestamp(moment, UTC)
        for one in self.settings.before.legs(at):
            call = one.source_id.split("|")[0]
            self._open[call, one.queue] = as_open(one)
            self._last_of_call[call] = (one.source_id, at)
        self._agents.begin(self.settings.before.states(at))

    def _forget(self) -> None:
        """Let go of calls that ended so long ago that nothing more is told of them."""
        since = self._at - self.settings.lost_after
        self._closed = {key: at for key, at in self._closed.items() if at >= since}
        self._orphans = {key: at for key, at in self._orphans.items() if at >= since}
        self._last_of_call = {key: told for key, told in self._last_of_call.items() if told[1] >= since}
        for call in [key for key, leg in self._passed.items() if leg.last_at < since]:
            self._passed.pop(call).let_go(self._out)

    # --- legs ------------------------------------------------------------------------------------------------------

    def _enter(self, parts: list[str], event: str) -> None:
        key = (parts[1], parts[2])
        if not parts[1] or not parts[2]:
            raise _Wrong("The call or the queue is missing.")
        before = self._open.pop(key, None)
        if before is not None:
            self._odd(AnomalyCode.SECOND_ENTRY, parts[1], f"It entered {parts[2]} again and had not left it.")
            self._out.append(before.record())
        passed = self._passed.pop(parts[1], None)
        if passed is not None:
            passed.transfer_reach = TransferReach.INTERNAL
            passed.let_go(self._out)
        source_id = f"{parts[1]}|{parts[2]}|{parts[0]}"
        parent = self._last_of_call.get(parts[1])
        self._open[key] = Leg(
            source_id=source_id,
            queue=parts[2],
            entered_at=self._at,
            last_at=self._at,
            caller=digits_of(parts[6]) if len(parts) > 6 else "",
            parent_id=parent[0] if parent else "",
            line=self._line,
        )
        self._last_of_call[parts[1]] = (source_id, self._at)
        self._closed.pop(key, None)
        self._orphans.pop(key, None)

    def _connect(self, parts: list[str], event: str) -> None:
        wait, ring = self._whole(parts, 5), self._whole(parts, 7, default=0)
        self._agents.connect(parts[3], parts[1], self._at, ring, self._line)
        leg = self._of(parts, AnomalyCode.ANSWER_WITHOUT_ENTRY)
        if leg is None:
            return
        if leg.outcome == LegOutcome.ANSWERED:
            self._odd(AnomalyCode.SECOND_ANSWER, parts[1], f"It was answered twice, at last by {parts[3][:40]}.")
        leg.last_at = self._at
        leg.outcome, leg.agent, leg.ring_s = LegOutcome.ANSWERED, parts[3], ring
        leg.wait_ended_at = leg.entered_at + timedelta(seconds=wait)
        leg.recording = parts[6] if len(parts) > 6 else ""

    def _ring(self, parts: list[str], event: str) -> None:
        # Milliseconds, unlike every other time of the log.
        seconds = round(self._whole(parts, 5, default=0) / 1000)
        leg = self._open.get((parts[1], parts[2]))
        if leg is not None and event == "RINGNOANSWER":
            leg.is_old = False
            leg.refusals += 1
        self._agents.ring(parts[3], self._at, seconds, self._line)

    def _complete(self, parts: list[str], event: str) -> None:
        first = 5 if event in _ENDED_BY else 7 + _is_link(parts, event)
        wait, talk = self._whole(parts, first), self._whole(parts, first + 1)
        self._agents.complete(parts[3], parts[1], self._at, self._line)
        leg = self._of(parts, AnomalyCode.END_WITHOUT_ENTRY)
        if leg is None:
            return
        if leg.outcome != LegOutcome.ANSWERED:
            self._odd(AnomalyCode.END_WITHOUT_ANSWER, parts[1], "It ended as answered; no answer was told before.")
            leg.outcome, leg.agent = LegOutcome.ANSWERED, parts[3]
        leg.wait_ended_at = leg.entered_at + timedelta(seconds=wait)
        leg.ended_at = leg.wait_ended_at + timedelta(seconds=talk)
        leg.talk_s, leg.ended_by = talk, _ENDED_BY.get(event, EndedBy.AGENT)
        if event in _TRANSFERS:
            self._pass_on(parts, event, leg)
        self._close(parts, leg, parts[3])

    def _pass_on(self, parts: list[str], event: str, leg: Leg) -> None:
        """To whom, as far as the log says so: an extension, or for an attended one how it came about."""
        leg.transfer_kind, leg.transfer_to = _TRANSFERS[event], parts[5][:80]
        if event == "ATTENDEDTRANSFER" and parts[5].upper() == _APP:
            leg.transfer_to = parts[6][:80]
            if parts[6].upper() == _QUEUE_PROGRAM:
                leg.transfer_reach = TransferReach.INTERNAL

    def _leave(self, parts: list[str], event: str) -> None:
        outcome, ended_by, place = _LEFT[event]
        wait = None if place is None else self._whole(parts, 5 + place, default=-1)
        leg = self._of(parts, AnomalyCode.END_WITHOUT_ENTRY)
        if leg is None:
            return
        left = leg.entered_at + timedelta(seconds=wait) if wait is not None and wait >= 0 else self._at
        if event == "EXITWITHKEY" and len(parts) > 5:
            leg.reason = parts[5][:40]
        if outcome == LegOutcome.SYSTEM_DROP:
            leg.reason = event.lower()
            self._agents.complete(parts[3], parts[1], self._at, self._line)
        leg.leave(outcome, left, ended_by)
        self._close(parts, leg)

    def _restart(self, parts: list[str], event: str) -> None:
        """The engine began anew: whoever waited or spoke was cut off. How long they had spoken nobody said."""
        for (call, queue), leg in list(self._open.items()):
            if leg.outcome == LegOutcome.ANSWERED:
                leg.ended_by, leg.ended_at = EndedBy.SYSTEM, None
            else:
                leg.leave(LegOutcome.SYSTEM_DROP, self._at, EndedBy.SYSTEM)
            leg.reason = RESTART
            self._odd(AnomalyCode.SYSTEM_RESTART, call, f"Cut off in {queue} by a restart of the switch.")
            self._close([parts[0], call, queue], leg)
        self._agents.restart(self._at)

    def _agent(self, parts: list[str], event: str) -> None:
        word = self._agents.hear(parts, event, self._at, self._line)
        if word is not None and word not in self._unknown:
            self._unknown.add(word)
            self._odd(AnomalyCode.UNKNOWN_PAUSE, parts[3], f"Reason {word[:40]!r}; told once for the whole log.")

    def _ignore(self, parts: list[str], event: str) -> None:
        """Known, and tells nothing that is counted."""

    def _of(self, parts: list[str], missing: AnomalyCode) -> Leg | None:
        """The open leg an event speaks of; without one the event is an oddity."""
        key = (parts[1], parts[2])
        leg = self._open.get(key)
        if leg is None and key not in self._orphans:
            if key in self._closed:
                self._odd(AnomalyCode.SECOND_END, parts[1], f"{parts[4]} after it had left {parts[2]}.")
            else:
                self._orphans[key] = self._at
                self._odd(missing, parts[1], f"{parts[4]} in {parts[2]}; it never entered.")
        if leg is not None:
            leg.is_old = False
        return leg

    def _close(self, parts: list[str], leg: Leg, agent: str = "") -> None:
        """It has ended; it is told when nothing more can be learned of it: of a transfer whether it comes back, of an
        `agent` what work they had after it."""
        leg.last_at = max(leg.last_at, self._at)
        record = leg.record()
        del self._open[parts[1], parts[2]]
        self._closed[parts[1], parts[2]] = self._at
        fault = faults_of(record)
        if fault:
            self._out.append(BadRow(self._line, parts[1][:80], "", fault))
            return
        leg.waits = 1
        if leg.transfer_kind != TransferKind.NONE:
            earlier, self._passed[parts[1]] = self._passed.get(parts[1]), leg
            leg.waits += 1
            if earlier is not None:
                earlier.let_go(self._out)
        if agent and agent != "NONE":
            self._agents.done(agent, leg)
        leg.let_go(self._out)

    def _whole(self, parts: list[str], place: int, default: int | None = None) -> int:
        text = parts[place].strip() if len(parts) > place else ""
        if not text and default is not None:
            return default
        if not text.isdecimal() or len(text) > 9:
            raise _Wrong(
                f"{text[:20]!r} is no number of seconds." if text else "A time is missing; the line is cut off."
            )
        return int(text)

    def _odd(self, code: AnomalyCode, about: str, detail: str) -> None:
        self._out.append(Oddity(code=code, line=self._line, at=self._at, about=about[:80], detail=detail))

    def _end(self) -> None:
        """At the end of the log: what is going on stays open; what should have ended long ago is told."""
        for one in self._passed.values():
            one.let_go(self._out)
        for (call, queue), leg in self._open.items():
            if not leg.is_old:
                self._out.append(leg.record())
            if leg.entered_at < self._at - self.settings.lost_after:
                line = 0 if leg.is_old else leg.line
                detail = f"It entered {queue} and nothing was told of its end."
                self._out.append(
                    Oddity(code=AnomalyCode.MISSING_END, line=line, at=leg.entered_at, about=call[:80], detail=detail)
                )
        self._agents.end()


def _is_link(parts: list[str], event: str) -> bool:
    """Whether an attended transfer names two channels, which moves wait and talk by one place."""
    return event == "ATTENDEDTRANSFER" and len(parts) > 5 and parts[5].upper() == _LINK
