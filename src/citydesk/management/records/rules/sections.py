"""The sections of the profile this room owns: series of the retention schedule, the records law, exemptions."""

from collections.abc import Collection
from typing import Any

from citydesk.city.profile.rules import Item, Reading
from citydesk.management.records.choices import Action, Basis, DayUnit


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


def parse_law(reading: Reading) -> list[Item]:
    """`[records_law.<code>]`: by when a public-records request is answered, extended, and what copies cost."""
    items = []
    for entry in reading.tables("records_law"):
        fee = entry.optional.table("fee")
        body: dict[str, Any] = {
            "name": entry.translated("name"),
            "days": entry.whole("days", at_least=1, at_most=365),
            "unit": entry.choice("unit", tuple(DayUnit)),
            "calendar": entry.code("calendar", of="calendars"),
            "extension_days": entry.optional.whole("extension_days", default=0),
            "most_extensions": entry.optional.whole("most_extensions", default=0),
            "citation": entry.text("citation"),
        }
        if fee.has("per_page"):
            body["fee"] = {
                "per_page": str(fee.decimal("per_page", at_least=0)),
                "free_pages": fee.optional.whole("free_pages", default=0),
            }
        items.append(entry.item(body))
    return items


def parse_exemptions(reading: Reading) -> list[Item]:
    """`[exemption.<code>]`: what may be withheld, by which law; `mark` stands where it was taken out."""
    return [
        entry.item(
            {
                "name": entry.translated("name"),
                "mark": entry.text("mark"),
                "citation": entry.text("citation"),
                "order": entry.optional.whole("order", default=100),
            }
        )
        for entry in reading.tables("exemption")
    ]
