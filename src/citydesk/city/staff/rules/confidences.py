"""Which teams keep nothing from anybody at the desk: what lies with them every clerk reads."""

from collections.abc import Mapping, Sequence

from citydesk.city.profile.rules import Item

TAKES_CALLS = "interactions.take"


def teams_of_all_clerks(items: Mapping[str, Sequence[Item]]) -> set[str]:
    """Teams marked `all_clerks`, and those that all sample people belong to who take calls, marked or not.

    `items` are a profile's entries by section. One clerk alone makes no team everybody's.
    """
    marked = {team.code for team in items.get("teams", ()) if team.body.get("all_clerks")}
    taking = {role.code for role in items.get("roles", ()) if TAKES_CALLS in role.body["permissions"]}
    clerks = [set(one.body["teams"]) for one in items.get("people", ()) if taking & set(one.body["roles"])]
    return marked | (set.intersection(*clerks) if len(clerks) > 1 else set())
