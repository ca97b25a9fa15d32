"""The live board: what waits now, today beside a usual day, who is there, and what is said where nothing is told."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from citydesk.city.staff.tests.factories import make_role, make_user
from citydesk.contact.interactions.tests.factories import clerk
from citydesk.contact.traffic import queries
from citydesk.contact.traffic.choices import VIEW, AgentStateKind
from citydesk.contact.traffic.models import AgentState, SourceAgent
from citydesk.contact.traffic.queries.board import board_feed, cells_of
from citydesk.contact.traffic.rules.service_level import Ratio
from citydesk.contact.traffic.tests.factories import import_text, make_queues
from citydesk.kernel.errors import NotAllowed

pytestmark = pytest.mark.django_db
# A Tuesday, 11:42 in UTC; the small city keeps that clock.
AT = datetime(2026, 3, 10, 11, 42, tzinfo=UTC)
STATES_ON = '[monitor.states]\nis_on = true\nagreement = {en = "Article 9", es = "Artículo 9"}\n'


def calls(first, number, *, wait=10, prefix="k"):
    """Answered calls, one a minute from a moment; each waits so many seconds and is talked for a minute."""
    lines = []
    for place in range(number):
        at = int(first.timestamp()) + 60 * place
        key = f"{prefix}{at}"
        lines += [
            f"{at}|{key}|calls|NONE|ENTERQUEUE||4235550101|1\n",
            f"{at + wait}|{key}|calls|Agent/dana|CONNECT|{wait}|r|5\n",
            f"{at + wait + 50}|{key}|calls|Agent/dana|COMPLETECALLER|{wait}|50|1\n",
        ]
    return "".join(lines)


def waiting(*seconds):
    """Calls that still wait, for so many seconds each."""
    begins = [int(AT.timestamp()) - one for one in seconds]
    return "".join(f"{at}|w{at}|calls|NONE|ENTERQUEUE||4235550102|1\n" for at in sorted(begins))


def board(access=None):
    return queries.get_board(access=access or clerk("Sue", VIEW), now=AT)


def test_who_waits_and_how_today_goes_beside_a_usual_day(tmp_path):
    make_queues("calls")
    for weeks, offered in ((1, 10), (2, 20), (3, 30), (4, 40), (5, 400)):
        begin = AT.replace(hour=9, minute=0) - timedelta(weeks=weeks)
        import_text(tmp_path, calls(begin, offered, wait=30 if weeks == 1 else 10), now=AT - timedelta(days=1))
        # After the same time of day: none of it counts.
        import_text(tmp_path, calls(begin + timedelta(hours=6), 5, prefix="late"), now=AT - timedelta(days=1))
    today = calls(AT.replace(hour=9, minute=0), 8) + calls(AT.replace(hour=10), 2, wait=60) + waiting(45, 200)
    import_text(tmp_path, today, now=AT)
    found = board()
    (one,) = found.queues
    assert (one.waiting, one.waits_since) == (2, AT - timedelta(seconds=200))
    assert one.level == Ratio(8, 12)  # 8 of 12 offered in time: who still waits is among them
    assert (one.offered, one.usual_offered, one.usual_level) == (12, 25.0, 1.0)
    assert found.usual_until == AT.replace(minute=30)
    assert found.alerts == (f"level:{one.id}", f"wait:{one.id}")
    cells = cells_of(found)
    assert (cells["all.waiting"], cells[f"q{one.id}.level"], cells[f"q{one.id}.usual"]) == (2, 66, 25)
    assert cells["all.longest"] == int(AT.timestamp()) - 200
    assert board_feed(now=AT) == {"cells": cells, "alerts": list(found.alerts)}


def test_a_switch_that_went_silent_tells_nothing_of_now(tmp_path):
    make_queues("calls")
    import_text(tmp_path, waiting(45) + calls(AT.replace(hour=9), 3), now=AT - timedelta(minutes=6))
    found = board()
    (one,) = found.queues
    make_agents(("available", 3))
    found = board()
    assert (one.waiting, one.waits_since, found.states) == (None, None, None)
    assert one.offered == 4 and found.alerts == ("silent",)
    (source,) = found.sources
    assert (source.name, source.told_at, source.is_live) == ("pbx", AT - timedelta(minutes=6), False)
    assert cells_of(found)["all.waiting"] is None


def test_a_queue_no_switch_tells_of_says_nothing_of_who_waits(tmp_path):
    make_queues("calls", "letters")
    import_text(tmp_path, waiting(45), now=AT)
    assert [one.waiting for one in board().queues] == [1, None]


def make_agents(*states):
    rows = []
    for place, (state, minutes) in enumerate(states):
        agent = SourceAgent.objects.create(source="pbx", name=f"Agent/{place}")
        rows.append(AgentState(agent=agent, state=state, started_at=AT - timedelta(minutes=minutes)))
    AgentState.objects.bulk_create(rows)


def test_agents_are_counted_and_named_only_where_the_profile_says_so(tmp_path):
    make_queues("calls")
    import_text(tmp_path, waiting(45), now=AT)
    make_agents(("on_contact", 3), ("meal", 20), ("offline", 5), ("available", 60 * 17))
    found = board()
    # Signed off, or left standing since yesterday by a switch that never told the end: not there.
    assert found.states == {AgentStateKind.ON_CONTACT: 1, AgentStateKind.MEAL: 1}
    assert found.agents == () and not found.is_named and found.alerts == ("nobody",)
    assert not [key for key in cells_of(found) if key.endswith(".state")]


def test_agents_are_shown_with_their_state_and_since_when(tmp_path):
    make_queues("calls", files={"monitoring.toml": STATES_ON})
    import_text(tmp_path, waiting(45), now=AT)
    make_agents(("on_contact", 3), ("meal", 20))
    found = board()
    assert [(one.name, one.state, one.since) for one in found.agents] == [
        ("Agent/0", AgentStateKind.ON_CONTACT, AT - timedelta(minutes=3)),
        ("Agent/1", AgentStateKind.MEAL, AT - timedelta(minutes=20)),
    ]


def test_only_who_may_see_traffic_sees_the_board():
    with pytest.raises(NotAllowed):
        board(clerk("Ray Soto"))


def test_the_page_says_as_many_statements_for_many_rows_and_none_where_nobody_offers_a_forecast(client, tmp_path):
    make_queues("calls", "permits", files={"monitoring.toml": STATES_ON})
    person = make_user("sue", roles=[make_role("keeps_traffic", [VIEW])])
    client.force_login(person)
    import_text(tmp_path, waiting(45), now=AT)
    client.get("/desk/traffic/board/")
    with CaptureQueriesContext(connection) as few:
        shown = client.get("/desk/traffic/board/").content.decode()
    assert "A / (N - S)" in shown and 'data-cell="all.waiting"' in shown
    assert 'data-live-ticket="/live/ticket/?feed=board"' in shown
    import_text(tmp_path, waiting(*range(30, 90, 2)), now=AT)
    make_agents(*[("available", 3)] * 12)
    client.get("/desk/traffic/board/")
    with CaptureQueriesContext(connection) as many:
        client.get("/desk/traffic/board/")
    assert len(few) == len(many)
    get_user_model().objects.filter(pk=person.pk).update(language="es")
    wall = client.get("/desk/traffic/board/wall/").content.decode()
    assert 'lang="es"' in wall and "Tablero" in wall and "<nav" not in wall
    part = client.get("/desk/traffic/board/?part=figures", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="board-figures"')
