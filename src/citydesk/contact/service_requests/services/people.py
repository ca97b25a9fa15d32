"""Who is told and who asked: followers, "me too", status told again, nudges."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import NOTIFY_CHANNELS, CloseReason, ContactKind, FollowerKind
from citydesk.contact.service_requests.events import FollowerAdded
from citydesk.contact.service_requests.models import Follower, RequestContact, ServiceRequest
from citydesk.contact.service_requests.services.acts import act_on, keep, take
from citydesk.contact.service_requests.services.intake import Person, follower
from citydesk.kernel.actors import SYSTEM_ACCESS, Access, Actor
from citydesk.kernel.errors import Conflict, Invalid, NotFound


def follow(*, request_id: int, person: Person, access: Access, now: datetime, interaction_id: int | None = None) -> int:
    """Let somebody be told how a request goes on; returns the follower's id. Twice is once.

    A resident's own page calls with the system's access after it checked what it may.
    """
    with transaction.atomic():
        row = take(request_id, access)
        return _add(row, person, FollowerKind.FOLLOWER, ContactKind.ADDED, interaction_id, access.actor, now)


def me_too(
    *, request_id: int, person: Person | None, access: Access, now: datetime, interaction_id: int | None = None
) -> int | None:
    """Somebody has the same trouble: counted as a contact, told if they want to be. Returns the follower's id."""
    with transaction.atomic():
        row = take(request_id, access)
        row = _open_one(row, access)
        row.contact_count += 1
        if person is None:
            _contact(row, ContactKind.ME_TOO, interaction_id, None, now)
            keep(row, ["contact_count"], [act_on(row, "me_too")], actor=access.actor, now=now)
            return None
        return _add(row, person, FollowerKind.ME_TOO, ContactKind.ME_TOO, interaction_id, access.actor, now)


def tell_status(
    *,
    request_id: int,
    access: Access,
    now: datetime,
    interaction_id: int | None = None,
    customer_id: int | None = None,
    is_nudged: bool = False,
) -> int:
    """A resident asked again and was told the status: a repeat contact. Returns how often the request was asked about.

    `is_nudged` marks it for its owner.
    """
    with transaction.atomic():
        row = take(request_id, access)
        row.contact_count += 1
        fields = ["contact_count"]
        if is_nudged:
            row.nudged_at = now
            fields.append("nudged_at")
        _contact(row, ContactKind.STATUS_TOLD, interaction_id, customer_id, now)
        acts = [act_on(row, "status_told", after={"count": row.contact_count, "nudged": is_nudged})]
        keep(row, fields, acts, actor=access.actor, now=now)
        return row.contact_count


def unfollow(*, follower_id: int, reason: str = "", access: Access, now: datetime) -> None:
    """A clerk ends somebody's following; their link stops working."""
    with transaction.atomic():
        found = Follower.objects.filter(pk=follower_id).values_list("request_id", flat=True).first()
        if found is None:
            raise NotFound(_("There is no such follower."))
        row = take(found, access, permission=choices.EDIT)
        end_follower(row, follower_id, reason, access.actor, now)


def unfollow_by_token(*, token: str, actor: Actor, now: datetime) -> None:
    """A resident does not want to be told any more."""
    with transaction.atomic():
        found = Follower.objects.filter(token=token, is_active=True).values_list("pk", "request_id").first()
        if found is None:
            raise NotFound(_("There is no such page."))
        end_follower(take(found[1], SYSTEM_ACCESS), found[0], "by link", actor, now)


def end_follower(row: ServiceRequest, follower_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """End one follower of a locked request."""
    ended = Follower.objects.filter(pk=follower_id, request=row, is_active=True)
    kind = ended.values_list("kind", flat=True).first()
    if kind is None:
        return
    ended.update(is_active=False, ended_at=now, end_reason=reason.strip()[:200])
    if kind != FollowerKind.REPORTER:
        row.follower_count = max(row.follower_count - 1, 0)
    acts = [act_on(row, "unfollowed", after={"follower": follower_id}, reason=reason)]
    keep(row, ["follower_count"], acts, actor=actor, now=now)


def change_reach(*, follower_id: int, channel: str, to: str, language: str, access: Access, now: datetime) -> None:
    """Tell a person by another way or in another language from now on."""
    if channel not in NOTIFY_CHANNELS or (channel != "none" and not to.strip()):
        raise Invalid(_("Say how to reach this person."), field="to")
    with transaction.atomic():
        one = Follower.objects.select_for_update().filter(pk=follower_id, is_active=True).first()
        if one is None:
            raise NotFound(_("There is no such follower."))
        row = take(one.request_id, access, permission=choices.EDIT)
        if row.is_confidential and channel != "none":
            raise Conflict(_("This was reported in confidence: nobody is written to."))
        one.channel, one.to, one.language = channel, to.strip()[:320] if channel != "none" else "", language
        one.save(update_fields=["channel", "to", "language"])
        keep(row, (), [act_on(row, "reach_changed", after={"follower": one.pk})], actor=access.actor, now=now)


def _open_one(row: ServiceRequest, access: Access) -> ServiceRequest:
    """The request that stands for a duplicate; a closed one is nobody's "me too"."""
    if row.close_reason == CloseReason.DUPLICATE and row.parent_id is not None:
        row = take(row.parent_id, access)
    if not row.is_open:
        raise Conflict(_("It is closed. Reopen it or record a new request."))
    return row


def _add(
    row: ServiceRequest,
    person: Person,
    kind: FollowerKind,
    contact: ContactKind,
    interaction_id: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    one = follower(row.pk, person, kind, now)
    known = Follower.objects.filter(request=row, is_active=True, channel=one.channel, to=one.to).exclude(to="").first()
    if known is None:
        try:
            with transaction.atomic():
                one.save(force_insert=True)
        except IntegrityError:  # two at once: the other one is as good
            known = Follower.objects.get(request=row, is_active=True, channel=one.channel, to=one.to)
    _contact(row, contact, interaction_id, person.customer_id, now)
    if known is not None:
        keep(
            row,
            ["contact_count"],
            [act_on(row, "me_too" if contact == ContactKind.ME_TOO else "asked_again")],
            actor=actor,
            now=now,
        )
        return known.pk
    row.follower_count += 1
    code = "me_too" if kind == FollowerKind.ME_TOO else "followed"
    keep(
        row,
        ["follower_count", "contact_count"],
        [act_on(row, code, after={"follower": one.pk, "channel": one.channel})],
        actor=actor,
        now=now,
        event=FollowerAdded(row.pk, row.number, one.pk, kind),
    )
    return one.pk


def _contact(
    row: ServiceRequest, kind: ContactKind, interaction_id: int | None, customer_id: int | None, now: datetime
) -> None:
    RequestContact.objects.create(
        request_id=row.pk, interaction_id=interaction_id, kind=kind, at=now, customer_id=customer_id
    )
