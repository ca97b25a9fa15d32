"""Who sees what, written down once more and apart from the code: the rules of confidentiality in plain questions.

`SIGHT` answers for a reader and the kind of thing that stands behind an address. It follows the specification of roles
(requests by department or all, confidential ones by assignment, drafts by holder and supervisor), not the queries.
"""

from collections.abc import Callable
from dataclasses import dataclass

from citydesk.kernel.actors import Access

Sees = Callable[[Access, "Places"], bool]


@dataclass(frozen=True)
class Places:
    """Ids of the small city that the rules speak of, and the clerk who holds the drafts."""

    own_department: int
    other_department: int
    confidential_team: int
    complaint_teams: frozenset[int]
    order_team: int | None
    taker_id: int


def _own(access: Access, at: Places) -> bool:
    if not access.may("service_requests.view"):
        return False
    return access.may("service_requests.view_all") or at.own_department in access.department_ids


def _other(access: Access, at: Places) -> bool:
    if not access.may("service_requests.view"):
        return False
    return access.may("service_requests.view_all") or at.other_department in access.department_ids


def _confidential(access: Access, at: Places) -> bool:
    if not access.may("service_requests.view"):
        return False
    if at.confidential_team in access.team_ids:
        return True
    return access.may("service_requests.confidential") and access.may("service_requests.view_all")


def _order(access: Access, at: Places) -> bool:
    if not access.may("work_orders.view"):
        return False
    sees_all = access.may("service_requests.view_all")
    return sees_all or at.own_department in access.department_ids or at.order_team in access.team_ids


def _customer(access: Access, at: Places) -> bool:
    """Whoever sees the people of the whole city, or works on a request of this one."""
    if not access.may("customers.view"):
        return False
    return access.may("customers.view_all") or _own(access, at)


def _complaint(access: Access, at: Places) -> bool:
    """Whoever handles it, and whoever sees the request it came from."""
    if not access.may("complaints.view"):
        return False
    return bool(at.complaint_teams & access.team_ids) or _confidential(access, at)


def _draft(access: Access, at: Places) -> bool:
    return access.actor.staff_id == at.taker_id or access.may("interactions.supervise")


def _sealed(access: Access, at: Places) -> bool:
    return access.actor.staff_id == at.taker_id


def _contact(access: Access, at: Places) -> bool:
    return access.may("interactions.view") or access.may("interactions.supervise")


def _problem(access: Access, at: Places) -> bool:
    if not access.may("problems.view"):
        return False
    return access.may("problems.view_all") or at.own_department in access.department_ids


def _research(access: Access, at: Places) -> bool:
    return access.may("problems.view") and _own(access, at)


def _few(access: Access, at: Places) -> bool:
    return _research(access, at) and access.may("problems.work")


SIGHT: dict[str, Sees] = {
    "all": lambda access, at: True,
    "link": lambda access, at: True,
    "own": _own,
    "other": _other,
    "confidential": _confidential,
    "order": _order,
    "customer": _customer,
    "complaint": _complaint,
    "draft": _draft,
    "sealed": _sealed,
    "contact": _contact,
    "problem": _problem,
    "research": _research,
    "few": _few,
    "recurrence": lambda access, at: access.may("problems.view_all"),
}
