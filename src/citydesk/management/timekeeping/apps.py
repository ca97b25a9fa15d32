from django.apps import AppConfig


class TimekeepingConfig(AppConfig):
    name = "citydesk.management.timekeeping"
    label = "timekeeping"
