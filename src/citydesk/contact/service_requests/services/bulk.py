"""The same act on many requests: each in its own transaction, so that one refusal does not undo the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.services.pausing import hold
from citydesk.contact.service_requests.services.work import assign, take_it
from citydesk.contact.service_requests.services.work_orders import make_work_order
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import CitydeskError, Invalid

MOST = 500


@dataclass
class BulkResult:
    """How many were done, and the refusals: (request id, sentence)."""

    done: list[int] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


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
    )


def take_many(*, request_ids: Sequence[int], access: Access, now: datetime) -> BulkResult:
    """The reader takes several requests."""
    return _each(request_ids, access, lambda one: take_it(request_id=one, access=access, now=now))


def hold_many(
    *, request_ids: Sequence[int], reason: str, review_at: datetime, note: str = "", access: Access, now: datetime
) -> BulkResult:
    """Put several requests on hold for one reason (a storm)."""
    return _each(
        request_ids,
        access,
        lambda one: hold(request_id=one, reason=reason, review_at=review_at, note=note, access=access, now=now),
    )


def make_work_orders(
    *, request_ids: Sequence[int], crew_id: int | None = None, access: Access, now: datetime
) -> BulkResult:
    """Make a work order for each of several requests."""
    return _each(
        request_ids, access, lambda one: make_work_order(request_id=one, crew_id=crew_id, access=access, now=now)
    )


def _each(request_ids: Sequence[int], access: Access, act: Callable[[int], object]) -> BulkResult:
    access.require(choices.BULK)
    if len(request_ids) > MOST:
        raise Invalid(f"At most {MOST} at once.", field="ids")
    result = BulkResult()
    for request_id in dict.fromkeys(request_ids):
        try:
            act(request_id)
            result.done.append(request_id)
        except CitydeskError as error:
            result.refused.append((request_id, str(error.message)))
    return result
