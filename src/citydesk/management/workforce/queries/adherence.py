"""Adherence and conformance of people by day: the schedule beside what switch and clock told, down to the second."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.traffic import queries as traffic
from citydesk.contact.traffic.choices import MonitorCode
from citydesk.contact.traffic.queries import Note
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.management.timekeeping import queries as timekeeping
from citydesk.management.timekeeping.rules.spans import Span, at_local
from citydesk.management.workforce.choices import ADHERENCE, OWN
from citydesk.management.workforce.queries.life import ShiftRow, published_shifts
from citydesk.management.workforce.rules.adherence import (
    OF_ACTIVITY,
    OF_ENTRY,
    OF_STATE,
    Doing,
    Figures,
    Piece,
    Stretch,
    actual_of,
    clipped,
    figures_of,
    pieces,
    plan_of,
    presence,
    windows,
)

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayLook:
    """A person's day: its shifts, what was planned and done until now, and their sums. `is_known` is False where
    neither switch nor clock told anything of the person that day."""

    user_id: int
    day: date
    shifts: tuple[ShiftRow, ...]
    window: Span
    pieces: tuple[Piece, ...] = ()
    plan: tuple[Stretch, ...] = ()
    actual: tuple[Stretch, ...] = ()
    figures: Figures = field(default_factory=Figures)
    is_known: bool = False

    @property
    def there(self) -> list[Span]:
        """When the person was at work."""
        return presence(self.actual)


@dataclass(frozen=True)
class PersonLine:
    """Some days of a person on the team's page."""

    user_id: int
    name: str
    figures: Figures
    days: tuple[DayLook, ...]


@dataclass(frozen=True)
class TeamPage:
    """Adherence of the people in the reader's sight, and the sums of all. `until` is the last day that is not the
    people's own any more; None: the city does not measure it. `notes` are what people say of the week, by person."""

    lines: tuple[PersonLine, ...]
    total: Figures
    until: date | None = None
    notes: Mapping[int, Note] = field(default_factory=dict)


def adherence_of(user_ids: Collection[int], first: date, last: date, now: datetime) -> dict[tuple[int, date], DayLook]:
    """Every person's days from `first` through `last`, as far as they have come. Five statements for one and for many.

    For callers that have authorised.
    """
    zone = profile.local_zone()
    since, until = at_local(first - _DAY, 0, zone), at_local(last + 2 * _DAY, 0, zone)
    shifts: dict[int, list[ShiftRow]] = defaultdict(list)
    plans: dict[int, list[Stretch]] = defaultdict(list)
    for one in published_shifts(user_ids, first - _DAY, last + _DAY):
        shifts[one.user_id].append(one)
        plans[one.user_id] += plan_of(Span(one.starts_at, one.ends_at), _activities(one))
    states, clocks = _states(user_ids, since, until, now), _clocks(user_ids, since, until, now)
    found: dict[tuple[int, date], DayLook] = {}
    for user in user_ids:
        cuts = windows(first, last, [Span(one.starts_at, one.ends_at) for one in shifts[user]], zone)
        actual = actual_of(states[user], clocks[user])
        for day, window in cuts.items():
            mine = tuple(one for one in shifts[user] if one.day == day)
            found[user, day] = _look(user, day, mine, window, plans[user], actual, now)
    return found


def _look(
    user: int,
    day: date,
    shifts: tuple[ShiftRow, ...],
    window: Span,
    plan: Sequence[Stretch],
    actual: Sequence[Stretch],
    now: datetime,
) -> DayLook:
    seen = Span(window.start, min(window.end, now)) if now > window.start else None
    if seen is None:
        return DayLook(user, day, shifts, window, plan=clipped(plan, window))
    done = clipped(actual, seen)
    side = pieces(clipped(plan, seen), done)
    return DayLook(user, day, shifts, window, side, clipped(plan, window), done, figures_of(side), bool(done))


def _activities(one: ShiftRow) -> list[Stretch]:
    return [Stretch(start, end, OF_ACTIVITY.get(kind, Doing.CONTACTS)) for kind, start, end, _label in one.activities]


