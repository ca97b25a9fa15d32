"""A year of the demo city's telephone: what its switch told, up to this minute, and minute by minute from then on.

Each day is simulated from the seed and its date, so what is told of today now is what would be told of it anyhow. Calls
that led to a request are among them; what the desk wrote down of the others is in `calls.py`. States of agents are told
of the last weeks only.
"""

import math
import os
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.interactions import queries as interactions
from citydesk.contact.interactions.choices import Channel
from citydesk.contact.traffic import queries, services
from citydesk.contact.traffic.rules import CallPart, CountRecord, LegRecord, StateRecord
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.kernel.actors import SYSTEM_ACCESS, Actor
from citydesk.management.workforce.queries.groups import all_groups, queues_of
from config.demo.floor import Day, Member, Spoken, State, Told, Turn, simulate
from config.demo.trunk import records

CODE, SEED = "switch", "2026"
NIGHT = ("Local/night-1", "Local/night-2")
# Days of contacts, days of agents' states, days told in one transaction. A small year has a small past, unless it is
# asked for more (a quick look at another city).
DAYS, DAYS_OF_STATES, TOGETHER, SMALL = 365, 56, 28, int(os.environ.get("CITYDESK_DEMO_DAYS", "3"))
# Weeks of counts of lines that are not the desk's, as many as a forecast of them likes.
COUNTS, DAYS_OF_COUNTS = "other_lines", 70
# Days kept in mind.
KEPT = 3
# A demo that was off for long does not catch up on more than this.
MOST_MISSED = timedelta(days=10)
# How busy the storm and the two days after it are, and a day after a holiday.
_STORM, _AFTER_HOLIDAY = (1.6, 1.3, 1.15), 1.2
# What a shift holds, as the switch calls it.
_STATES = {
    "break": State.BREAK,
    "meal": State.MEAL,
    "training": State.TRAINING,
    "meeting": State.MEETING,
    "coaching": State.COACHING,
    "offline": State.OFFLINE_WORK,
}
_SHIFTS = """
WITH firsts AS (
    SELECT DISTINCT ON (group_id, week_start) id FROM workforce_schedule
     WHERE published_at <= %s ORDER BY group_id, week_start, version
) SELECT s.id, s.user_id, s.day, s.starts_at, s.ends_at FROM workforce_shift s
    JOIN firsts ON firsts.id = s.schedule_id WHERE s.day >= %s ORDER BY s.starts_at, s.id
"""
_ACTIVITIES = """
SELECT shift_id, kind, starts_at, ends_at FROM workforce_activity WHERE shift_id = ANY(%s) AND kind <> 'work'
"""


