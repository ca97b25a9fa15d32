from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "citydesk.management.workforce"
    label = "workforce"
