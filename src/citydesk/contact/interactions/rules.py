"""The trade's arithmetic of contacts: handle time, promises kept or broken, draft fields, safe masks. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from citydesk.contact.interactions.choices import OUTCOME_WEIGHT, PromiseState, SegmentKind

# A contact in front of a clerk who neither types nor moves for this long is taken as left behind (a crashed browser).
IDLE_GRACE = timedelta(minutes=5)
# Drafts older than this are listed for the supervisor.
OLD_DRAFT = timedelta(hours=4)
# Words kept per field of a draft; a longer text is refused, never cut.
LONGEST_TEXT = 10_000

TEXT_FIELDS = frozenset({"words", "crew_note", "transfer_note", "ending_note", "promise_text", "place_detail"})
REQUEST_FIELDS = frozenset({"code", "where", "place", "place_detail", "crew_note", "not_duplicate"})
FIELDS = (
    frozenset(
        {
            "channel",
            "direction",
            "received_at",
            "received_reason",
            "language",
            "caller_class",
            "interpreter_vendor",
            "interpreter_number",
            "interpreter_minutes",
            "is_relay",
            "who",
            "customer",
            "name_refused",
            "is_confidential",
            "code_word",
            "new_name",
            "new_phone",
            "new_email",
            "callback_number",
            "callback_at",
            "tell_by",
            "tell_of",
            "tell_to",
            "consent",
            "ending",
            "settled",
            "script_language",
            "taken_by",
            "no_request",
        }
    )
    | TEXT_FIELDS
    | REQUEST_FIELDS
)
ANSWER_PREFIX = "q."


@dataclass(frozen=True)
class Segment:
    """A stretch of a contact's life. `ended_at` None means it still runs."""

    kind: SegmentKind
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Talk:
    """What the telephone says about the matched call."""

    answered_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class HandleTime:
    """Seconds a contact took. `source` is "telephone" where a call was matched, else "screen"."""

    active_seconds: int
    parked_seconds: int
    source: str


def segment_end(segment: Segment, *, touched_at: datetime, until: datetime) -> datetime:
    """When a segment ended: an open active one ends `IDLE_GRACE` after the last sign of life, never after `until`."""
    if segment.ended_at is not None:
        return segment.ended_at
    if segment.kind == SegmentKind.PARKED:
        return max(segment.started_at, until)
    return max(segment.started_at, min(until, max(touched_at, segment.started_at) + IDLE_GRACE))


def union_seconds(stretches: Iterable[tuple[datetime, datetime]]) -> int:
    """Seconds covered by at least one stretch; empty and overlapping ones are counted once."""
    total = timedelta(0)
    reached: datetime | None = None
    for start, end in sorted(stretches):
        begin = start if reached is None else max(start, reached)
        if end > begin:
            total += end - begin
        reached = end if reached is None else max(reached, end)
    return int(total.total_seconds())


def compute_handle_time(
    segments: Iterable[Segment], *, touched_at: datetime, until: datetime, talk: Talk | None = None
) -> HandleTime:
    """Active and parked seconds of a contact up to `until`.

    Active: while the contact stood in front of a clerk; where a telephone call was matched, the call as the telephone
    measured it together with the active time outside it (work after the call). Parked time that overlaps active time is
    active. Worked examples: docs/rules/handle-time.md.
    """
    active: list[tuple[datetime, datetime]] = []
    parked: list[tuple[datetime, datetime]] = []
    for one in segments:
        stretch = (one.started_at, segment_end(one, touched_at=touched_at, until=until))
        (active if one.kind == SegmentKind.ACTIVE else parked).append(stretch)
    if talk is not None and talk.ended_at > talk.answered_at:
        active.append((talk.answered_at, talk.ended_at))
    active_seconds = union_seconds(active)
    return HandleTime(
        active_seconds=active_seconds,
        parked_seconds=union_seconds([*active, *parked]) - active_seconds,
        source="telephone" if talk is not None else "screen",
    )


def promise_state(*, due_at: datetime, done_at: datetime) -> PromiseState:
    """Kept when done by the time told, broken when done after it."""
    return PromiseState.KEPT if done_at <= due_at else PromiseState.BROKEN


def is_draft_field(name: str) -> bool:
    """Whether a form field belongs into a draft: the known ones and the answers to a code's questions (`q.<code>`)."""
    return name in FIELDS or (name.startswith(ANSWER_PREFIX) and 2 < len(name) <= 80)


