"""Sessions in the database, as Django keeps them; the one look of every request is a statement that is prepared."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from citydesk.kernel.statements import run

_SQL = "SELECT session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseStore):
    """Django's own store, with another way to read: its models spend more on writing this SQL than on the answer."""

    def _get_session_from_db(self) -> Any:
        found = run(_SQL, (self.session_key, timezone.now())) if self.session_key else []
        if not found:
            self._session_key = None
            return None
        data, expires = found[0]
        return self.model(session_key=str(self.session_key), session_data=data, expire_date=expires)
