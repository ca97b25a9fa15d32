"""Which rows a bulk act is about: the ones ticked, or all that match the list's filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid
from citydesk.kernel.lists.spec import ListSpec, lists_of


@dataclass(frozen=True)
class Selection:
    """The ids chosen, in id order. `missing` were ticked but are not among the rows the reader can see (any more)."""

    ids: tuple[int, ...]
    missing: int = 0
    is_everything: bool = False


def selected(
    spec: ListSpec,
    rows: Any,
    given: QueryDict | Mapping[str, list[str]],
    *,
    access: Access,
    now: datetime,
    limit: int = 500,
) -> Selection:
    """Read a bulk form: `id` (several), or `all=1` with `query`, the list's canonical address part.

    `rows` holds only what the reader may see, so a guessed id is simply missing. Raises `Invalid` for nothing chosen,
    something that is no id, or more than `limit` rows.
    """
    lists = lists_of(given)
    is_everything = (lists.get("all") or [""])[-1] == "1"
    if is_everything:
        values, problems = spec.parse(lists_of(QueryDict((lists.get("query") or [""])[-1])), access, now)
        if problems:
            raise problems[0]  # a filter that is not understood must not widen what is acted on
        ids = tuple(
            spec.narrow(rows, values).order_by(spec.id_field).values_list(spec.id_field, flat=True)[: limit + 1]
        )
        wanted = len(ids)
    else:
        asked = _ids(lists.get("id", []), limit)
        wanted = len(asked)
        ids = tuple(
            rows.filter(**{f"{spec.id_field}__in": asked}).order_by(spec.id_field).values_list(spec.id_field, flat=True)
        )
    if not ids:
        raise Invalid(_("Nothing is selected."), field="id")
    if len(ids) > limit:
        raise Invalid(_too_many(limit), field="id", hint=_("Narrow the list first."))
    return Selection(ids, wanted - len(ids), is_everything)


def _ids(texts: list[str], limit: int) -> set[int]:
    if len(texts) > limit:
        raise Invalid(_too_many(limit), field="id", hint=_("Narrow the list first."))
    if not all(text.isascii() and text.isdecimal() and len(text) <= 18 for text in texts):
        raise Invalid(_("This is not a row of the list."), field="id")
    return {int(text) for text in texts}


def _too_many(limit: int) -> str:
    return ngettext("At most %(n)s row at a time.", "At most %(n)s rows at a time.", limit) % {"n": limit}
