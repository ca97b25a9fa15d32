"""Problems, what departments answer, research: by whose right, in which state, told to whom, once."""

from datetime import timedelta

import pytest

from citydesk.city.correspondence import queries as correspondence
from citydesk.city.staff.tests.factories import make_department, make_user
from citydesk.contact.problems import queries, services
from citydesk.contact.problems.choices import OBJECT_TYPE, RESEARCH_TYPE, Verdict
from citydesk.contact.problems.models import Action, Detection, Problem, ProblemRequest, Research
from citydesk.contact.problems.queries import records
from citydesk.contact.problems.queries.retention import problems_due
from citydesk.contact.problems.services import destruction
from citydesk.contact.problems.tests.factories import DAY, MORNING, lead, load_city, reported, with_rights, worker
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.tests.factories import ServiceRequest, make_request
from citydesk.kernel.destruction import Eraser
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, StaleVersion
from citydesk.kernel.exports import Wanted
from citydesk.kernel.tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
SOON = MORNING + 14 * DAY


@pytest.fixture(autouse=True)
def _city():
    load_city()


@pytest.fixture
def boss():
    return worker()


def problem(boss, *, days=(60, 30, 2)):
    """A problem opened from a detection; returns its row."""
    for one in days:
        reported(one)
    services.detect(now=MORNING)
    detection = Detection.objects.get(by="address")
    number = services.open_problem(title="Holes at 1218 Oak", detection_id=detection.pk, access=boss, now=MORNING)
    return Problem.objects.get(number=number)


def written(row, boss, **more):
    values = {"title": row.title, "analysis": "The drain is broken", "recommendation": "Rebuild it", **more}
    services.write(problem_id=row.pk, **values, access=boss, now=MORNING)


def asked(row, boss, due_at=SOON):
    department = make_department("public_works")
    return services.ask_department(
        problem_id=row.pk,
        department_id=department.pk,
        text="Rebuild the drain",
        due_at=due_at,
        access=boss,
        now=MORNING,
    )


def stands(row):
    return Problem.objects.get(pk=row.pk)


def test_a_problem_takes_what_the_detection_found(boss):
    row = problem(boss)
    assert row.number.startswith("PB-26-") and row.request_count == 3 and row.by == "address"
    assert Detection.objects.get().state == "linked" and row.owner_id == boss.actor.id
    with pytest.raises(Conflict):
        services.open_problem(title="Again", detection_id=Detection.objects.get().pk, access=boss, now=MORNING)
    # What recurs further belongs to it by itself.
    reported(1)
    services.detect(now=MORNING + timedelta(hours=1))
    assert ProblemRequest.objects.filter(problem=row).count() == stands(row).request_count == 4


def test_a_problem_made_by_hand_needs_requests_that_one_sees(boss):
    one = reported(3)
    with pytest.raises(Invalid):
        services.open_problem(title="By hand", access=boss, now=MORNING)
    with pytest.raises(NotFound):
        services.open_problem(title="By hand", request_numbers=["SR-26-999999-X"], access=boss, now=MORNING)
    number = services.open_problem(title="By hand", request_numbers=[one.number], access=boss, now=MORNING)
    row = Problem.objects.get(number=number)
    assert row.request_count == 1 and row.place_label == "1218 Oak St"
    secret = reported(2)
    ServiceRequest.objects.filter(pk=secret.pk).update(is_confidential=True)
    sees_all = type(boss)(
        boss.actor, boss.permissions | {"service_requests.confidential"}, boss.team_ids, boss.department_ids
    )
    with pytest.raises(Conflict):
        services.add_requests(problem_id=row.pk, numbers=[secret.number], access=sees_all, now=MORNING)
    services.remove_request(problem_id=row.pk, number=one.number, access=boss, now=MORNING)
    assert stands(row).request_count == 0


def test_rights_decide_who_works_and_who_sees(boss):
    row = problem(boss)
    reader = with_rights("rita", "problems.view")
    bare = type(reader)(reader.actor, frozenset({"problems.view"}), frozenset(), frozenset())
    with pytest.raises(NotFound):
        queries.get_problem(bare, row.number, now=MORNING)
    theirs = type(reader)(reader.actor, frozenset({"problems.view"}), frozenset(), frozenset({row.department_id}))
    page = queries.get_problem(theirs, row.number, now=MORNING)
    assert page.requests == [] and page.hidden == 3 and not any(page.may.values())
    with pytest.raises(NotAllowed):
        services.write(problem_id=row.pk, title="x", analysis="x", recommendation="", access=theirs, now=MORNING)
    nobody = type(reader)(reader.actor, frozenset(), frozenset(), frozenset({row.department_id}))
    with pytest.raises(NotFound):
        queries.get_problem(nobody, row.number, now=MORNING)


