"""Joining duplicates: one request is the same as another, its people follow that one."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import CloseReason, FollowerKind
from citydesk.contact.service_requests.models import Follower, ServiceRequest
from citydesk.contact.service_requests.rules import workflow
from citydesk.contact.service_requests.services.acts import act_on, keep, require_version, take
from citydesk.contact.service_requests.services.closing import finish
from citydesk.contact.service_requests.services.family import lock_with_main
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict


def merge_duplicate(
    *,
    request_id: int,
    parent_id: int,
    note: str = "",
    access: Access,
    now: datetime,
    version: int | None = None,
) -> int:
    """Close a request as the duplicate of another and let its people follow that one; returns the other's id.

    The other is looked up to the root of its own duplicates, and duplicates of this one move there too. Raises
    `Conflict` when the other is closed, is this one, or is a part while this one has parts.
    """
    with transaction.atomic():
        root_id = _root(parent_id, access)
        if root_id == request_id:
            raise Conflict(_("A request is not its own duplicate."))
        rows = lock_with_main(request_id, root_id, access=access)
        row, root = rows[request_id], rows[root_id]
        access.require(choices.CLOSE)
        workflow.require_move("close_other", row.state)
        require_version(row, version)
        if not root.is_open:
            raise Conflict(_("The other request is closed. Reopen it first, or keep this one."))
        _move_parts(row, root, rows, access.actor, now)
        moved = _move_people(row, root, now)
        root.contact_count += row.contact_count
        root.follower_count += moved
        keep(
            root,
            ["contact_count", "follower_count", "child_count"],
            [act_on(root, "joined", after={"number": row.number, "people": moved})],
            actor=access.actor,
            now=now,
        )
        finish(row, CloseReason.DUPLICATE, text="", note=note, actor=access.actor, now=now, parent_id=root.pk)
        return root.pk


def _root(request_id: int, access: Access) -> int:
    """The request a chain of duplicates ends at; every link must be in sight."""
    for _step in range(50):
        row = take(request_id, access)
        if row.close_reason != CloseReason.DUPLICATE or row.parent_id is None:
            return row.pk
        request_id = row.parent_id
    raise Conflict(_("These duplicates point at each other."))


def _move_parts(
    row: ServiceRequest, root: ServiceRequest, rows: Mapping[int, ServiceRequest], actor: Actor, now: datetime
) -> None:
    """Parts and duplicates of a duplicate go to the other request; a part that doubles another is no part any more."""
    if row.child_count and root.parent_id is not None:
        raise Conflict(_("This one has parts, and the other is a part itself. Take the parts out first."))
    ServiceRequest.objects.filter(parent_id=row.pk).exclude(pk=root.pk).update(parent_id=root.pk)
    if root.parent_id == row.pk:  # the main request doubles its own part: the part stands alone from now on
        root.parent_id = None
        root.save(update_fields=["parent_id"])
        row.child_count -= 1
    root.child_count += row.child_count
    row.child_count = 0
    row.save(update_fields=["child_count"])
    if row.parent_id is not None:
        main = rows[row.parent_id]
        main.child_count -= 1
        acts = [act_on(main, "part_removed", after={"number": row.number})]
        keep(main, ["child_count"], acts, actor=actor, now=now)


def _move_people(row: ServiceRequest, root: ServiceRequest, now: datetime) -> int:
    """Let the active people of a duplicate follow the other request, each told once; returns how many came."""
    people = list(Follower.objects.select_for_update().filter(request=row, is_active=True))
    known = set(Follower.objects.filter(request=root, is_active=True).values_list("channel", "to"))
    moved = 0
    for one in people:
        Follower.objects.filter(pk=one.pk).update(is_active=False, ended_at=now, end_reason=f"joined {root.number}")
        if one.to and (one.channel, one.to) in known:
            continue
        known.add((one.channel, one.to))
        # The token moves along: the link the person was sent shows the request that is worked on.
        Follower.objects.filter(pk=one.pk).update(token=f"{one.token[:32]}.{one.pk}")
        Follower.objects.create(
            request=root,
            kind=FollowerKind.ME_TOO,
            customer_id=one.customer_id,
            name=one.name,
            channel=one.channel,
            to=one.to,
            language=one.language,
            token=one.token,
            added_at=now,
        )
        moved += 1
    return moved
