from django.apps import AppConfig


class WorkOrdersConfig(AppConfig):
    name = "citydesk.contact.work_orders"
    label = "work_orders"
