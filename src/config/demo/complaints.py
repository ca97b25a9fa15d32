"""A handful of sensitive complaints in the demo year, each taken as far as its story goes, through the services."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.complaints import services
from citydesk.contact.complaints.services import Decision, NewOffer
from citydesk.contact.service_requests import services as requests
from citydesk.kernel.actors import Access
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


def make_complaints(year: Any) -> None:
    """Record, open and carry on each story, in the order of time, as the people whose duty it is."""
    people = _people(year.end)
    if people is None:
        return
    for story in STORIES:
        _tell(story, year, people)


def _people(now: datetime) -> dict[str, Access] | None:
    """The sample people by user name; None in a city without them."""
    found = {one.username: one.id for one in staff.list_people()}
    wanted = ("priscilla", "vera", "emil", "gideon", "records")
    if not set(wanted) <= set(found):
        return None
    return {name: staff.access_for(staff.user_with_rights(found[name], now), now) for name in wanted}


def _tell(story: Story, year: Any, people: dict[str, Access]) -> None:
    at = year.end - story.days_ago * DAY
    clerk = year.office.clerk(story.language, year.chance)
    entry = profile.entry("services", story.code, at.astimezone(year.zone).date())
    made = requests.record_request(
        intake=requests.RequestIntake(
            service_code=story.code,
            channel="phone",
            received_at=at,
            description=story.words,
            answers={**answers_to(entry["questions"], year.chance), **dict(story.answers)},
            place=None if story.code in ("employee_feedback", "information") else year.places[0],
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
        access=people["priscilla"],
        now=at + timedelta(hours=3),
    )
    handler = people["vera" if story.language == "en" else "emil"]
    steps = _steps(story, handler, people)
    for days, service, access, given in steps if story.until else ():
        now = at + days * DAY
        if now >= year.end:
            return
        moment = {"happened_at": now} if "words" in given and service in _SAID else {}
        moment |= {"came_at": now} if service is services.receive_appeal else {}
        service(complaint_id=complaint_id, access=access, now=now, **given, **moment)
        if service.__name__ == story.until:
            return


_SAID: tuple[Callable[..., Any], ...] = (services.make_offer, services.accept, services.write_log)


def _steps(story: Story, handler: Access, people: dict[str, Access]) -> list[tuple[float, Any, Access, dict[str, Any]]]:
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
        *([(3.6, services.approve_plan, people["priscilla"], {})] if _sum(story) > 250 else []),
        (4.0, services.approve_plan, people["gideon"], {}),
        (5.0, services.make_offer, handler, {"words": "Offered by telephone"}),
        (5.5, services.write_log, handler, {"kind": "contact", "words": "Wants to think about it"}),
        (7.0, services.accept, handler, {"words": "Agrees"}),
        (8.0, services.decide, handler, {"decision": Decision("settled", words, address, story.language)}),
        (9.0, services.approve_letter, people["priscilla"], {}),
        (9.1, services.print_letter, handler, {}),
        (9.2, services.mail_letter, handler, {}),
    ]
    if story.until == "receive_appeal":
        return [*steps, (30.0, services.receive_appeal, handler, {"words": "La capacitación no tiene fecha"})]
    return [*steps, (20.0, services.close, handler, {"reason": "What was granted is under way"})]


def _sum(story: Story) -> Decimal:
    return sum((one.amount for one in story.offers if one.amount is not None), Decimal(0))
