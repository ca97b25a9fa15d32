from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "citydesk.portal"
    label = "portal"
