"""What lies on the sample people's desks today, whatever day and hour the city is built: own requests, promises, parked
calls, a crew's round, a colleague who called in sick and left work behind, and what is late."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import services as contacts
from citydesk.contact.interactions.choices import OutcomeKind
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.services.linking import link_contact
from citydesk.contact.work_orders import services as orders
from citydesk.kernel.actors import Access
from config.demo import told
from config.demo.words import answers_to, said

OWNED = 2  # Of the office's requests so many are a sample person's own; of a clerk's so many a sick colleague's.


class Desks:
    """The last day of the demo year."""

    def __init__(self, year: Any) -> None:
        self.year, self.office, self.now = year, year.office, year.end
        self.chance: random.Random = year.chance

    def lay_out(self) -> None:
        """Fill every sample person's opening page."""
        sick = self.office.clerks[-1]
        clerk = self.office.shown.get("representative") or self.office.clerks[0]
        mine, office_work = told.reported("clerk"), told.reported("office")
        self._own(mine, clerk)
        self._own(mine[1 : 1 + OWNED], sick)
        office = self.office.shown.get("department_worker")
        if office:
            self._own(office_work[:OWNED], office)
            self._record(office_work[OWNED:])
        self._record(told.reported("nobody"))
        for _code, request_id, team_id in self._record(told.reported("late")):
            requests.take_it(request_id=request_id, access=self.office.worker(team_id, self.chance), now=self.now)
        self._round(self._record(told.reported("crew")))
        promised = [(one["text"], one["hours"]) for one in told.stories("promise")]
        parked = [one["words"] for one in told.stories("parked")]
        self._calls(clerk, promised, parked)
        self._calls(sick, promised[:2], parked[:1])

    def _record(self, wanted: Sequence[tuple[str, int]]) -> list[tuple[str, int, int | None]]:
        """Requests as clerks recorded them, at their hours: `(code, id, team)`."""
        made = []
        on = profile.city_today(self.now)
        known = profile.entries("services", on)
        for code, hours in wanted:
            at = self.now - timedelta(hours=hours, minutes=self.chance.randrange(50))
            made.append((code, *self._one(code, known[code], at)))
        return made

    def _one(self, code: str, entry: Any, at: datetime) -> tuple[int, int | None]:
        person = self.chance.choice(self.year.residents)
        clerk = self.office.clerk(person.language, self.chance)
        words = said(code, entry["name"], person.language, self.chance)
        channel = "email" if person.email else "none"
        done = requests.record_request(
            intake=requests.RequestIntake(
                service_code=code,
                channel="phone",
                received_at=at,
                description=words,
                answers=answers_to(entry["questions"], self.chance, at.date()),
                place=person.home if entry["location"] != "none" else None,
                reporter=requests.Person(person.name, channel, person.email, person.language, person.id),
                language=person.language,
            ),
            actor=clerk.actor,
            now=at + timedelta(minutes=3),
        )
        outcome = contacts.OutcomeFacts(
            OutcomeKind.REQUEST, "service_requests.request", done.id, done.number, entry["name"]["en"]
        )
        contact = self.year.save_contact(code, at, person, words, [outcome], clerk)
        link_contact(request_id=done.id, interaction_id=contact, customer_id=person.id, now=at)
        return done.id, done.team_id

    def _own(self, wanted: Sequence[tuple[str, int]], owner: Access) -> None:
        for _code, request_id, _team in self._record(wanted):
            requests.assign(
                request_id=request_id, owner_id=owner.actor.staff_id, access=self.office.supervisor, now=self.now
            )

    def _round(self, made: Sequence[tuple[str, int, int | None]]) -> None:
        """Work orders of today for the crew; the first is under way."""
        today = profile.city_today(self.now)
        for place, (_code, request_id, team_id) in enumerate(made):
            planner = self.office.planner(team_id, self.chance)
            crew_id = self._crew_for(team_id)
            if crew_id is None or planner is None:  # the rules sent it to an office without crews
                continue
            order_id, _number = requests.make_work_order(
                request_id=request_id, crew_id=crew_id, scheduled_date=today, access=planner, now=self.now
            )
            if place == 0 and self.office.crew_members.get(crew_id):
                member = self.office.crew_members[crew_id][0]
                orders.start(work_order_id=order_id, access=member, now=self.now)

    def _crew_for(self, team_id: int | None) -> int | None:
        """The sample crew's, if it is one of those that go out for the team."""
        crews = self.office.crews_of.get(team_id or 0, [])
        shown = self.office.shown.get("crew")
        mine = [one for one in crews if shown is not None and one in shown.team_ids]
        return next(iter([*mine, *crews]), None)

    def _calls(self, clerk: Access, promised: Sequence[tuple[str, int]], calls: Sequence[str]) -> None:
        """Calls that lie parked with a clerk, and what the clerk promised in them."""
        held = []
        for words in calls:
            person = self.chance.choice(self.year.residents)
            first = {"words": words, "who": person.name, "where": person.home.label}
            at = self.now - timedelta(minutes=self.chance.randint(20, 50))
            held.append((contacts.start_draft(access=clerk, now=at, first=first), person))
            contacts.park(interaction_id=held[-1][0], actor=clerk.actor, now=at + timedelta(minutes=4))
        for text, hours in promised if held else ():
            contact, person = held[0]
            contacts.make_promise(
                interaction_id=contact,
                text=text,
                due_at=self.now + timedelta(hours=hours),
                access=clerk,
                now=self.now,
                phone=person.phone,
                language=person.language,
                customer_id=person.id,
            )
