"""A contact of the demo year: somebody calls, writes or comes; a clerk answers, records, or both."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import services as contacts
from citydesk.contact.interactions.choices import Channel, OutcomeKind, Settled
from citydesk.contact.service_requests import queries as request_queries
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.services.linking import link_contact
from config.demo import told
from config.demo.answers import said_settled
from config.demo.life import Life, Next
from config.demo.rhythm import Plan
from config.demo.words import answers_to, said

CHANNELS = (("phone", 62), ("web", 20), ("email", 8), ("counter", 7), ("sms", 2), ("letter", 1))
REQUEST = "service_requests.request"


def take_contact(plan: Plan, year: Any) -> Iterator[Next]:
    """The contact the plan asks for; sometimes one that only needs an answer comes along."""
    chance: random.Random = year.chance
    if chance.random() < 0.45:
        _answer_only(plan, year)
    person = chance.choice(year.residents)
    channel = chance.choices([name for name, _n in CHANNELS], [n for _name, n in CHANNELS])[0]
    place = person.home if chance.random() < 0.6 else chance.choice(year.places)
    on = plan.at.astimezone(year.zone).date()
    entry = profile.entry("services", plan.service, on)
    words = said(plan.service, entry["name"], person.language, chance)
    clerk = year.office.clerk(person.language, chance)
    known = _known_nearby(plan, place, person, clerk, year, words)
    if known:
        return
    is_anonymous = entry["allow_anonymous"] and chance.random() < 0.07
    tell = _reach(person, channel, chance)
    made = requests.record_request(
        intake=requests.RequestIntake(
            service_code=plan.service,
            channel=channel,
            received_at=plan.at,
            description=words,
            answers=answers_to(entry["questions"], chance, on),
            place=place if entry["location"] != "none" else None,
            reporter=None if is_anonymous else requests.Person(person.name, *tell, person.language, person.id),
            is_anonymous=is_anonymous,
            language=person.language,
            source="demo" if channel == "web" else "",
        ),
        actor=clerk.actor,
        now=plan.at + timedelta(minutes=chance.randint(1, 6)),
    )
    year.note_request(plan.at, made, entry["name"])
    outcome = contacts.OutcomeFacts(OutcomeKind.REQUEST, REQUEST, made.id, made.number, entry["name"]["en"])
    contact = save(plan, person if not is_anonymous else None, channel, words, place, [outcome], clerk, chance)
    customer_id = None if is_anonymous else person.id
    link_contact(request_id=made.id, interaction_id=contact, customer_id=customer_id, now=plan.at)
    life = Life(
        made.id,
        made.team_id,
        plan.service,
        made.due_at,
        plan.at,
        bool(entry.get("needs_work_order")) or told.goes_to_crew(plan.service),
        year.office,
        chance,
        plan.is_storm,
    )
    yield from life.begin(plan.at)


def _reach(person: Any, channel: str, chance: random.Random) -> tuple[str, str]:
    if person.email and (channel in ("web", "email") or chance.random() < 0.5):
        return "email", person.email
    return "none", ""


def _known_nearby(plan: Plan, place: Any, person: Any, clerk: Any, year: Any, words: str) -> bool:
    """In a storm many call about the same tree: the later ones follow it."""
    if not plan.is_storm or place.lat is None or year.chance.random() > 0.35:
        return False
    found = request_queries.find_nearby(
        service_code=plan.service, lat=place.lat, lon=place.lon, now=plan.at, access=clerk
    )
    if not found:
        return False
    first = found[0]
    requests.me_too(
        request_id=first.id,
        person=requests.Person(person.name, *_reach(person, "phone", year.chance), person.language, person.id),
        access=clerk,
        now=plan.at,
    )
    outcome = contacts.OutcomeFacts(OutcomeKind.FOLLOW, REQUEST, first.id, first.number)
    save(plan, person, "phone", words, place, [outcome], clerk, year.chance)
    return True


def _answer_only(plan: Plan, year: Any) -> None:
    asked = told.questions()
    if not asked:
        return
    code, question = year.chance.choice(asked)
    person = year.chance.choice(year.residents)
    words = question[person.language]
    title = profile.entry("articles", code, plan.at.astimezone(year.zone).date())["texts"]["en"]["title"]
    outcome = contacts.OutcomeFacts(OutcomeKind.ANSWERED, "knowledge.article", None, "", title)
    clerk = year.office.clerk(person.language, year.chance)
    save(plan, person, "phone", words, person.home, [outcome], clerk, year.chance)


def save(
    plan: Plan,
    person: Any,
    channel: str,
    words: str,
    place: Any,
    outcomes: list[Any],
    clerk: Any,
    chance: random.Random,
) -> int:
    """Keep the contact with its outcomes; returns its id."""
    # Nobody measures what came in writing.
    seconds = chance.randint(130, 420) if channel in ("phone", "counter") else None
    needs_interpreter = person is not None and person.language == "es" and chance.random() < 0.3
    vendor = told.interpreter_for("es") if needs_interpreter else ""
    # Drawn apart, so that the year is otherwise the same. Nobody says it of a letter.
    own = random.Random(f"settled {plan.at.isoformat()}")  # noqa: S311 - sample data that repeats, no secret
    settled = said_settled(outcomes[0].kind, own) if seconds else Settled.UNKNOWN
    return contacts.record_contact(
        facts=contacts.ContactFacts(
            channel=Channel(channel),
            received_at=plan.at,
            customer_id=person.id if person else None,
            is_name_refused=person is None,
            words=words,
            place_label=place.label,
            address_id=place.address_id,
            lat=place.lat,
            lon=place.lon,
            districts=place.districts,
            reason_code=plan.service,
            language=person.language if person else "en",
            interpreter_vendor=vendor,
            interpreter_minutes=chance.randint(3, 12) if vendor else None,
            settled=settled,
            taken_by_id=clerk.actor.staff_id,
        ),
        outcomes=outcomes,
        active_seconds=seconds,
        actor=clerk.actor,
        now=plan.at + timedelta(seconds=seconds if seconds else chance.randint(120, 540)),
    ).interaction_id
