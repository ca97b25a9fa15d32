from citydesk.contact.work_orders.models.lines import ChecklistItem, EquipmentLine, LaborLine, MaterialLine, WorkPhoto
from citydesk.contact.work_orders.models.work_order import WorkOrder

__all__ = ["ChecklistItem", "EquipmentLine", "LaborLine", "MaterialLine", "WorkOrder", "WorkPhoto"]
