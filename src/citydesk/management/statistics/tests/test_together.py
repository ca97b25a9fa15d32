"""Many figures in one statement are the same figures, and the page asks the database few questions."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from citydesk.city.staff.tests.factories import make_user
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.tests.factories import clerk, make_contact
from citydesk.contact.service_requests.tests.counted import close_plainly
from citydesk.contact.service_requests.tests.factories import MORNING, load_city, make_request
from citydesk.kernel.metrics import tallied
from citydesk.management.statistics import services
from citydesk.management.statistics.queries import measure as measures
from citydesk.management.statistics.queries.ahead import count_ahead
from citydesk.management.statistics.queries.measure import statement_of
from citydesk.management.statistics.queries.reading import Reading
from citydesk.management.statistics.queries.report import USED, report
from citydesk.management.statistics.queries.tables import BUILDERS, build
from citydesk.management.statistics.queries.together import Answers, written_together
from citydesk.management.statistics.rules.asking import parse
from citydesk.management.statistics.rules.selection import year_before

pytestmark = pytest.mark.django_db
NOW = MORNING + timedelta(hours=3)
ASKED: tuple[dict[str, list[str]], ...] = (
    {},
    {"by": ["day"], "channel": ["web", "phone"]},
    {"dates": ["all"], "by": ["month"]},
    {"hour": ["9"], "weekday": ["1", "2", "3", "4", "5", "6", "7"]},
)


@pytest.fixture
def city(time_machine):
    time_machine.move_to(NOW, tick=False)
    load_city()
    made = [make_request(code) for code in ("pothole", "pothole", "tree_down", "tree_down")]
    for row in made[:3]:
        close_plainly(row.pk, MORNING + timedelta(hours=2))
    make_contact(clerk(), now=MORNING)
    interactions.refresh_contact_facts(everything=True)
    services.refresh_facts(now=NOW)


@pytest.mark.parametrize("up_to", [0, 100_000])
@pytest.mark.parametrize("given", ASKED)
def test_what_is_asked_together_is_what_is_asked_one_by_one(city, monkeypatch, given, up_to):
    """Both from single records (up to a limit of closed requests) and from histograms."""
    if "hour" in given:
        up_to = 100_000  # by hour there is no histogram
    monkeypatch.setattr(measures, "EXACT_UP_TO", up_to)
    asked = parse(given, NOW.date())
    ahead, plain = Reading(asked, True, NOW), Reading(asked, True, NOW)
    count_ahead(ahead, USED, year_before(asked.selection))
    with tallied() as tally:
        found = [measures.measure(code, asked.selection, now=NOW, answers=ahead.answers).total for code in USED]
        assert tally.statements == 0
    assert found == [measures.measure(code, asked.selection, now=NOW).total for code in USED]
    assert found[0].value
    for code in BUILDERS:
        assert build(code, ahead) == build(code, plain)
    assert report(ahead).boxes == report(plain).boxes


def test_a_selection_is_read_once_whatever_it_is_divided_by(city):
    """Twenty figures of ten years would else read ten years twenty times."""
    asked = parse({"weekday": ["1", "2"], "channel": ["phone"]}, NOW.date())
    answers = Answers()
    statements = [
        statement_of(code, asked.selection, by, now=NOW, answers=answers)
        for code in ("requests_opened", "requests_closed", "requests_on_time_share", "requests_closed_hours_median")
        for by in ((), ("code",), ("department",), ("month",))
    ]
    text, _given = written_together(statements)
    assert text.count("FROM service_requests_requestday") == 1
    assert text.count("FROM service_requests_requestfact") == 1


def test_the_page_takes_as_many_statements_for_a_year_as_for_a_month(client, city):
    user = make_user("one_supervisor", roles=["supervisor"])
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    taken = []
    for query in ("?dates=30d", "?dates=30d", "?dates=year&by=day", "?dates=12m&code=pothole"):
        with tallied() as tally:
            assert client.get(reverse("statistics:report") + query).status_code == 200
        taken.append(tally.statements)
    assert max(taken[1:]) <= 16
