"""The session of a request, and with it, by the same journey to the database, the person it is of."""

from typing import Any

from django.contrib.auth import SESSION_KEY

from citydesk.city.staff.queries import ask_person
from citydesk.kernel import sessions

_MOST_KNOWN = 10_000
# Session key -> whose it was when this process read it last. A guess: who it is of is read from the session each time.
_owners: dict[str, int] = {}


class SessionStore(sessions.SessionStore):
    """The house's store, which asks for the person whom the session will most likely name before it asks for it."""

    def load(self) -> dict[str, Any]:
        """The session's values; who is signed in is remembered for the next request."""
        known = _owners.get(self.session_key or "")
        ask_person(known)
        found = super().load()
        owner = found.get(SESSION_KEY)
        if owner is not None and self.session_key and int(owner) != known:
            if len(_owners) >= _MOST_KNOWN:
                _owners.clear()
            _owners[self.session_key] = int(owner)
        return found
