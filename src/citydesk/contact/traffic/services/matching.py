"""Legs of the switch paired with contacts of the desk: by rule, or by a person's word, which the rule leaves alone."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import queries as interactions
from citydesk.contact.traffic.choices import MANAGE, TransferKind
from citydesk.contact.traffic.models import ContactLeg, LegMatch
from citydesk.contact.traffic.queries.pairing import contacts_between, spoken_between
from citydesk.contact.traffic.rules import match_contacts
from citydesk.contact.traffic.rules.matching import AFTER, BEFORE, VERSION
from citydesk.contact.traffic.services.rebuilding import rebuild_days
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, NotFound

OBJECT = "traffic.leg"


def match_legs(*, since: datetime, until: datetime, now: datetime) -> int:
    """Pair the legs answered in a stretch of time with the desk's contacts; returns how many pairs there are by rule.

    Pairs by rule in the stretch are found anew, so that a contact recorded late or a leg told again comes to its own;
    pairs a person made stay.
    """
    with transaction.atomic():
        legs = spoken_between(since, until)
        old = LegMatch.objects.filter(leg_id__in=[one.id for one in legs], matched_by=None)
        before = {one.leg_id: one for one in old}
        contacts = contacts_between(since - BEFORE, until + AFTER, leaving=set(before))
        found = {one.leg_id: one for one in match_contacts(legs, contacts)}
        gone = [row.pk for key, row in before.items() if not _is_same(row, found.get(key))]
        LegMatch.objects.filter(pk__in=gone).delete()
        kept = {key for key, row in before.items() if row.pk not in set(gone)}
        LegMatch.objects.bulk_create(
            LegMatch(
                leg_id=one.leg_id,
                interaction_id=one.contact_id,
                score=one.score,
                reasons=list(one.reasons),
                rule_version=VERSION,
                matched_at=now,
            )
            for key, one in found.items()
            if key not in kept
        )
        _recount({one.leg_id for one in old if one.pk in set(gone)} | (set(found) - kept))
    return len(found)


def _recount(leg_ids: Collection[int]) -> None:
    """Count the days of legs anew that were passed on: the desk's record of the contact says to whom."""
    zone = profile.local_zone()
    rows = ContactLeg.objects.filter(pk__in=leg_ids, is_current=True).exclude(transfer_kind=TransferKind.NONE)
    rebuild_days({(queue, at.astimezone(zone).date()) for queue, at in rows.values_list("queue_id", "entered_at")})


def _is_same(row: LegMatch, found: object) -> bool:
    return found is not None and row.interaction_id == getattr(found, "contact_id", None)


def pair_by_hand(*, leg_id: int, number: str, access: Access, now: datetime) -> None:
    """Say that a leg and a contact (by its number) are one. Raises `NotAllowed`, `NotFound`, `Conflict` when either has
    its pair."""
    access.require(MANAGE)
    contact = interactions.get_contact(access=access, number=number, now=now)
    with transaction.atomic():
        leg = ContactLeg.objects.filter(pk=leg_id, is_current=True).first()
        if leg is None:
            raise NotFound(_("There is no such leg."))
        LegMatch.objects.filter(leg=leg, matched_by=None).delete()
        LegMatch.objects.filter(interaction_id=contact.id, matched_by=None).delete()
        try:
            with transaction.atomic():
                LegMatch.objects.create(
                    leg=leg, interaction_id=contact.id, matched_at=now, matched_by_id=access.actor.staff_id
                )
        except IntegrityError as error:
            raise Conflict(_("One of the two is paired already.")) from error
        _recount([leg.pk])
        act = audit.Act("traffic.paired", OBJECT, leg.pk, leg.source_id, after={"contact": contact.number})
        audit.record(act, actor=access.actor, now=now)


def unpair(*, leg_id: int, access: Access, now: datetime) -> None:
    """Take a pair apart. Raises `NotAllowed`, `NotFound`."""
    access.require(MANAGE)
    with transaction.atomic():
        row = LegMatch.objects.select_for_update().select_related("leg").filter(leg_id=leg_id).first()
        if row is None:
            raise NotFound(_("This leg has no pair."))
        act = audit.Act("traffic.unpaired", OBJECT, leg_id, row.leg.source_id, before={"contact": row.interaction_id})
        audit.record(act, actor=access.actor, now=now)
        row.delete()
        _recount([leg_id])
