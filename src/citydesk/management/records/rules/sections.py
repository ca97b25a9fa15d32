"""The sections of the profile this room owns: series of the retention schedule, the records law, exemptions."""

from collections.abc import Collection

from citydesk.city.profile.rules import Item, Reading
from citydesk.management.records.choices import Action, Basis


def parse_retention(reading: Reading, *, kinds: Collection[str]) -> list[Item]:
    """`[retention.<code>]`: which kind of record, how long, by which law, what happens then."""
    items: list[Item] = []
    seen: dict[str, str] = {}
    for entry in reading.tables("retention"):
        period = entry.table("period")
        length = {name: period.optional.whole(name, default=0) for name in ("years", "months", "days")}
        body = {
            "name": entry.translated("name"),
            "covers": entry.choice("covers", tuple(kinds)),
            "period": length,
            "basis": entry.optional.choice("basis", tuple(Basis), default=Basis.TRIGGER.value),
            "action": entry.optional.choice("action", tuple(Action), default=Action.DESTROY.value),
            "citation": entry.text("citation"),
            "order": entry.optional.whole("order", default=100),
        }
        if not any(length.values()):
            entry.problem("a period needs years, months or days", key="period")
        kind = str(body["covers"])
        if seen.setdefault(kind, entry.key) != entry.key:
            entry.problem(f"{kind} is covered by {seen[kind]} already", key="covers")
        items.append(entry.item(body))
    return items
