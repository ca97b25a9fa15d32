"""Contacts by hour: only beside what the mix of work lets expect, the person first, nothing of it alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.staff.tests.factories import make_role, make_team, make_user
from citydesk.contact.traffic import queries
from citydesk.contact.traffic.choices import NUMBERS, TEAM_NUMBERS, MonitorCode, WorkClass
from citydesk.contact.traffic.models import SourceAgent, StateFact
from citydesk.contact.traffic.rules.expected import Cell, Work, per_hour
from citydesk.contact.traffic.services.numbers import note_number
from citydesk.contact.traffic.tests.factories import make_queues
from citydesk.contact.traffic.tests.test_numbers import AFTER, IN_WEEK, WEEK, reader, staffed

TRASH, PERMITS = Cell(1, "trash", WorkClass.PLAIN), Cell(1, "permits", WorkClass.PLAIN)
HELPED = Cell(1, "permits", WorkClass.ESCALATED)
HOUR = 3600


def of(contacts, seconds):
    return Work(contacts=contacts, handle_s=contacts * seconds)


OTHERS = {person: {TRASH: of(100, 60), PERMITS: of(40, 300)} for person in (2, 3, 4)}
# Each is there for ten hours, half of it on contacts.
THERE = dict.fromkeys(OTHERS, 10 * HOUR)


def test_a_mix_that_takes_longer_lets_expect_fewer():
    short = per_hour({TRASH: of(50, 60)}, 2 * HOUR, OTHERS, THERE)
    long = per_hour({PERMITS: of(20, 300)}, 4 * HOUR, OTHERS, THERE)
    assert (short.own.value, short.expected, short.left_out) == (25.0, pytest.approx(30.0), 0)
    assert (long.own.value, long.expected) == (5.0, pytest.approx(6.0))
    # The same share of what was to be expected, though the one took five times as many.
    assert short.share == pytest.approx(long.share)


def test_what_nobody_else_had_is_left_out_with_the_time_it_took():
    own = {TRASH: of(50, 60), HELPED: of(3, 1200)}
    found = per_hour(own, 3 * HOUR, OTHERS, THERE)
    assert (found.own.value, found.left_out) == (25.0, 3)


@pytest.mark.parametrize(
    ("own_s", "others", "there"),
    [
        (0, OTHERS, THERE),  # nobody told when the person was there
        (HOUR, OTHERS, {}),  # nor when the others were
        (HOUR, {2: OTHERS[2], 3: OTHERS[3]}, THERE),  # too few others
        (HOUR, {}, THERE),
    ],
)
def test_where_nothing_can_be_expected_there_is_no_figure(own_s, others, there):
    found = per_hour({TRASH: of(50, 60)}, own_s, others, there)
    assert (found.own.value, found.expected, found.share) == (None, None, None) and found.left_out == 50


@given(st.integers(1, 200), st.integers(1, 40 * HOUR), st.integers(2, 5))
def test_the_share_does_not_depend_on_how_the_time_is_measured(contacts, seconds, times):
    once = per_hour({TRASH: of(contacts, 60)}, seconds, OTHERS, THERE)
    more = per_hour({TRASH: of(contacts, 60)}, seconds * times, OTHERS, {one: at * times for one, at in THERE.items()})
    assert once.share == pytest.approx(more.share)


def monitored(*codes, days=3):
    text = "".join(
        f"[monitor.{one}]\nis_on = true\nown_first_days = {days}\nagreement = {{en = 'Article 7', es = 'Artículo 7'}}\n"
        for one in codes
    )
    return make_queues("calls", files={"monitoring.toml": text})


def there(people, **hours):
    """So many hours free, and an hour at a meeting that counts for nobody."""
    StateFact.objects.all().delete()
    for name, user in people.items():
        agent = SourceAgent.objects.get(user=user)
        for nth in range(round(4 * hours.get(name, 1))):
            at = IN_WEEK + timedelta(minutes=15 * nth)
            StateFact.objects.create(agent=agent, starts_at=at, minutes=15, state="available", seconds=900)
        StateFact.objects.create(agent=agent, starts_at=IN_WEEK, minutes=15, state="meeting", seconds=900)


@pytest.mark.django_db
def test_a_week_on_the_pages_in_the_file_and_on_no_opening_page(client, tmp_path):
    monitored("per_hour", "handle_time")
    team = make_team("desk")
    own = make_role("own", [NUMBERS])
    people = staffed(tmp_path, teams=dict.fromkeys(("ann", "ben"), team), roles=[own])
    there(people, ann=2)
    client.force_login(people["ann"])
    shown = client.get(f"/desk/traffic/numbers/?week={WEEK.isoformat()}").content.decode()
    # Ten contacts of a minute in two hours; the others took ten in one: what is to be expected is ten an hour.
    assert "10 in 2.0 h" in shown and ">5.0<" in shown and ">10.0<" in shown and "50 %" in shown
    told = client.get(f"/desk/traffic/numbers/file/?week={WEEK.isoformat()}").content.decode()
    assert ",10,2.0,5.0,10.0,0," in told
    brief = queries.own_brief(access=reader(people["ann"], NUMBERS), now=IN_WEEK)
    assert [week.code for _today, week in brief.figures] == [MonitorCode.HANDLE_TIME]
    boss = make_user("boss", roles=[make_role("lead", [TEAM_NUMBERS])], teams=[team])
    access = reader(boss, TEAM_NUMBERS, teams=[team.pk])
    early = queries.team_numbers(access=access, week=WEEK, now=AFTER - timedelta(days=3))
    assert [one.figures for one in early] == [(), ()]  # it is the person's alone for three days
    answer = client.post("/desk/traffic/numbers/note/", {"week": WEEK, "figure": "per_hour", "text": "A quiet week"})
    assert answer.status_code == 302
    found = queries.team_numbers(access=access, week=WEEK, now=AFTER)
    ann = next(one for one in found if one.user_id == people["ann"].pk)
    assert ann.notes[MonitorCode.PER_HOUR].text == "A quiet week"
    assert {one.code: one.share for one in ann.figures}[MonitorCode.PER_HOUR] == pytest.approx(0.5)


@pytest.mark.django_db
def test_how_many_alone_is_shown_nowhere(client, tmp_path):
    monitored("per_hour")
    people = staffed(tmp_path, roles=[make_role("own", [NUMBERS])])
    there({"ann": people["ann"]})  # of the others nobody tells when they were there
    client.force_login(people["ann"])
    shown = client.get(f"/desk/traffic/numbers/?week={WEEK.isoformat()}").content.decode()
    assert "Contacts by hour" in shown and "10 in" not in shown and "others had too few contacts" in shown
    (figure,) = queries.own_numbers(access=reader(people["ann"], NUMBERS), week=WEEK, now=AFTER).figures
    assert (figure.own.value, figure.left_out) == (None, 10)
    note_number(week=WEEK, figure="per_hour", text="x", access=reader(people["ann"], NUMBERS), now=AFTER)
