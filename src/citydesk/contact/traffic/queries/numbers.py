"""A person's week of contacts beside what its mix lets expect. Only what the profile switches on is counted at all.

The person sees every week at once. Those with the right see the people of their own teams, a week when it has been over
for the days in which it is the person's alone; each such reading is on record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.traffic.choices import DESK, NUMBERS, TEAM_NUMBERS, MonitorCode, WorkClass
from citydesk.contact.traffic.models import NumbersNote, Queue
from citydesk.contact.traffic.queries.hours import by_hour, hours_there
from citydesk.contact.traffic.queries.monitors import Monitor, figures_on
from citydesk.contact.traffic.rules.expected import Cell, CellLine, Compared, Work, compare, lines_of
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotAllowed, NotFound
from citydesk.kernel.statements import run

# What others' contacts came to is looked at in so many weeks up to the week's end.
BASE_WEEKS = 8
_WEEK = timedelta(days=7)
_WORK = """
SELECT a.user_id, l.queue_id, coalesce(i.reason_code, d.reason_code, ''),
       CASE WHEN coalesce(i.helped_by_id, i.taken_from_id, d.helped_by_id, d.taken_from_id) IS NOT NULL THEN 'escalated'
            WHEN coalesce(i.interpreter_vendor, d.interpreter_vendor) <> ''
              OR coalesce(i.interpreter_minutes, d.interpreter_minutes) > 0 THEN 'interpreted' ELSE 'plain' END,
       CASE WHEN l.entered_at >= %(today)s THEN 2 WHEN l.entered_at >= %(week)s THEN 1 ELSE 0 END,
       count(*), sum(l.talk_s + l.hold_s + l.acw_s), sum(l.acw_s), sum(l.hold_s),
       count(*) FILTER (WHERE l.transfer_kind <> ''), count(coalesce(m.interaction_id, d.id))
  FROM traffic_contactleg l JOIN traffic_sourceagent a ON a.id = l.agent_id
  LEFT JOIN traffic_legmatch m ON m.leg_id = l.id LEFT JOIN interactions_interaction i ON i.id = m.interaction_id
  LEFT JOIN interactions_interaction d ON l.source = %(desk)s AND d.number = l.source_id
 WHERE l.queue_id = ANY (%(queues)s) AND l.is_current AND l.entered_at >= %(since)s AND l.entered_at < %(until)s
   AND l.outcome = 'answered' AND l.ended_at IS NOT NULL AND l.direction = 'in' AND a.user_id IS NOT NULL
 GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True)
class Note:
    """What the person says about a figure of the week."""

    text: str
    written_at: datetime


@dataclass(frozen=True)
class Numbers:
    """A person's week. `figures` are those the reader may see, `hidden` counts those that are the person's alone yet;
    `lines` are the kinds of contacts they had, for the person and for those who see the whole week."""

    user_id: int
    name: str
    week: date
    figures: tuple[Compared, ...]
    hidden: int
    notes: Mapping[MonitorCode, Note]
    lines: tuple[CellLine, ...]
    queues: Mapping[int, Mapping[str, str]]


@dataclass(frozen=True)
class Worked:
    """Sums by person and kind of contact: in all the weeks looked at, in the week, on the day."""

    everything: dict[int, dict[Cell, Work]] = field(default_factory=dict)
    week: dict[int, dict[Cell, Work]] = field(default_factory=dict)
    today: dict[int, dict[Cell, Work]] = field(default_factory=dict)


@dataclass(frozen=True)
class Brief:
    """A person's figures of today and of the week so far, a pair each, and how many contacts they had.

    `figures` is empty where the city measures nothing by person.
    """

    figures: tuple[tuple[Compared, Compared], ...] = ()
    today: int = 0
    week: int = 0


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def own_numbers(*, access: Access, week: date, now: datetime) -> Numbers:
    """The reader's own week. Raises `NotAllowed`."""
    access.require(NUMBERS)
    me = access.actor.staff_id
    if me is None:
        raise NotAllowed(_("Only a person has numbers."))
    return _numbers([me], week_of(week), figures_on(now), now, is_own=True)[0]


def own_brief(*, access: Access, now: datetime) -> Brief:
    """The reader's own today and this week, for their opening page: the same sums as `own_numbers`. Two statements,
    none where nothing is measured. Raises `NotAllowed`."""
    access.require(NUMBERS)
    known, me = figures_on(now), access.actor.staff_id
    if not known or me is None:
        return Brief()
    today = profile.city_today(now)
    found = _work(list(Queue.objects.values_list("pk", flat=True)), week_of(today), today)
    others = {person: work for person, work in found.everything.items() if person != me}
    day, week = found.today.get(me, {}), found.week.get(me, {})
    return Brief(
        tuple(zip(compare(day, others, known), compare(week, others, known), strict=True)),
        *(sum(one.contacts for one in work.values()) for work in (day, week)),
    )