def clean_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes a draft accepts: known fields, texts (or lists of texts) of bearable length; the rest is left out.

    Raises `ValueError` naming the field whose text is too long.
    """
    kept: dict[str, Any] = {}
    for name, value in changes.items():
        if not is_draft_field(name):
            continue
        texts = value if isinstance(value, list) else [value]
        if any(not isinstance(text, str) for text in texts):
            continue
        if any(len(text) > LONGEST_TEXT for text in texts) or len(texts) > 50:
            raise ValueError(name)
        kept[name] = value
    return kept


def conflicting_fields(
    mine: Mapping[str, Any], stored: Mapping[str, Any], field_versions: Mapping[str, int], version: int
) -> list[str]:
    """Fields that somebody else changed since `version` to another text than mine."""
    return sorted(
        name for name, value in mine.items() if field_versions.get(name, 0) > version and stored.get(name, "") != value
    )


def request_fields(draft: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a draft that belongs to the request being written: code, place, answers, crew note."""
    return {
        name: value
        for name, value in draft.items()
        if (name in REQUEST_FIELDS or name.startswith(ANSWER_PREFIX)) and value not in ("", [])
    }


def main_outcome(kinds: Iterable[str]) -> str:
    """The outcome that stands for a contact where one must: the weightiest; "" when there is none."""
    present = set(kinds)
    return next((kind.value for kind in OUTCOME_WEIGHT if kind.value in present), "")


def title_of(draft: Mapping[str, Any]) -> str:
    """A few words that name a draft in the strip."""
    words = " ".join(str(draft.get("words", "")).split())
    return words if len(words) <= 40 else words[:39].rstrip() + "…"


def is_in_confidence(draft: Mapping[str, Any]) -> bool:
    """Whether the resident of an open contact speaks in confidence."""
    return draft.get("is_confidential") == "1"


def codes_of(draft: Mapping[str, Any]) -> set[str]:
    """Service codes chosen in an open contact: on the form, and of requests put aside for saving together."""
    kept = draft.get("requests")
    written = [one.get("fields") or {} for one in kept if isinstance(one, dict)] if isinstance(kept, list) else []
    return {str(one["code"]) for one in (draft, *written) if one.get("code")}


def chosen_customer(draft: Mapping[str, Any]) -> int | None:
    """The customer chosen under Who in an open contact; None for somebody new, and in confidence."""
    chosen = str(draft.get("customer") or "")
    return int(chosen) if chosen.isdecimal() and not is_in_confidence(draft) else None


# --- resolved at the first contact: two of the three ways to tell it, as the part of a statement that says of each
# contact `f` what became of it. The third, what residents answer, is the surveys'. Who tells it differs, so do the
# contacts it is told of: nobody may average them.

# So many days after a contact it is known whether the same resident came again about the same matter.
AGAIN_DAYS = 7
_DAYS = "f.received_at >= %(from)s AND f.received_at < %(to)s {filters} AND f.direction = 'in'"
_CAME_AGAIN = (
    "EXISTS (SELECT FROM interactions_interaction j JOIN interactions_contactfact g ON g.interaction_id = j.id "
    "WHERE j.customer_id = i.customer_id AND j.received_at > f.received_at "
    f"AND j.received_at <= f.received_at + interval '{AGAIN_DAYS} days' AND g.direction = 'in' "
    "AND g.reason_code = f.reason_code)"
)
# By whether they came again: of contacts answered without a request. What is too early to say, or of nobody known, is
# left out. Told of each contact once (OFFSET 0), however often a statement asks for it.
BY_REPEAT = (
    "FROM (SELECT f.*, CASE WHEN i.customer_id IS NULL THEN 'nameless' "  # noqa: S608 - words of this file
    f"WHEN f.received_at > %(now)s - interval '{AGAIN_DAYS} days' THEN 'early' "
    f"WHEN {_CAME_AGAIN} THEN 'again' ELSE 'stayed' END AS fate "
    "FROM interactions_contactfact f JOIN interactions_interaction i ON i.id = f.interaction_id "
    f"WHERE {_DAYS} AND f.outcome = 'answered' OFFSET 0) f"
)
# By what who took it said. A contact nobody took (a web form) is not asked about.
BY_FLAG = (
    "FROM (SELECT f.*, f.settled AS fate FROM interactions_contactfact f "  # noqa: S608 - words of this file
    f"WHERE {_DAYS} AND (f.settled <> 'unknown' OR f.representative_id IS NOT NULL) OFFSET 0) f"
)


def share_of_fates(source: str, held: str, missed: str, beside: Mapping[str, str]) -> str:
    """The text of a share: contacts whose fate is `held`, of those whose fate is that or `missed`; `beside` names the
    columns that say how many have which other fate and are in neither."""
    counted = f"count(*) FILTER (WHERE f.fate IN ('{held}', '{missed}'))"
    kept = f"count(*) FILTER (WHERE f.fate = '{held}')"
    more = "".join(f", count(*) FILTER (WHERE f.fate = '{fate}') AS {name}" for name, fate in beside.items())
    return (
        f"SELECT {kept} AS numerator, {counted} AS denominator, "
        f"(100.0 * {kept} / nullif({counted}, 0))::float8 AS value{more} {source}"
    )
