"""The views beside the queue with their counts: one statement, every count bounded, whatever the table's size."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.kernel import texts
from citydesk.kernel.actors import Access

# More than this is not counted on: the page says "1,000+".
CAP = 1000


@dataclass(frozen=True)
class View:
    """A view of the sidebar: its address and how many rows it has, bounded."""

    code: str
    text: str
    query: str
    count: int
    tone: str = ""
    has_more: bool = False

    @property
    def shown(self) -> str:
        return shown(self.count, has_more=self.has_more)


def shown(count: int, *, has_more: bool = False) -> str:
    """A bounded count as the page writes it: "312", "1,000+"."""
    return f"{texts.count(min(count, CAP))}+" if has_more or count > CAP else texts.count(count)


def list_views(access: Access, *, now: datetime, listed: Any = None) -> tuple[list[View], list[View], int]:
    """(my views, team views, how many rows `listed` has) with bounded counts, in one statement."""
    mine, team = _definitions(access, now)
    counts = _count_all(access, now, listed)

    def views(definitions: list[tuple[str, str, str]]) -> list[View]:
        return [
            View(
                code,
                text,
                query,
                counts[code],
                "late" if code == "late" and counts[code] else "",
                _is_open(code, counts),
            )
            for code, text, query in definitions
        ]

    return views(mine), views(team), counts["listed"]


def _is_open(code: str, counts: dict[str, int]) -> bool:
    """Whether there may be more than were counted: the walk ended before the team's queue did."""
    return counts[code] > CAP or (code in SCANNED and code != "late" and counts["open"] > CAP)


def _definitions(access: Access, now: datetime) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """(code, words, address) of every built-in view the reader has."""
    team = "team=mine&" if access.team_ids else ""
    words = _("Open, my team") if access.team_ids else _("Open")
    mine = [
        ("open", words, f"show=open&{team}".rstrip("&")),
        ("late", _("Late"), f"show=open&{team}due=late"),
        ("mine", _("Mine"), "show=open&owner=me"),
        ("unassigned", _("Unassigned"), f"show=open&{team}owner=nobody"),
    ]
    others = [
        ("returned", _("Returned to us"), f"show=open&{team}mark=returned"),
        ("waiting", _("Waiting for resident"), f"show=open&{team}status=waiting"),
        ("review", _("On hold, review due"), f"show=open&{team}mark=review_due"),
        ("closed", _("Closed today"), f"show=closed&{team}closed_on=today"),
    ]
    code = policy.coding_queue_code(policy.today(now))
    if code:
        others.insert(2, ("coding", _("Coding queue"), f"show=open&code={code}"))
    if access.may(choices.RELEASE_HELD):
        others.append(("held", _("Held by spam brakes"), "show=held"))
    return mine, others


# Counted in one walk along the team's queue, soonest due first, so that "late" is exact up to the cap.
SCANNED = {
    "open": "true",
    "late": "due_at < %(now)s AND paused_since IS NULL",
    "unassigned": "owner_id IS NULL",
    "returned": "return_count > 0",
    "waiting": "state = 'waiting'",
    "review": "review_at <= %(now)s",
}
_SCAN_COLUMNS = ("due_at", "paused_since", "owner_id", "return_count", "state", "review_at")


def _count_all(access: Access, now: datetime, listed: Any) -> dict[str, int]:
    """Every count by one statement: a bounded walk of the queue, and bounded sub-selects for what lies elsewhere."""
    seen = ServiceRequest.objects.visible_to(access)
    if seen.query.is_empty():
        return dict.fromkeys([*SCANNED, "mine", "closed", "coding", "held", "listed"], 0)
    opened = seen.open()
    ours = _of_teams(opened, access)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    elsewhere: dict[str, Any] = {
        "mine": opened.filter(owner_id=access.actor.staff_id),
        "closed": _of_teams(seen.filter(is_open=False, closed_at__gte=midnight), access),
        "coding": opened.filter(service_id__in=_coding_ids(now)),
        "held": seen.filter(is_held=True, is_open=True) if access.may(choices.RELEASE_HELD) else None,
        "listed": listed,
    }
    values: dict[str, Any] = {"now": now}
    walk = _compiled(ours.order_by("queue_at", "id").values(*_SCAN_COLUMNS), "walk", values)
    parts = [f"count(*) FILTER (WHERE {condition})" for condition in SCANNED.values()]
    names = list(SCANNED)
    for code, rows in elsewhere.items():
        if rows is not None:
            names.append(code)
            part = _compiled(rows.order_by().values("pk"), code, values)
            parts.append(f"(SELECT count(*) FROM ({part}) AS part)")  # noqa: S608 - compiled by the ORM, values apart
    sql = f"SELECT {', '.join(parts)} FROM ({walk}) AS walk"  # noqa: S608 - compiled by the ORM, values apart
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchone()
    return {**dict.fromkeys(elsewhere, 0), **{name: int(count) for name, count in zip(names, found, strict=True)}}


def _of_teams(rows: Any, access: Access) -> Any:
    """Rows of the reader's teams; all of them for who has none. One team is one range of the index."""
    if not access.team_ids:
        return rows
    if len(access.team_ids) == 1:
        return rows.filter(team_id=next(iter(access.team_ids)))
    return rows.filter(team_id__in=access.team_ids)


def _compiled(rows: Any, name: str, values: dict[str, Any]) -> str:
    """The statement of a bounded query with named parameters, its values put into `values`."""
    try:
        sql, given = rows[: CAP + 1].query.sql_with_params()
    except EmptyResultSet:
        return "SELECT 1 WHERE false"
    keys = [f"{name}_{at}" for at in range(len(given))]
    values.update(zip(keys, given, strict=True))
    return str(sql % tuple(f"%({key})s" for key in keys))


def _coding_ids(now: datetime) -> list[int]:
    code = policy.coding_queue_code(policy.today(now))
    row = policy.code_rows().get(code)
    return [row.pk] if row else []
