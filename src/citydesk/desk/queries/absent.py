"""Absent people and what lies with them: requests, promises, drafts, and what further rooms offer."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from citydesk.city.staff import queries as staff
from citydesk.contact.interactions.queries import absence as contacts
from citydesk.contact.service_requests.queries import absence as requests
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.registries import in_order, load_dotted, registries


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
    # What further rooms offer: words and a number each, in order, only those that are not empty.
    others: tuple[tuple[str, int], ...] = ()

    @property
    def others_count(self) -> int:
        return sum(number for _words, number in self.others)

    @property
    def things(self) -> int:
        return self.requests + self.promises + self.drafts + self.others_count


@dataclass(frozen=True)
class Preview:
    """What a move would do: the person, what goes over, what stays, and what the colleague has already."""

    work: AbsentWork
    sealed: int
    to_id: int | None
    to_name: str
    has_requests: int
    has_promises: int

    @property
    def goes(self) -> tuple[int, int, int]:
        """Requests, promises and drafts that go over; without a colleague only the requests do, and nothing else."""
        if self.to_id is None:
            return (self.work.requests, 0, 0)
        return (self.work.requests, self.work.promises, self.work.drafts - self.sealed)


def preview_move(access: Access, user_id: int, to_user_id: int | None, now: datetime) -> Preview:
    """The move of an absent person's work before it is done. Raises `NotFound` when the person is here."""
    work = next((one for one in list_absent_work(access, now) if one.user_id == user_id), None)
    if work is None:
        raise NotFound(_("This person is not absent."))
    name = staff.names_of([to_user_id]).get(to_user_id, "") if to_user_id else ""
    has = requests.count_owned(access, [to_user_id], now=now).get(to_user_id, (0, 0)) if to_user_id else (0, 0)
    promised = contacts.count_promises([to_user_id]) if to_user_id else {}
    return Preview(
        work,
        contacts.count_sealed_drafts(user_id, now),
        to_user_id if name else None,
        name,
        has[0],
        promised.get(to_user_id, (0,))[0] if to_user_id else 0,
    )


def list_absent_work(access: Access, now: datetime) -> list[AbsentWork]:
    """Everybody who is away now with what waits; most first."""
    away = staff.absent_now(now)
    ids = [one.user_id for one in away]
    owned = requests.count_owned(access, ids, now=now)
    promised = contacts.count_promises(ids)
    drafts = contacts.count_drafts(ids)
    others = _others(access, ids)
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
                tuple((name, by[one.user_id]) for name, by in others if by.get(one.user_id)),
            )
        )
    return sorted(found, key=lambda one: (-one.things, one.name))


def _others(access: Access, user_ids: list[int]) -> list[tuple[str, dict[int, int]]]:
    return [
        (str(one.label), load_dotted(one.count)(access, user_ids)) for one in in_order(registries.movable_work.values())
    ]


def list_colleagues(now: datetime) -> list[tuple[int, str]]:
    """Who is here and could take work over: id and name."""
    away = {one.user_id for one in staff.absent_now(now)}
    return [(person.id, person.name) for person in staff.list_people() if person.id not in away]
