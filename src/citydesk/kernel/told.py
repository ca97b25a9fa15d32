"""Values that rooms above tell a report of a room below them: the lower room need not know who keeps them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Told:
    """`tell(access=, object_id=, now=)` gives the value of a report's object, None where there is none. `on` names the
    report."""

    code: str
    on: str
    tell: Callable[..., Any]
    permission: str


def values_told(known: Iterable[Told], report: str, *, access: Any, object_id: int, now: datetime) -> list[Any]:
    """What rooms above tell this reader of a report's object, in the order of their codes."""
    mine = sorted((one for one in known if one.on == report and access.may(one.permission)), key=lambda one: one.code)
    found = [one.tell(access=access, object_id=object_id, now=now) for one in mine]
    return [one for one in found if one is not None]
