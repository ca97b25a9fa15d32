"""People's numbers: beside what the mix lets expect, the person first, nothing of what the city does not measure."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model

from citydesk.city.staff.tests.factories import make_role, make_team, make_user
from citydesk.contact.interactions.tests.factories import clerk
from citydesk.contact.traffic import queries
from citydesk.contact.traffic.choices import NUMBERS, TEAM_NUMBERS, MonitorCode
from citydesk.contact.traffic.models import NumbersNote, SourceAgent
from citydesk.contact.traffic.services.numbers import note_number
from citydesk.contact.traffic.tests.factories import import_text, make_queues
from citydesk.kernel.actors import Access, Actor, ActorKind
from citydesk.kernel.errors import Invalid, NotAllowed, NotFound
from citydesk.kernel.models import ReadEntry
from citydesk.kernel.registries import registries

pytestmark = pytest.mark.django_db
WEEK = date(2026, 3, 2)  # a Monday
IN_WEEK = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
AFTER = datetime(2026, 3, 13, 12, 0, tzinfo=UTC)  # the Friday after


def monitored(*codes, days=3):
    text = "".join(
        f"[monitor.{one}]\nis_on = {'true' if one in codes else 'false'}\nown_first_days = {days}\n"
        'agreement = {en = "Article 7", es = "Artículo 7"}\n'
        for one in ("handle_time", "transfers")
    )
    return make_queues("calls", files={"monitoring.toml": text})


def answered(people, seconds):
    """So many calls of each, all of so many seconds, within the week."""
    lines = []
    for place, (name, number) in enumerate(people.items()):
        for nth in range(number):
            at = int((IN_WEEK + timedelta(minutes=3 * nth)).timestamp()) + place
            length = seconds.get(name, 60)
            lines += [
                f"{at}|{name}{nth}|calls|NONE|ENTERQUEUE||4235550101|1\n",
                f"{at + 5}|{name}{nth}|calls|{name}|CONNECT|5|r|5\n",
                f"{at + 5 + length}|{name}{nth}|calls|{name}|COMPLETECALLER|5|{length}|1\n",
            ]
    return "".join(sorted(lines, key=lambda one: int(one.split("|")[0])))


def staffed(tmp_path, *, teams=None, roles=(), **seconds):
    """Ann, Ben, Cal and Dee with ten calls each; of a minute, where `seconds` says nothing else."""
    people = {
        name: make_user(name, roles=list(roles), teams=[team] if (team := (teams or {}).get(name)) else [])
        for name in ("ann", "ben", "cal", "dee")
    }
    import_text(tmp_path, answered({"ann": 10, "ben": 10, "cal": 10, "dee": 10}, seconds))
    assert SourceAgent.objects.filter(user=None).count() == 0
    return people


def reader(user, *rights, teams=()):
    return Access(Actor(ActorKind.STAFF, user.pk, user.name), frozenset(rights), team_ids=frozenset(teams))


def test_a_person_sees_the_own_week_beside_what_others_took(tmp_path):
    monitored("handle_time")
    people = staffed(tmp_path, ann=90)
    found = queries.own_numbers(access=reader(people["ann"], NUMBERS), week=IN_WEEK.date(), now=IN_WEEK)
    (figure,) = found.figures
    assert (figure.code, figure.own.numerator, figure.own.denominator) == (MonitorCode.HANDLE_TIME, 900, 10)
    assert (figure.expected, figure.share) == (60.0, 1.5)
    assert found.week == WEEK and found.lines[0].own.contacts == 10


def test_what_is_switched_off_exists_nowhere(tmp_path):
    monitored()
    people = staffed(tmp_path)
    own = queries.own_numbers(access=reader(people["ann"], NUMBERS), week=WEEK, now=AFTER)
    assert own.figures == () and own.lines == ()
    with pytest.raises(NotFound):
        note_number(week=WEEK, figure="handle_time", text="x", access=reader(people["ann"], NUMBERS), now=AFTER)


def test_others_see_a_week_after_the_person_had_it_alone_with_what_the_person_says(tmp_path):
    monitored("handle_time", days=3)
    team, other = make_team("desk"), make_team("elsewhere")
    people = staffed(tmp_path, teams={"ann": team, "ben": team, "cal": other}, ann=90)
    boss = make_user("boss", roles=[], teams=[team])
    note_number(
        week=WEEK, figure="handle_time", text="Two days of permits", access=reader(people["ann"], NUMBERS), now=AFTER
    )
    access = reader(boss, TEAM_NUMBERS, teams=[team.pk])
    # The week ends on Sunday the 8th: Monday, Tuesday and Wednesday are the person's.
    early = queries.team_numbers(access=access, week=WEEK, now=datetime(2026, 3, 11, 12, tzinfo=UTC))
    assert [(one.figures, one.hidden, one.notes) for one in early] == [((), 1, {})] * 2
    assert not ReadEntry.objects.filter(purpose="numbers").exists()
    found = queries.team_numbers(access=access, week=WEEK, now=datetime(2026, 3, 12, 12, tzinfo=UTC))
    assert [one.name for one in found] == sorted(people[name].name for name in ("ann", "ben"))
    ann = next(one for one in found if one.user_id == people["ann"].pk)
    assert ann.notes[MonitorCode.HANDLE_TIME].text == "Two days of permits" and ann.figures[0].share == 1.5
    assert ReadEntry.objects.filter(purpose="numbers").count() == 2
    with pytest.raises(NotAllowed):
        queries.team_numbers(access=reader(people["ben"], NUMBERS), week=WEEK, now=AFTER)


def test_what_one_says_is_kept_and_the_newest_counts(tmp_path):
    monitored("handle_time")
    people = staffed(tmp_path)
    access = reader(people["ann"], NUMBERS)
    for text in ("First", "Second"):
        note_number(week=IN_WEEK.date(), figure="handle_time", text=text, access=access, now=AFTER)
    found = queries.own_numbers(access=access, week=WEEK, now=AFTER)
    assert found.notes[MonitorCode.HANDLE_TIME].text == "Second" and NumbersNote.objects.count() == 2
    with pytest.raises(Invalid):
        note_number(week=WEEK, figure="handle_time", text="x" * 501, access=access, now=AFTER)
    with pytest.raises(NotFound):
        note_number(week=date(2026, 4, 1), figure="handle_time", text="x", access=access, now=AFTER)
    with pytest.raises(NotAllowed):
        note_number(week=WEEK, figure="handle_time", text="x", access=clerk("Ray"), now=AFTER)


def test_page_and_file_say_the_same_and_no_cell_is_a_formula(client, tmp_path):
    monitored("handle_time")
    user = staffed(tmp_path, roles=[make_role("own", [NUMBERS])], ann=90)["ann"]
    client.force_login(user)
    page = f"/desk/traffic/numbers/?week={WEEK.isoformat()}"
    answer = client.post("/desk/traffic/numbers/note/", {"week": WEEK, "figure": "handle_time", "text": "=1+1"})
    assert answer.status_code == 302
    shown = client.get(page).content.decode()
    assert "900 / 10" in shown and "01:30" in shown and "150 %" in shown and "Article 7" in shown
    told = client.get(f"/desk/traffic/numbers/file/?week={WEEK.isoformat()}").content.decode()
    assert ",900,10,90.0,60.0,0," in told and "'=1+1" in told and "transfers" not in told
    assert client.get("/desk/traffic/numbers/team/").status_code == 403
    get_user_model().objects.filter(pk=user.pk).update(language="es")
    assert "Mis números" in client.get(page).content.decode()


def test_the_opening_page_tells_ones_own_today_and_week_by_two_statements(tmp_path, django_assert_num_queries):
    monitored("handle_time")
    people = staffed(tmp_path, ann=90)
    access = reader(people["ann"], NUMBERS)
    queries.own_brief(access=access, now=IN_WEEK)
    with django_assert_num_queries(2):
        brief = queries.own_brief(access=access, now=IN_WEEK + timedelta(hours=5))
    ((today, week),) = brief.figures
    assert (brief.today, brief.week, today.own.value, week.own.value, week.expected) == (10, 10, 90.0, 90.0, 60.0)
    (whole,) = queries.own_numbers(access=access, week=WEEK, now=IN_WEEK).figures
    assert whole == week
    later = queries.own_brief(access=access, now=IN_WEEK + timedelta(days=1))
    ((today, week),) = later.figures
    assert (later.today, later.week, today.own.value, week.own.value) == (0, 10, None, 90.0)
    assert queries.own_brief(access=access, now=AFTER).week == 0  # another week
    with pytest.raises(NotAllowed):
        queries.own_brief(access=clerk("Ray"), now=AFTER)


def test_the_opening_page_says_nothing_where_nothing_is_measured(tmp_path, django_assert_num_queries):
    monitored()
    people = staffed(tmp_path)
    with django_assert_num_queries(0):
        brief = queries.own_brief(access=reader(people["ann"], NUMBERS), now=IN_WEEK)
    assert (brief.figures, brief.week) == ((), 0)


def test_the_card_writes_figures_as_people_read_them(tmp_path):
    monitored("handle_time", "transfers")
    people = staffed(tmp_path, ann=90)
    card = registries.home_cards["traffic.numbers"]
    shown = card.build(access=reader(people["ann"], NUMBERS), now=IN_WEEK + timedelta(days=1))
    assert [(str(one["name"]), one["today"], one["week"], one["expected"]) for one in shown["rows"]] == [
        ("Handle time", "", "01:30", "01:00"),
        ("Contacts passed on", "", "0.0 %", "0.0 %"),
    ]
