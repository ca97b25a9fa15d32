from django.apps import AppConfig


class ProfileConfig(AppConfig):
    name = "citydesk.city.profile"
    label = "profile"