def team_numbers(*, access: Access, week: date, now: datetime) -> list[Numbers]:
    """The week of the people of the reader's teams, by name; never the reader's own. Raises `NotAllowed`.

    A figure that is the person's alone yet is not in it. Each person's reading is on record.
    """
    access.require(TEAM_NUMBERS)
    people = _people(access, now)
    known = figures_on(now)
    found = _numbers(sorted(people), week_of(week), known, now, is_own=False)
    for one in found:
        if one.figures:
            audit.record_read(
                object_type="traffic.numbers", object_id=one.user_id, purpose="numbers", actor=access.actor, now=now
            )
    return found


def opens_on(week: date, monitor: Monitor) -> date:
    """The day from which others may see a figure of a week."""
    return week + _WEEK + timedelta(days=monitor.own_first_days)


def require_own_week(week: date, now: datetime) -> date:
    """The week's Monday. Raises `NotFound` for a week that has not begun."""
    begin = week_of(week)
    if begin > profile.city_today(now):
        raise NotFound(_("This week has not begun."))
    return begin


def notes_on(user_ids: Iterable[int], week: date, code: MonitorCode) -> dict[int, Note]:
    """What people say of one figure of a week, their newest words; for callers that have authorised. One statement."""
    found = _notes(user_ids, week_of(week), [code])
    return {user: notes[code] for user, notes in found.items() if code in notes}


def _people(access: Access, now: datetime) -> set[int]:
    found = {one.id for team in access.team_ids for one in staff.people_of_team(team, now)}
    return found - {access.actor.staff_id or 0}


def _numbers(
    user_ids: list[int], week: date, known: Mapping[MonitorCode, Monitor], now: datetime, *, is_own: bool
) -> list[Numbers]:
    today = profile.city_today(now)
    shown = [code for code, one in known.items() if is_own or today >= opens_on(week, one)]
    queues = {row.pk: dict(row.name) for row in Queue.objects.all()}
    found_work = _work(list(queues), week) if shown else Worked()
    notes = _notes(user_ids, week, shown)
    names = staff.names_of(user_ids)
    there = hours_there(week, weeks=BASE_WEEKS) if MonitorCode.PER_HOUR in shown else None
    found = []
    for user_id in user_ids:
        mine = found_work.week.get(user_id, {})
        others = {person: work for person, work in found_work.everything.items() if person != user_id}
        found.append(
            Numbers(
                user_id=user_id,
                name=names.get(user_id, ""),
                week=week,
                figures=(*compare(mine, others, shown), *by_hour(user_id, mine, others, there)),
                hidden=len(known) - len(shown),
                notes=notes.get(user_id, {}),
                lines=tuple(lines_of(mine, others)) if MonitorCode.HANDLE_TIME in shown else (),
                queues=queues,
            )
        )
    return sorted(found, key=lambda one: one.name)


def _work(queues: list[int], week: date, today: date | None = None) -> Worked:
    """Each person's sums by kind of contact in all the weeks looked at. Without `today` no day is told apart."""
    zone = profile.local_zone()
    begin, end, base, day = (
        datetime.combine(one, time.min, tzinfo=zone)
        for one in (week, week + _WEEK, week + _WEEK - BASE_WEEKS * _WEEK, today or week + _WEEK)
    )
    found = Worked()
    given = {"queues": queues, "week": begin, "today": day, "since": base, "until": end, "desk": DESK}
    for user, queue, reason, kind, place, *sums in run(_WORK, given):
        cell, work = Cell(queue, reason, WorkClass(kind)), Work(*(int(one) for one in sums))
        for cells in (found.everything, found.week, found.today)[: place + 1]:
            mine = cells.setdefault(user, {})
            mine[cell] = mine.get(cell, Work()) + work
    return found


def _notes(user_ids: Iterable[int], week: date, codes: Iterable[MonitorCode]) -> dict[int, dict[MonitorCode, Note]]:
    rows = NumbersNote.objects.filter(user_id__in=list(user_ids), week=week, figure__in=list(codes)).order_by("id")
    found: dict[int, dict[MonitorCode, Note]] = {}
    for one in rows:
        found.setdefault(one.user_id, {})[MonitorCode(one.figure)] = Note(one.text, one.written_at)
    return {user: {code: note for code, note in notes.items() if note.text} for user, notes in found.items()}
