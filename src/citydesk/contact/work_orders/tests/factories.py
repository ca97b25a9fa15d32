"""Work orders for tests, made through the services."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.contact.work_orders import services
from citydesk.contact.work_orders.choices import EDIT, INSPECT, VIEW
from citydesk.kernel.actors import Access

NOW = datetime(2026, 11, 24, 19, 9, tzinfo=UTC)
_numbers = count(1)


def planner() -> Access:
    """Somebody who plans for the whole city."""
    user = make_user()
    access = access_of(user)
    return Access(access.actor, frozenset({VIEW, EDIT, INSPECT, "service_requests.view_all"}))


def crew_member(team: Any) -> Access:
    """A person on the crew, with a crew's rights only."""
    user = make_user(teams=[team])
    access = access_of(user)
    return Access(access.actor, frozenset({VIEW, "work_orders.crew"}), access.team_ids)


def make_work_order(access: Access | None = None, **given: Any) -> tuple[int, str]:
    """A planned work order; returns id and number."""
    values = {"title": f"Clear the tree {next(_numbers)}", **given}
    if "crew_id" not in values:
        values["crew_id"] = make_team(kind="crew").pk
    return services.create_work_order(new=services.NewWorkOrder(**values), access=access or planner(), now=NOW)
