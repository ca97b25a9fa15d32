"""What a person writes about their own time: entries with a reason, corrections, meals that were worked through."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.management.timekeeping.choices import EntryKind
from citydesk.management.timekeeping.models import MealCancellation, TimeEntry
from citydesk.management.timekeeping.queries.hours import week_of
from citydesk.management.timekeeping.rules.spans import Span
from citydesk.management.timekeeping.services.locked import me, needed, require_open, sheet_of
from citydesk.management.timekeeping.services.rows import NewEntry, adjust, void, write


def add_entry(
    *,
    starts_at: datetime,
    ends_at: datetime,
    kind: str = EntryKind.WORK,
    reason: str,
    is_relieved: bool = True,
    access: Access,
    now: datetime,
) -> list[int]:
    """Write down time the clock did not see, with the reason; returns the ids of its rows.

    Raises `Invalid` for time that cannot be, `Conflict` where it overlaps or its week is submitted. In a locked week it
    becomes an adjustment on the current sheet.
    """
    person = me(access)
    why = needed(reason, _("Say why you enter this by hand."))
    with transaction.atomic():
        new = NewEntry(Span(starts_at, ends_at), kind, reason=why, is_relieved=is_relieved)
        return write(person, new, access=access, now=now)


def correct_entry(
    *,
    entry_id: int,
    starts_at: datetime,
    ends_at: datetime,
    kind: str,
    reason: str,
    is_relieved: bool = True,
    access: Access,
    now: datetime,
) -> list[int]:
    """Write the row that stands for one of one's own, with the reason. Raises as `add_entry`, and `NotFound`."""
    why = needed(reason, _("Say what was wrong."))
    with transaction.atomic():
        entry = _own(entry_id, access)
        new = NewEntry(Span(starts_at, ends_at), kind, reason=why, is_relieved=is_relieved)
        return write(entry.user_id, new, access=access, now=now, replaces=entry)


def remove_entry(*, entry_id: int, reason: str, access: Access, now: datetime) -> None:
    """Say that the time of an entry of one's own was no time at all. Raises `NotFound`, `Conflict`."""
    why = needed(reason, _("Say what was wrong."))
    with transaction.atomic():
        void(_own(entry_id, access), why, access=access, now=now)


def cancel_meal(*, day: date, reason: str, is_cancelled: bool = True, access: Access, now: datetime) -> None:
    """Say that the meal taken off by itself on a day was worked through, or that it was taken after all.

    Raises `Conflict` where the week is submitted; in a locked week it becomes an adjustment.
    """
    person = me(access)
    why = needed(reason, _("Say why the meal was worked through."))
    if day > profile.city_today(now) or day < profile.city_today(now) - timedelta(days=400):
        raise Invalid(_("Choose a day that was."), field="day")
    with transaction.atomic():
        # A shift over the week's edge may count in both weeks.
        days = sorted({week_of(day).first_day, week_of(day + timedelta(days=1)).first_day})
        sheets = [sheet_of(person, one) for one in days]
        for sheet in sheets:
            require_open(sheet)
        MealCancellation.objects.create(user_id=person, day=day, is_cancelled=is_cancelled, reason=why, at=now)
        adjust(sheets, why, access=access, now=now)


def _own(entry_id: int, access: Access) -> TimeEntry:
    entry = TimeEntry.objects.select_for_update().filter(pk=entry_id, user_id=me(access), is_void=False).first()
    if entry is None:
        raise NotFound(_("There is no such entry."))
    if not entry.is_effective:
        raise Conflict(_("This entry was corrected already."))
    return entry
