from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class KernelConfig(AppConfig):
    name = "citydesk.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Read every room's offers, so that one room can be found by all without being imported by them."""
        from django.db.models.signals import pre_migrate
        from django.utils.translation import gettext

        from citydesk.kernel.errors import speak
        from citydesk.kernel.health import register_checks
        from citydesk.kernel.resealing import register_stores

        speak(gettext)
        register_checks()
        register_stores()
        # PostgreSQL changes no column that a view shows; they are made again with the rights, after the migrations.
        pre_migrate.connect(_without_views, sender=self)
        for app in apps.get_app_configs():
            if app.name.startswith("citydesk.") and find_spec(f"{app.name}.offers"):
                import_module(f"{app.name}.offers")


def _without_views(**_given: object) -> None:
    from citydesk.kernel.roles import drop_views

    drop_views()
