from citydesk.contact.work_orders.views.crew import crew_act, crew_order, crew_round
from citydesk.contact.work_orders.views.office import act, detail, new, printed, work_order_list

__all__ = ["act", "crew_act", "crew_order", "crew_round", "detail", "new", "printed", "work_order_list"]
