"""Figures of complaints count what that room's tables hold."""

import pytest

from citydesk.contact.complaints.tests import factories
from citydesk.kernel.clock import utc_now
from citydesk.management.statistics.queries.answers import answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(db):
    factories.load_city(now=utc_now())
    return factories.people()


def test_measures_count_what_the_tables_hold(who):
    now = utc_now()
    factories.mailed(who, now=now)
    factories.opened(who, now=now)
    asked = {"first": None, "last": None, "filters": {}, "now": now}
    values = {name: answer(name, **asked)["value"] for name in (
        "complaints_opened", "complaints_decided", "complaints_on_time_share", "complaints_appealed",
        "complaint_offers_count", "complaint_offers_dollars",
    )}  # fmt: skip
    assert list(values.values()) == [2, 1, 100, 0, 2, 100]
    by = answer("complaint_offers_count", **asked, by="offer")
    assert {one["offer"]: one["value"] for one in by["parts"]} == {"credit": 1, "apology": 1}
