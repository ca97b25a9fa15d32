"""Whether a first contact settled it, in the demo year: what representatives say, and what residents answer."""

import random
from datetime import timedelta
from typing import Any

from citydesk.contact.interactions.choices import OutcomeKind, Settled
from citydesk.kernel.errors import CitydeskError
from citydesk.management.quality import queries, services
from citydesk.management.quality.choices import Answer

# Of a hundred contacts: said yes, said no; of the rest nothing was said, as when the next call is waiting already.
_SAID = {OutcomeKind.ANSWERED: (62, 6), OutcomeKind.STATUS_TOLD: (30, 30)}
_SAID_OTHERWISE = (12, 48)
# Of a hundred people who are asked so many answer; of those so many say yes.
_ANSWER, _YES = 31, 58


def said_settled(kind: OutcomeKind, chance: random.Random) -> Settled:
    """What whoever took a contact with this outcome says at its end, or does not."""
    yes, no = _SAID.get(kind, _SAID_OTHERWISE)
    drawn = chance.randrange(100)
    return Settled.YES if drawn < yes else Settled.NO if drawn < yes + no else Settled.UNKNOWN


def answer_questions(year: Any) -> None:
    """Some of those who were asked answer within some days, in their language."""
    for asked in queries.list_asked():
        chance = random.Random(f"answer {asked.id}")  # noqa: S311 - sample data that repeats, no secret
        at = asked.invited_at + timedelta(hours=chance.randint(1, 240), minutes=chance.randrange(60))
        if at >= year.end or chance.randrange(100) >= _ANSWER:
            continue
        answer = Answer.YES if chance.randrange(100) < _YES else Answer.NO
        try:
            services.answer_question(follower_id=asked.follower_id, answer=answer, language=asked.language, now=at)
        except CitydeskError:  # the link ended meanwhile
            continue
