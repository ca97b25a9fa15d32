"""What the first page of the residents' site shows: its doors in their order, and what is named there at once."""

from typing import Any

from citydesk.city.profile.rules.fields import Fields
from citydesk.city.profile.rules.problems import Item
from citydesk.city.profile.rules.reading import Reading

# Pages of the site a door may open; `call` is the office's telephone.
TILE_PAGES = ("report", "track", "reports", "answers", "call")
TARGETS = ("page", "article", "service", "link")
# More than this is a list, and the list has a page of its own.
MOST_QUICK = 8


def parse_portal_tiles(reading: Reading) -> list[Item]:
    """`[tile.<code>]`: one door each; words of its own, or those of the page it opens."""
    return [entry.item(_tile(entry)) for entry in reading.tables("tile")]


def _tile(entry: Fields) -> dict[str, Any]:
    given = [name for name in TARGETS if entry.has(name)]
    if len(given) != 1:
        entry.problem(f"names {len(given)} of {', '.join(TARGETS)}: a door opens one thing")
    free = entry.optional
    # A page of the site has words of its own; whatever else a door opens is named by the profile.
    named = free if entry.has("page") else entry
    link = free.text("link")
    if link and not link.startswith("https://"):
        entry.problem(f"is no address that begins with https://: {link}", "link")
    return {
        "order": free.whole("order", 100),
        "page": free.choice("page", TILE_PAGES),
        "article": free.code("article", of="articles"),
        "service": free.code("service", of="services"),
        "link": link,
        "name": named.translated("name"),
        "text": named.translated("text"),
    }


def parse_portal_quick(reading: Reading) -> list[Item]:
    """`[quick]`: kinds of report and answers that are named on the first page, in this order."""
    entry = reading.table("quick")
    if entry is None:
        return []
    body = {
        "services": entry.optional.codes("services", of="services"),
        "articles": entry.optional.codes("articles", of="articles"),
    }
    for name, codes in body.items():
        if len(codes) > MOST_QUICK or len(set(codes)) < len(codes):
            entry.problem(f"names each once, and at most {MOST_QUICK}", name)
    return [entry.item(body)]
