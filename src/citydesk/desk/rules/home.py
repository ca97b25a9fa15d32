"""Which opening page belongs to whom. Pure."""

from collections.abc import Callable, Iterable

# The first page whose right is held is a person's own; the others stay one step away.
PAGES: tuple[tuple[str, str], ...] = (
    ("supervisor", "desk.supervise"),
    ("representative", "interactions.take"),
    ("department", "service_requests.edit"),
    ("director", "statistics.view"),
    ("administration", "desk.admin"),
    ("crew", "work_orders.crew"),
)


def own_pages(may: Callable[[str], bool], roles: Iterable[str]) -> list[str]:
    """The opening pages a person has, their own first. A director starts with the director's page."""
    pages = [page for page, right in PAGES if may(right)]
    if "director" in set(roles) and "director" in pages:
        pages.remove("director")
        pages.insert(0, "director")
    return pages
