from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "citydesk.city.staff"
    label = "staff"
    default = True

    def ready(self) -> None:
        """Start a session's clocks wherever Django signs somebody in: password, passkey, identity provider."""
        from django.contrib.auth.signals import user_logged_in

        from citydesk.city.staff.middleware import stamp_session

        user_logged_in.connect(stamp_session, dispatch_uid="staff.stamp_session")


class AdaptersConfig(AppConfig):
    """An app of its own because allauth finds identity providers by app: `adapters.provider`, `adapters.urls`."""

    name = "citydesk.city.staff.adapters"
    label = "staff_adapters"
