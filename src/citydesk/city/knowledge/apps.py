from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "citydesk.city.knowledge"
    label = "knowledge"
