"""Records of timekeeping under the schedule: a hold on a kind keeps them, without one they may be proposed."""

from datetime import date, timedelta

import pytest

from citydesk.city.profile.tests.factories import load_small
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.kernel.errors import Invalid
from citydesk.management.records import services
from citydesk.management.timekeeping import services as timekeeping
from citydesk.management.timekeeping.tests import factories
from citydesk.management.timekeeping.tests.factories import LAST_WEEK, NOW, at

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=4 * 366)
KIND = "timekeeping.attendance"
SCHEDULE = f"""
[retention.attendance]
name = {{en = "Attendance", es = "Asistencia"}}
covers = "{KIND}"
period = {{years = 3}}
citation = "Sample schedule, item 5"
sample = true
"""


def test_a_hold_on_a_kind_keeps_what_is_due():
    load_small({**factories.extra(), "retention.toml": SCHEDULE})
    who = factories.people()
    [found] = timekeeping.record_attendance(
        user_id=who.dana.actor.id, scheduled_from=at(LAST_WEEK, "08:00"), scheduled_to=at(LAST_WEEK, "16:00"),
        source_key="shift", actor=who.priscilla.actor, now=NOW,
    )  # fmt: skip
    timekeeping.excuse_occurrence(occurrence_id=found, reason="Bus strike", access=who.priscilla, now=NOW)
    officer = access_of(make_user("record_keeper", roles=["records_officer"]))
    assert services.find_candidates(now=LATER)[KIND] == 1
    hold = services.NewHold("Lopez v. City", "Letter of counsel", kinds=(KIND,), since=date(2026, 1, 1))
    held = services.place_hold(new=hold, access=officer, now=LATER)
    with pytest.raises(Invalid):
        services.propose_disposal(kind=KIND, reason="Yearly", access=officer, now=LATER)
    services.release_hold(number=held, reason="Dismissed", access=officer, now=LATER)
    assert services.propose_disposal(kind=KIND, reason="Yearly", access=officer, now=LATER)