class Switch:
    """The demo city's switch. `made_at` is when the year ended: from the day before, the night line answers, too."""

    def __init__(self, made_at: datetime) -> None:
        self.made_at, self.zone = made_at, profile.local_zone()
        self.last = made_at.astimezone(self.zone).date()
        known = {one.code: one.channel for one in queries.list_queues()}
        voice = [code for code, channel in known.items() if channel == "voice"]
        chat = next((code for code, channel in known.items() if channel == "chat"), "")
        # By the shape of its code: a queue of Spanish callers beside that of all.
        in_spanish = f"{voice[0]}_es" if voice and f"{voice[0]}_es" in voice else ""
        self.trunk = next(iter(profile.entries("trunks", self.last)), "")
        self.queues = (voice[0], in_spanish, chat) if voice else ("", "", chat)
        spanish = {one.id for one in staff.people_with_skill("spanish", made_at)}
        self.people: dict[int, Member] = {}
        self.actors: dict[str, Actor] = {}
        # Other groups (cashiers, the water line) have people of their own, whom this switch does not ring.
        desk = next((one.team_id for one in all_groups()), None)
        for one in staff.list_people():
            access = staff.access_for(staff.user_with_rights(one.id, made_at), made_at)
            if "representative" in access.roles and (desk is None or desk in access.team_ids):
                self.people[one.id] = Member(f"PJSIP/{one.username}", one.id in spanish)
                self.actors[f"PJSIP/{one.username}"] = access.actor
        # The offices people ask for, by the number calls are put through to.
        found = staff.find_offices("", made_at)
        self.offices = {one.phone: one.name for one in found if one.phone.startswith("+")}
        self.night, self.area = self._night_line(), profile.city().phone[2:5]
        # Who called in sick on the day the year ended: not there that day.
        self.away: set[int] = set()
        self._turns: dict[date, list[Turn]] = {}
        self._written: dict[date, list[Spoken]] = defaultdict(list)
        self._days: dict[date, Told] = {}

    def _night_line(self) -> tuple[Member, ...]:
        """Two extensions that whoever stays shares: no shift says who that is, so their time counts for nobody.

        What was said is written down by somebody who speaks Spanish and by the next who does not.
        """
        known = sorted(self.people.values(), key=lambda one: not one.is_spanish)
        chosen = [*known[:1], *[one for one in known if not one.is_spanish][:1]]
        for name, one in zip(NIGHT, chosen, strict=False):
            self.actors[name] = self.actors[one.name]
        return tuple(Member(name, one.is_spanish) for name, one in zip(NIGHT, chosen, strict=False))

    def name_of(self, number: str) -> str:
        """The office or the colleague behind a number that a call was put through to."""
        colleague = self.actors.get(number)
        return self.offices.get(number) or (colleague.label if colleague else "City hall")

    def read_written(self, since: date, until: date) -> None:
        """Which calls the year itself wrote down from a day to before another: those without the caller's number."""
        rows = interactions.list_saved(SYSTEM_ACCESS).filter(
            channel=Channel.PHONE,
            callback_number="",
            received_at__gte=day_bounds(since, self.zone).since,
            received_at__lt=min(day_bounds(until, self.zone).since, self.made_at),
            recorded_at__lt=self.made_at,
        )
        for taken_by, received, recorded, language in rows.order_by("received_at", "pk").values_list(
            "taken_by_id", "received_at", "recorded_at", "language"
        ):
            member = self.people.get(taken_by or 0)
            if member is None or recorded is None:
                continue
            if timedelta(seconds=30) < recorded - received < timedelta(minutes=20):
                on = received.astimezone(self.zone).date()
                self._written[on].append(Spoken(member.name, received, recorded, language))

    def read_turns(self, since: date) -> None:
        """Who is to work when, from a day on, in weeks published first by the end of the year: later versions tell of
        the same days what was not known then."""
        self.away = {one.user_id for one in staff.absent_now(self.made_at)}
        apart = defaultdict(list)
        with connection.cursor() as cursor:
            # From its Monday on: whether a week was planned is seen by any of its days.
            cursor.execute(_SHIFTS, [self.made_at, since - timedelta(days=since.weekday())])
            shifts = cursor.fetchall()
            cursor.execute(_ACTIVITIES, [[row[0] for row in shifts]])
            for shift, kind, begin, end in cursor.fetchall():
                apart[shift].append((begin.astimezone(UTC), end.astimezone(UTC), _STATES[kind]))
        for shift, user, on, begin, end in shifts:
            monday = on - timedelta(days=on.weekday())
            for place in range(7):
                self._turns.setdefault(monday + timedelta(days=place), [])
            if user in self.people:
                span = (begin.astimezone(UTC), end.astimezone(UTC))
                self._turns[on].append(Turn(self.people[user].name, span, tuple(sorted(apart[shift]))))
        self._days = {}

    def day(self, on: date) -> Told:
        """A whole day of the switch, the same whenever it is asked for."""
        if on not in self._days:
            has_states = self.last - on < timedelta(days=DAYS_OF_STATES)
            there = [one for key, one in self.people.items() if on != self.last or key not in self.away]
            told = simulate(self._day(on), there, self.queues, SEED, has_states=has_states)
            # Today and the day before are asked for again and again.
            self._days = dict([*self._days.items(), (on, told)][-KEPT:])
        return self._days[on]

    def told(
        self, days: Sequence[date], upto: datetime, since: datetime | None = None
    ) -> Iterator[LegRecord | StateRecord | CallPart]:
        """What is known of days at a moment; with `since` what is new since then."""
        for on in days:
            told = self.day(on)
            yield from told.upto(upto, since)
            # A call's records are written when it has ended.
            for one in records(self._day(on), told, self.queues[2], self.trunk, SEED) if self.trunk else ():
                if one.ended_at <= upto and (since is None or one.ended_at > since):
                    yield one

    def _day(self, on: date) -> Day:
        calendar = profile.calendar("desk", on)
        windows = calendar.windows_on(on)
        turns = self._turns.get(on)
        bounds = day_bounds(on, self.zone)
        duty = []
        if on >= self.last - timedelta(days=1):
            edges = [bounds.since, *(moment for window in windows for moment in window), bounds.until]
            duty = [
                (begin, end)
                for begin, end in zip(edges[::2], edges[1::2], strict=True)
                if end - begin > timedelta(hours=1)
            ]
        storm = (on - (self.last - timedelta(days=3))).days
        weight = 1 + 0.1 * math.cos(2 * math.pi * (on.timetuple().tm_yday - 120) / 365.25)
        weight *= 1 + 0.05 * (on - self.last).days / 365
        weight *= _STORM[storm] if 0 <= storm < len(_STORM) else 1.0
        weight *= _AFTER_HOLIDAY if calendar.holiday_on(on - timedelta(days=1)) else 1.0
        written = tuple(self._written.get(on, ()))
        # Open, and nobody was planned: the night line stays.
        alone = () if turns is None else _uncovered(windows, turns)
        return Day(
            on,
            self.zone,
            tuple(windows),
            tuple(duty),
            weight,
            written,
            tuple(turns or ()),
            self.night,
            alone,
            self.area,
            tuple(self.offices),
        )


