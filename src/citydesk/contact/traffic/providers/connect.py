"""Contact records in the shape of Amazon Connect: a JSON list, one record, or one record a line.

A record comes at least once, and again when something is added to it (`LastUpdateTimestamp`): the later one counts. One
that never entered a queue is no leg. A contact that left its queue without an agent and goes on as a callback asked for
that callback; one that goes on otherwise was moved to another queue.

An answered contact was passed on to ourselves where an agent's transfer made a further contact that lasted longer: an
agent who was only asked, or a conference, ends before the contact itself. A transfer's endpoint is outside the switch.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from citydesk.contact.traffic.choices import EndedBy, LegOutcome, TransferKind, TransferReach
from citydesk.contact.traffic.providers.settings import Settings, Told, digits_of
from citydesk.contact.traffic.rules import LegRecord, faults_of
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import BadRow

_ENDED_BY = {
    "CUSTOMER_DISCONNECT": EndedBy.CALLER,
    "AGENT_DISCONNECT": EndedBy.AGENT,
    "THIRD_PARTY_DISCONNECT": EndedBy.AGENT,
}
# The line failed, nobody hung up. What a flow ended by itself had waited too long.
_FAILURES = frozenset({"TELECOM_PROBLEM"})
_TIMEOUTS = frozenset({"CONTACT_FLOW_DISCONNECT", "EXPIRED"})
_BY_AGENT = "TRANSFER"


class _Wrong(Exception):
    """A record that cannot be taken: the field and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


class ConnectRecords:
    """Reads one delivery or file."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def read(self, lines: Iterable[str]) -> Iterator[Told]:
        """A leg for each record that was in a queue; what cannot be taken as a bad row with its place."""
        records = list(_records(lines))
        callbacks = {
            str(one.get("PreviousContactId") or "")
            for _line, one in records
            if isinstance(one, Mapping) and one.get("InitiationMethod") == "CALLBACK"
        }
        passed = dict(_passed_on(records))
        for line, one in records:
            if isinstance(one, BadRow):
                yield one
                continue
            name = str(one.get("ContactId") or "")[:80] if isinstance(one, Mapping) else ""
            try:
                leg = self._leg(line, one, callbacks)
                if leg is not None and leg.source_id in passed:
                    leg = _passed(leg, passed[leg.source_id])
            except _Wrong as wrong:
                yield BadRow(line, name, wrong.field, wrong.reason)
                continue
            if leg is not None:
                fault = faults_of(leg)
                yield BadRow(line, name, "", fault) if fault else leg

    def _leg(self, line: int, record: Any, callbacks: set[str]) -> LegRecord | None:
        if not isinstance(record, Mapping):
            raise _Wrong("", "It is no record.")
        source_id = _text(record, "ContactId")
        if not source_id:
            raise _Wrong("ContactId", "It is missing.")
        queue = _part(record, "Queue")
        entered = _moment(queue, "EnqueueTimestamp", "Queue.")
        if entered is None:
            return None
        agent = _part(record, "Agent")
        ended = _moment(record, "DisconnectTimestamp")
        connected = _moment(agent, "ConnectedToAgentTimestamp", "Agent.")
        outcome, reason = _outcome(record, connected, ended, source_id in callbacks)
        left = None
        if outcome != LegOutcome.OPEN:
            left = connected or _moment(queue, "DequeueTimestamp", "Queue.") or ended
        callback_of = _text(record, "PreviousContactId") if record.get("InitiationMethod") == "CALLBACK" else ""
        previous = _text(record, "PreviousContactId")
        return LegRecord(
            source_id=source_id[:120],
            queue=(_text(queue, "Name") or self.settings.queue)[:120],
            entered_at=entered,
            outcome=outcome,
            wait_ended_at=left,
            ended_at=ended if outcome == LegOutcome.ANSWERED else left,
            direction="out" if record.get("InitiationMethod") == "OUTBOUND" else "in",
            agent=_text(agent, "Username")[:120],
            caller=digits_of(_text(_part(record, "CustomerEndpoint"), "Address")),
            talk_s=_seconds(agent, "AgentInteractionDuration"),
            hold_s=_seconds(agent, "CustomerHoldDuration"),
            acw_s=_seconds(agent, "AfterContactWorkDuration"),
            holds=_seconds(agent, "NumberOfHolds"),
            ended_by=_ENDED_BY.get(str(record.get("DisconnectReason") or ""), EndedBy.NOBODY),
            **_passed_out(record, connected),
            passed_from=previous[:120] if record.get("InitiationMethod") == _BY_AGENT else "",
            next_id=_text(record, "NextContactId")[:120],
            parent_id="" if callback_of else previous[:120],
            callback_of=callback_of[:120],
            reason=reason[:40],
            recording=_text(_part(record, "Recording"), "Location")[:200],
            revised_at=_moment(record, "LastUpdateTimestamp") or ended or entered,
            line=line,
        )


def _outcome(
    record: Mapping[str, Any], connected: datetime | None, ended: datetime | None, is_called_back: bool
) -> tuple[LegOutcome, str]:
    reason = str(record.get("DisconnectReason") or "")
    if connected is not None:
        return LegOutcome.ANSWERED, reason
    if is_called_back:
        return LegOutcome.CALLBACK_REQUESTED, reason
    if record.get("NextContactId"):
        return LegOutcome.MOVED, reason
    if ended is None:
        return LegOutcome.OPEN, reason
    if reason in _FAILURES:
        return LegOutcome.SYSTEM_DROP, reason
    return (LegOutcome.TIMEOUT if reason in _TIMEOUTS else LegOutcome.ABANDONED), reason


def _passed_out(record: Mapping[str, Any], connected: datetime | None) -> dict[str, Any]:
    """Passed on to somebody the switch does not know; whether with a word before, a record does not say."""
    has_gone_on = record.get("TransferCompletedTimestamp") or record.get("TransferredToEndpoint")
    if connected is None or not has_gone_on:
        return {}
    to = _text(_part(record, "TransferredToEndpoint"), "Address")[:80]
    return {
        "transfer_kind": TransferKind.UNSAID, "transfer_to": to, "transfer_reach": TransferReach.EXTERNAL,
    }  # fmt: skip


def _passed_on(records: Iterable[tuple[int, Any]]) -> Iterator[tuple[str, datetime | None]]:
    """Contacts that an agent's transfer made: (the contact before, when what came of it ended, None while it lasts)."""
    for _line, one in records:
        if isinstance(one, Mapping) and one.get("InitiationMethod") == _BY_AGENT and one.get("PreviousContactId"):
            try:
                yield str(one["PreviousContactId"])[:120], _moment(one, "DisconnectTimestamp")
            except _Wrong:
                continue


