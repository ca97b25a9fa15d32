"""What lies on the sample people's desks today, whatever day and hour the city is built: own requests, promises, parked
calls, a crew's round, a colleague who called in sick and left work behind, and what is late."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.interactions import services as contacts
from citydesk.contact.interactions.choices import OutcomeKind
from citydesk.contact.service_requests import services as requests
from citydesk.contact.work_orders import services as orders
from citydesk.kernel.actors import Access
from config.demo import told
from config.demo.words import answers_to, said

# Service, hours ago: what came in lately and was not finished.
FOR_THE_CREW = (
    ("bulk_pickup", 30), ("bulk_pickup", 27), ("brush_pickup", 26), ("illegal_dumping", 22), ("bulk_pickup", 5),
)  # fmt: skip
FOR_THE_CLERK = (("information", 26), ("sidewalk_damage", 20), ("street_light_out", 7), ("information", 3))
FOR_THE_OFFICE = (("public_records", 50), ("public_records", 28), ("public_records", 4), ("public_records", 6))
FOR_NOBODY = (
    ("pothole", 9), ("missed_trash", 4), ("overgrown_lot", 6), ("graffiti", 5), ("sign_down", 2), ("no_code_fits", 3),
    ("animal_loose", 1), ("missed_recycling", 2), ("noise", 7), ("cart_request", 8),
)  # fmt: skip
LATE = (("pothole", 24 * 9), ("missed_trash", 24 * 5), ("illegal_dumping", 24 * 8), ("street_light_out", 24 * 12))
PROMISES = (
    ("Call back about the bulk pickup date", 1),
    ("Say what forestry found at the oak", 3),
    ("Water bill copy", 20),
)
CALLS = ("street light flickers at the corner", "the recycling cart has no lid")


class Desks:
    """The last day of the demo year."""

    def __init__(self, year: Any) -> None:
        self.year, self.office, self.now = year, year.office, year.end
        self.chance: random.Random = year.chance
        self.people = {one.username: one for one in staff.list_people()}

    def lay_out(self) -> None:
        """Fill every sample person's opening page."""
        sick = self.office.clerks[-1]
        clerk = self._access("dana") or self.office.clerks[0]
        self._own(FOR_THE_CLERK, clerk)
        self._own(FOR_THE_CLERK[1:3], sick)
        office = self._access("alma")
        if office:
            self._own(FOR_THE_OFFICE[:2], office)
            self._record(FOR_THE_OFFICE[2:])
        self._record(FOR_NOBODY)
        for _code, request_id, team_id in self._record(LATE):
            requests.take_it(request_id=request_id, access=self.office.worker(team_id, self.chance), now=self.now)
        self._round(self._record(FOR_THE_CREW))
        self._calls(clerk, PROMISES, CALLS)
        self._calls(sick, PROMISES[:2], CALLS[:1])

    def _access(self, username: str) -> Access | None:
        person = self.people.get(username)
        return staff.access_for(staff.user_with_rights(person.id, self.now), self.now) if person else None

    def _record(self, wanted: Sequence[tuple[str, int]]) -> list[tuple[str, int, int | None]]:
        """Requests as clerks recorded them, at their hours: `(code, id, team)`."""
        made = []
        on = profile.city_today(self.now)
        known = profile.entries("services", on)
        for at_hand, (wish, hours) in enumerate(wanted):
            code = told.known_or_other(wish, at_hand)
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
        self.year.save_contact(code, at, person, words, [outcome], clerk)
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
            crew_id = next(iter(self.office.crews_of.get(team_id or 0, ())), None)
            if crew_id is None or planner is None:  # the rules sent it to an office without crews
                continue
            order_id, _number = requests.make_work_order(
                request_id=request_id, crew_id=crew_id, scheduled_date=today, access=planner, now=self.now
            )
            if place == 0 and self.office.crew_members.get(crew_id):
                member = self.office.crew_members[crew_id][0]
                orders.start(work_order_id=order_id, access=member, now=self.now)

    def _calls(self, clerk: Access, promised: Sequence[tuple[str, int]], calls: Sequence[str]) -> None:
        """Calls that lie parked with a clerk, and what the clerk promised in them."""
        held = []
        for words in calls:
            person = self.chance.choice(self.year.residents)
            first = {"words": words, "who": person.name, "where": person.home.label}
            at = self.now - timedelta(minutes=self.chance.randint(20, 50))
            held.append((contacts.start_draft(access=clerk, now=at, first=first), person))
            contacts.park(interaction_id=held[-1][0], actor=clerk.actor, now=at + timedelta(minutes=4))
        for text, hours in promised:
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
