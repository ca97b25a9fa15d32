"""What lies open on desks: drafts, the strip, old drafts, calls for help, privacy tasks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.profile.rules import UnknownEntry
from citydesk.contact.interactions import rules
from citydesk.contact.interactions.choices import OPEN_STATES, SUPERVISE, HelpKind, SegmentKind, State
from citydesk.contact.interactions.models import Advice, FocusSegment, HelpCall, Interaction, PrivacyTask
from citydesk.contact.interactions.queries.sealed import is_in_confidence, require_open_words
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.written import Written


@dataclass(frozen=True)
class OpenContact:
    """An unfinished contact as the strip and the supervisor's list show it. Seconds up to now."""

    id: int
    number: str
    state: str
    channel: str
    title: str
    who: str
    started_at: datetime
    touched_at: datetime
    active_seconds: int
    holder_id: int | None
    holder_name: str
    handed_note: str = ""
    is_in_confidence: bool = False
    # Notes a supervisor wrote on it and nobody has read: `{id, text, author}`.
    advice: tuple[dict[str, Any], ...] = ()

    @property
    def is_parked(self) -> bool:
        return self.state == State.PARKED


@dataclass(frozen=True)
class Draft:
    """An open contact as the form needs it."""

    id: int
    number: str
    state: str
    channel: str
    direction: str
    version: int
    fields: dict[str, Any]
    received_at: datetime
    started_at: datetime
    touched_at: datetime
    holder_id: int | None
    active_seconds: int
    handed_by: str = ""
    handed_note: str = ""
    kept: list[dict[str, Any]] = field(default_factory=list)


_LINE = [
    "id",
    "number",
    "state",
    "channel",
    "started_at",
    "touched_at",
    "holder_id",
    "holder__name",
    "handed_note",
    "draft__words",
    "draft__who",
    "draft__new_name",
    "draft__name_refused",
    "draft__is_confidential",
    "draft__code",
    "draft__requests",
]
_SEGMENT = ("interaction_id", "kind", "started_at", "ended_at")


_UNREAD = ArraySubquery(
    Advice.objects.filter(interaction_id=OuterRef("pk"), seen_at__isnull=True)
    .order_by("id")
    .values_list(JSONObject(id="id", text="text", author="author_label"))
)


# The name of the customer chosen under Who. A draft holds what was typed, so what is no id is nobody.
_CHOSEN: RawSQL = RawSQL(
    "(SELECT c.display_name FROM customers_customer c WHERE c.id = CASE WHEN "
    "interactions_interaction.draft->>'customer' ~ '^[0-9]{1,18}$' "
    "THEN (interactions_interaction.draft->>'customer')::bigint END)",
    (),
    output_field=CharField(null=True),
)


def _held_by(holder: int) -> Any:
    rows = Interaction.objects.filter(holder_id=holder, state__in=OPEN_STATES).order_by("started_at")
    return rows.annotate(advice_unread=_UNREAD, chosen_name=_CHOSEN).values(*_LINE, "advice_unread", "chosen_name")


def _segments_of(holder: int) -> Any:
    rows = FocusSegment.objects.filter(interaction__holder_id=holder, interaction__state__in=OPEN_STATES)
    return rows.values(*_SEGMENT)


# The strip stands on every page of every clerk.
_held, _held_segments = Written(_held_by), Written(_segments_of)


def list_open_contacts(*, access: Access, now: datetime) -> list[OpenContact]:
    """The clerk's own open contacts, the oldest first; one statement, two if there are any."""
    holder = access.actor.staff_id
    found = _held.rows(holder) if holder else []
    return _lines(found, _held_segments.rows(holder) if found and holder else [], now)


def list_old_drafts(*, access: Access, now: datetime, limit: int = 100) -> list[OpenContact]:
    """Contacts of all clerks left unfinished for longer than `rules.OLD_DRAFT`. Supervisors; raises `NotAllowed`."""
    access.require(SUPERVISE)
    rows = Interaction.objects.filter(state__in=OPEN_STATES, touched_at__lt=now - rules.OLD_DRAFT)
    found = list(rows.order_by("touched_at").values(*_LINE)[:limit])
    segments = FocusSegment.objects.filter(interaction_id__in=[row["id"] for row in found]).values(*_SEGMENT)
    return [_unnamed(one) for one in _lines(found, segments, now)]


def _unnamed(one: OpenContact) -> OpenContact:
    """The line of somebody else's contact in confidence says neither what nor who."""
    return replace(one, title="", who="") if one.is_in_confidence else one


def get_draft(*, access: Access, interaction_id: int, now: datetime) -> Draft:
    """The clerk's own open contact. Raises `NotFound` when it is finished or with somebody else."""
    row = (
        Interaction.objects.select_related("handed_by")
        .filter(pk=interaction_id, holder_id=access.actor.staff_id, state__in=OPEN_STATES)
        .first()
    )
    if row is None:
        raise NotFound(_("There is no such open contact."))
    return _draft(row, now)


