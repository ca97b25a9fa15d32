from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "citydesk.city.staff"
    label = "staff"
