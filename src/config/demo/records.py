"""Records of the demo city: what became due by now, a legal hold, one request for public records being answered."""

from datetime import timedelta
from typing import Any


def make_records(year: Any) -> None:
    """Look for due records, place a hold, take and search for one request; by whoever answers such requests."""
    from citydesk.kernel.errors import CitydeskError
    from citydesk.management.records import services

    now = year.end
    services.find_candidates(now=now)
    officer = _officer(now)
    if officer is None:
        return
    hold = services.NewHold(
        "Tree falls of the October storm",
        "Letter of counsel: a claim is expected.",
        since=(now - timedelta(days=60)).date(),
        until=(now - timedelta(days=30)).date(),
        kinds=("work_orders.work_order",),
    )
    services.place_hold(new=hold, access=officer, now=now)
    asked = services.Asked(
        "Reports of potholes on Oak Street in the last three months, and what was done about them.",
        "web",
        name="The Daily Ledger",
        email="news@ledger.example",
    )
    made = services.take_request(asked=asked, actor=officer.actor, now=now)
    try:
        services.search_records(number=made.number, text="Oak", access=officer, now=now)
    except CitydeskError as refused:
        raise RuntimeError(f"the demo's search: {refused}") from refused


def _officer(now: Any) -> Any:
    from citydesk.city.staff import queries as staff

    for person in staff.list_people():
        access = staff.access_for(staff.user_with_rights(person.id, now), now)
        if "records_officer" in access.roles:
            return access
    return None
