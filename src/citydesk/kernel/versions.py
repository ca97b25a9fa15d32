"""Optimistic row versions: a form carries the version it was drawn from; who saves second sees both texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from citydesk.kernel.errors import StaleVersion


@dataclass(frozen=True)
class Difference:
    """One field that differs: what the reader typed and what stands there now."""

    field: str
    label: str
    mine: Any
    theirs: Any


def check_version(
    row: Any,
    given: int,
    *,
    mine: Mapping[str, Any] | None = None,
    theirs: Mapping[str, Any] | None = None,
    changed_by: str = "",
) -> None:
    """Raise `StaleVersion` unless `row.version` (a locked row) is the version the form was drawn from.

    `mine` are the values sent; `theirs` defaults to the row's values of the same fields. Equal values are no conflict:
    two people who wrote the same agree.
    """
    if row.version == given:
        return
    sent = dict(mine or {})
    now = dict(theirs) if theirs is not None else {name: getattr(row, name) for name in sent}
    if sent and all(now.get(name) == value for name, value in sent.items()):
        return
    raise StaleVersion(
        _("Somebody else changed this while you were writing."),
        hint=_("Compare the two texts, take over what you need and save again."),
        mine=sent,
        theirs=now,
        version=row.version,
        changed_by=changed_by,
    )


def two_texts(error: StaleVersion, labels: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The context of the two-texts panel: `differences`, the `version` to send next, and who changed it."""
    mine, theirs = error.facts.get("mine", {}), error.facts.get("theirs", {})
    names = labels or {}
    return {
        "differences": [
            Difference(name, str(names.get(name, name)), mine[name], theirs.get(name))
            for name in mine
            if mine[name] != theirs.get(name)
        ],
        "version": error.facts.get("version"),
        "changed_by": error.facts.get("changed_by", ""),
        "message": str(error.message),
        "hint": str(error.hint),
    }
