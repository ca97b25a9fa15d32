"""Who may say yes, by when, what the public hears; worked numbers of docs/rules/complaints.md."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.profile.rules import ProfileRefused
from citydesk.city.profile.tests.factories import load_small
from citydesk.contact.complaints.choices import BEFORE_DECISION, ComplaintState, LetterState, PublicStatus
from citydesk.contact.complaints.rules import authority, classes, workflow
from citydesk.contact.complaints.rules.authority import Level, Refusal, Verdict
from citydesk.contact.complaints.rules.classes import ComplaintClass
from citydesk.contact.complaints.tests.factories import CLASSES
from citydesk.contact.service_requests.tests.factories import CITY, _departments
from citydesk.kernel.calendars import BusinessCalendar, Window

LEVELS = (Level("credit", Decimal(250), 2),)
SMALL, BIG, NONE = {"complaint_credit": "250.00"}, {"complaint_credit": "5000.00"}, {}
amounts = st.decimals(min_value=0, max_value=100_000, places=2)
limits = st.one_of(st.just({}), amounts.map(lambda one: {"complaint_credit": str(one)}))


def test_the_worked_examples():
    sums = authority.sums_of([("credit", Decimal("200.00")), ("credit", Decimal("50.00")), ("apology", None)])
    assert sums == {"credit": Decimal("250.00")}
    assert authority.people_needed(LEVELS, sums) == 1  # not over 250
    assert authority.people_needed(LEVELS, {"credit": Decimal("250.01")}) == 2
    assert authority.people_needed(LEVELS, {}) == 1
    more = {"credit": Decimal("400.00")}
    assert authority.verdict(approvers=[SMALL], levels=LEVELS, sums=more) == Verdict.ONE_MORE
    assert authority.verdict(approvers=[SMALL, SMALL], levels=LEVELS, sums=more) == Verdict.HIGHER
    assert authority.verdict(approvers=[SMALL, BIG], levels=LEVELS, sums=more) == Verdict.STANDS
    assert authority.verdict(approvers=[NONE], levels=LEVELS, sums={}) == Verdict.STANDS


def may(person, *, own=(1,), by=(), limits=SMALL, sums=None, first=()):
    asked = {"credit": Decimal(10)} if sums is None else sums
    return authority.may_approve(
        person_id=person, own_acts_of=own, approved_by=by, limits=limits, sums=asked, first_decision=first
    )


def test_nobody_approves_their_own_act_or_twice_or_without_authority():
    assert may(1) == Refusal.OWN_ACT
    assert may(None) == Refusal.OWN_ACT
    assert may(2, by=(2,)) == Refusal.TWICE
    assert may(2, limits=NONE) == Refusal.NO_AUTHORITY
    assert may(2) is None
    assert may(2, sums={}, first=(2, 3)) == Refusal.FIRST_DECISION and may(4, sums={}, first=(2, 3)) is None


@given(
    people=st.lists(st.tuples(st.integers(1, 6), limits), max_size=8),
    own=st.sets(st.integers(1, 6), max_size=2),
    amount=amounts,
    over=amounts,
    needed=st.integers(1, 2),
)
def test_a_plan_stands_only_by_enough_different_others_with_the_authority(people, own, amount, over, needed):
    levels, sums = (Level("credit", over, needed),), {"credit": amount}
    agreed: dict[int, dict[str, str]] = {}
    for person, limit in people:
        refusal = authority.may_approve(person_id=person, own_acts_of=own, approved_by=agreed, limits=limit, sums=sums)
        if refusal is None:
            agreed[person] = limit
    stands = authority.verdict(approvers=list(agreed.values()), levels=levels, sums=sums) == Verdict.STANDS
    assert not own & set(agreed)
    if stands:
        assert len(agreed) >= (needed if amount > over else 1)
        assert amount == 0 or any(Decimal(one["complaint_credit"]) >= amount for one in agreed.values() if one)


@given(amount=amounts, more=amounts)
def test_a_greater_sum_never_needs_fewer_people(amount, more):
    fewer = authority.people_needed(LEVELS, {"credit": amount})
    assert authority.people_needed(LEVELS, {"credit": amount + more}) >= fewer


@given(decider=st.integers(1, 9), part=st.sets(st.integers(1, 9)))
def test_an_appeal_is_decided_by_somebody_without_a_part(decider, part):
    assert authority.may_decide_appeal(person_id=decider, took_part=part) == (decider not in part)
    assert not authority.may_decide_appeal(person_id=None, took_part=part)


DAILY = (Window(8 * 60, 12 * 60), Window(13 * 60, 17 * 60))
OFFICE = BusinessCalendar("America/New_York", (*((DAILY,) * 5), (), ()))
KIND = ComplaintClass("conduct", {}, (), True, "a", "b", "c", "office", 10, 5, 7, (), (), 10)


def test_the_clocks_of_decision_and_appeal():
    tuesday = datetime(2026, 11, 24, 14, 10, tzinfo=UTC)
    # Ten working days after Tuesday 24 November end on Tuesday 8 December at 17:00, 22:00 UTC.
    assert classes.decide_by(KIND, OFFICE, tuesday) == datetime(2026, 12, 8, 22, tzinfo=UTC)
    until = classes.appeal_until(KIND, OFFICE, tuesday)
    assert until == datetime(2026, 12, 1, 22, tzinfo=UTC)
    assert classes.is_in_time(until, until) and not classes.is_in_time(until, until + timedelta(seconds=1))
    assert not classes.is_in_time(None, tuesday)
    assert classes.appeal_due(KIND, OFFICE, tuesday) == datetime(2026, 12, 3, 22, tzinfo=UTC)


def test_a_decision_is_told_only_when_its_letter_is_approved():
    told = {letter: classes.public_status(ComplaintState.DECIDED, letter) for letter in ("", *LetterState)}
    assert told[LetterState.HELD] == told[LetterState.SENT_BACK] == PublicStatus.IN_REVIEW
    assert told[LetterState.APPROVED] == PublicStatus.LETTER_READY
    assert told[LetterState.MAILED] == PublicStatus.LETTER_MAILED
    assert classes.public_status(ComplaintState.CLOSED, "") == PublicStatus.WITHDRAWN
    assert {classes.public_status(one, "") for one in ComplaintState} <= set(PublicStatus)


def test_every_state_but_closed_has_a_way_on_and_none_leads_back_to_the_start():
    for state in ComplaintState:
        assert [one for one in workflow.MOVES if state in one.sources], state
    assert ComplaintState.RECEIVED not in {one.to for one in workflow.MOVES}
    assert {one.to for one in workflow.MOVES if one.to} == set(ComplaintState) - {ComplaintState.RECEIVED}
    assert all(workflow.may_move("withdraw", one) == (one in BEFORE_DECISION) for one in ComplaintState)


def problems(text: str) -> list[str]:
    services = {name: (CITY / name).read_text() for name in ("services.toml", "sla.toml", "routing.toml")}
    teams = "".join(
        f'[team.{code}]\nname = {{en = "{code}", es = "{code}"}}\ndepartment = "customer_service"\n'
        'kind = "office"\ncalendar = "office"\n'
        for code in ("complaints_office", "complaints_board", "appeals_panel")
    )
    with pytest.raises(ProfileRefused) as refused:
        load_small({"departments.toml": _departments() + teams, **services, "complaints.toml": text})
    return [one.reason for one in refused.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('appeals = "appeals_panel"', 'appeals = "complaints_office"', "an appeal goes to others"),
        ("appeal_decide_days = 7", "", "needs appeals and appeal_decide_days"),
        ('kind = "credit", over', 'kind = "apology", over', "is apology, not one of credit, waiver"),
        ('offers = ["credit", "waiver", "apology", "work"]', 'offers = ["apology"]', "not among the offers"),
        ("people = 2", "people = 3", "must be at most 2"),
        ('team = "complaints_office"', 'team = "nobody"', "nobody"),
    ],
)
@pytest.mark.django_db
def test_a_class_that_cannot_work_is_refused(old, new, reason):
    assert any(reason in one for one in problems(CLASSES.replace(old, new, 1)))
