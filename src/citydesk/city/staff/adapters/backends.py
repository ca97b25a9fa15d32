"""Who is behind a session or a password."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from citydesk.city.staff.queries import user_with_rights
from citydesk.kernel.clock import utc_now


class StaffBackend(AuthenticationBackend):
    """allauth's check of user name or e-mail and password; loads the person of a session with all rights at once."""

    def get_user(self, user_id: int) -> Any:
        """The active person with roles and teams in force, in one statement; None ends the session."""
        user = user_with_rights(user_id, utc_now())
        return user if user is not None and self.user_can_authenticate(user) else None
