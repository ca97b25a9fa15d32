"""What the scripted days need of the city: its people by user name and residents of its own."""

from functools import cache

from citydesk.city.customers.tests.factories import make_customer
from citydesk.city.profile import queries as profile
from citydesk.city.profile.tests.factories import load_shipped
from citydesk.city.staff.models import User
from citydesk.city.staff.tests.factories import add_second_factor
from citydesk.kernel.clock import utc_now
from tests.journeys import pictures
from tests.journeys.snapshot import Snapshot

# Who signs in with a second factor.
SENSITIVE = ("priscilla", "admin", "auditor", "records", "gideon", "noor", "vera", "emil")


@cache
def loaded_city() -> Snapshot:
    """Riverton as it is shipped, loaded once in a run."""
    load_shipped("riverton", now=utc_now())
    for user in User.objects.filter(username__in=SENSITIVE):
        add_second_factor(user)
    if pictures.FOLDER:
        pictures.make_a_year()
    snapshot = Snapshot()
    snapshot.take()
    return snapshot


class City:
    """Riverton on one day."""

    def __init__(self) -> None:
        loaded_city().restore()
        profile.refresh()

    def person(self, username: str) -> User:
        """Somebody of the profile's people, ready to sign in."""
        return User.objects.get(username=username)

    def resident(self, given: str, family: str, **fields):
        """A resident known to the city: `phone`, `email`, `address`, `language`."""
        return make_customer(given, family, **fields)
