from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "citydesk.management.statistics"
    label = "statistics"