def test_two_writers_are_told(boss):
    row = problem(boss)
    written(row, boss)
    with pytest.raises(StaleVersion):
        services.write(
            problem_id=row.pk,
            title="x",
            analysis="y",
            recommendation="z",
            access=boss,
            now=MORNING,
            version=row.version,
        )


def test_a_department_is_asked_with_reasons_and_answers(boss):
    row, dept = problem(boss), lead()
    with pytest.raises(Invalid) as missing:
        asked(row, boss)
    assert missing.value.field == "analysis"
    written(row, boss)
    action = asked(row, boss)
    assert stands(row).state == "action"
    stranger = lead("lou", department="forestry")
    stranger = type(stranger)(
        stranger.actor,
        stranger.permissions,
        stranger.team_ids,
        frozenset({make_department("forestry").pk}),
    )
    with pytest.raises((NotFound, NotAllowed)):
        services.accept_action(action_id=action, access=stranger, now=MORNING)
    with pytest.raises(NotAllowed):
        services.accept_action(action_id=action, access=boss, now=MORNING)
    services.accept_action(action_id=action, text="In spring", access=dept, now=MORNING)
    with pytest.raises(Conflict):
        services.close(problem_id=row.pk, result="solved", text="Done", access=boss, now=MORNING)
    with pytest.raises(Invalid):
        services.finish_action(action_id=action, text="Rebuilt", done_at=MORNING + DAY, access=dept, now=MORNING)
    services.finish_action(action_id=action, text="Rebuilt", done_at=MORNING - DAY, access=dept, now=MORNING)
    assert (stands(row).state, stands(row).remedied_at) == ("watching", MORNING - DAY)
    with pytest.raises(Conflict):
        services.decline_action(action_id=action, reason="No", access=dept, now=MORNING)


def test_declining_needs_a_reason_and_takes_the_problem_back(boss):
    row, dept = problem(boss), lead()
    written(row, boss)
    action = asked(row, boss)
    with pytest.raises(Invalid):
        services.decline_action(action_id=action, reason=" ", access=dept, now=MORNING)
    services.decline_action(action_id=action, reason="It is private land", access=dept, now=MORNING)
    assert stands(row).state == "analysis"
    action = asked(row, boss)
    services.withdraw_action(action_id=action, reason="Asked by mistake", access=boss, now=MORNING)
    assert [one.state for one in Action.objects.order_by("pk")] == ["declined", "withdrawn"]


def test_it_answers_a_records_request_with_what_departments_and_research_said(boss):
    row = problem(boss)
    written(row, boss)
    asked(row, boss)
    services.ask_research(
        question="Who owns it?", assignee_id=boss.actor.id, due_at=SOON, problem_id=row.pk, access=boss, now=MORNING
    )
    for words in ("drain is broken", "Rebuild the drain", "who owns", row.number.lower()):
        assert [one.number for one in records.find_records(boss, Wanted(words))] == [row.number]
    read = records.read_record(boss, row.pk)
    classes = {one.code.partition(".")[0]: one.data_class for one in read.fields}
    assert {classes[one] for one in ("analysis", "recommendation", "action", "research")} == {"confidential"}
    assert classes["place"] == "personal" and "SR-" in dict((one.code, one.text) for one in read.fields)["requests"]
    stranger = with_rights("stranger", "problems.view", role="representative")
    stranger = type(stranger)(stranger.actor, frozenset({"problems.view"}))
    assert records.find_records(stranger, Wanted("drain")) == []
    with pytest.raises(NotFound):
        records.read_record(stranger, row.pk)


