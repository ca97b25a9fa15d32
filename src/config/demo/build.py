"""Building the year: plan it, run it in the order of time, settle its messages, count it. Made once."""

import heapq
import os
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count as counter
from typing import Any

# Every sample person's; printed when the demo starts. A practice city that can be reached has one of its own.
PASSWORD = os.environ.get("CITYDESK_DEMO_PASSWORD") or "counter-window-seven"
SEED = 2026
# Requests in the year; each brings contacts, messages and often a work order.
REQUESTS = int(os.environ.get("CITYDESK_DEMO_REQUESTS", "1200"))
_NOTE = "The sample year {}."
ROLES = (
    "representative",
    "coordinator",
    "supervisor",
    "department_worker",
    "crew",
    "director",
    "investigator",
    "records_officer",
    "finance",
    "auditor",
    "administrator",
)


def build(*, console: Any, now: datetime | None = None, requests: int = REQUESTS) -> list[dict[str, str]]:
    """Make the year if this database has none; returns one sign-in for each role: `{role, username, password}`.

    A profile without a sample year gets people to sign in as, and no year.
    """
    import django

    django.setup()
    from citydesk.city.profile import queries as profile
    from citydesk.kernel.clock import utc_now
    from config.demo import told
    from config.demo.stand_ins import make_stand_ins

    end = now or utc_now()
    make_stand_ins(roles=ROLES, now=end)
    sign_ins = _open_accounts(end)
    if not told.rhythm().services:
        console.say("The profile tells of no sample year (sample_year.toml): this city starts without requests.")
    elif not is_built():
        mark("is being made")
        with console.progress("Making a year of contacts and requests", total=requests) as step:
            _Year(end, requests, profile.local_zone(), random.Random(SEED)).run(step.advance)  # noqa: S311 - sample data that repeats, no secret
        mark("was made")
    return sign_ins


def is_built() -> bool:
    """Whether there are requests. Raises `LauncherRefused` where a year was begun and not finished."""
    from django.db import connection

    from config.launcher import LauncherRefused

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM service_requests_servicerequest),"
            " obj_description('service_requests_servicerequest'::regclass)"
        )
        has_requests, note = cursor.fetchone()
    if note == _NOTE.format("is being made"):
        raise LauncherRefused(
            "The sample year of this database was not finished the last time. Take the database away and start again: "
            "rm -r var/postgres, or drop the one that DATABASE_URL names."
        )
    return bool(has_requests)


def mark(state: str) -> None:
    """Note on the table of requests how far the year is: it has no row of its own to stand in."""
    from django.db import connection

    from config.roles import as_owner

    with as_owner(), connection.cursor() as cursor:
        cursor.execute("COMMENT ON TABLE service_requests_servicerequest IS %s", [_NOTE.format(state)])


def _open_accounts(now: datetime) -> list[dict[str, str]]:
    """One person for each role gets the sample password, once; the others cannot sign in until it is reset."""
    from citydesk.city.staff import services
    from citydesk.kernel.actors import SYSTEM_ACCESS
    from config.demo.crew import sample_users

    chosen = sample_users(now)
    for user in chosen.values():
        if not user.has_usable_password():
            services.set_password(user_id=user.pk, password=PASSWORD, access=SYSTEM_ACCESS, now=now)
    return [{"role": role, "username": chosen[role].username, "password": PASSWORD} for role in ROLES if role in chosen]


class _Year:
    """The clock of the demo year."""

    def __init__(self, end: datetime, requests: int, zone: Any, chance: random.Random) -> None:
        from config.demo import told
        from config.demo.crew import open_office
        from config.demo.people import homes, make_residents
        from config.demo.rhythm import plan_year

        self.end, self.zone, self.chance = end, zone, chance
        self.plans = plan_year(rhythm=told.rhythm(), until=end, count=requests, zone=zone, chance=chance)
        self.office = open_office(end)
        drawn = homes(max(200, requests // 3), chance)
        start = end - timedelta(days=366)
        self.residents = make_residents(max(120, requests // 3), drawn, start, chance)
        self.places = drawn
        self.recorded: list[Any] = []

    def run(self, advance: Any) -> None:
        """Run every step that lies before the end, in order; what lies after it stays open."""
        from config.demo.calls import Writing
        from config.demo.contacts import take_contact
        from config.demo.problems import plan_recurring
        from config.demo.settle import quiet_mail, settle_year

        order = counter()
        planned: list[Any] = [*self.plans, *plan_recurring(self)]
        waiting: list[tuple[datetime, int, Any]] = [(plan.at, next(order), plan) for plan in planned]
        heapq.heapify(waiting)
        self.writing = Writing(self)
        with quiet_mail():
            while waiting and waiting[0][0] < self.end:
                at, _number, what = heapq.heappop(waiting)
                self.writing.go_on(at)
                steps = list(self._steps(what, at, take_contact))
                settle_year(at)
                for step in steps:
                    heapq.heappush(waiting, (step.at, next(order), step))
                if not hasattr(what, "step"):
                    advance(1)
            self._finish()

    def _steps(self, what: Any, at: datetime, take_contact: Any) -> Iterator[Any]:
        from citydesk.kernel.errors import CitydeskError

        try:
            if hasattr(what, "step"):
                yield from what.step(at)
            else:
                yield from take_contact(what, self)
        except CitydeskError as refused:
            # A step that no longer fits (somebody closed it first) ends this chain, as it would in an office.
            if os.environ.get("CITYDESK_DEMO_STRICT"):
                raise RuntimeError(f"{what}: {refused}") from refused

    def _finish(self) -> None:
        from citydesk.contact.interactions.services import refresh_contact_facts
        from citydesk.contact.service_requests.services import refresh_request_facts
        from config.demo.answers import answer_questions
        from config.demo.changes import make_changes
        from config.demo.complaints import make_complaints
        from config.demo.desks import Desks
        from config.demo.faults import make_faults
        from config.demo.forecasts import foretell_past, make_forecasts
        from config.demo.paper import make_paper
        from config.demo.problems import make_problems
        from config.demo.records import make_records
        from config.demo.referrals import make_referrals
        from config.demo.schedules import plan_next, plan_past
        from config.demo.settle import settle_year
        from config.demo.switch import tell_last, tell_past
        from config.demo.timekeeping import make_time
        from config.demo.today import make_today

        make_complaints(self)
        Desks(self).lay_out()
        make_referrals(self)
        make_paper(self)
        settle_year(self.end)
        answer_questions(self)
        make_today(self.office, self.residents, self.end)
        make_problems(self)
        make_records(self)
        tell_past(self)
        foretell_past(self)
        plan_past(self)
        tell_last(self)
        make_faults(self)
        make_forecasts(self)
        make_time(self)
        plan_next(self)
        make_changes(self)
        refresh_contact_facts(now=self.end)
        refresh_request_facts(now=self.end)

    def note_request(self, at: datetime, made: Any, name: Any) -> None:
        """Keep in mind a request that callers may ask about."""
        from config.demo.calls import Recorded

        self.recorded.append(Recorded(at, made.id, made.number, name))

    def save_contact(self, code: str, at: datetime, person: Any, words: str, outcomes: list[Any], clerk: Any) -> int:
        """A telephone contact that led to something; returns its id."""
        from config.demo.contacts import save
        from config.demo.rhythm import Plan

        return save(Plan(at, code), person, "phone", words, person.home, outcomes, clerk, self.chance)
