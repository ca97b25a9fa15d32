"""On time of those due: what was due in some days, whenever it came and whether or not it is closed yet."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from citydesk.city.staff.tests.factories import make_user
from citydesk.contact.service_requests.tests.counted import change, close_plainly, set_fact
from citydesk.contact.service_requests.tests.factories import MORNING, load_city, make_request
from citydesk.management.statistics import services
from citydesk.management.statistics.choices import DUE_ON_TIME
from citydesk.management.statistics.queries.answers import answer
from citydesk.management.statistics.queries.measure import measure
from citydesk.management.statistics.rules.selection import Selection

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = 24 * HOUR
NOW = MORNING + 10 * DAY
DUE_ON = (MORNING + DAY).date()
SPAN = Selection(DUE_ON, DUE_ON)


def due(at, *, closed=None, held_since=None, code="pothole"):
    """A request that is due at a moment, perhaps closed at another, perhaps with its clock standing."""
    row = make_request(code)
    change(row.pk, due_at=at)
    if closed is not None:
        close_plainly(row.pk, closed)
    if held_since is not None:
        change(row.pk, paused_since=held_since, pause_reason="weather", state="on_hold")
    return row


@pytest.fixture
def city(time_machine):
    """Of one day: three closed in time, one late, two still open, one whose clock stands; and two of other days."""
    time_machine.move_to(NOW, tick=False)
    load_city()
    at = MORNING + DAY
    for _ in range(3):
        due(at, closed=at - HOUR)
    made = {
        "late": due(at, closed=at + 3 * DAY),
        "open": [due(at), due(at, code="tree_down")],
        "held": due(at, held_since=at - HOUR),
        "held_late": due(at, held_since=at + HOUR),
    }
    due(at + 2 * DAY, closed=at)
    due(NOW + DAY, closed=NOW - DAY)
    services.refresh_facts(now=NOW)
    return made


def test_what_is_still_open_counts_as_missed_and_what_stands_is_not_judged(city):
    found = measure(DUE_ON_TIME, SPAN, now=NOW).total
    assert (found.numerator, found.denominator) == (3, 7) and found.value == pytest.approx(300 / 7)
    told = {name: found.beside[name] for name in ("due_closed_late", "due_overdue", "due_waiting")}
    assert told == {"due_closed_late": 1, "due_overdue": 3, "due_waiting": 1}
    # The share of the closed alone looks better: it leaves out those that are still open.
    closed = measure("requests_on_time_share", Selection(DUE_ON, (NOW - DAY).date()), now=NOW).total
    assert closed.value > found.value


def test_before_the_due_time_nobody_is_judged(city):
    before = measure(DUE_ON_TIME, SPAN, now=MORNING).total
    assert (before.value, before.denominator, before.beside["due_waiting"]) == (None, 0, 8)
    ahead = Selection((NOW + DAY).date(), (NOW + DAY).date())
    assert measure(DUE_ON_TIME, ahead, now=NOW).total.beside["due_waiting"] == 1


def test_hours_on_hold_and_what_came_back_stand_beside_it(city):
    set_fact(city["late"].pk, hold_seconds=7200, return_count=2, reopen_count=1, close_reason="not_ours")
    beside = measure(DUE_ON_TIME, SPAN, now=NOW).total.beside
    assert (beside["hold_hours"], beside["due_returned"], beside["due_reopened"]) == (2.0, 2, 1)
    assert (beside["due_not_ours"], beside["due_duplicates"]) == (1, 0)


def test_it_divides_by_every_key_and_the_parts_are_the_whole(city):
    for key in ("code", "department", "channel", "district", "day", "hour", "month"):
        rows = measure(DUE_ON_TIME, SPAN, now=NOW, by=(key,)).rows
        assert sum(one.denominator for one in rows) == 7 and sum(one.numerator for one in rows) == 3, key
    narrowed = measure(DUE_ON_TIME, SPAN.having(code=("tree_down",)), now=NOW).total
    assert (narrowed.numerator, narrowed.denominator) == (0, 1)
    said = answer(DUE_ON_TIME, first=DUE_ON, last=DUE_ON, filters={}, now=NOW)
    assert (said["numerator"], said["denominator"], said["due_overdue"]) == (3, 7, 3)


@pytest.mark.parametrize(
    ("what", "count"), [("due", 7), ("due_met", 3), ("due_late", 1), ("overdue", 3), ("due_waiting", 1)]
)
def test_the_records_behind_each_part_are_as_many(city, client, what, count):
    client.force_login(make_user("boss", roles=["supervisor"]), backend=settings.AUTHENTICATION_BACKENDS[0])
    query = f"?what={what}&dates=days&from={DUE_ON}&to={DUE_ON}"
    shown = client.get(reverse("statistics:records") + query).content.decode()
    assert f"{count} records" in shown


def test_the_report_shows_it_beside_the_share_of_the_closed(city, client, monkeypatch):
    client.force_login(make_user("boss", roles=["supervisor"]), backend=settings.AUTHENTICATION_BACKENDS[0])
    address = reverse("statistics:report") + f"?dates=days&from={DUE_ON}&to={DUE_ON}"
    shown = client.get(address).content.decode()
    assert "On time of those due" in shown and "42.9" in shown and DUE_ON_TIME in shown
    assert "7 were due in these days: 3 closed on time, 1 closed late, 3 still open; 1 more are not" in shown
    assert "what=due&" in shown
    # Over very many single records are not read by a page.
    monkeypatch.setattr("citydesk.management.statistics.queries.measure.EXACT_UP_TO", -1)
    assert DUE_ON_TIME not in client.get(address).content.decode()
