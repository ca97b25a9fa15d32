"""What becomes of a request in the demo city, as a chain of steps in time. Each step calls one service as one person.

A step is a function of the moment it happens; it returns the next steps with their moments. The clock of the year
(`build.py`) runs them in order, so histories of different requests interleave as they would have.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from citydesk.contact.service_requests import services as requests
from citydesk.contact.work_orders import services as orders
from citydesk.kernel.actors import RESIDENT, Access
from citydesk.kernel.errors import CitydeskError
from config.demo import told
from config.demo.crew import Office
from config.demo.words import COULD_NOT, NOT_DONE, NOTES, result

# Why something waits: work outside, work at a desk.
OUTSIDE, INSIDE = ("other_agency", "weather", "material"), ("other_agency", "owner_notice", "customer_papers")

Step = Callable[[datetime], Sequence["Next"]]


@dataclass(frozen=True)
class Next:
    """A step and when it happens."""

    at: datetime
    step: Step


@dataclass
class Life:
    """One request's way through its department."""

    request_id: int
    team_id: int | None
    service: str
    due_at: datetime | None
    received_at: datetime
    needs_crew: bool
    office: Office
    chance: random.Random
    is_storm: bool = False

    def begin(self, now: datetime) -> list[Next]:
        """First look, some time within the promise; a few are forgotten and become late."""
        # One in sixteen lies forgotten past its time, as in every office.
        wait = self._share(1.6) if self.chance.random() < 0.06 else self._share(0.15)
        return [Next(self._office_hours(now + wait), self.take)]

    def _share(self, mean: float) -> timedelta:
        """A span around a share of the time promised; the tail makes some requests late."""
        whole = (self.due_at - self.received_at) if self.due_at else timedelta(days=3)
        whole = max(whole, timedelta(hours=2))
        # A storm puts more on the crews than they can do in time.
        slow = 3.0 if self.is_storm else 1.0
        return whole * min(self.chance.lognormvariate(0, 0.75) * mean * slow, 6.0)

    def _office_hours(self, moment: datetime) -> datetime:
        """Emergencies are looked at whenever they come, the rest on working days between eight and five."""
        if self.due_at and self.due_at - self.received_at < timedelta(hours=13):
            return moment
        local = moment.astimezone(moment.tzinfo)
        while local.weekday() >= 5:
            local += timedelta(days=1)
        if not 13 <= local.hour < 22:  # UTC hours of an eastern working day
            local = local.replace(hour=13 + self.chance.randrange(8), minute=self.chance.randrange(60))
        return max(local, moment)

    def take(self, now: datetime) -> list[Next]:
        """Somebody of the team takes it; now and then a note, a hold, a question, a return."""
        worker = self.office.worker(self.team_id, self.chance)
        requests.take_it(request_id=self.request_id, access=worker, now=now)
        if self.chance.random() < 0.12:
            requests.add_note(request_id=self.request_id, text=self.chance.choice(NOTES), access=worker, now=now)
        draw = self.chance.random()
        if draw < 0.05:
            return self._hold(worker, now)
        has_crew = self.needs_crew and self.office.crews_of.get(self.team_id or 0) and worker.may("work_orders.edit")
        if draw < 0.75 and has_crew:
            return self._to_crew(worker, now)
        requests.start(request_id=self.request_id, access=worker, now=now)
        return [Next(self._office_hours(now + self._share(0.45)), lambda later: self.end(worker, later))]

    def _hold(self, worker: Access, now: datetime) -> list[Next]:
        reason = self.chance.choice(told.known("hold_reasons", OUTSIDE if self.needs_crew else INSIDE))
        review = now + timedelta(days=self.chance.randint(1, 4))
        requests.hold(request_id=self.request_id, reason=reason, review_at=review, access=worker, now=now)

        def go_on(later: datetime) -> list[Next]:
            requests.resume(request_id=self.request_id, access=worker, now=later)
            return [Next(self._office_hours(later + self._share(0.4)), lambda end: self.end(worker, end))]

        return [Next(self._office_hours(review - timedelta(hours=self.chance.randint(2, 12))), go_on)]

    def _to_crew(self, worker: Access, now: datetime) -> list[Next]:
        crews = self.office.crews_of[self.team_id or 0]
        crew_id = self.chance.choice(crews)
        order_id, _number = requests.make_work_order(
            request_id=self.request_id, crew_id=crew_id, scheduled_date=now.date(), access=worker, now=now
        )
        people = self.office.crew_members.get(crew_id) or [worker]
        member = self.chance.choice(people)
        arrive = self._office_hours(now + self._share(0.3))
        return [Next(arrive, lambda later: self._in_field(order_id, member, worker, later))]

    def _in_field(self, order_id: int, member: Access, worker: Access, now: datetime) -> list[Next]:
        orders.start(work_order_id=order_id, access=member, now=now)
        done_at = now + timedelta(minutes=self.chance.randint(20, 170))

        def finish(later: datetime) -> list[Next]:
            could = self.chance.random() < 0.93
            code = "done" if could else self.chance.choice(list(COULD_NOT))
            orders.finish(
                work_order_id=order_id,
                result_code=code,
                result_note=result(self.service, self.chance) if could else self.chance.choice(COULD_NOT[code]),
                key=f"demo-{order_id}",
                access=member,
                now=later,
            )
            return [Next(later + timedelta(minutes=self.chance.randint(10, 240)), lambda end: self.end(worker, end))]

        return [Next(done_at, finish)]

    def end(self, worker: Access, now: datetime) -> list[Next]:
        """Closed with a reason; one in thirty comes back because the resident says it is not done."""
        reason = self.chance.choices(("done", "no_action", "not_ours", "cannot_locate"), (88, 5, 4, 3))[0]
        text = result(self.service, self.chance) if reason == "done" else NOT_DONE[reason]
        try:
            requests.close(request_id=self.request_id, reason=reason, text=text, access=worker, now=now)
        except CitydeskError:
            # The work order's result closed it already, or a reason this code does not know.
            return []
        if self.chance.random() < 0.03:
            return [Next(now + timedelta(hours=self.chance.randint(4, 60)), self.reopened)]
        return []

    def reopened(self, now: datetime) -> list[Next]:
        requests.reopen_by_resident(
            request_id=self.request_id, reason="It is still there, nobody came.", actor=RESIDENT, now=now
        )
        worker = self.office.worker(self.team_id, self.chance)
        return [Next(self._office_hours(now + self._share(0.5)), lambda later: self.end(worker, later))]
