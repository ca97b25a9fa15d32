from django.apps import AppConfig


class ServiceRequestsConfig(AppConfig):
    name = "citydesk.contact.service_requests"
    label = "service_requests"
