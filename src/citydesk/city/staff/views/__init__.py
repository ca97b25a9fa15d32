"""Pages of the staff room."""

from citydesk.city.staff.views.account import account, account_keys, account_language, account_sessions
from citydesk.city.staff.views.directory import directory
from citydesk.city.staff.views.door import closed, sign_out
from citydesk.city.staff.views.locking import lock, locked
from citydesk.city.staff.views.organization import roles, teams
from citydesk.city.staff.views.people import act_on_person, decide, new_person, people, person
from citydesk.city.staff.views.session import session

__all__ = [
    "account",
    "account_keys",
    "account_language",
    "account_sessions",
    "act_on_person",
    "closed",
    "decide",
    "directory",
    "lock",
    "locked",
    "new_person",
    "people",
    "person",
    "roles",
    "session",
    "sign_out",
    "teams",
]
