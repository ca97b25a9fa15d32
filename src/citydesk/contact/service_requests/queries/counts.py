"""The views beside the queue with their counts: one statement, every count bounded, whatever the table's size."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, ExpressionWrapper, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries.queue import LIST_CODE, queue_statements
from citydesk.kernel import texts
from citydesk.kernel.actors import Access
from citydesk.kernel.lists import ViewLink, filled, moment, own_address, view_links, view_rows
from citydesk.kernel.statements import Later

# More than this is not counted on: the page says "1,000+".
CAP = 1000


@dataclass(slots=True)
class View:
    """A view of the sidebar: its address and how many rows it has, bounded. Not frozen: each page makes nine of
    them, and a frozen one costs several times as much to make."""

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


class Beside(NamedTuple):
    """What stands beside the queue: the reader's views with their counts, how many rows are listed, the saved views."""

    mine: list[View]
    team: list[View]
    listed: int
    saved: list[ViewLink]
    # What the reader keeps for every look at the queue: their columns.
    own: str = ""


def list_views(access: Access, *, now: datetime) -> tuple[list[View], list[View]]:
    """(my views, team views) with bounded counts, in one statement."""
    found = ask_beside(access, now=now)()
    return found.mine, found.team


def ask_beside(
    access: Access,
    *,
    now: datetime,
    listed: Callable[[], Any] | None = None,
    listed_key: Hashable = None,
    query: str = "",
) -> Callable[[], Beside]:
    """All that stands beside the queue, in one statement that goes by the journey somebody else makes next.

    `listed` are the rows of the list to count; `listed_key` decides what it gives, as the key of a kept statement does,
    or is None if that is never the same again: then they are counted by a statement of their own, planned for the
    words somebody typed. `query` is the page's, to mark the current saved view.
    """
    mine, team = _definitions(access, now)
    is_kept = listed_key is not None
    asked = _ask(access, now, listed if is_kept else None, listed_key)

    def views(definitions: list[tuple[str, str, str]], counts: dict[str, int]) -> list[View]:
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

    def answer() -> Beside:
        counts, saved = asked()
        if listed is not None and not is_kept:
            counts["listed"] = listed().order_by()[: CAP + 1].count()
        shown = views(mine, counts), views(team, counts)
        return Beside(*shown, counts["listed"], view_links(saved, query), own_address(saved))

    return answer


def _is_open(code: str, counts: dict[str, int]) -> bool:
    """Whether there may be more than were counted: the walk ended before the team's queue did."""
    if code == "coding":
        return counts["coding_walked"] > CAP
    return counts[code] > CAP or (code in SCANNED and code != "late" and counts["open"] > CAP)


def _definitions(access: Access, now: datetime) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """(code, words, address) of every built-in view the reader has."""
    team, words = "team=mine&" if access.team_ids else "", texts.words_of(VIEWS)
    mine = [
        ("open", words["open_team" if access.team_ids else "open"], f"show=open&{team}".rstrip("&")),
        ("late", words["late"], f"show=open&{team}due=late"),
        ("mine", words["mine"], "show=open&owner=me"),
        ("unassigned", words["unassigned"], f"show=open&{team}owner=nobody"),
    ]
    others = [
        ("returned", words["returned"], f"show=open&{team}mark=returned"),
        ("waiting", words["waiting"], f"show=open&{team}status=waiting"),
        ("review", words["review"], f"show=open&{team}mark=review_due"),
        ("closed", words["closed"], f"show=closed&{team}closed_on=today"),
    ]
    code = policy.coding_queue_code(policy.today(now))
    if code:
        others.insert(2, ("coding", words["coding"], f"show=open&code={code}"))
    if access.may(choices.RELEASE_HELD):
        others.append(("held", words["held"], "show=held"))
    return mine, others


VIEWS = {
    "open_team": lazy("Open, my team"),
    "open": pgettext_lazy("several", "Open"),
    "late": lazy("Late"),
    "mine": pgettext_lazy("requests", "Mine"),
    "unassigned": lazy("Unassigned"),
    "returned": lazy("Returned to us"),
    "waiting": lazy("Waiting for resident"),
    "review": lazy("On hold, review due"),
    "closed": lazy("Closed today"),
    "coding": lazy("Coding queue"),
    "held": lazy("Held by spam brakes"),
}


# Counted in one walk along the team's queue, soonest due first, so that "late" is exact up to the cap.
SCANNED = {
    "open": "true",
    "late": "due_at < %(now)s AND paused_since IS NULL",
    "unassigned": "owner_id IS NULL",
    "returned": "return_count > 0",
    "waiting": "state = 'waiting'",
    "review": "review_at <= %(now)s",
}
# What these look at, and what the walk goes by.
_WALK_COLUMNS = ("due_at", "paused_since", "owner_id", "return_count", "state", "review_at", "queue_at", "id")


