"""Records of the demo city: what became due by now, a legal hold, one request for public records being answered."""

from datetime import timedelta
from typing import Any


def make_records(year: Any) -> None:
    """Look for due records, place a hold, take and search for one request; by whoever answers such requests."""
    from citydesk.kernel.errors import CitydeskError
    from citydesk.management.records import services
    from config.demo import told

    now = year.end
    services.find_candidates(now=now)
    officer = _officer(now)
    if officer is None:
        return
    for one in told.stories("hold"):
        hold = services.NewHold(
            one["name"],
            one["reason"],
            since=(now - timedelta(days=60)).date(),
            until=(now - timedelta(days=30)).date(),
            kinds=tuple(one["kinds"]),
        )
        services.place_hold(new=hold, access=officer, now=now)
    for wish in told.stories("public_request"):
        asked = services.Asked(wish["words"], "web", name=wish["name"], email="news@ledger.example")
        made = services.take_request(asked=asked, actor=officer.actor, now=now)
        try:
            services.search_records(number=made.number, text=wish["find"], access=officer, now=now)
        except CitydeskError as refused:
            raise RuntimeError(f"the demo's search: {refused}") from refused


def _officer(now: Any) -> Any:
    from citydesk.city.staff import queries as staff

    for person in staff.list_people():
        access = staff.access_for(staff.user_with_rights(person.id, now), now)
        if "records_officer" in access.roles:
            return access
    return None
