"""Pages of the customers room."""

from citydesk.city.customers.views.acts import add_point, end_point, prefer_point, unmerge
from citydesk.city.customers.views.cautions import cautions, decide_caution, propose
from citydesk.city.customers.views.duplicates import compare, duplicates, pair
from citydesk.city.customers.views.edit import edit, new
from citydesk.city.customers.views.find import find
from citydesk.city.customers.views.page import detail

__all__ = [
    "add_point",
    "cautions",
    "compare",
    "decide_caution",
    "detail",
    "duplicates",
    "edit",
    "end_point",
    "find",
    "new",
    "pair",
    "prefer_point",
    "propose",
    "unmerge",
]
