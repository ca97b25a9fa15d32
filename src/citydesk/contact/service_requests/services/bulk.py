"""The same act on many requests: each in its own transaction, so that one refusal does not undo the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import BulkKind
from citydesk.contact.service_requests.queries.absence import list_owned_ids
from citydesk.contact.service_requests.services.closing import close
from citydesk.contact.service_requests.services.family import link_part
from citydesk.contact.service_requests.services.joining import merge_duplicate
from citydesk.contact.service_requests.services.pausing import hold
from citydesk.contact.service_requests.services.undoing import as_it_stands, keep_act, version_of
from citydesk.contact.service_requests.services.work import assign, take_it
from citydesk.contact.service_requests.services.work_orders import make_work_order
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import CitydeskError, Invalid

MOST = 500


@dataclass
class BulkResult:
    """How many were done, and the refusals: (request id, sentence). `undo_id` is what `undo_many` takes, if it can."""

    done: list[int] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    undo_id: int | None = None


def assign_many(
    *,
    request_ids: Sequence[int],
    team_id: int | None = None,
    owner_id: int | None = None,
    reason: str = "",
    access: Access,
    now: datetime,
) -> BulkResult:
    """Assign several requests to one team or person."""
    return _each(
        request_ids,
        access,
        lambda one: assign(request_id=one, team_id=team_id, owner_id=owner_id, reason=reason, access=access, now=now),
        BulkKind.ASSIGN,
        now,
    )


def move_owned(*, user_id: int, to_user_id: int | None, reason: str, access: Access, now: datetime) -> BulkResult:
    """Give a person's open requests to a colleague, or back to their teams; `undo_many` takes it back."""
    teams = dict(list_owned_ids(access, user_id))

    def move(one: int) -> None:
        assign(request_id=one, team_id=teams[one], owner_id=to_user_id, reason=reason, access=access, now=now)

    return _each(list(teams), access, move, BulkKind.ASSIGN, now, most=len(teams))


def take_many(*, request_ids: Sequence[int], access: Access, now: datetime) -> BulkResult:
    """The reader takes several requests."""
    return _each(request_ids, access, lambda one: take_it(request_id=one, access=access, now=now), BulkKind.TAKE, now)


def hold_many(
    *, request_ids: Sequence[int], reason: str, review_at: datetime, note: str = "", access: Access, now: datetime
) -> BulkResult:
    """Put several requests on hold for one reason (a storm)."""
    return _each(
        request_ids,
        access,
        lambda one: hold(request_id=one, reason=reason, review_at=review_at, note=note, access=access, now=now),
        BulkKind.HOLD,
        now,
    )


def close_many(
    *, request_ids: Sequence[int], reason: str, text: str = "", note: str = "", access: Access, now: datetime
) -> BulkResult:
    """Close several requests with one reason; `text` is told to each one's people. A duplicate is joined instead."""
    return _each(
        request_ids,
        access,
        lambda one: close(request_id=one, reason=reason, text=text, note=note, access=access, now=now),
    )


def make_work_orders(
    *, request_ids: Sequence[int], crew_id: int | None = None, access: Access, now: datetime
) -> BulkResult:
    """Make a work order for each of several requests."""
    return _each(
        request_ids, access, lambda one: make_work_order(request_id=one, crew_id=crew_id, access=access, now=now)
    )


def join_many(
    *,
    request_ids: Sequence[int],
    main_id: int | None,
    is_same: bool,
    reason: str,
    access: Access,
    now: datetime,
) -> BulkResult:
    """Join several requests to one: as duplicates (`is_same`), or as its parts. Without `main_id` to the oldest.

    A reason is asked for, and nothing of it is taken back by one act: duplicates are closed.
    """
    if not reason.strip():
        raise Invalid(_("Say why."), field="join_reason")
    main = main_id or min(request_ids, default=0)
    others = [one for one in request_ids if one != main]
    if not others:
        raise Invalid(_("Select at least two requests, or give the number of another one."), field="main")

    def join(one: int) -> None:
        if is_same:
            merge_duplicate(request_id=one, parent_id=main, note=reason, access=access, now=now)
        else:
            link_part(request_id=main, part_id=one, reason=reason.strip(), access=access, now=now)

    return _each(others, access, join)


def _each(
    request_ids: Sequence[int],
    access: Access,
    act: Callable[[int], object],
    kind: BulkKind | None = None,
    now: datetime | None = None,
    *,
    most: int = MOST,
) -> BulkResult:
    """Do it for each; an act of a `kind` that can be taken back is recorded with how each request stood before."""
    access.require(choices.BULK)
    if len(request_ids) > most:
        raise Invalid(_("At most %(n)s at once.") % {"n": most}, field="ids")
    result, before = BulkResult(), list[dict[str, Any]]()
    for request_id in dict.fromkeys(request_ids):
        try:
            with transaction.atomic():
                was = as_it_stands(request_id) if kind else None
                act(request_id)
                after = version_of(request_id) if was else 0
        except CitydeskError as error:
            result.refused.append((request_id, str(error.message)))
            continue
        result.done.append(request_id)
        if was and after != was["version"]:
            before.append({**was, "after": after})
    if kind and now:
        result.undo_id = keep_act(kind=kind, rows=before, access=access, now=now)
    return result
