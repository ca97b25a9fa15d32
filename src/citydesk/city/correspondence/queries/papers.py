"""Papers the house prints, by kind and number, and those that wait to be printed again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from citydesk.city.correspondence.choices import REPAIR, REPRINT
from citydesk.city.correspondence.models import Reprint
from citydesk.city.staff import queries as staff
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid, NotFound
from citydesk.kernel.registries import Paper, PaperFound, in_order, registries

LAST_SHOWN = 20


@dataclass(frozen=True)
class ReprintLine:
    """A paper on the list; `copy` is set once it was printed again."""

    id: int
    paper: Any
    number: str
    desk: str
    why: str
    noted_at: datetime
    noted_by: str
    settled_at: datetime | None
    settled_by: str
    copy: int | None


def papers_of(access: Access) -> list[Paper]:
    """The kinds of paper the reader may print."""
    return [one for one in in_order(registries.papers.values()) if access.may(one.permission)]


def find_paper(access: Access, code: str, number: str) -> PaperFound:
    """A paper by kind and number, as its own room lets the reader see it. Raises `Invalid` beside its field."""
    kind = registries.papers.get(code)
    if kind is None or not access.may(kind.permission):
        raise Invalid(_("Choose what was to be printed."), field="paper")
    try:
        found = kind.find(access, number.strip())
    except NotFound:
        found = None
    if found is None:
        raise Invalid(_("There is no such paper. Look at the number."), field="number")
    return PaperFound(*found)


def visible_reprints(access: Access) -> Any:
    """Lines of one's own desk and one's own; all of them for who repairs messages."""
    rows = Reprint.objects.all()
    if access.may(REPAIR):
        return rows
    me = access.actor.staff_id or 0
    desk = desk_of(access)
    return rows.filter(Q(noted_by_id=me) | (Q(desk=desk) if desk else Q(pk__in=[])))


def desk_of(access: Access) -> str:
    """The desk the reader sits at; empty when they have none."""
    return staff.get_user(access.actor.staff_id).desk if access.actor.staff_id else ""


def list_reprints(access: Access, *, waiting: bool) -> list[ReprintLine]:
    """What waits to be printed again, oldest first; or what was settled lately. Raises `NotAllowed`."""
    access.require(REPRINT)
    rows = visible_reprints(access).select_related("noted_by", "settled_by").filter(settled_at__isnull=waiting)
    ordered = rows.order_by("pk")[:200] if waiting else rows.order_by("-settled_at", "-pk")[:LAST_SHOWN]
    return [
        ReprintLine(
            row.pk,
            registries.papers[row.paper].label if row.paper in registries.papers else row.paper,
            row.number,
            row.desk,
            row.why,
            row.noted_at,
            row.noted_by.name,
            row.settled_at,
            row.settled_by.name if row.settled_by else "",
            row.copy,
        )
        for row in ordered
    ]


def copy_words(reprint: str, paper: str, object_id: int) -> str:
    """What a paper printed again says of itself ("Copy 2"); empty for the first print.

    `reprint` is what the address says.
    """
    if not reprint.isdecimal():
        return ""
    row = Reprint.objects.filter(pk=int(reprint), paper=paper, object_id=object_id, copy__isnull=False)
    copy = row.values_list("copy", flat=True).first()
    return _("Copy %(n)s") % {"n": copy} if copy else ""
