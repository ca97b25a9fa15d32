"""A year for looking around: how often what is reported in an invented year, in whose words. Samples only; the stories
of its last weeks are in `sample_stories`."""

from typing import Any

from citydesk.city.profile.rules.fields import Fields
from citydesk.city.profile.rules.problems import Item
from citydesk.city.profile.rules.reading import Reading


def parse_sample_year(reading: Reading) -> list[Item]:
    """`[year.<service code>]`: its share of an invented year's requests, its season, its part in a storm, its words."""
    return [_of_service(entry) for entry in reading.tables("year")]


def _of_service(entry: Fields) -> Item:
    entry.refer("share", "services", entry.key)
    free = entry.optional
    swing = free.decimal("swing", 0, at_least=0, at_most=1)
    return as_sample(
        entry,
        {
            "order": free.whole("order", 100),
            "share": entry.whole("share", at_least=1, at_most=1000),
            "peak": free.whole("peak", at_least=1, at_most=12),
            "swing": swing,
            "storm": free.whole("storm", 0, at_least=0, at_most=1000),
            "said": free.translated_list("said"),
            "done": free.words("done"),
            "crew": free.boolean("crew"),
        },
    )


def parse_sample_questions(reading: Reading) -> list[Item]:
    """`[asked.<article code>]`: what people ask that the article answers."""
    items = []
    for entry in reading.tables("asked"):
        entry.refer("question", "articles", entry.key)
        items.append(
            as_sample(entry, {"order": entry.optional.whole("order", 100), "question": entry.translated("question")})
        )
    return items


def as_sample(entry: Fields, body: dict[str, Any]) -> Item:
    """The entry; a problem where it does not say that it is a sample."""
    if entry.raw.get("sample") is not True:
        entry.problem("is true only: nobody's real figures belong here", "sample")
    return entry.item(body)
