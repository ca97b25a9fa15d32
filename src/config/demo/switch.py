"""A year of the demo city's telephone: what its switch told, up to this minute, and minute by minute from then on.

Each day is simulated from the seed and its date, so what is told of today now is what would be told of it anyhow.
Calls that the desk wrote down are among them. States of agents are told of the last weeks only.
"""

import math
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
from citydesk.contact.traffic.rules import LegRecord, StateRecord
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.kernel.actors import SYSTEM_ACCESS
from config.demo.floor import Day, Member, Spoken, Told, simulate

CODE, SEED = "switch", "2026"
# Days of contacts, days of agents' states, days told in one transaction. A small year has a small past.
DAYS, DAYS_OF_STATES, TOGETHER, SMALL = 365, 56, 28, 3
# A demo that was off for long does not catch up on more than this.
MOST_MISSED = timedelta(days=10)
# How busy the storm and the two days after it are, and a day after a holiday.
_STORM, _AFTER_HOLIDAY = (1.6, 1.3, 1.15), 1.2


class Switch:
    """The demo city's switch. `made_at` is when the year ended: from the day before, two people stay at night, too."""

    def __init__(self, made_at: datetime) -> None:
        self.made_at, self.zone = made_at, profile.local_zone()
        self.last = made_at.astimezone(self.zone).date()
        known = {one.code: one.channel for one in queries.list_queues()}
        voice = [code for code, channel in known.items() if channel == "voice"]
        chat = next((code for code, channel in known.items() if channel == "chat"), "")
        # By the shape of its code: a queue of Spanish callers beside that of all.
        in_spanish = f"{voice[0]}_es" if voice and f"{voice[0]}_es" in voice else ""
        self.queues = (voice[0], in_spanish, chat) if voice else ("", "", chat)
        spanish = {one.id for one in staff.people_with_skill("spanish", made_at)}
        self.people = {
            one.id: Member(f"PJSIP/{one.username}", one.id in spanish)
            for one in staff.list_people()
            if "representative" in staff.access_for(staff.user_with_rights(one.id, made_at), made_at).roles
        }
        self._written: dict[date, list[Spoken]] = {}

    def read_written(self, since: date) -> None:
        """Which calls the desk wrote down from a day until the year ended."""
        found = defaultdict(list)
        begin = day_bounds(since, self.zone).since
        for one in interactions.list_handled(since=begin, until=self.made_at, channels=[Channel.PHONE]):
            member = self.people.get(one.taken_by_id or 0)
            if member is not None and timedelta(seconds=30) < one.recorded_at - one.received_at < timedelta(minutes=20):
                on = one.received_at.astimezone(self.zone).date()
                found[on].append(Spoken(member.name, one.received_at, one.recorded_at, one.language))
        self._written = found

    def day(self, on: date) -> Told:
        """A whole day of the switch, the same whenever it is asked for."""
        has_states = self.last - on < timedelta(days=DAYS_OF_STATES)
        return simulate(self._day(on), list(self.people.values()), self.queues, SEED, has_states=has_states)

    def told(
        self, days: Sequence[date], upto: datetime, since: datetime | None = None
    ) -> Iterator[LegRecord | StateRecord]:
        """What is known of days at a moment; with `since` what is new since then."""
        for on in days:
            yield from self.day(on).upto(upto, since)

    def _day(self, on: date) -> Day:
        calendar = profile.calendar("desk", on)
        windows = calendar.windows_on(on)
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
        return Day(on, self.zone, tuple(windows), tuple(duty), weight, tuple(self._written.get(on, ())))


def make_contacts(year: Any) -> None:
    """The year up to its end: legs, states, the desk's own contacts, pairs."""
    now: datetime = year.end
    switch = Switch(now)
    if not any(switch.queues):
        return
    services.make_source(code=CODE, name="Telephone switch", access=SYSTEM_ACCESS, now=now)
    days = DAYS if len(year.plans) > 500 else SMALL
    first = switch.last - timedelta(days=days)
    switch.read_written(first)
    for begin in range(0, days + 1, TOGETHER):
        some = [first + timedelta(days=begin + one) for one in range(min(TOGETHER, days + 1 - begin))]
        services.take_told(told=switch.told(some, now), source=CODE, now=now)
        services.match_legs(
            since=day_bounds(some[0], switch.zone).since, until=day_bounds(some[-1], switch.zone).until, now=now
        )
    services.tell_desk_contacts(now=now)


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
    switch.read_written(switch.last - timedelta(days=1))
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
