"""What recurs in the demo city, as its stories tell: an address missed again and again, a dumping ground, a wet corner;
and what the desk made of it: a problem whose remedy helped, one that a department owes an answer to, research."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.problems import queries, services
from citydesk.contact.service_requests import services as requests
from config.demo import told
from config.demo.life import Next
from config.demo.words import answers_to, said

DAY = timedelta(days=1)


def plan_recurring(year: Any) -> list[Next]:
    """The reports of the places, as steps of the year."""
    steps = []
    for at, spot in enumerate(told.stories("spot")):
        place = year.places[5 + 7 * at]
        for ago in spot["days"]:
            moment = year.end - ago * DAY + timedelta(minutes=7 * at)
            steps.append(Next(moment, _report(year, spot["service"], place)))
    return steps


def _report(year: Any, code: str, place: Any) -> Callable[[datetime], Sequence[Next]]:
    def step(now: datetime) -> list[Next]:
        return [Next(now + 2 * DAY, _close(year, report(year, code, place, now).id))]

    return step


def report(year: Any, code: str, place: Any, now: datetime) -> Any:
    """Record that a resident calls about a place; returns what was made."""
    chance: random.Random = year.chance
    person = chance.choice(year.residents)
    entry = profile.entry("services", code, profile.city_today(now))
    return requests.record_request(
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
    for spot in told.stories("spot"):
        if spot["outcome"] == "found":
            continue
        # What was remedied was opened while it lasted; what waits for an answer lately.
        since = 100 if spot["outcome"] == "remedied" else 12
        problem = _open(boss, found, spot, now - since * DAY)
        if not problem:
            continue
        _write(boss, problem, spot, now - (since - 1) * DAY)
        if spot["outcome"] == "remedied":
            moment = now - (since - 2) * DAY
            services.set_remedied(problem_id=problem, at=moment, access=boss, now=moment + DAY)
        elif spot["ask"]:
            _ask(boss, problem, spot, now)
        _research(year, boss, problem, spot, now)


def _open(boss: Any, found: dict[str, Any], spot: dict[str, Any], at: datetime) -> int:
    """Open a problem with what was found of a service; 0 when nothing was."""
    name = profile.entry("services", spot["service"], profile.city_today(at))["name"]["en"]
    if name not in found:
        return 0
    number = services.open_problem(title=spot["title"], detection_id=found[name].id, access=boss, now=at)
    return queries.id_of(boss, number)


def _write(boss: Any, problem_id: int, spot: dict[str, Any], now: datetime) -> None:
    services.write(
        problem_id=problem_id,
        title=spot["title"],
        analysis=spot["analysis"],
        recommendation=spot["recommendation"],
        access=boss,
        now=now,
    )


def _ask(boss: Any, problem_id: int, spot: dict[str, Any], now: datetime) -> None:
    department = profile.entry("services", spot["service"], profile.city_today(now))["department"]
    services.ask_department(
        problem_id=problem_id,
        department_id=staff.department(department).id,
        text=spot["ask"],
        due_at=now - 3 * DAY,
        access=boss,
        now=now - 10 * DAY,
    )
    services.chase_late(now=now - DAY)


def _research(year: Any, boss: Any, problem_id: int, spot: dict[str, Any], now: datetime) -> None:
    """Questions to the sample clerk: what has a finding was answered, the others are due tomorrow."""
    clerk = year.office.shown.get("representative", year.office.clerks[0])
    for one in spot["research"]:
        asked = now - (10 if one["finding"] else 5) * DAY
        task = services.ask_research(
            question=one["question"],
            assignee_id=clerk.actor.staff_id,
            due_at=now + (-1 if one["finding"] else 1) * DAY,
            problem_id=problem_id,
            access=boss,
            now=asked,
        )
        if one["finding"]:
            services.answer_research(
                research_id=task, finding=one["finding"], sources=one["seen"], access=clerk, now=now - 3 * DAY
            )