def _states(users: Collection[int], since: datetime, until: datetime, now: datetime) -> dict[int, list[Stretch]]:
    found: dict[int, list[Stretch]] = defaultdict(list)
    for one in traffic.states_of_people(user_ids=users, since=since, until=until):
        end, mine = one.until or now, found[one.user_id]
        # Two switches may tell of one moment; what was told to begin first stands.
        start = max(one.since, mine[-1].end) if mine else one.since
        if start < end:
            mine.append(Stretch(start, end, OF_STATE[one.state]))
    return found


def _clocks(users: Collection[int], since: datetime, until: datetime, now: datetime) -> dict[int, list[Stretch]]:
    found: dict[int, list[Stretch]] = defaultdict(list)
    for one in timekeeping.clocked_spans(user_ids=users, since=since, until=until, now=now):
        found[one.user_id].append(Stretch(one.start, one.end, OF_ENTRY[one.kind]))
    return found


def people_in_sight(access: Access, now: datetime) -> dict[int, str]:
    """Names of people of the reader's teams by id, without the reader. Empty without the right."""
    if not access.may(ADHERENCE):
        return {}
    found = {one.id: one.name for team in sorted(access.team_ids) for one in staff.people_of_team(team, now)}
    found.pop(access.actor.staff_id or 0, None)
    return dict(sorted(found.items(), key=lambda item: item[1]))


def team_adherence(access: Access, first: date, last: date, *, now: datetime) -> TeamPage:
    """The days of the reader's teams, people with a shift or with time at work, by name. Raises `NotAllowed`.

    Nothing where the city's profile does not measure it; a day that is a person's own yet has its shifts alone.
    """
    access.require(ADHERENCE)
    until = open_until(now)
    if until is None:
        return TeamPage((), Figures())
    people = people_in_sight(access, now)
    found = {key: _opened(one, until) for key, one in adherence_of(list(people), first, last, now).items()}
    lines = []
    for user, name in people.items():
        days = tuple(found[user, first + timedelta(days=n)] for n in range((last - first).days + 1))
        if any(one.shifts or one.is_known for one in days):
            lines.append(PersonLine(user, name, sum((one.figures for one in days), Figures()), days))
    notes = traffic.notes_on(people, first, MonitorCode.ADHERENCE)
    return TeamPage(tuple(lines), sum((one.figures for one in lines), Figures()), until, notes)


def open_until(now: datetime) -> date | None:
    """The last day whose adherence others may see, after so many days as the labor agreement leaves to the person
    alone; None where the profile does not measure it."""
    monitor = traffic.monitor_on(MonitorCode.ADHERENCE, now)
    return None if monitor is None else profile.city_today(now) - monitor.own_first_days * _DAY


def _opened(look: DayLook, until: date) -> DayLook:
    """A day as others see it: without what was done while it is the person's own."""
    if look.day <= until:
        return look
    return replace(look, pieces=(), actual=(), figures=Figures(), is_known=False)


def own_note(access: Access, week: date) -> Note | None:
    """What the reader says of a week of their own."""
    me = access.actor.staff_id or 0
    return traffic.notes_on([me], week, MonitorCode.ADHERENCE).get(me)


def own_adherence(access: Access, first: date, last: date, *, now: datetime) -> PersonLine | None:
    """One's own days; None where the city does not measure it. Raises `NotAllowed`."""
    access.require(OWN)
    if open_until(now) is None:
        return None
    me = access.actor.staff_id or 0
    found = adherence_of([me], first, last, now)
    days = tuple(found[me, first + timedelta(days=n)] for n in range((last - first).days + 1))
    return PersonLine(me, str(access.actor.label), sum((one.figures for one in days), Figures()), days)


def get_day(access: Access, user_id: int, day: date, *, now: datetime) -> tuple[str, DayLook]:
    """A person's name and day: one's own, or of somebody of one's teams once it is not theirs alone any more. Raises
    `NotFound`, also where the city does not measure it."""
    until = open_until(now)
    if until is None:
        raise NotFound(_("The city does not measure adherence."))
    if access.may(OWN) and user_id == access.actor.staff_id:
        name = str(access.actor.label)
    else:
        name = people_in_sight(access, now).get(user_id, "")
    if not name:
        raise NotFound(_("There is no such person."))
    if day > until and user_id != access.actor.staff_id:
        raise NotFound(_("This day is the person's own until the labor agreement opens it."))
    return name, adherence_of([user_id], day, day, now)[user_id, day]
