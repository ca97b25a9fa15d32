"""At the end of a day: late, early and missed shifts, found from schedule, switch and clock, recorded once."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Actor
from citydesk.management.timekeeping import services as timekeeping
from citydesk.management.workforce.choices import ScheduleState
from citydesk.management.workforce.models import Shift
from citydesk.management.workforce.queries.adherence import DayLook, adherence_of

# Files of switches may come a day late; a shift is looked at for so many days after it.
LOOK_BACK = 3


def record_exceptions(*, actor: Actor, now: datetime, day: date | None = None) -> dict[str, int]:
    """Compare the shifts that are over with when their people were there; `day` alone, or the last three days.

    Returns how many shifts were looked at, how many exceptions are new, and how many shifts were left alone because
    nothing at all is known of the day of anybody in the group: that is a file that has not come, not a team that has
    not come. The same shift is recorded once, however often it is looked at.
    """
    today = profile.city_today(now)
    first, last = (day, day) if day else (today - timedelta(days=LOOK_BACK - 1), today)
    shifts = Shift.objects.filter(
        schedule__state=ScheduleState.PUBLISHED, day__gte=first, day__lte=last, ends_at__lte=now
    )
    groups: dict[int, set[int]] = defaultdict(set)
    for group, user in shifts.order_by("schedule__group_id").values_list("schedule__group_id", "user_id"):
        groups[group].add(user)
    told = {"looked": 0, "found": 0, "unknown": 0}
    for people in groups.values():
        looks = adherence_of(sorted(people), first, last, now)
        for on in sorted({one.day for one in looks.values()}):
            _record([looks[user, on] for user in sorted(people)], told, actor, now)
    return told


def _record(looks: list[DayLook], told: dict[str, int], actor: Actor, now: datetime) -> None:
    """One day of one group."""
    due = [(look, shift) for look in looks for shift in look.shifts if shift.ends_at <= now]
    if not any(look.is_known for look in looks):
        told["unknown"] += len(due)
        return
    for look, shift in due:
        told["looked"] += 1
        made = timekeeping.record_attendance(
            user_id=look.user_id,
            scheduled_from=shift.starts_at,
            scheduled_to=shift.ends_at,
            source_key=f"shift-{look.day.isoformat()}",
            actual=[(one.start, one.end) for one in look.there],
            actor=actor,
            now=now,
        )
        told["found"] += len(made)
