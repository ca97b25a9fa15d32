"""A main request and its parts: put together, taken apart, locked together.

Requests are locked from the lowest id up, whoever is main, so that two acts at once never wait for each other. Whoever
changes which parts there are holds the main request's lock; whoever closes it does, too.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from citydesk.contact.service_requests import choices, labels
from citydesk.contact.service_requests.choices import CloseReason
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.rules import family as rules
from citydesk.contact.service_requests.services.acts import act_on, keep, require_version, take
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict, Invalid

_TRIES = 5


def link_part(
    *, request_id: int, part_id: int, access: Access, now: datetime, version: int | None = None, reason: str = ""
) -> None:
    """Make `part_id` a part of `request_id`. Both are open, in sight, not confidential; parts have no parts.

    Raises `Conflict` with the reason, `NotFound` for what is not in sight, `NotAllowed`, `StaleVersion`.
    """
    with transaction.atomic():
        rows = lock(sorted({request_id, part_id}), access)
        main, part = rows[request_id], rows[part_id]
        access.require(choices.EDIT)
        require_version(main, version)
        _require_part(main, part)
        main.child_count += 1
        part.parent_id = main.pk
        acts = [act_on(main, "part_added", after={"number": part.number}, reason=reason)]
        keep(main, ["child_count"], acts, actor=access.actor, now=now)
        acts = [act_on(part, "became_part", after={"number": main.number}, reason=reason)]
        keep(part, ["parent_id"], acts, actor=access.actor, now=now)


def unlink_part(*, part_id: int, reason: str, access: Access, now: datetime) -> None:
    """Let a part stand by itself again, with a reason."""
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    with transaction.atomic():
        rows = lock_with_main(part_id, access=access)
        access.require(choices.EDIT)
        part = rows[part_id]
        if part.parent_id is None or part.close_reason == CloseReason.DUPLICATE:
            raise Conflict(_("%(number)s is no part.") % {"number": part.number})
        set_free(part, rows[part.parent_id], access.actor, now, reason=reason)


def set_free(part: ServiceRequest, main: ServiceRequest, actor: Actor, now: datetime, *, reason: str = "") -> None:
    """Take a part out of its main request; both are locked."""
    main.child_count -= 1
    part.parent_id = None
    acts = [act_on(main, "part_removed", after={"number": part.number}, reason=reason)]
    keep(main, ["child_count"], acts, actor=actor, now=now)
    acts = [act_on(part, "left_main", after={"number": main.number}, reason=reason)]
    keep(part, ["parent_id"], acts, actor=actor, now=now)


def lock_with_main(*request_ids: int, access: Access) -> dict[int, ServiceRequest]:
    """Lock requests that are in sight, and with each the one it is a part of (which need not be)."""
    return _lock_settled(request_ids, access, _mains)


def lock_with_parts(request_id: int, access: Access) -> dict[int, ServiceRequest]:
    """Lock a request with its open parts, all that stand when it is locked."""
    return _lock_settled((request_id,), access, _open_parts)


def has_open_parts(row: ServiceRequest) -> bool:
    """Whether parts of a locked request are open; costs nothing for one without parts."""
    return bool(row.child_count) and _parts(row.pk).exists()


def require_no_open_parts(row: ServiceRequest) -> None:
    """Raise `Conflict` when a locked request would be closed over open parts."""
    if not row.child_count:
        return
    numbers = list(_parts(row.pk).order_by("pk").values_list("number", flat=True))
    if numbers:
        raise Conflict(
            _("Parts of it are open: %(numbers)s. Close them too, with a reason, or take them out.")
            % {"numbers": ", ".join(numbers[:5]) + (" ..." if len(numbers) > 5 else "")},
            field="parts_reason",
        )


def lock(request_ids: Sequence[int], access: Access) -> dict[int, ServiceRequest]:
    """Lock requests in the order given; each must be in sight."""
    return {one: take(one, access) for one in request_ids}


def _lock_settled(
    request_ids: Sequence[int], access: Access, more: Callable[[set[int]], set[int]]
) -> dict[int, ServiceRequest]:
    """Lock the asked ones and what belongs to them, lowest id first, until what belongs to them stands still.

    What belongs is read before the lock and may change meanwhile; then the locks are given back and taken anew.
    """
    asked = set(request_ids)
    for _try in range(_TRIES):
        wanted = asked | more(asked)
        point = transaction.savepoint()
        rows = {}
        for one in sorted(wanted):
            rows[one] = take(one, access) if one in asked else _take_any(one)
        if more(asked) <= wanted:
            transaction.savepoint_commit(point)
            return rows
        transaction.savepoint_rollback(point)
    raise Conflict(_("Others change these requests just now. Try again."))


def _take_any(request_id: int) -> ServiceRequest:
    """Lock a relative that the actor need not see: only its count and its parts are touched."""
    return ServiceRequest.objects.defer("search").select_for_update(of=("self",)).get(pk=request_id)


def _mains(request_ids: set[int]) -> set[int]:
    found = ServiceRequest.objects.filter(pk__in=request_ids, parent__isnull=False)
    found = found.exclude(close_reason=CloseReason.DUPLICATE)
    return set(found.values_list("parent_id", flat=True))


def _open_parts(request_ids: set[int]) -> set[int]:
    return set(ServiceRequest.objects.filter(parent_id__in=request_ids, is_open=True).values_list("pk", flat=True))


def _parts(request_id: int) -> "QuerySet[ServiceRequest]":
    return ServiceRequest.objects.filter(parent_id=request_id, is_open=True)


def _require_part(main: ServiceRequest, part: ServiceRequest) -> None:
    refused = rules.refusal_of_part(_member(main), _member(part))
    if refused:
        why, number = refused
        raise Conflict(str(labels.PART_REFUSALS[why]) % {"number": number}, field="part")


def _member(row: ServiceRequest) -> rules.Member:
    return rules.Member(
        row.pk, row.number, row.is_open, row.is_held, row.is_confidential, row.parent_id, row.child_count
    )