def test_the_effect_is_counted_at_the_same_place_and_code(boss):
    row, dept = problem(boss, days=(80, 73, 66, 60, 52, 45, 38, 31)), lead()
    written(row, boss)
    action = asked(row, boss)
    services.finish_action(action_id=action, text="Rebuilt", done_at=MORNING, access=dept, now=MORNING)
    assert queries.get_problem(boss, row.number, now=MORNING).effect.verdict == Verdict.TOO_EARLY
    later = MORNING + 85 * DAY
    reported(0, now=MORNING + 30 * DAY)
    reported(0, line="9 Elm St", now=MORNING + 31 * DAY)
    found = queries.get_problem(boss, row.number, now=later).effect
    assert (found.before, found.after, found.span) == (8, 1, 12)
    assert found.verdict == Verdict.FEWER and round(found.chance, 4) == 0.0391


def test_a_problem_is_closed_with_a_result_and_comes_back_when_it_goes_on(boss):
    row = problem(boss)
    with pytest.raises(Invalid):
        services.close(problem_id=row.pk, result="solved", text="x", access=boss, now=MORNING)
    written(row, boss)
    for given in ({"result": "fine", "text": "x"}, {"result": "solved", "text": " "}):
        with pytest.raises(Invalid):
            services.close(problem_id=row.pk, **given, access=boss, now=MORNING)
    services.close(problem_id=row.pk, result="solved", text="Rebuilt", access=boss, now=MORNING)
    for days in (20, 15):
        reported(0, now=MORNING + days * DAY)
    services.detect(now=MORNING + 21 * DAY)
    assert Detection.objects.get().state == "linked"
    reported(0, now=MORNING + 22 * DAY)
    services.detect(now=MORNING + 23 * DAY)
    detection = Detection.objects.get()
    assert (detection.state, detection.is_return, detection.problem_id) == ("new", True, None)
    services.reopen(problem_id=row.pk, reason="It goes on", access=boss, now=MORNING + 23 * DAY)
    assert stands(row).state == "analysis" and stands(row).result == ""


def test_a_department_is_told_once_and_chased_when_late(boss):
    row, dept = problem(boss), lead()
    written(row, boss)
    asked(row, boss, due_at=MORNING + 2 * DAY)
    run_jobs(only={"kernel.handle_events"})
    for days in (1, 3, 4, 9, 10):
        services.chase_late(now=MORNING + days * DAY)
    told = [
        (one["template_code"], one["address"])
        for one in correspondence.list_messages(OBJECT_TYPE, row.pk)
        if one["address"] == mail_of(dept)
    ]
    assert sorted(told) == [("problem_asked", mail_of(dept))] + [("problem_chased", mail_of(dept))] * 2 or told == []
    assert Action.objects.get().chase_count == 2


def mail_of(access):
    from citydesk.city.staff import queries as staff

    return staff.get_user(access.actor.id).email


def test_research_is_asked_answered_and_told(boss):
    request = make_request("pothole", reporter=requests.Person("Ana", "email", "ana@example.org", "en"))
    finder = with_rights("fay", "problems.view", "problems.research", role="representative")
    task = services.ask_research(
        question="Since when is there a drain?",
        assignee_id=finder.actor.id,
        due_at=SOON,
        request_number=request.number,
        access=boss,
        now=MORNING,
    )
    assert [one["id"] for one in queries.list_mine(finder)] == [task]
    other = with_rights("otto", "problems.view", role="representative")
    for wrong, access in (("sources", finder), ("finding", finder)):
        given = {"finding": "1962", "sources": "Archive", wrong: " "}
        with pytest.raises(Invalid):
            services.answer_research(research_id=task, **given, access=access, now=MORNING)
    with pytest.raises(NotAllowed):
        services.answer_research(research_id=task, finding="1962", sources="Archive", access=other, now=MORNING)
    services.answer_research(
        research_id=task,
        finding="Built in 1962",
        sources="City archive, sheet 12",
        public_summary="The drain dates from 1962.",
        access=finder,
        now=MORNING + DAY,
    )
    assert queries.list_mine(finder) == []
    with pytest.raises(NotAllowed):
        bare = type(other)(other.actor, other.permissions - {"service_requests.edit"}, frozenset(), frozenset())
        services.publish_summary(research_id=task, text="x", access=bare, now=MORNING)
    services.publish_summary(research_id=task, text="The drain dates from 1962.", access=finder, now=MORNING + DAY)
    with pytest.raises(Conflict):
        services.publish_summary(research_id=task, text="Again", access=finder, now=MORNING + DAY)
    run_jobs(only={"kernel.handle_events"})
    told = correspondence.list_messages("service_requests.request", request.pk)
    assert [one["address"] for one in told if one["template_code"] == "update"] == ["ana@example.org"]


