from django.apps import AppConfig


class InteractionsConfig(AppConfig):
    name = "citydesk.contact.interactions"
    label = "interactions"
