"""One request with everything that belongs to it: few statements, rows of the room in one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.correspondence import queries as correspondence
from citydesk.city.customers.choices import CUSTOMERS_SEE_CONFIDENTIAL, CUSTOMERS_VIEW
from citydesk.contact.service_requests import choices, labels
from citydesk.contact.service_requests.choices import OBJECT_TYPE
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries.clock_bars import ClockBar, bars_of
from citydesk.contact.service_requests.queries.public import may_open_publicly
from citydesk.contact.service_requests.queries.timeline import Entry, timeline_of
from citydesk.contact.service_requests.rules import catalog, publicity, workflow
from citydesk.contact.work_orders import queries as work_orders
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.files import links_to
from citydesk.kernel.statements import Later
from citydesk.kernel.texts import words_of
from citydesk.kernel.written import Written

_CHILDREN = """
SELECT json_build_object(
  'clocks', (SELECT coalesce(json_agg(x ORDER BY x.round, x.position), '[]')
             FROM service_requests_requestclock x WHERE x.request_id = r.id),
  'pauses', (SELECT coalesce(json_agg(x ORDER BY x.started_at), '[]')
             FROM service_requests_clockpause x WHERE x.request_id = r.id),
  'notes', (SELECT coalesce(json_agg(x ORDER BY x.written_at DESC, x.id DESC), '[]')
            FROM service_requests_note x WHERE x.request_id = r.id),
  'followers', (SELECT coalesce(json_agg(x ORDER BY x.kind <> 'reporter', x.id), '[]')
                FROM (SELECT f.*, c.number AS customer_number FROM service_requests_follower f
                      LEFT JOIN customers_customer c ON c.id = f.customer_id
                      WHERE f.request_id = r.id AND f.is_active) x),
  'files', (SELECT coalesce(json_agg(x ORDER BY x.id), '[]')
            FROM service_requests_requestfile x WHERE x.request_id = r.id),
  'routings', (SELECT coalesce(json_agg(x ORDER BY x.id DESC), '[]')
               FROM service_requests_routingtrace x WHERE x.request_id = r.id),
  'referrals', (SELECT coalesce(json_agg(x ORDER BY x.id DESC), '[]')
                FROM service_requests_referral x WHERE x.request_id = r.id),
  'joined', (SELECT coalesce(json_agg(json_build_object('id', x.id, 'number', x.number, 'state', x.state,
                                                        'close_reason', x.close_reason, 'is_open', x.is_open)
                                      ORDER BY x.id), '[]')
             FROM service_requests_servicerequest x
             WHERE x.parent_id = r.id AND (r.is_confidential OR NOT x.is_confidential)),
  'parent', (SELECT x.number FROM service_requests_servicerequest x WHERE x.id = r.parent_id)
) FROM service_requests_servicerequest r WHERE r.id = %s
"""
_MOMENTS = (
    "started_at",
    "due_at",
    "stopped_at",
    "next_step_at",
    "ended_at",
    "written_at",
    "added_at",
    "decided_at",
    "sent_at",
    "answered_at",
    "follow_up_at",
)


@dataclass(frozen=True)
class MoveView:
    """A next move as the page offers it. `may` False says the missing right beside it."""

    code: str
    label: str
    key: str
    may: bool
    is_main: bool
    needs: tuple[str, ...]
    has_panel: bool = False
    is_rare: bool = False


@dataclass
class RequestPage:
    """What the request page shows. Identity fields are empty where the reader may not know who reported."""

    row: ServiceRequest
    service: catalog.Service
    answers: list[tuple[str, str]]
    clocks: list[ClockBar]
    pauses: list[Any]
    notes: list[Any]
    followers: list[Any]
    reporter: Any | None
    files: list[Any]
    routings: list[Any]
    referrals: list[Any]
    joined: list[Any]
    parts: list[Any]
    parent: str | None
    timeline: list[Entry]
    messages: list[dict[str, Any]]
    work_orders: list[dict[str, Any]]
    readers: list[dict[str, Any]]
    moves: list[MoveView]
    close_reasons: list[tuple[str, str]]
    public_place: publicity.PublicPlaceView
    may: dict[str, bool] = field(default_factory=dict)

    @property
    def open_parts(self) -> list[str]:
        """Numbers of parts that are still open."""
        return [one.number for one in self.parts if one.is_open]

    @property
    def is_part(self) -> bool:
        """Whether it belongs to a larger request and is no duplicate of it."""
        return self.parent is not None and self.row.close_reason != choices.CloseReason.DUPLICATE

    @property
    def moves_key(self) -> tuple[Any, ...]:
        """What the offered moves look like by, besides the language."""
        return tuple((one.code, one.may, one.is_main, one.is_rare) for one in self.moves)

    @property
    def also_open(self) -> list[str]:
        """Names of colleagues who opened the page in the last five minutes."""
        return [one["actor_label"] for one in self.readers if one["is_here"]]


def get_request(access: Access, number: str, *, now: datetime) -> RequestPage:
    """A request's page, logged as read. Raises `NotFound` for what is not the reader's to see."""
    row: Any = _row_for(access).first(number.strip().upper())
    if row is None:
        raise NotFound(_("There is no such request."))
    # What belongs to it takes no journeys of its own to the database: it goes with the note that it was read.
    children_of, messages_of = _ask_children(row.pk), correspondence.ask_messages(OBJECT_TYPE, row.pk)
    work_orders_of = work_orders.ask_about(OBJECT_TYPE, row.pk)
    opened = audit.open_record(object_type=OBJECT_TYPE, object_id=row.pk, purpose="page", actor=access.actor, now=now)
    children, messages = children_of(), messages_of()
    language = (get_language() or "en").split("-")[0]
    service = policy.service(row.service.code, row.policy_date)
    may = _rights(access, row)
    notes = [note for note in children["notes"] if may["notes"] or note.kind == choices.NoteKind.PUBLIC]
    followers = children["followers"] if may["identity"] else []
    for one in followers:
        one.delivery = _delivery(messages, one)
    return RequestPage(
        row=row,
        service=service,
        answers=_answers(service, row, language),
        clocks=bars_of(row, children["clocks"], children["pauses"], now, language),
        pauses=children["pauses"],
        notes=notes,
        followers=followers,
        reporter=next((one for one in followers if one.kind == choices.FollowerKind.REPORTER), None),
        files=_files(children["files"]),
        routings=children["routings"],
        referrals=children["referrals"],
        joined=[one for one in children["joined"] if one.close_reason == choices.CloseReason.DUPLICATE],
        parts=[one for one in children["joined"] if one.close_reason != choices.CloseReason.DUPLICATE],
        parent=children["parent"],
        timeline=timeline_of(opened.history, notes, messages if may["identity"] else [], service, language),
        messages=messages,
        work_orders=work_orders_of(),
        readers=_readers(opened.readers, access, now),
        moves=_moves(row, access),
        close_reasons=_close_reasons(service),
        public_place=_public_place(service, row, language),
        may=may,
    )


@lru_cache(maxsize=500)
def _row_for(access: Access) -> Written:
    """The row with its neighbors, as one reader may see it."""
    seen = ServiceRequest.objects.visible_to(access).defer("search")
    whole = seen.select_related("service", "team", "owner", "department").annotate(
        customer_number=F("customer__number")
    )
    return Written(lambda number: whole.filter(number=number)[:1])


def _public_place(service: catalog.Service, row: ServiceRequest, language: str) -> publicity.PublicPlaceView:
    """The place as the public reads it, in the reader's language."""
    return publicity.public_place(
        service.public,
        label=row.place_label,
        block_label=row.block_label,
        lat=row.lat,
        lon=row.lon,
        language=language,
    )


