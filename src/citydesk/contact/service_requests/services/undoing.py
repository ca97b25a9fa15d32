"""Taking back an act on many requests: whole or not at all, within ten minutes, by whoever did it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.correspondence import services as correspondence
from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import OBJECT_TYPE, UNDO_WINDOW, BulkKind, RequestState
from citydesk.contact.service_requests.events import ActUndone
from citydesk.contact.service_requests.models import BulkAct, ClockPause, RequestClock, ServiceRequest
from citydesk.contact.service_requests.services import clocks
from citydesk.contact.service_requests.services.acts import act_on, keep
from citydesk.contact.service_requests.services.pausing import end_pause
from citydesk.contact.service_requests.services.work import names_of
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, NotFound
from citydesk.kernel.outbox import plain

_MOMENTS = ("assigned_at", "accepted_at", "due_at")
_COLUMNS = ("team_id", "department_id", "owner_id", "is_disputed", "state", "review_at", *_MOMENTS)
_CLOCK = ("started_at", "allowed_seconds", "due_at", "stopped_at", "is_met", "next_step", "next_step_at")
_CLOCK_MOMENTS = ("started_at", "due_at", "stopped_at", "next_step_at")
_RIGHT = {BulkKind.ASSIGN: choices.ASSIGN, BulkKind.TAKE: choices.EDIT, BulkKind.HOLD: choices.EDIT}
# The message an act leads to; a hold tells nobody.
_TOLD_BY = {BulkKind.ASSIGN: "assigned", BulkKind.TAKE: "assigned"}
_MOST_NAMED = 5


@dataclass(frozen=True)
class Undone:
    """How many requests stand as before; messages about it that were stopped, and those that had left already."""

    count: int
    stopped: int
    sent: int


def as_it_stands(request_id: int) -> dict[str, Any] | None:
    """A request before an act, locked; what `keep_act` records of it. None when there is none."""
    row = ServiceRequest.objects.select_for_update(of=("self",)).filter(pk=request_id)
    found = row.values("id", "number", "version", "reopen_count", *_COLUMNS).first()
    if found is None:
        return None
    rounds = RequestClock.objects.filter(request_id=request_id, round=found.pop("reopen_count"))
    return {**found, "clocks": list(rounds.values("id", *_CLOCK))}


def version_of(request_id: int) -> int:
    """The version of a request that this transaction has locked."""
    return ServiceRequest.objects.values_list("version", flat=True).get(pk=request_id)


def keep_act(*, kind: BulkKind, rows: Sequence[Mapping[str, Any]], access: Access, now: datetime) -> int | None:
    """Record an act that can be taken back; returns its id. None when no request changed or nobody did it."""
    if not rows or access.actor.staff_id is None:
        return None
    return BulkAct.objects.create(
        kind=kind, done_by_id=access.actor.staff_id, done_at=now, until=now + UNDO_WINDOW, rows=plain(list(rows))
    ).pk


def undo_many(*, act_id: int, access: Access, now: datetime) -> Undone:
    """Put every request of an act back where it was; messages about it that have not left are stopped.

    Raises `NotFound` for an act of somebody else, `Conflict` when it was taken back, when the time is over, and when
    requests changed since: they are named, and nothing is put back.
    """
    access.require(choices.BULK)
    with transaction.atomic():
        act = BulkAct.objects.visible_to(access).select_for_update().filter(pk=act_id).first()
        if act is None:
            raise NotFound(_("There is no such act."))
        kind = BulkKind(act.kind)
        access.require(_RIGHT[kind])
        _require_in_time(act, now)
        rows = _unchanged(act)
        for was in act.rows:
            _put_back(rows[was["id"]], was, kind, access, now)
        act.undone_at = now
        act.save(update_fields=["undone_at"])
        told = _take_back_messages(act, kind, access, now)
        return Undone(len(act.rows), told.stopped, told.sent)


def _require_in_time(act: BulkAct, now: datetime) -> None:
    if act.undone_at is not None:
        raise Conflict(_("This was taken back already."))
    if now > act.until:
        raise Conflict(_("The ten minutes to take it back are over."))


def _unchanged(act: BulkAct) -> dict[int, ServiceRequest]:
    """The act's requests, locked in the order of their ids. Whoever did it knew them: where they went since is no bar.

    Raises `Conflict` with the numbers of those that changed.
    """
    ids = [was["id"] for was in act.rows]
    locked = ServiceRequest.objects.defer("search").select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    rows = {row.pk: row for row in locked}
    changed = [was["number"] for was in act.rows if rows[was["id"]].version != was["after"]]
    if not changed:
        return rows
    named = ", ".join(changed[:_MOST_NAMED])
    if len(changed) > _MOST_NAMED:
        raise Conflict(
            _("Nothing was taken back: %(numbers)s and %(n)s more changed since.")
            % {"numbers": named, "n": len(changed) - _MOST_NAMED}
        )
    raise Conflict(_("Nothing was taken back. Changed since: %(numbers)s.") % {"numbers": named})


def _put_back(row: ServiceRequest, was: Mapping[str, Any], kind: BulkKind, access: Access, now: datetime) -> None:
    teams = [row.team_id, was["team_id"]]
    before = {"team": row.team_id, "owner": row.owner_id, "state": row.state}
    fields = _take_up_again(row, was, access, now) if kind == BulkKind.HOLD else _give_back(row, was)
    after = {"act": kind, "team": row.team_id, "owner": row.owner_id, "state": row.state, **names_of(row)}
    keep(
        row,
        fields,
        [act_on(row, "undone", before=before, after=after)],
        actor=access.actor,
        now=now,
        event=ActUndone(row.pk, row.number, kind.value, row.state, row.team_id, row.owner_id),
        teams=teams,
    )


def _take_up_again(row: ServiceRequest, was: Mapping[str, Any], access: Access, now: datetime) -> list[str]:
    """End a hold as if it had not been: the pause stays on record and stops no clock."""
    ClockPause.objects.filter(request=row, ended_at__isnull=True).update(stops_clocks=False)
    end_pause(row, access.actor, now)
    row.state, row.review_at = RequestState(was["state"]), _moment(was["review_at"])
    clocks.settle_all(row, now=now)
    return ["state", "pause_reason", "paused_since", "review_at", "pause_limit_at", "due_at"]


def _give_back(row: ServiceRequest, was: Mapping[str, Any]) -> list[str]:
    """Team, person and the clocks that the assignment started or ended."""
    row.team_id, row.department_id, row.owner_id = was["team_id"], was["department_id"], was["owner_id"]
    row.is_disputed = was["is_disputed"]
    for name in _MOMENTS:
        setattr(row, name, _moment(was[name]))
    found = {clock.pk: clock for clock in RequestClock.objects.filter(request=row)}
    kept = [one for one in was["clocks"] if one["id"] in found]
    for one in kept:
        for name in _CLOCK:
            setattr(found[one["id"]], name, _moment(one[name]) if name in _CLOCK_MOMENTS else one[name])
    clocks.save([found[one["id"]] for one in kept])
    return ["team_id", "department_id", "owner_id", "is_disputed", *_MOMENTS]


def _take_back_messages(act: BulkAct, kind: BulkKind, access: Access, now: datetime) -> correspondence.TakenBack:
    if kind not in _TOLD_BY:
        return correspondence.TakenBack(0, 0)
    return correspondence.take_back(
        about_type=OBJECT_TYPE,
        about_ids=[was["id"] for was in act.rows],
        template=_TOLD_BY[kind],
        since=act.done_at,
        reason=_("The act it tells of was taken back."),
        actor=access.actor,
        now=now,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
