"""Saved views: a person's own, and those of the teams the person is in; what a person keeps for a list as a whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.kernel.lists.kept import Statements
from citydesk.kernel.models import SavedView

LONGEST_NAME = 60
MOST_VIEWS = 30
_SHOWN = ("id", "name", "query", "team_id", "position")
_statements = Statements()


@dataclass(frozen=True)
class ViewLink:
    """A saved view as the list's page shows it. `number` is its key, 1 to 9, or 0."""

    id: int
    name: str
    url: str
    is_team: bool
    is_current: bool
    number: int


def views_for(list_code: str, *, access: Access, query: str = "") -> list[ViewLink]:
    """The reader's views of a list, teams' first; `query` is the page's, to mark the current one. One statement."""
    found = _statements.rows((access.actor.staff_id, access.team_ids, list_code), lambda: view_rows(list_code, access))
    return view_links(found or [], query)


def view_rows(list_code: str, access: Access) -> Any:
    """The rows `view_links` makes links of, for a page that reads them together with something else."""
    return SavedView.objects.filter(_seen_by(access), list_code=list_code).values(*_SHOWN)


def view_links(rows: Iterable[Mapping[str, Any]], query: str) -> list[ViewLink]:
    """The links of `view_rows`, teams' first, numbered for their keys."""
    found = sorted(
        (row for row in rows if row["name"]), key=lambda row: (row["team_id"] is None, row["position"], row["id"])
    )
    return [
        ViewLink(
            id=row["id"],
            name=row["name"],
            url=f"?{row['query']}",
            is_team=row["team_id"] is not None,
            is_current=row["query"] == query,
            number=at if at <= 9 else 0,
        )
        for at, row in enumerate(found, start=1)
    ]


def own_address(rows: Iterable[Mapping[str, Any]]) -> str:
    """What the reader keeps for every look at the list (columns), of `view_rows`: their view without a name."""
    return next((str(row["query"]) for row in rows if not row["name"] and row["team_id"] is None), "")


def save_own(*, list_code: str, query: str, access: Access, now: datetime) -> None:
    """Keep something for every look at a list; empty forgets it."""
    mine = SavedView.objects.filter(list_code=list_code, owner_id=access.actor.staff_id, name="")
    if not query:
        mine.delete()
        return
    SavedView.objects.update_or_create(
        list_code=list_code,
        owner_id=access.actor.staff_id,
        name="",
        defaults={"query": query, "made_by_id": access.actor.staff_id, "made_at": now},
    )


def save_view(
    *, list_code: str, name: str, query: str, access: Access, now: datetime, team_id: int | None = None
) -> int:
    """Keep filters under a name, for oneself or for a team one belongs to. Returns the view's id.

    `query` is `ListPage.query`. Raises `Invalid`, `NotAllowed` (not one's team), `Conflict` (the name is taken).
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(_("Give the view a name of at most 60 characters."), field="name")
    if team_id is not None and team_id not in access.team_ids:
        raise NotAllowed(_("You can share views only with your own teams."))
    owner_id = None if team_id else access.actor.staff_id
    mine = SavedView.objects.filter(list_code=list_code, owner_id=owner_id, team_id=team_id)
    if mine.count() >= MOST_VIEWS:
        raise Conflict(_("There are too many views. Delete one first."))
    last = mine.aggregate(last=Max("position"))["last"] or 0
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                list_code=list_code,
                name=name,
                query=query,
                owner_id=owner_id,
                team_id=team_id,
                position=last + 1,
                made_by_id=access.actor.staff_id,
                made_at=now,
            ).pk
    except IntegrityError as error:
        raise Conflict(_("There is already a view with this name."), field="name") from error


def rename_view(*, view_id: int, name: str, access: Access) -> None:
    """Give a view another name. Raises `NotFound`, `NotAllowed`, `Invalid`, `Conflict`."""
    view = _mine(view_id, access)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(_("Give the view a name of at most 60 characters."), field="name")
    view.name = name
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError as error:
        raise Conflict(_("There is already a view with this name."), field="name") from error


def delete_view(*, view_id: int, access: Access) -> None:
    """Drop a view: one's own, or a team's that one made. Raises `NotFound`, `NotAllowed`."""
    _mine(view_id, access).delete()


def _seen_by(access: Access) -> Q:
    seen = Q(team_id__in=access.team_ids)
    return seen | Q(owner_id=access.actor.staff_id) if access.actor.staff_id else seen


def _mine(view_id: int, access: Access) -> SavedView:
    view = SavedView.objects.filter(_seen_by(access), pk=view_id).first()
    if view is None:
        raise NotFound(_("There is no such view."))
    if view.owner_id is None and view.made_by_id != access.actor.staff_id:
        raise NotAllowed(_("Only the person who made a team's view can change it."))
    return view