def _answers(service: catalog.Service, row: ServiceRequest, language: str) -> list[tuple[str, str]]:
    """Questions and answers in the reader's words."""
    words = words_of(labels.ANSWERS)
    return [
        (one.short.get(language) or one.ask.get(language) or one.code, text)
        for one, text in catalog.answers_in_words(service, row.answers, language, words)
    ]


def _close_reasons(service: catalog.Service) -> list[tuple[str, str]]:
    """Reasons of the fold "Close other": done and duplicate have moves of their own."""
    own = (choices.CloseReason.DONE, choices.CloseReason.DUPLICATE)
    words = words_of(labels.CLOSE_REASONS)
    return [(code, words[code]) for code in service.close_reasons if code not in own]


def _ask_children(request_id: int) -> Callable[[], dict[str, Any]]:
    asked = Later(_CHILDREN, [request_id])
    return lambda: _children(asked.rows()[0][0])


def _children(raw: Any) -> dict[str, Any]:
    found = json.loads(raw) if isinstance(raw, str) else raw
    return {name: [_thing(one) for one in value] if isinstance(value, list) else value for name, value in found.items()}


def _thing(values: dict[str, Any]) -> SimpleNamespace:
    for name in _MOMENTS:
        if isinstance(values.get(name), str):
            values[name] = datetime.fromisoformat(values[name])
    return SimpleNamespace(**values)


def _rights(access: Access, row: ServiceRequest) -> dict[str, bool]:
    """What the reader may do here. Who reported it is for those who read customers; of a confidential one, for few."""
    return {
        "identity": access.may(CUSTOMERS_VIEW) and (not row.is_confidential or access.may(choices.CONFIDENTIAL)),
        **{
            name: access.may(getattr(choices, name.upper()))
            for name in ("edit", "assign", "close", "correct", "notes", "review_public", "release_held", "bulk")
        },
        "supervise": access.may(choices.SUPERVISE),
        "open_reporter": _may_open_reporter(access, row),
    }


