from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "citydesk.management.records"
    label = "records"
