from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "citydesk.desk"
    label = "desk"
