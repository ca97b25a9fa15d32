"""What people say of when they can work: what binds, what only weighs, and who decides."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from citydesk.city.staff import queries as staff
from citydesk.kernel.audit import history_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict, Invalid, ManyInvalid, NotAllowed, NotFound, StaleVersion
from citydesk.management.workforce import services
from citydesk.management.workforce.choices import STATEMENT
from citydesk.management.workforce.models import (
    Availability,
    AvailabilityStatement,
    Schedule,
    ShiftNotice,
    ShiftTemplate,
)
from citydesk.management.workforce.queries.availability import statements_to_decide
from citydesk.management.workforce.queries.groups import get_group
from citydesk.management.workforce.queries.weeks import planned_week
from citydesk.management.workforce.rules.availability import DayHours, Mode, Wrong, hours_of, said_of, wrong_in
from citydesk.management.workforce.rules.roster.people import DAY, Away
from citydesk.management.workforce.tests.life_cases import write_shift
from citydesk.management.workforce.tests.planning_cases import MONDAY, NOW, planned

EIGHT, NOON, FOUR, TEN_PM = 480, 720, 960, 1320
MORNINGS = DayHours(Mode.BETWEEN, EIGHT, NOON)
NEVER = DayHours(Mode.NEVER)


def test_a_day_is_kept_as_it_was_said_and_contradictions_are_named():
    likes = DayHours(Mode.BETWEEN, EIGHT, FOUR, EIGHT, NOON)
    for said in (DayHours(Mode.ANY), MORNINGS, NEVER, likes, DayHours(Mode.ANY, None, None, NOON, FOUR)):
        assert not wrong_in(said) and said_of(hours_of(said)) == said
    for said, code in (
        (DayHours(Mode.BETWEEN), Wrong.NO_BEGIN),
        (DayHours(Mode.BETWEEN, EIGHT), Wrong.NO_END),
        (DayHours(Mode.BETWEEN, NOON, NOON), Wrong.ORDER),
        (DayHours(Mode.ANY, None, None, EIGHT), Wrong.LIKES_NO_END),
        (DayHours(Mode.ANY, None, None, None, EIGHT), Wrong.LIKES_NO_BEGIN),
        (DayHours(Mode.ANY, None, None, NOON, EIGHT), Wrong.LIKES_ORDER),
        (DayHours(Mode.NEVER, None, None, EIGHT, NOON), Wrong.LIKES_NEVER),
        (DayHours(Mode.BETWEEN, EIGHT, NOON, EIGHT, FOUR), Wrong.LIKES_OUTSIDE),
    ):
        assert wrong_in(said) == [code], said


@pytest.fixture
def desk(db):
    return planned()


def person(desk, name="dana", monday=MONDAY):
    week = planned_week(get_group("desk"), monday, schedule=None, now=NOW)
    return week.problem.person_of[str(desk.id_of(name))]


def said(desk, days, *, first=MONDAY, name="dana"):
    return services.say_week(first=first, days=days, access=desk.who[name], now=NOW)


def accepted(desk, days, **more):
    key = said(desk, days, **more)
    services.accept_statement(statement_id=key, access=desk.boss, now=NOW)
    return key


def test_only_what_is_accepted_binds_and_wishes_weigh(desk):
    wish = DayHours(Mode.ANY, None, None, EIGHT, NOON)
    key = said(desk, {0: MORNINGS, 1: NEVER, 2: wish})
    assert not person(desk).away and not person(desk).requests
    assert ShiftNotice.objects.filter(code="hours_said").count() == 0  # nobody leads this team
    services.accept_statement(statement_id=key, access=desk.boss, now=NOW, version=1)
    found = person(desk)
    assert set(found.away) == {Away(0, 0, EIGHT), Away(0, NOON, 2 * DAY), Away(1, 0, DAY)}
    assert {(one.day, one.weight, one.is_wanted) for one in found.requests} == {(2, 3, False)}
    assert not person(desk, "osei").away
    told = ShiftNotice.objects.get(person_id=desk.id_of("dana"))
    assert told.code == "hours_accepted" and told.facts == {"day": MONDAY.isoformat()}
    codes = [one.code for one in history_of(STATEMENT, key)]
    assert set(codes) == {"workforce.hours_said", "workforce.hours_accepted"}


def test_hours_hold_from_their_day_on_and_the_next_ones_end_them(desk):
    first = accepted(desk, {0: NEVER, 3: NEVER}, first=MONDAY + timedelta(days=2))
    assert person(desk).away == (Away(3, 0, DAY),)  # the Monday before is not bound
    then = MONDAY + timedelta(days=7)
    second = accepted(desk, {1: NEVER}, first=then)
    old, new = (AvailabilityStatement.objects.get(pk=one) for one in (first, second))
    assert (old.last, new.last) == (then - timedelta(days=1), None)
    assert person(desk, monday=then).away == (Away(1, 0, DAY),)
    between = accepted(desk, {4: NEVER}, first=MONDAY + timedelta(days=3))
    again = accepted(desk, {}, first=MONDAY + timedelta(days=3))
    rows = {one.pk: one for one in AvailabilityStatement.objects.all()}
    assert rows[between].state == "replaced" and rows[again].last == then - timedelta(days=1)
    assert not person(desk).away


def test_a_single_day_stands_for_its_weekday_and_a_new_week_for_the_one_that_waits(desk):
    accepted(desk, {0: NEVER})
    day = services.say_days(first=MONDAY, said=MORNINGS, access=desk.who["dana"], now=NOW)
    services.accept_statement(statement_id=day, access=desk.boss, now=NOW)
    assert set(person(desk).away) == {Away(0, 0, EIGHT), Away(0, NOON, 2 * DAY)}
    assert person(desk, monday=MONDAY + timedelta(days=7)).away == (Away(0, 0, DAY),)
    span = services.say_days(
        first=MONDAY, last=MONDAY + timedelta(days=2), said=NEVER, access=desk.who["osei"], now=NOW
    )
    assert Availability.objects.filter(statement=span).count() == 3
    old, new = said(desk, {2: NEVER}), said(desk, {3: NEVER})
    states = dict(AvailabilityStatement.objects.values_list("pk", "state"))
    assert (states[old], states[new]) == ("withdrawn", "waiting")
    services.withdraw_statement(statement_id=new, access=desk.who["dana"], now=NOW)
    with pytest.raises(Conflict):
        services.accept_statement(statement_id=new, access=desk.boss, now=NOW)


def test_who_may_decide_and_what_is_refused(desk):
    key = said(desk, {0: NEVER})
    with pytest.raises(NotFound):
        services.accept_statement(statement_id=key, access=desk.stranger, now=NOW)
    with pytest.raises((NotAllowed, PermissionDenied)):
        services.accept_statement(statement_id=key, access=desk.who["dana"], now=NOW)
    with pytest.raises(NotFound):
        services.withdraw_statement(statement_id=key, access=desk.who["osei"], now=NOW)
    with pytest.raises(Invalid) as no_reason:
        services.decline_statement(statement_id=key, reason=" ", access=desk.boss, now=NOW)
    assert no_reason.value.field == "reason"
    with pytest.raises(StaleVersion):
        services.decline_statement(statement_id=key, reason="No", access=desk.boss, now=NOW, version=9)
    services.decline_statement(statement_id=key, reason="The counter opens on Mondays", access=desk.boss, now=NOW)
    assert not person(desk).away
    own = services.say_week(first=MONDAY, days={0: NEVER}, access=desk.boss, now=NOW)
    with pytest.raises(NotAllowed):
        services.accept_statement(statement_id=own, access=desk.boss, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():  # not even in the tables
        AvailabilityStatement.objects.filter(pk=own).update(decided_by=desk.boss.actor.staff_id)
    services.accept_statement(statement_id=own, access=desk.second, now=NOW)
    with pytest.raises(NotAllowed):
        services.say_week(first=MONDAY, days={}, access=desk.director, now=NOW)
    with pytest.raises(ManyInvalid) as wrong:
        said(desk, {0: DayHours(Mode.BETWEEN), 4: DayHours(Mode.BETWEEN, NOON, EIGHT)}, first=NOW.date())
    assert {one.field for one in wrong.value.errors} == {"starts-0", "ends-4"}
    for first, last, field in ((NOW.date() - timedelta(days=1), None, "day"), (MONDAY, NOW.date(), "last")):
        with pytest.raises(Invalid) as refused:
            services.say_days(first=first, last=last, said=NEVER, access=desk.who["dana"], now=NOW)
        assert refused.value.field == field


def test_what_a_week_bears_on_is_shown_before_it_is_decided(desk):
    me = desk.id_of("dana")
    week = Schedule.objects.create(group=desk.group, week_start=MONDAY, version=1, made_at=NOW, made_by_id=me)
    template = ShiftTemplate.objects.get(code="day")
    for number in (0, 1):
        write_shift(week, template, me, MONDAY + timedelta(days=number), EIGHT)
    by = int(desk.boss.actor.id)
    Schedule.objects.filter(pk=week.pk).update(state="published", published_at=NOW, published_by_id=by)
    full = services.NewContract(MONDAY, 2400, 2400, 5, (0, 1, 2, 3, 4), 420, 1200)
    services.set_contract(user_id=me, new=full, access=desk.boss, now=NOW)
    said(desk, {0: NEVER, 1: DayHours(Mode.BETWEEN, 420, TEN_PM)})
    (found,) = statements_to_decide(me, get_group("desk"), now=NOW)
    assert [one.day for one in found.against] == [MONDAY]
    assert (found.owed.trouble, found.owed.asked, found.owed.possible) == ("too_few_days", 2400, 1920)


def test_people_say_their_hours_on_a_page_and_who_plans_them_decides(desk, monkeypatch):
    for module in ("kernel.acts", "management.workforce.views.availability", "management.workforce.views.contracts"):
        monkeypatch.setattr(import_module(f"citydesk.{module}"), "utc_now", lambda: NOW)
    dana, boss = (client_of(one) for one in (desk.who["dana"], desk.boss))
    mine, act = reverse("workforce:my_hours"), reverse("workforce:my_hours_act")
    assert "Every week" in dana.get(mine).content.decode()
    typed = {"act": "week", "first": MONDAY, **{f"mode-{day}": "any" for day in range(7)}}
    refused = dana.post(
        act, {**typed, "mode-0": "between", "starts-0": "8:00", "ends-0": "noon", "likes_from-1": "9:00"}
    )
    page = refused.content.decode()
    assert refused.status_code == 400 and 'value="noon"' in page and "Write the time as 14:05." in page
    typed |= {"mode-0": "between", "starts-0": "8:00", "ends-0": "12:00", "mode-4": "never", "likes_from-1": "9:00"}
    assert "Say until when you would like to work." in dana.post(act, typed).content.decode()
    assert dana.post(act, {**typed, "likes_until-1": "15:00"}).status_code == 302
    page = dana.get(mine).content.decode()
    assert "Waits for a decision" in page and 'value="08:00"' in page and "Friday: not at all" in page
    row = AvailabilityStatement.objects.get()
    theirs = reverse("workforce:contract", args=[desk.id_of("dana")])
    assert f"#said-{row.pk}" in boss.get(reverse("workforce:changes")).content.decode()
    assert "Would like to work then" in boss.get(theirs).content.decode()
    decide = {"statement": row.pk, "version": row.version}
    door = reverse("workforce:contract_act", args=[desk.id_of("dana")])
    assert "Say why it is declined." in boss.post(door, {**decide, "act": "decline"}).content.decode()
    assert boss.post(door, {**decide, "act": "decline", "reason": "Fridays are full"}).status_code == 302
    page = dana.get(mine).content.decode()
    assert "Declined" in page and "Fridays are full" in page
    day = {"act": "days", "day": MONDAY, "mode": "any"}
    assert "Say what is different on that day." in dana.post(act, day).content.decode()
    assert dana.post(act, {**day, "mode": "never"}).status_code == 302
    waits = AvailabilityStatement.objects.get(state="waiting")
    assert dana.post(act, {"act": "withdraw", "statement": waits.pk, "version": 1}).status_code == 302
    assert dana.post(door, {**decide, "act": "accept"}).status_code == 403
    assert client_of(desk.stranger).post(door, {**decide, "act": "accept"}).status_code == 404


def client_of(access) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(staff.user_with_rights(access.actor.id, utc_now()))
    return client
