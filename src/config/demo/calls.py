"""What the desk wrote down of the calls and chats its switch tells of: nearly all that were answered, as in an office.

A call that led to a request is written down by the year itself (`contacts.py`). These are the others: an answer, the
state of a request, a caller passed on. Each carries the caller's number, and by that it is known from the year's own.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import services as contacts
from citydesk.contact.interactions.choices import Channel, OutcomeKind
from citydesk.kernel.rows import together
from config.demo import told
from config.demo.answers import said_settled
from config.demo.contacts import REQUEST
from config.demo.floor import Call
from config.demo.rhythm import season
from config.demo.schedules import first_planned
from config.demo.settle import forget_told
from config.demo.switch import DAYS, SEED, SMALL, Switch

DAY = timedelta(days=1)
# Of a hundred calls so many are never written down; so many ask what became of a request.
UNWRITTEN, ABOUT_A_REQUEST = 5, 7
_ASKED = {"en": "Asks about: {0}", "es": "Pregunta por: {0}"}
_BECAME = {"en": "What became of {0}?", "es": "¿Qué pasó con {0}?"}
_PASSED_ON = {"en": "Asks for: {0}", "es": "Pide hablar con: {0}"}


@dataclass(frozen=True)
class Topic:
    """What people ask and an article answers; `code` and how often is that of the service it belongs to."""

    article: str
    title: Mapping[str, str]
    words: Mapping[str, str]
    code: str
    share: int
    peak: int | None
    swing: float

    def weight(self, on: date) -> float:
        """How often it is asked on a day, against the other topics."""
        return self.share * season(self.peak, self.swing, on)


@dataclass(frozen=True)
class Recorded:
    """A request that callers may ask about."""

    at: datetime
    id: int
    number: str
    name: Mapping[str, str]


class Scribe:
    """Writes down calls of a switch. `recorded` are the year's requests in order of time; it may grow."""

    def __init__(self, switch: Switch, recorded: Sequence[Recorded] = ()) -> None:
        self.switch, self.recorded = switch, recorded
        self.topics = topics(switch.last)

    def write(self, calls: Iterable[Call], since: datetime | None, until: datetime) -> int:
        """Write down what was answered and ended in a stretch of time, but not by the year; returns how many."""
        written = 0
        with transaction.atomic(), together():
            for call in calls:
                at = call.written_at
                if not call.agent or call.is_known or at > until or (since is not None and at <= since):
                    continue
                written += self._one(call, at)
        return written

    def _one(self, call: Call, at: datetime) -> bool:
        # By the call alone, so that a demo that goes on later says the same.
        chance = random.Random(f"{SEED} {call.id}")  # noqa: S311 - sample data that repeats, no secret
        person = self.switch.actors.get(call.agent)
        if person is None or chance.randrange(100) < UNWRITTEN:
            return False
        in_spanish = call.queue == self.switch.queues[1]
        language = "es" if in_spanish else "en"
        words, code, outcome = self._matter(call, language, chance)
        is_interpreted = in_spanish and not self.switch.people[person.id or 0].is_spanish
        vendor = told.interpreter_for("es") if is_interpreted else ""
        contacts.record_contact(
            facts=contacts.ContactFacts(
                channel=Channel.CHAT if call.queue == self.switch.queues[2] else Channel.PHONE,
                received_at=call.left_at,
                words=words,
                reason_code=code,
                language=language,
                interpreter_vendor=vendor,
                interpreter_minutes=-(-call.talk_s // 60) if vendor else None,
                callback_number=f"+1{call.caller}",
                settled=said_settled(outcome.kind, chance),
                taken_by_id=person.id,
            ),
            outcomes=[outcome],
            active_seconds=call.talk_s + call.hold_s + call.after_s,
            actor=person,
            now=at,
        )
        return True

    def _matter(self, call: Call, language: str, chance: random.Random) -> tuple[str, str, contacts.OutcomeFacts]:
        """What the caller says, its code and what came of it."""
        topic = chance.choices(self.topics, [one.weight(call.left_at.date()) for one in self.topics])[0]
        if call.is_passed_on:
            office = self.switch.name_of(call.passed_on_to)
            passed_on = contacts.OutcomeFacts(OutcomeKind.TRANSFER, target_label=office, detail={"outcome": "reached"})
            return _PASSED_ON[language].format(office), "", passed_on
        asked = self._asked_about(call.left_at, chance) if chance.randrange(100) < ABOUT_A_REQUEST else None
        if asked:
            told_of = contacts.OutcomeFacts(OutcomeKind.STATUS_TOLD, REQUEST, asked.id, asked.number, asked.name["en"])
            return _BECAME[language].format(asked.number), "", told_of
        answer = contacts.OutcomeFacts(OutcomeKind.ANSWERED, "knowledge.Article", None, "", topic.title["en"])
        return topic.words.get(language, topic.words["en"]), topic.code, answer

    def _asked_about(self, at: datetime, chance: random.Random) -> Recorded | None:
        """One of the newer requests of that time."""
        known = [one for one in self.recorded[-400:] if timedelta(hours=4) < at - one.at < timedelta(days=21)]
        return chance.choice(known) if known else None


class Writing:
    """The desk writes down day after day while the year goes by, so that numbers of contacts follow their times."""

    def __init__(self, year: Any) -> None:
        self.year, self.switch = year, Switch(year.end)
        self.scribe = Scribe(self.switch, year.recorded)
        self.days = DAYS if len(year.plans) > 500 else SMALL
        self.first = self.switch.last - timedelta(days=self.days)
        # From the first planned week on, people are where they were planned to be, which is known when all else is.
        self.planned = max(self.first, first_planned(self.switch.last))
        # Without queues nobody calls.
        self.next = self.first if any(self.switch.queues) and self.scribe.topics else self.switch.last + DAY

    def go_on(self, moment: datetime) -> None:
        """Close the days before the one of a moment, up to the first that is planned."""
        before = min(moment.astimezone(self.switch.zone).date(), self.planned)
        while self.next < before:
            self._close(self.next)

    def finish(self) -> None:
        """The planned days, up to the end of the year."""
        while self.next <= self.switch.last:
            self._close(self.next)

    def _close(self, on: date) -> None:
        self.switch.read_written(on, on + DAY)
        self.scribe.write(self.switch.day(on).calls, None, self.year.end)
        forget_told()
        self.next = on + DAY


@cache
def scribe_of(switch: Switch) -> Scribe:
    """Who writes down while the demo runs."""
    return Scribe(switch)


def write_on(switch: Switch, since: datetime, now: datetime) -> int:
    """Write down what was said since a moment; returns how many contacts that made."""
    first, last = (moment.astimezone(switch.zone).date() for moment in (since, now))
    # A call of late evening is written down after midnight.
    days = [first + n * DAY for n in range(-1, (last - first).days + 1)]
    return sum(scribe_of(switch).write(switch.day(on).calls, since, now) for on in days)


def topics(on: date) -> list[Topic]:
    """Articles that belong to a service of the year, in the words in which people ask."""
    questions = dict(told.questions())
    year = profile.entries("sample_year", on)
    found = []
    for code, body in sorted(profile.entries("articles", on).items()):
        services = [one for one in body["services"] if one in year]
        titles = {language: text["title"] for language, text in body["texts"].items()}
        if (not services and code not in questions) or "en" not in titles:
            continue
        rhythm: Mapping[str, Any] = year[services[0]] if services else {"share": 60, "peak": None, "swing": 0}
        words = questions.get(code) or {
            key: _ASKED[key].format(title) for key, title in titles.items() if key in _ASKED
        }
        found.append(
            Topic(
                code,
                titles,
                words,
                services[0] if services else "",
                # What people are known to ask is asked most.
                rhythm["share"] * (3 if code in questions else 1),
                rhythm["peak"],
                float(rhythm["swing"]),
            )
        )
    return found
