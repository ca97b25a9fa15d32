from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "citydesk.contact.complaints"
    label = "complaints"
