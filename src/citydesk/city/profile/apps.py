from django.apps import AppConfig
from django.utils import timezone


class ProfileConfig(AppConfig):
    name = "citydesk.city.profile"
    label = "profile"

    def ready(self) -> None:
        """Every job runs in the city's zone, as every request does."""
        from citydesk.city.profile.queries import local_zone
        from citydesk.kernel.jobs import city_surroundings

        city_surroundings.append(lambda: timezone.override(local_zone()))
