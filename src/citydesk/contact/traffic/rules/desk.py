"""The desk as a source: its own contacts as legs and agents' states, where no switch tells them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from citydesk.contact.interactions.choices import Channel
from citydesk.contact.traffic.choices import AgentStateKind, LegOutcome, QueueChannel, TransferKind, TransferReach
from citydesk.contact.traffic.rules.legs import LegRecord, StateRecord

# The channel of a queue, and that of the desk's contacts which wait in it.
CHANNELS: Mapping[QueueChannel, Channel] = {
    QueueChannel.VOICE: Channel.PHONE,
    QueueChannel.CHAT: Channel.CHAT,
    QueueChannel.EMAIL: Channel.EMAIL,
    QueueChannel.WEB: Channel.WEB,
    QueueChannel.WALK_IN: Channel.COUNTER,
    QueueChannel.MAIL: Channel.LETTER,
    QueueChannel.FAX: Channel.FAX,
    QueueChannel.SOCIAL: Channel.SMS,
}
# What no telephone switch knows of; for the others the profile says so, where an office has no switch.
TOLD_BY_DESK = (
    QueueChannel.EMAIL,
    QueueChannel.WEB,
    QueueChannel.WALK_IN,
    QueueChannel.MAIL,
    QueueChannel.FAX,
    QueueChannel.SOCIAL,
)
# The reason of a leg of which nobody measured how long it took: it is answered, and in no handle time.
UNTIMED = "untimed"


@dataclass(frozen=True)
class DeskQueue:
    """A queue whose contacts the desk tells. Without `languages` it takes every language no other queue names."""

    code: str
    channel: QueueChannel
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Taken:
    """A saved contact of the desk. `active` are the stretches in which it stood in front of `agent`, in order.

    `handle_s` is None where nobody measured it. `passed`: the office of the directory it was passed on to, and whether
    with a word before.
    """

    number: str
    queue: str
    agent: str
    received_at: datetime
    started_at: datetime
    recorded_at: datetime
    handle_s: int | None
    active: tuple[tuple[datetime, datetime], ...] = ()
    passed: tuple[str, bool] | None = None


def queue_of(channel: str, language: str, queues: Sequence[DeskQueue]) -> str:
    """The queue of a contact: one of its channel that names its language, else the first that names none, or empty."""
    fitting = [one for one in queues if CHANNELS[one.channel] == channel]
    named = [one for one in fitting if language in one.languages]
    return next((one.code for one in [*named, *(one for one in fitting if not one.languages)]), "")


def leg_of(taken: Taken) -> LegRecord:
    """A contact as a leg: it waited from when the resident spoke or wrote until somebody took it up.

    Handle time is active time; what lay parked is neither handled nor anybody's state.
    """
    begun = taken.active[0][0] if taken.active else taken.started_at
    answered = max(min(begun, taken.recorded_at), taken.received_at)
    is_timed = taken.handle_s is not None
    kind, office, reach = TransferKind.NONE, "", TransferReach.UNKNOWN
    if taken.passed is not None:
        office, reach = taken.passed[0][:80], TransferReach.EXTERNAL
        kind = TransferKind.ATTENDED if taken.passed[1] else TransferKind.BLIND
    return LegRecord(
        source_id=taken.number,
        queue=taken.queue,
        entered_at=taken.received_at,
        outcome=LegOutcome.ANSWERED,
        wait_ended_at=answered,
        ended_at=max(taken.recorded_at, answered) if is_timed else None,
        agent=taken.agent,
        talk_s=taken.handle_s or 0,
        transfer_kind=kind,
        transfer_to=office,
        transfer_reach=reach,
        reason="" if is_timed else UNTIMED,
        revised_at=taken.recorded_at,
    )


def stays_of(taken: Taken) -> Iterable[StateRecord]:
    """The agent was on the contact while it stood in front of them, and at no other time."""
    for begin, end in taken.active:
        if taken.agent and end > begin:
            yield StateRecord(agent=taken.agent, state=AgentStateKind.ON_CONTACT, since=begin, until=end)
