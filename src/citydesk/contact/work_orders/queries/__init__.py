from citydesk.contact.work_orders.queries.lists import (
    ask_about,
    count_by_state,
    find_work_orders,
    list_about,
    list_in_field,
    list_round,
    list_work_orders,
)
from citydesk.contact.work_orders.queries.one import (
    WorkOrderPage,
    get_by_external,
    get_work_order,
    id_of,
    may_see_photo,
)

__all__ = [
    "WorkOrderPage",
    "ask_about",
    "count_by_state",
    "find_work_orders",
    "get_by_external",
    "get_work_order",
    "id_of",
    "list_about",
    "list_in_field",
    "list_round",
    "list_work_orders",
    "may_see_photo",
]
