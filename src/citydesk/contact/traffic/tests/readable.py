"""What a reader told, a line each, short enough to be written and checked by hand."""

from citydesk.contact.traffic.rules import CountRecord, LegRecord, Oddity, StateRecord


def readable(told) -> list[str]:
    """One line for each record, in the order told."""
    return [_line(one) for one in told]


def _line(one) -> str:
    if isinstance(one, LegRecord):
        return _leg(one)
    if isinstance(one, StateRecord):
        until = f"{one.until:%H:%M:%S}" if one.until else "..."
        return f"{one.line} state {one.agent} {one.state} {one.since:%H:%M:%S}-{until} {one.aux}".strip()
    if isinstance(one, CountRecord):
        return f"{one.line} count {one.queue} {one.since:%Y-%m-%dT%H:%M} {one.minutes} min {one.offered}"
    if isinstance(one, Oddity):
        return f"{one.line} odd {one.code} {one.about}"
    return f"{one.line} bad {one.external_id} {one.field}: {one.reason}"


def _leg(one: LegRecord) -> str:
    lengths = {"ring": one.ring_s, "talk": one.talk_s, "hold": one.hold_s, "acw": one.acw_s, "refused": one.refusals}
    said = [f"{name} {value}" for name, value in lengths.items() if value]
    words = {
        "agent": one.agent, "by": one.ended_by, "passed": one.transfer_kind, "to": one.transfer_to,
        "reach": one.transfer_reach,
        "after": one.parent_id, "callback-of": one.callback_of, "reason": one.reason, "caller": one.caller,
        "recording": one.recording,
    }  # fmt: skip
    said += [f"{name} {value}" for name, value in words.items() if value]
    wait = "waits" if one.wait_ended_at is None else f"wait {one.wait_s}"
    going = "" if one.ended_at or one.wait_ended_at is None else "goes-on"
    return " ".join(
        filter(None, [f"{one.line} leg {one.source_id} {one.outcome} {one.entered_at:%H:%M:%S} {wait}", going, *said])
    )