def _passed(leg: LegRecord, ended: datetime | None) -> LegRecord:
    """The contact as passed on to ourselves, if what came of it lasted longer than it did itself."""
    lasted = leg.ended_at is not None and (ended is None or ended > leg.ended_at)
    if leg.outcome != LegOutcome.ANSWERED or not lasted or leg.transfer_kind != TransferKind.NONE:
        return leg
    return leg._replace(transfer_kind=TransferKind.UNSAID, transfer_reach=TransferReach.INTERNAL)


def _records(lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    """(place, record): the place is the line, or the number in a list."""
    some = list(lines)
    first = next((one for one in some if one.strip()), "[]")
    if first.lstrip().startswith("[") or not _is_json(first):
        whole = _whole("".join(some))
        if whole is not None:
            yield from enumerate(whole, 1)
            return
        if first.lstrip().startswith("["):
            raise Invalid("It is no JSON: the list is broken off or wrong.", field="file")
    for line, text in enumerate(some, 1):
        if text.strip():
            try:
                yield line, json.loads(text)
            except (ValueError, RecursionError) as error:
                yield line, BadRow(line, "", "", f"It is no JSON: {str(error)[:120]}")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _whole(text: str) -> list[Any] | None:
    """The records of a text that is one JSON document; None when it is none."""
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else [found]


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = record.get(name)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise _Wrong(name, "It is no object.")
    return found


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise _Wrong(name, "It is no text.")
    return (value or "").replace("\x00", "")


def _seconds(record: Mapping[str, Any], name: str) -> int:
    value = record.get(name) or 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10_000_000:
        raise _Wrong(f"Agent.{name}", f"{str(value)[:20]!r} is no number of seconds.")
    return value


def _moment(record: Mapping[str, Any], name: str, where: str = "") -> datetime | None:
    value = record.get(name)
    if value in (None, ""):
        return None
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise _Wrong(where + name, f"{str(value)[:40]!r} is no time.") from None
    if found.tzinfo is None or not timedelta() <= found - datetime(1990, 1, 1, tzinfo=UTC) < timedelta(days=80_000):
        raise _Wrong(where + name, f"{str(value)[:40]!r} has no zone or an impossible year.")
    return found.astimezone(UTC)