def _uncovered(windows: Sequence[tuple[datetime, datetime]], turns: Sequence[Turn]) -> tuple[Any, ...]:
    """Open hours, an hour long or longer, in which no shift was planned."""
    found = []
    for begin, end in windows:
        at = begin
        for since, until in sorted(one.span for one in turns):
            found.append((at, min(since, end)))
            at = max(at, until)
        found.append((at, end))
    return tuple((since, until) for since, until in found if until - since >= timedelta(hours=1))


def tell_past(year: Any) -> None:
    """Legs, states and pairs of the days that nobody planned: before the first published week."""
    writing = year.writing
    if any(writing.switch.queues):
        services.make_source(code=CODE, name="Telephone switch", access=SYSTEM_ACCESS, now=year.end)
        _tell_counts(writing.switch, year.end)
        _tell(writing.switch, writing.first, writing.planned, year.end)


def _tell_counts(switch: Switch, now: datetime) -> None:
    """Telephone queues of groups that are not the desk: another line, which tells of each half-hour how many came."""
    others = [queue.code for group in all_groups()[1:] for queue in queues_of(group.id)]
    lines = [one for one in queries.list_queues() if one.code in others and one.channel == "voice"]
    if not lines:
        return
    services.make_source(code=COUNTS, name="Counts of other lines", access=SYSTEM_ACCESS, now=now)
    days = [switch.last - timedelta(days=back) for back in range(DAYS_OF_COUNTS, 0, -1)]
    told = (one for line in lines for on in days for one in counted(line.code, _open_on(line.code, on)))
    services.take_told(told=told, source=COUNTS, now=now)


def _open_on(queue: str, on: date) -> Sequence[tuple[datetime, datetime]]:
    return profile.calendar(profile.entry("queues", queue, on)["calendar"], on).windows_on(on)


def counted(queue: str, windows: Sequence[tuple[datetime, datetime]]) -> Iterator[CountRecord]:
    """What such a line tells of a day: a few callers each half-hour of its hours, one in twelve of whom gives up."""
    for begin, end in windows:
        at = begin
        while at < end:
            chance = random.Random(f"{SEED} {queue} {at.isoformat()}")  # noqa: S311 - sample data that repeats
            offered = sum(chance.random() < 0.3 for _caller in range(8))
            abandoned = sum(chance.random() < 1 / 12 for _caller in range(offered))
            answered = offered - abandoned
            yield CountRecord(
                queue=queue,
                since=at,
                minutes=30,
                offered=offered,
                answered=answered,
                answered_within=answered,
                abandoned=abandoned,
                wait_answered_s=20 * answered,
                handle_s=answered * chance.randint(300, 560),
            )
            at += timedelta(minutes=30)


def tell_last(year: Any) -> None:
    """The days since then, as people were planned to work them; and what the desk tells by itself."""
    writing = year.writing
    if any(writing.switch.queues):
        writing.switch.read_turns(writing.planned)
        writing.finish()
        _tell(writing.switch, writing.planned, writing.switch.last + timedelta(days=1), year.end)
        services.tell_desk_contacts(now=year.end)


def _tell(switch: Switch, first: date, until: date, now: datetime) -> None:
    days = [first + timedelta(days=one) for one in range((until - first).days)]
    for begin in range(0, len(days), TOGETHER):
        some = days[begin : begin + TOGETHER]
        services.take_told(told=switch.told(some, now), source=CODE, now=now)
        services.match_legs(
            since=day_bounds(some[0], switch.zone).since, until=day_bounds(some[-1], switch.zone).until, now=now
        )


def made_and_heard() -> tuple[datetime, datetime] | None:
    """When the demo's switch was made and when it was heard last; None where there is no such switch."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT made_at, coalesce(heard_at, made_at) FROM traffic_contactsource WHERE code = %s", [CODE])
        row = cursor.fetchone()
    return (row[0].astimezone(UTC), row[1].astimezone(UTC)) if row else None


@cache
def switch_made_at(made_at: datetime) -> Switch:
    """The switch as it was when the year ended, for telling on."""
    switch = Switch(made_at)
    switch.read_written(switch.last - timedelta(days=1), switch.last + timedelta(days=1))
    switch.read_turns(switch.last - timedelta(days=1))
    return switch


def catch_up(switch: Switch, heard_at: datetime, now: datetime) -> None:
    """Tell the days since the switch was heard last whole, today up to now."""
    begin = max(heard_at, now - MOST_MISSED).astimezone(switch.zone).date()
    today = now.astimezone(switch.zone).date()
    days = [begin + timedelta(days=one) for one in range((today - begin).days + 1)]
    services.take_told(told=switch.told(days, now), source=CODE, now=now)


def tell_on(switch: Switch, since: datetime, now: datetime) -> int:
    """Tell what has happened since a moment; returns how many records that were."""
    days = sorted({since.astimezone(switch.zone).date(), now.astimezone(switch.zone).date()})
    return services.take_told(told=switch.told(days, now, since), source=CODE, now=now).read
