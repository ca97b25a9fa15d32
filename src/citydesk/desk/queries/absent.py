"""Absent people and what lies with them: requests, promises, drafts."""

from dataclasses import dataclass
from datetime import datetime

from citydesk.city.staff import queries as staff
from citydesk.contact.interactions.queries import absence as contacts
from citydesk.contact.service_requests.queries import absence as requests
from citydesk.kernel.actors import Access


@dataclass(frozen=True)
class AbsentWork:
    """One absent person; `next_promise_at` is the first promise that somebody else should keep."""

    user_id: int
    name: str
    ends_at: datetime | None
    requests: int
    due_today: int
    promises: int
    drafts: int
    next_promise_at: datetime | None
    next_promise: str

    @property
    def things(self) -> int:
        return self.requests + self.promises


def list_absent_work(access: Access, now: datetime) -> list[AbsentWork]:
    """Everybody who is away now with what waits; most first."""
    away = staff.absent_now(now)
    ids = [one.user_id for one in away]
    owned = requests.count_owned(access, ids, now=now)
    promised = contacts.count_promises(ids)
    drafts = contacts.count_drafts(ids)
    found = []
    for one in away:
        open_count, due_today = owned.get(one.user_id, (0, 0))
        promises, next_at, words = promised.get(one.user_id, (0, None, ""))
        found.append(
            AbsentWork(
                one.user_id,
                one.name,
                one.ends_at,
                open_count,
                due_today,
                promises,
                drafts.get(one.user_id, 0),
                next_at,
                words,
            )
        )
    return sorted(found, key=lambda one: (-one.things, one.name))


def list_colleagues(now: datetime) -> list[tuple[int, str]]:
    """Who is here and could take work over: id and name."""
    away = {one.user_id for one in staff.absent_now(now)}
    return [(person.id, person.name) for person in staff.list_people() if person.id not in away]
