"""The views beside the queue with their counts: one statement, every count bounded, whatever the table's size."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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

    @property
    def shown(self) -> str:
        return f"{texts.count(CAP)}+" if self.count > CAP else texts.count(self.count)


def list_views(access: Access, *, now: datetime) -> tuple[list[View], list[View]]:
    """(my views, team views) with counts, in one statement."""
    mine, team = _definitions(access)
    counts = _count_all(access, [*mine, *team], now)
    tones = {"late": "late"}
    return tuple(  # type: ignore[return-value]
        [
            View(code, text, query, counts[code], tones.get(code, "") if counts[code] else "")
            for code, text, query in one
        ]
        for one in (mine, team)
    )


def _definitions(access: Access) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
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
    code = policy.coding_queue_code(policy.today(timezone.now()))
    if code:
        others.insert(2, ("coding", _("Coding queue"), f"show=open&code={code}"))
    if access.may(choices.RELEASE_HELD):
        others.append(("held", _("Held by spam brakes"), "show=held"))
    return mine, others


def _count_all(access: Access, views: list[tuple[str, str, str]], now: datetime) -> dict[str, int]:
    """Every count as a bounded sub-select of one statement."""
    seen = ServiceRequest.objects.visible_to(access)
    opened = seen.open()
    ours = opened.filter(team_id__in=access.team_ids) if access.team_ids else opened
    if len(access.team_ids) == 1:
        ours = opened.filter(team_id=next(iter(access.team_ids)))
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    closed = seen.filter(is_open=False, closed_at__gte=midnight, closed_at__lt=midnight + timedelta(days=1))
    rows: dict[str, Any] = {
        "open": ours,
        "late": ours.filter(due_at__lt=now, paused_since__isnull=True),
        "mine": opened.filter(owner_id=access.actor.staff_id),
        "unassigned": ours.filter(owner_id__isnull=True),
        "returned": ours.filter(return_count__gt=0),
        "waiting": ours.filter(state=choices.RequestState.WAITING),
        "review": ours.filter(review_at__lte=now),
        "closed": closed.filter(team_id__in=access.team_ids) if access.team_ids else closed,
        "held": seen.filter(is_held=True, is_open=True),
        "coding": opened.filter(service_id__in=_coding_ids(now)),
    }
    parts, values = [], []
    for code, _text, _query in views:
        sql, given = rows[code].order_by().values("pk")[: CAP + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS part)")  # noqa: S608 - compiled by the ORM, values apart
        values += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        found = cursor.fetchone()
    return {view[0]: int(count) for view, count in zip(views, found, strict=True)}


def _coding_ids(now: datetime) -> list[int]:
    code = policy.coding_queue_code(policy.today(now))
    row = policy.code_rows().get(code)
    return [row.pk] if row else []
