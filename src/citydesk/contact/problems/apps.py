from django.apps import AppConfig


class ProblemsConfig(AppConfig):
    name = "citydesk.contact.problems"
    label = "problems"
