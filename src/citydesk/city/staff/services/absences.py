"""Who is away: entered by a supervisor, so that requests, drafts and promises do not wait for them."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citydesk.city.staff.choices import ABSENCES, MANAGE
from citydesk.city.staff.events import AbsenceEnded, AbsenceSet
from citydesk.city.staff.models import Absence
from citydesk.city.staff.services.loading import about, locked_user
from citydesk.kernel.actors import Access
from citydesk.kernel.audit import record
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.kernel.outbox import publish


def set_absence(
    *, user_id: int, starts_at: datetime, ends_at: datetime | None = None, kind: str, access: Access, now: datetime
) -> int:
    """Note that a person is away, until further notice when `ends_at` is None; returns the absence's id.

    Publishes `staff.AbsenceSet`. Raises `Invalid`, `Conflict` (it overlaps another absence), `NotAllowed`.
    """
    _require(access)
    if ends_at is not None and ends_at <= starts_at:
        raise Invalid(_("The absence ends before it begins."), field="ends_at")
    with transaction.atomic():
        user = locked_user(user_id)
        try:
            with transaction.atomic():
                absence = Absence.objects.create(
                    user=user, starts_at=starts_at, ends_at=ends_at, kind=kind, entered_by_id=access.actor.staff_id
                )
        except IntegrityError as error:
            raise Conflict(_("The person is already away in that time."), field="starts_at") from error
        facts = {"from": starts_at, "until": ends_at}
        record(about(user, "staff.absence_set", after=facts), actor=access.actor, now=now)
        publish(AbsenceSet(absence.pk, user.pk, starts_at, ends_at), now=now)
    return absence.pk


def end_absence(*, absence_id: int, access: Access, now: datetime) -> None:
    """The person is back at `now`. Publishes `staff.AbsenceEnded`. Raises `NotFound`, `Conflict` (not running)."""
    _require(access)
    with transaction.atomic():
        absence = _locked(absence_id)
        if absence.starts_at >= now or (absence.ends_at is not None and absence.ends_at <= now):
            raise Conflict(_("This absence is not running."))
        absence.ends_at = now
        absence.save(update_fields=["ends_at"])
        record(about(absence.user, "staff.absence_ended", after={"until": now}), actor=access.actor, now=now)
        publish(AbsenceEnded(absence.pk, absence.user_id), now=now)


def cancel_absence(*, absence_id: int, reason: str, access: Access, now: datetime) -> None:
    """The absence was entered by mistake: it counts nowhere. Raises `NotFound`, `Conflict` (cancelled already)."""
    _require(access)
    with transaction.atomic():
        absence = _locked(absence_id)
        absence.is_cancelled = True
        absence.save(update_fields=["is_cancelled"])
        record(about(absence.user, "staff.absence_cancelled", reason=reason), actor=access.actor, now=now)
        publish(AbsenceEnded(absence.pk, absence.user_id), now=now)


def _require(access: Access) -> None:
    if not access.may(ABSENCES) and not access.may(MANAGE):
        raise NotAllowed(_("This needs the right to enter absences."))


def _locked(absence_id: int) -> Absence:
    found = Absence.objects.select_for_update(of=("self",)).select_related("user").filter(pk=absence_id).first()
    if found is None:
        raise NotFound(_("There is no such absence."))
    if found.is_cancelled:
        raise Conflict(_("This absence was cancelled."))
    return found