def _ask(
    access: Access, now: datetime, listed: Callable[[], Any] | None, listed_key: Hashable
) -> Callable[[], tuple[dict[str, int], list[dict[str, Any]]]]:
    """(every count, rows of saved views) by one statement: a bounded walk of the queue, and bounded sub-selects."""
    nothing = dict.fromkeys([*SCANNED, "mine", "closed", "coding", "coding_walked", "held", "listed"], 0)
    if not (access.may(choices.VIEW) or access.may(choices.VIEW_ALL)):
        return lambda: (nothing, [])

    def write() -> tuple[str, dict[str, Any], list[str]]:
        return _written(access, now, listed)

    if access.actor.is_staff:
        sql, values, names = queue_statements(now).keep(("beside", access, listed_key), write)
    else:
        sql, values, names = write()
    asked = Later(sql, filled(values, now))

    def answer() -> tuple[dict[str, int], list[dict[str, Any]]]:
        saved, *found = asked.rows()[0]
        counts = {**nothing, **dict(zip(names, found, strict=True))}
        counts["coding"], counts["coding_walked"] = counts.pop("coded", (0, 0))
        return counts, saved or []

    return answer


def _written(access: Access, now: datetime, listed: Callable[[], Any] | None) -> tuple[str, dict[str, Any], list[str]]:
    """(the statement, its values by name, what its columns after the first count)."""
    values: dict[str, Any] = {"now": moment(now)}
    with_teams = ServiceRequest.objects.lying_with_teams(access) if access.team_ids else _seen(access)
    walk = _walk(access, with_teams, values)
    saved = _compiled(view_rows(LIST_CODE, access), "saved", values)
    parts = [f"(SELECT json_agg(row_to_json(part)) FROM ({saved}) AS part)"]  # noqa: S608 - compiled by the ORM
    parts += [f"count(*) FILTER (WHERE {condition})" for condition in SCANNED.values()]
    names = list(SCANNED)
    for code, rows in _elsewhere(access, now, with_teams, listed).items():
        names.append(code)
        part = _compiled(rows.order_by().values("pk"), code, values)
        parts.append(f"(SELECT count(*) FROM ({part}) AS part)")  # noqa: S608 - compiled by the ORM, values apart
    if (coded := _coded(access, now)) is not None:
        names.append("coded")
        part = _compiled(coded, "coded", values)
        parts.append(f"(SELECT ARRAY[count(*) FILTER (WHERE is_seen), count(*)] FROM ({part}) AS part)")  # noqa: S608 - as above
    return f"SELECT {', '.join(parts)} FROM ({walk}) AS walk", values, names  # noqa: S608 - as above


def _walk(access: Access, with_teams: Any, values: dict[str, Any]) -> str:
    """The queue up to the cap, soonest due first. Of several teams each is walked apart, and no further than the cap:
    asked for together, PostgreSQL reads all of them to sort them (28,000 rows for 1,001 of two large teams)."""
    apart = [ServiceRequest.objects.lying_with_teams(access, only=one) for one in sorted(access.team_ids)]
    queues = [
        _compiled(rows.open().order_by("queue_at", "id").values(*_WALK_COLUMNS), f"walk{at}", values)
        for at, rows in enumerate(apart or [with_teams])
    ]
    if len(queues) == 1:
        return queues[0]
    together = " UNION ALL ".join(f"({one})" for one in queues)
    return f"SELECT * FROM ({together}) AS queues ORDER BY queue_at, id LIMIT {CAP + 1}"  # noqa: S608 - compiled by the ORM


def _elsewhere(access: Access, now: datetime, with_teams: Any, listed: Callable[[], Any] | None) -> dict[str, Any]:
    """What is counted apart from the walk, each a range of an index."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    found: dict[str, Any] = {
        # What one owns is always in sight. Nobody has the number 0.
        "mine": ServiceRequest.objects.open().filter(owner_id=access.actor.staff_id or 0),
        "closed": with_teams.filter(is_open=False, closed_at__gte=midnight),
    }
    if access.may(choices.RELEASE_HELD):
        found["held"] = _seen(access).filter(is_held=True, is_open=True)
    if listed:
        found["listed"] = listed()
    return found


def _coded(access: Access, now: datetime) -> Any | None:
    """What waits for a code, soonest due first, with whether the reader sees it; None without such a code or sight.

    A walk up to the cap, as of the queue: among thousands that wait, one department's few are not looked for.
    """
    ids, rule = _coding_ids(now), ServiceRequest.objects.sight_of(access)
    if not ids or rule is None:
        return None
    is_seen = ExpressionWrapper(rule, BooleanField()) if rule else Value(value=True)
    return ServiceRequest.objects.open().filter(service_id__in=ids).order_by("queue_at", "id").values(is_seen=is_seen)


def _seen(access: Access) -> Any:
    return ServiceRequest.objects.visible_to(access)


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