def test_research_for_a_few_is_for_a_few(boss):
    request = make_request("pothole")
    finder = with_rights("fay", "problems.view", role="representative")
    other = with_rights("otto", "problems.view", "problems.view_all", role="representative")
    task = services.ask_research(
        question="Who owns the wall?",
        assignee_id=finder.actor.id,
        due_at=SOON,
        request_number=request.number,
        is_for_few=True,
        access=boss,
        now=MORNING,
    )
    assert queries.get_research(finder, task, now=MORNING).may_answer
    with pytest.raises(NotFound):
        queries.get_research(other, task, now=MORNING)
    assert queries.of_request(other, request.number)["research"] == []


def test_who_cannot_open_it_is_not_asked(boss):
    secret = make_request("pothole")
    outsider = make_user("ada", roles=["administrator"])
    with pytest.raises(Invalid):
        services.ask_research(
            question="x",
            assignee_id=outsider.pk,
            due_at=SOON,
            request_number=secret.number,
            access=boss,
            now=MORNING,
        )
    ServiceRequest.objects.filter(pk=secret.pk).update(is_confidential=True)
    with pytest.raises(NotFound):
        services.ask_research(
            question="x",
            assignee_id=boss.actor.id,
            due_at=SOON,
            request_number=secret.number,
            access=boss,
            now=MORNING,
        )


def test_research_is_reminded_of_once_before_and_weekly_after(boss):
    row = problem(boss)
    finder = with_rights("fay", "problems.view", role="representative")
    task = services.ask_research(
        question="Why there?", assignee_id=finder.actor.id, due_at=SOON, problem_id=row.pk, access=boss, now=MORNING
    )
    assert [services.remind_research(now=SOON + days * DAY) for days in (-3, -0.5, 0.1, 3, 7, 8)] == [0, 1, 0, 0, 1, 0]
    written(row, boss)
    with pytest.raises(Conflict):
        services.close(problem_id=row.pk, result="solved", text="x", access=boss, now=MORNING)
    services.move_research(
        research_id=task,
        due_at=SOON + 9 * DAY,
        assignee_id=boss.actor.id,
        reason="Fay is away",
        access=boss,
        now=MORNING,
    )
    with pytest.raises(NotAllowed):
        services.withdraw_research(research_id=task, reason="x", access=finder, now=MORNING)
    services.withdraw_research(research_id=task, reason="Known by now", access=boss, now=MORNING)
    assert Research.objects.get().state == "withdrawn"
    assert services.remind_research(now=SOON + 30 * DAY) == 0
    assert [line.reason for line in queries_history(task)][:2] == ["Known by now", "Fay is away"]


def queries_history(task):
    from citydesk.kernel import audit

    return [line for line in audit.history_of(RESEARCH_TYPE, task) if line.reason]


def test_a_destroyed_request_leaves_the_problem_and_takes_its_research(boss):
    row = problem(boss)
    first = ProblemRequest.objects.filter(problem=row).order_by("request_id").first()
    number = queries.get_problem(boss, row.number, now=MORNING).requests[-1].number
    services.ask_research(
        question="Why?", assignee_id=boss.actor.id, due_at=SOON, request_number=number, access=boss, now=MORNING
    )
    eraser = Eraser(proof="DS-26-000001-A", kind="service_requests.request", object_id=first.request_id, label=number)
    destruction.destroy_of_requests(ids=[first.request_id], eraser=eraser, now=MORNING)
    assert stands(row).request_count == 2 and not Research.objects.exists()
    assert Detection.objects.get().reports.count() == 2


def test_a_closed_problem_is_destroyed_with_all_that_hangs_on_it(boss):
    row = problem(boss)
    written(row, boss)
    services.close(problem_id=row.pk, result="solved", text="Rebuilt", access=boss, now=MORNING)
    eraser = Eraser(proof="DS-26-000001-A", kind="problems.problem", object_id=row.pk, label=row.number)
    assert [one.id for one in problems_due(before=MORNING + DAY)] == [row.pk]
    destruction.destroy_problems(ids=[row.pk], eraser=eraser, now=MORNING)
    assert not Problem.objects.exists() and not Detection.objects.exists() and not ProblemRequest.objects.exists()
