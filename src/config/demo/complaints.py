"""A handful of sensitive complaints in the demo year, each taken as far as its story goes, through the services."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.complaints import services
from citydesk.contact.complaints.choices import APPROVE, HANDLE
from citydesk.contact.complaints.services import Decision, NewOffer
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.queries import requests_in_sight
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import CitydeskError
from config.demo.words import answers_to

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Story:
    """One complaint: of which code and class, how long ago, in whose words, the last thing done (`until`)."""

    code: str
    class_code: str
    days_ago: int
    words: str
    language: str
    name: str
    until: str
    offers: tuple[NewOffer, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()


COMPLAINT = (("kind", "complaint"),)
STORIES = (
    Story(
        "employee_feedback", "conduct", 120, "The driver of truck 12 shouted at my father and drove off.", "en",
        "Harold Pruitt", "close", (NewOffer("apology", "A letter of the department's director"),), COMPLAINT,
    ),
    Story(
        "information", "billing", 95, "The water bill doubled for three months while the meter was broken.", "en",
        "Agnes Tolliver", "close",
        (NewOffer("credit", "Three months at the usual use", Decimal("318.40")), NewOffer("apology", "A letter")),
    ),
    Story(
        "employee_feedback", "civil_rights", 70, "En la ventanilla no quisieron atenderme en español.", "es",
        "Yolanda Prieto", "receive_appeal",
        (NewOffer("apology", "Una carta de la dirección"), NewOffer("work", "Training of the counter's staff")),
        COMPLAINT,
    ),
    Story(
        "sidewalk_damage", "ada_grievance", 12, "My chair cannot pass the corner; I was told to use the road.", "en",
        "Leonard Voss", "submit_plan", (NewOffer("work", "A ramp at the corner of Quarry Rd"),),
    ),
    Story(
        "missed_trash", "service_failure", 9, "Missed for the fifth week; every time the case was closed as done.",
        "en", "Denise Kowal", "write_log", (NewOffer("waiver", "Two months of the collection fee", Decimal("36.00")),),
    ),
    Story(
        "employee_feedback", "conduct", 2, "An inspector went through my garage without asking.", "en",
        "Tamara Ilves", "", (), COMPLAINT,
    ),
)  # fmt: skip

# What is told where the stories above have no code of the city: by class, in order; apologies need no authority.
ELSEWHERE = (
    Story(
        "", "billing", 60, "Three bills were estimated while the meter stood in plain sight.", "en", "Agnes Tolliver",
        "close", (NewOffer("apology", "A letter"),),
    ),
    Story(
        "", "service_failure", 9, "Missed for the fifth week; every time the case was closed as done.", "en",
        "Denise Kowal", "write_log", (NewOffer("apology", "A letter of the department's director"),),
    ),
    Story(
        "", "cut_off", 4, "You cut my water while I waited for the plan you had offered.", "en", "Harold Pruitt",
        "submit_plan", (NewOffer("apology", "A letter"),),
    ),
    Story(
        "", "shut_off", 4, "You shut my water off while I waited for the agreement you had offered.", "en",
        "Harold Pruitt", "submit_plan", (NewOffer("apology", "A letter"),),
    ),
    Story("", "conduct", 2, "He shouted at my mother and drove off.", "en", "Tamara Ilves", ""),
)  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """Whose duty a class of complaints is: who handles it, by language, and who agrees, the one with most say last."""

    handlers: Mapping[str, Access]
    first: Access
    last: Access


def make_complaints(year: Any) -> None:
    """Record, open and carry on each story, in the order of time, as the people whose duty it is."""
    today = profile.city_today(year.end)
    classes = profile.entries("complaint_classes", today)
    known = profile.entries("services", today)
    told = [one for one in STORIES if one.class_code in classes and one.code in known]
    # A city with codes of its own.
    told = told or [
        replace(one, code=next(code for code in classes[one.class_code]["services"] if code in known))
        for one in ELSEWHERE
        if one.class_code in classes
    ]
    for story in told:
        try:
            _tell(story, year, _cast(classes[story.class_code], year.end))
        except CitydeskError as refused:
            # In an office without somebody for the next step it stays where it is.
            if os.environ.get("CITYDESK_DEMO_STRICT"):
                raise RuntimeError(f"{story}: {refused}") from refused


def _cast(klass: Mapping[str, Any], now: datetime) -> Cast | None:
    """The people of the class's teams who may do it; None in a city without them."""
    known = sorted(staff.list_people(), key=lambda one: one.language)
    people = [staff.access_for(staff.user_with_rights(one.id, now), now) for one in known]
    handlers = [one for one in people if one.may(HANDLE) and staff.team(klass["team"]).id in one.team_ids]
    team = staff.team(klass["approvers"]).id
    agreeing = [one for one in people if one.may(APPROVE) and team in one.team_ids and one not in handlers]
    if not handlers or not agreeing:
        return None
    agreeing.sort(key=lambda one: "director" in one.roles)
    return Cast({"en": handlers[0], "es": handlers[-1]}, agreeing[0], agreeing[-1])


