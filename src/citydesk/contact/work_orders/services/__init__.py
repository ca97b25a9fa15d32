from citydesk.contact.work_orders.services.create import NewWorkOrder, Source, create_work_order, plan_work_order
from citydesk.contact.work_orders.services.field import (
    add_line,
    add_photo,
    finish,
    pause,
    start,
    tick,
)
from citydesk.contact.work_orders.services.office import cancel, inspect, reopen, set_external

__all__ = [
    "NewWorkOrder",
    "Source",
    "add_line",
    "add_photo",
    "cancel",
    "create_work_order",
    "finish",
    "inspect",
    "pause",
    "plan_work_order",
    "reopen",
    "set_external",
    "start",
    "tick",
]