def watch_draft(*, access: Access, interaction_id: int, now: datetime) -> Draft:
    """An open contact as a supervisor sees it while it is typed. Raises `NotAllowed`, `NotFound`."""
    access.require(SUPERVISE)
    row = Interaction.objects.select_related("handed_by").filter(pk=interaction_id, state__in=OPEN_STATES).first()
    if row is None:
        raise NotFound(_("There is no such open contact."))
    if row.holder_id != access.actor.staff_id:
        require_open_words(row.draft, access, now)
    return _draft(row, now)


def list_help_calls(*, access: Access) -> list[dict[str, Any]]:
    """Unanswered calls for help, panic first. Supervisors; raises `NotAllowed`."""
    access.require(SUPERVISE)
    rows = HelpCall.objects.filter(answered_at__isnull=True).values(
        "id", "kind", "user_id", "user_label", "location", "question", "asked_at", "interaction_id"
    )
    return sorted(map(dict, rows), key=lambda row: (row["kind"] != "panic", row["asked_at"]))


def class_of(code: str, now: datetime) -> dict[str, Any]:
    """What the profile says of a class of callers; nothing for a class the city does not name."""
    try:
        return dict(profile.entry("caller_classes", code, profile.city_today(now)))
    except UnknownEntry:
        return {}


def list_alerts(*, access: Access, now: datetime) -> list[dict[str, Any]]:
    """Unanswered calls for help as the top of a page says them, panic first: `{id, kind, who, text, asked_at}`.

    For whoever may answer them; raises `NotAllowed`.
    """
    classes = profile.entries("caller_classes", profile.city_today(now))
    reads = (get_language() or "en").split("-")[0]
    found = []
    for one in list_help_calls(access=access):
        text = one["question"]
        if one["kind"] == HelpKind.CALLER:
            names = classes.get(text, {}).get("name", {})
            text = names.get(reads) or next(iter(names.values()), text)
        found.append({**one, "who": one["user_label"], "text": text})
    return found


def count_open_help(*, access: Access) -> int:
    """How many calls for help wait; 0 for who may not answer them."""
    return HelpCall.objects.filter(answered_at__isnull=True).count() if access.may(SUPERVISE) else 0


def list_privacy_tasks(*, access: Access) -> list[dict[str, Any]]:
    """Open privacy tasks, the oldest first. Supervisors; raises `NotAllowed`."""
    access.require(SUPERVISE)
    rows = PrivacyTask.objects.filter(done_at__isnull=True).order_by("opened_at")
    columns = ("id", "interaction__number", "reason", "already_sent", "opened_at", "opened_by__name")
    return [{**row, "already_sent": [_sent(one) for one in row["already_sent"]]} for row in rows.values(*columns)]


def _sent(told: dict[str, Any]) -> dict[str, Any]:
    """A message that reached the wrong person, with its time as one."""
    return {**told, "at": datetime.fromisoformat(told["at"]) if told.get("at") else None}


def _lines(found: list[dict[str, Any]], segments: Iterable[dict[str, Any]], now: datetime) -> list[OpenContact]:
    seconds = _active_seconds({row["id"]: row["touched_at"] for row in found}, segments, now)
    return [
        OpenContact(
            id=row["id"],
            number=row["number"],
            state=row["state"],
            channel=row["channel"],
            title=rules.title_of({"words": row["draft__words"] or ""}),
            who=_who(row),
            started_at=row["started_at"],
            touched_at=row["touched_at"],
            active_seconds=seconds[row["id"]],
            holder_id=row["holder_id"],
            holder_name=row["holder__name"] or "",
            handed_note=row["handed_note"],
            advice=tuple(row.get("advice_unread", ())),
            is_in_confidence=is_in_confidence(
                {name: row[f"draft__{name}"] for name in ("is_confidential", "code", "requests")}, now
            ),
        )
        for row in found
    ]


def _who(row: dict[str, Any]) -> str:
    """Whom an open contact is with: the person chosen, else a name that was typed, else what was typed to find one."""
    if row["draft__name_refused"] == "1":
        return ""
    return row.get("chosen_name") or row["draft__new_name"] or row["draft__who"] or ""


def _draft(row: Interaction, now: datetime) -> Draft:
    segments = FocusSegment.objects.filter(interaction_id=row.pk).values(*_SEGMENT)
    fields = {name: value for name, value in row.draft.items() if name != "_kept"}
    return Draft(
        id=row.pk,
        number=row.number,
        state=row.state,
        channel=row.channel,
        direction=row.direction,
        version=row.version,
        fields=fields,
        received_at=row.received_at,
        started_at=row.started_at,
        touched_at=row.touched_at,
        holder_id=row.holder_id,
        active_seconds=_active_seconds({row.pk: row.touched_at}, segments, now)[row.pk],
        handed_by=row.handed_by.name if row.handed_by else "",
        handed_note=row.handed_note,
        kept=row.draft.get("_kept", []),
    )


def _active_seconds(touched: dict[int, datetime], segments: Iterable[dict[str, Any]], now: datetime) -> dict[int, int]:
    by_contact: dict[int, list[rules.Segment]] = defaultdict(list)
    for one in segments:
        segment = rules.Segment(SegmentKind(one["kind"]), one["started_at"], one["ended_at"])
        by_contact[one["interaction_id"]].append(segment)
    return {
        key: rules.compute_handle_time(by_contact[key], touched_at=touched_at, until=now).active_seconds
        for key, touched_at in touched.items()
    }