def _may_open_reporter(access: Access, row: ServiceRequest) -> bool:
    """Whether somebody is kept apart and this reader of the row may open who."""
    is_kept = row.is_confidential and row.identity_handle is not None
    return is_kept and access.may(CUSTOMERS_SEE_CONFIDENTIAL)


@dataclass(frozen=True)
class SealedReporter:
    """A confidential request whose reporter is kept and may be opened. Tells nothing of who it is."""

    request_id: int
    number: str
    received_at: datetime
    service: catalog.Service


def sealed_reporter(access: Access, number: str) -> SealedReporter:
    """What the page says that asks for a reason. Raises `NotFound` without the right, and where nobody is kept."""
    row = (
        ServiceRequest.objects.visible_to(access)
        .defer("search")
        .select_related("service")
        .filter(number=number.strip().upper())
        .first()
    )
    if row is None or not _may_open_reporter(access, row):
        raise NotFound(_("There is no such request."))
    return SealedReporter(row.pk, row.number, row.received_at, policy.service(row.service.code, row.policy_date))


def _moves(row: ServiceRequest, access: Access) -> list[MoveView]:
    """Next moves from the workflow's table, less those that make no sense just now."""
    skipped = set()
    if row.accepted_at is not None:
        skipped.add("accept")
    if row.team is None:
        skipped.update({"accept", "return"})
    if row.is_held:
        return []
    words = words_of(labels.MOVES)
    moves = [
        MoveView(
            one.code,
            words[one.code],
            one.key,
            may,
            one.is_main,
            one.needs,
            one.code in PANELS,
            one.code in RARE,
        )
        for one, may in workflow.next_moves(row.state, access.permissions)
        if one.code not in skipped
    ]
    if row.is_open and row.owner_id != access.actor.staff_id:
        may = access.may(choices.EDIT)
        moves.append(MoveView("take", words["take"], "M", may, False, (), is_rare=row.owner_id is not None))
    return sorted(moves, key=lambda one: not one.is_main)


# Moves that ask for something first, and those that need not be in sight all day.
PANELS = frozenset({"assign", "hold", "ask", "back", "refer", "close_done", "close_other", "return", "reopen"})
RARE = frozenset({"made_safe", "return", "refer"})


def _delivery(messages: list[dict[str, Any]], person: Any) -> str:
    """What became of the last message to a person, in a word; empty when none was written."""
    last = next((one for one in messages if one.get("address") == person.to and person.to), None)
    return str(labels.DELIVERIES.get(last["state"], "")) if last else ""


def _readers(read: list[dict[str, Any]], access: Access, now: datetime) -> list[dict[str, Any]]:
    """Who read it lately, each once, the latest first; `is_here` within five minutes and not the reader."""
    found: dict[str, dict[str, Any]] = {}
    for one in read:
        is_other = one["actor_label"] != access.actor.label
        is_here = is_other and (now - one["at"]).total_seconds() < 300
        found.setdefault(one["actor_label"], {**one, "is_here": is_here})
    return list(found.values())


def _files(links: list[Any]) -> list[Any]:
    """Files with their addresses, in the order they came."""
    if not links:
        return []
    by_id = {one.id: one for one in links_to([link.file_id for link in links])}
    for link in links:
        link.stored = by_id.get(link.file_id)
    return [link for link in links if link.stored is not None]


def id_of(access: Access, number: str) -> int:
    """The id of a request the reader sees. Raises `NotFound`."""
    found = ServiceRequest.objects.visible_to(access).filter(number=number.strip().upper()).values_list("pk", flat=True)
    request_id = found.first()
    if request_id is None:
        raise NotFound(_("There is no such request."))
    return request_id


def may_open_file(access: Access, file_id: int) -> bool:
    """Whether a reader may open a stored file of a request: whoever sees the request, anybody if it is public."""
    belongs = Q(files__file_id=file_id) | Q(files__public_file_id=file_id)
    theirs = ServiceRequest.objects.visible_to(access).filter(belongs)
    return theirs.exists() or may_open_publicly(file_id)


def labels_of(request_ids: list[int]) -> Mapping[int, str]:
    """Numbers of requests, for rows of other rooms that are shown with them. The caller has authorised."""
    return dict(ServiceRequest.objects.filter(pk__in=request_ids).values_list("pk", "number"))


def numbers_of(access: Access, request_ids: list[int]) -> list[str]:
    """Numbers of those requests the reader sees, in the order of the ids."""
    found = dict(ServiceRequest.objects.visible_to(access).filter(pk__in=request_ids).values_list("pk", "number"))
    return [found[one] for one in request_ids if one in found]
