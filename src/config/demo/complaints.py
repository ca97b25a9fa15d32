"""A handful of sensitive complaints in the demo year, each taken as far as its story goes, through the services."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from config.demo import told
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
    address: str
    until: str
    offers: tuple[NewOffer, ...]
    answers: Mapping[str, str]


def _stories() -> list[Story]:
    """As the profile tells them."""
    return [
        Story(
            code=one["service"],
            class_code=one["class"],
            days_ago=one["days"],
            words=one["words"],
            language=one["language"],
            name=one["name"],
            address=one["address"],
            until=one["until"],
            offers=tuple(_offer(offer) for offer in one["offers"]),
            answers={question: given[0] for question, given in one["answers"].items()},
        )
        for one in told.stories("complaint")
    ]


def _offer(offer: Mapping[str, Any]) -> NewOffer:
    return NewOffer(offer["kind"], offer["text"], None if offer["amount"] is None else Decimal(offer["amount"]))


@dataclass(frozen=True)
class Cast:
    """Whose duty a class of complaints is: who handles it, by language, and who agrees, the one with most say last."""

    handlers: Mapping[str, Access]
    first: Access
    last: Access


def make_complaints(year: Any) -> None:
    """Record, open and carry on each story, in the order of time, as the people whose duty it is."""
    classes = profile.entries("complaint_classes", profile.city_today(year.end))
    for story in _stories():
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
            answers={**answers_to(entry["questions"], year.chance, at.date()), **story.answers},
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
    address = f"{story.name}\n{story.address}"
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
