"""The least people from opening until closing, whatever is foretold: nobody is alone with a counter, a cash drawer or a
caller in danger. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Opening:
    """At least so many people at work on some weekdays (Monday is 0; empty: all) and hours (minutes of the day; empty:
    from opening until closing), and why, by language. `queue`: while that queue is open; empty: while the group is."""

    people: int
    weekdays: frozenset[int] = frozenset()
    windows: tuple[tuple[int, int], ...] = ()
    why: Mapping[str, str] = field(default_factory=dict)
    queue: str = ""

    def holds(self, weekday: int, minute: int, length: int) -> bool:
        """Whether it holds in a slot of so many minutes that begins at that minute of that weekday."""
        if self.weekdays and weekday not in self.weekdays:
            return False
        return not self.windows or any(opens < minute + length and minute < closes for opens, closes in self.windows)


def opening_at(openings: Iterable[Opening], weekday: int, minute: int, length: int) -> Opening | None:
    """What holds in an open slot: of several rows the one that asks for most. None where none asks for anybody."""
    holding = [one for one in openings if one.holds(weekday, minute, length)]
    return max(holding, key=lambda one: one.people, default=None)
