from django.apps import AppConfig


class AdaptersConfig(AppConfig):
    """An app of its own because allauth finds identity providers by app (`provider.py`, `urls.py`)."""

    name = "citydesk.city.staff.adapters"
    label = "staff_adapters"
