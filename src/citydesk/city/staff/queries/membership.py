"""Who belonged to which team on which days."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from citydesk.city.staff.models import TeamMembership


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody belonged to a team from a day (None: since ever) to before a day (None: still)."""

    team_id: int
    user_id: int
    since: date | None
    until: date | None

    def holds(self, day: date) -> bool:
        """Whether they belonged to it on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


def memberships_between(team_ids: Collection[int], first: date, last: date) -> list[Membership]:
    """Memberships of teams that hold on a day from `first` through `last`, also of people who left. One statement."""
    rows = TeamMembership.objects.filter(team_id__in=list(team_ids), valid__overlap=DateRange(first, last, "[]"))
    found = rows.order_by("team_id", "user_id", "id").values_list("team_id", "user_id", "valid")
    return [Membership(team, user, valid.lower, valid.upper) for team, user, valid in found]
