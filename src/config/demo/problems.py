"""What recurs in the demo city: an address the trash truck misses again and again, a dumping ground, a blocked drain;
and what the desk made of it: a problem whose remedy helped, one that a department owes an answer to, and research."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.problems import queries, services
from citydesk.contact.service_requests import services as requests
from citydesk.kernel.errors import CitydeskError
from config.demo.life import Next
from config.demo.words import answers_to, said

# Services by the names that cities give them, days before the end at which one was reported; each list is one place.
MISSED = ("missed_trash", "missed_garbage", "missed_collection")
DUMPING = ("illegal_dumping",)
PLACES: tuple[tuple[tuple[str, ...], tuple[int, ...]], ...] = (
    (MISSED, (190, 176, 162, 148, 134, 120, 113, 106, 62)),
    (DUMPING, (101, 88, 71, 55, 40, 26, 9)),
    (("storm_drain_blocked", "catch_basin", "flooding", "discolored_water"), (230, 141, 60, 18)),
)
DAY = timedelta(days=1)


def plan_recurring(year: Any) -> list[Next]:
    """The reports of the places, as steps of the year."""
    steps = []
    told = [(_known(codes, year.end), days) for codes, days in PLACES]
    for at, (code, days) in enumerate(one for one in told if one[0]):
        place = year.places[5 + 7 * at]
        for ago in days:
            moment = year.end - ago * DAY + timedelta(minutes=7 * at)
            steps.append(Next(moment, _report(year, code, place)))
    return steps


def _known(codes: Sequence[str], at: datetime) -> str:
    """The city's own among the names; empty where it has none or takes it in confidence: of that no problem is made."""
    known = profile.entries("services", profile.city_today(at))
    return next((one for one in codes if one in known and not known[one]["is_confidential"]), "")


def _report(year: Any, code: str, place: Any) -> Callable[[datetime], Sequence[Next]]:
    def step(now: datetime) -> list[Next]:
        chance: random.Random = year.chance
        person = chance.choice(year.residents)
        entry = profile.entry("services", code, profile.city_today(now))
        done = requests.record_request(
            intake=requests.RequestIntake(
                service_code=code,
                channel="phone",
                received_at=now,
                description=said(code, entry["name"], person.language, chance),
                answers=answers_to(entry["questions"], chance, now.date()),
                place=place,
                reporter=requests.Person(person.name, "none", "", person.language, person.id),
                language=person.language,
            ),
            actor=year.office.clerk(person.language, chance).actor,
            now=now + timedelta(minutes=3),
        )
        return [Next(now + 2 * DAY, _close(year, done.id))]

    return step


def _close(year: Any, request_id: int) -> Callable[[datetime], Sequence[Next]]:
    def step(now: datetime) -> list[Next]:
        requests.close(request_id=request_id, reason="done", access=year.office.supervisor, now=now)
        return []

    return step


def make_problems(year: Any) -> None:
    """What lies on the list of problems today: found by the nightly look, worked on through the services."""
    boss, now = year.office.supervisor, year.end
    services.detect(now=now - DAY)
    found = {one.title.split(":")[0]: one for one in queries.list_new(boss, limit=50)}
    trash = _open(boss, found, MISSED, "Missed collection at one address", now - 100 * DAY)
    if trash:
        _write(boss, trash, "The truck cannot pass parked cars on collection day.", "No parking on that morning.", now)
        services.set_remedied(problem_id=trash, at=now - 98 * DAY, access=boss, now=now - 97 * DAY)
    dumping = _open(boss, found, DUMPING, "Dumping ground behind the depot", now - 12 * DAY)
    if dumping:
        _write(boss, dumping, "The lot is dark and has no gate.", "A gate and a lamp.", now - 11 * DAY)
        _ask(boss, dumping, profile.entry("services", DUMPING[0], profile.city_today(now))["department"], now)
    _research(year, boss, dumping, now)


def _open(boss: Any, found: dict[str, Any], codes: Sequence[str], title: str, at: datetime) -> int:
    """Open a problem with what was found of a service; 0 when nothing was."""
    code = _known(codes, at)
    name = profile.entry("services", code, profile.city_today(at))["name"]["en"] if code else ""
    if name not in found:
        return 0
    number = services.open_problem(title=title, detection_id=found[name].id, access=boss, now=at)
    return queries.id_of(boss, number)


def _write(boss: Any, problem_id: int, analysis: str, recommendation: str, now: datetime) -> None:
    number = next(one["number"] for one in queries.list_problems(boss) if one["id"] == problem_id)
    title = queries.get_problem(boss, number, now=now).row.title
    services.write(
        problem_id=problem_id, title=title, analysis=analysis, recommendation=recommendation, access=boss, now=now
    )


def _ask(boss: Any, problem_id: int, department: str, now: datetime) -> None:
    services.ask_department(
        problem_id=problem_id,
        department_id=staff.department(department).id,
        text="Put up a gate and a lamp before the winter.",
        due_at=now - 3 * DAY,
        access=boss,
        now=now - 10 * DAY,
    )
    services.chase_late(now=now - DAY)


def _research(year: Any, boss: Any, problem_id: int, now: datetime) -> None:
    """Two questions to the clerk at desk 4: one is due tomorrow, one was answered."""
    clerk = next((one for one in year.office.clerks if one.actor.label.startswith("Dana")), year.office.clerks[0])
    if not problem_id or clerk.actor.staff_id is None:
        return
    for question, asked, days in (
        ("Who owns the lot behind the depot, and since when?", 5, 6),
        ("Did other cities close such lots with a gate, and did it help?", 10, 9),
    ):
        task = services.ask_research(
            question=question,
            assignee_id=clerk.actor.staff_id,
            due_at=now - asked * DAY + days * DAY,
            problem_id=problem_id,
            access=boss,
            now=now - asked * DAY,
        )
        if days == 9:
            try:
                services.answer_research(
                    research_id=task,
                    finding="Two of three neighboring cities did; dumping fell by half in the first year.",
                    sources="Calls to the 311 offices of both, 3 and 4 of the month",
                    access=clerk,
                    now=now - 3 * DAY,
                )
            except CitydeskError:
                continue
