from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "citydesk.city.places"
    label = "places"
