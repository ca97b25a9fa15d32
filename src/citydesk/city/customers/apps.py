from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "citydesk.city.customers"
    label = "customers"
