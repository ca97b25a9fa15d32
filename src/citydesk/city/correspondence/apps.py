from django.apps import AppConfig


class CorrespondenceConfig(AppConfig):
    name = "citydesk.city.correspondence"
    label = "correspondence"
