from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "citydesk.management.quality"
    label = "quality"