def _tell(story: Story, year: Any, cast: Cast | None) -> None:
    at = year.end - story.days_ago * DAY
    clerk = year.office.clerk(story.language, year.chance)
    entry = profile.entry("services", story.code, at.astimezone(year.zone).date())
    made = requests.record_request(
        intake=requests.RequestIntake(
            service_code=story.code,
            channel="phone",
            received_at=at,
            description=story.words,
            answers={**answers_to(entry["questions"], year.chance, at.date()), **dict(story.answers)},
            place=None if entry["location"] == "none" else year.places[0],
            reporter=requests.Person(story.name, language=story.language, code_word="lantern"),
            language=story.language,
        ),
        actor=clerk.actor,
        now=at,
    )
    complaint_id, _number = services.open_complaint(
        request_number=made.number,
        class_code=story.class_code,
        language=story.language,
        access=_opener(made.id, year, cast),
        now=at + timedelta(hours=3),
    )
    if not story.until or cast is None:
        return
    for days, service, access, given in _steps(story, cast):
        now = at + days * DAY
        if now >= year.end:
            return
        moment = {"happened_at": now} if "words" in given and service in _SAID else {}
        moment |= {"came_at": now} if service is services.receive_appeal else {}
        service(complaint_id=complaint_id, access=access, now=now, **given, **moment)
        if service.__name__ == story.until:
            break
    if story.until == "close":
        # What the letter said is done, so the request is, too.
        worker = year.office.worker(made.team_id, year.chance)
        requests.close(request_id=made.id, reason="done", text="Answered by letter.", access=worker, now=now)


def _opener(request_id: int, year: Any, cast: Cast | None) -> Access:
    """The supervisor; for what was taken in confidence the one whose duty it is, who sees it."""
    boss: Access = year.office.supervisor
    people = [boss, *(cast.handlers.values() if cast else ())]
    return next((one for one in people if requests_in_sight(one).filter(pk=request_id).exists()), boss)


_SAID: tuple[Callable[..., Any], ...] = (services.make_offer, services.accept, services.write_log)


def _steps(story: Story, cast: Cast) -> list[tuple[float, Any, Access, dict[str, Any]]]:
    handler = cast.handlers[story.language]
    address = f"{story.name}\n136 Quarry Rd, {profile.city().name}, {profile.city().state} 37400"
    is_spanish = story.language == "es"
    words = (
        "Lo que usted contó es cierto. Lo sentimos y hacemos lo acordado."
        if is_spanish
        else "What you told us is true. We are sorry and do what we agreed."
    )
    steps: list[tuple[float, Any, Access, dict[str, Any]]] = [
        (1.0, services.take_up, handler, {}),
        (3.0, services.propose_plan, handler, {"summary": "Put it right, and say so", "offers": story.offers}),
        (3.1, services.submit_plan, handler, {}),
        # Above $250.00 of a kind two must agree.
        *([(3.6, services.approve_plan, cast.first, {})] if _sum(story) > 250 else []),
        (4.0, services.approve_plan, cast.last, {}),
        (5.0, services.make_offer, handler, {"words": "Offered by telephone"}),
        (5.5, services.write_log, handler, {"kind": "contact", "words": "Wants to think about it"}),
        (7.0, services.accept, handler, {"words": "Agrees"}),
        (8.0, services.decide, handler, {"decision": Decision("settled", words, address, story.language)}),
        (9.0, services.approve_letter, cast.first, {}),
        (9.1, services.print_letter, handler, {}),
        (9.2, services.mail_letter, handler, {}),
    ]
    if story.until == "receive_appeal":
        return [*steps, (30.0, services.receive_appeal, handler, {"words": "La capacitación no tiene fecha"})]
    return [*steps, (20.0, services.close, handler, {"reason": "What was granted is under way"})]


def _sum(story: Story) -> Decimal:
    return sum((one.amount for one in story.offers if one.amount is not None), Decimal(0))
