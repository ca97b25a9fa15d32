from django.apps import AppConfig


class TrafficConfig(AppConfig):
    name = "citydesk.contact.traffic"
    label = "traffic"
