"""Clerks and contacts for tests of this room and of those above."""

from datetime import UTC, datetime, timedelta
from itertools import count

from django.contrib.auth import get_user_model

from citydesk.contact.interactions import services
from citydesk.contact.interactions.choices import OutcomeKind
from citydesk.contact.interactions.models import ContactFact, Interaction, Promise
from citydesk.kernel.actors import Access, Actor, ActorKind

__all__ = ["NOON", "ContactFact", "Interaction", "Promise", "clerk", "make_contact", "make_draft", "make_interpreted"]

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
_serial = count(1)


def clerk(name: str = "Dana Whitlock", *more: str) -> Access:
    """A representative's access with a user row behind it; `more` are further permissions."""
    user = get_user_model().objects.create(username=f"clerk{next(_serial)}-{name.split()[0].lower()}", name=name)
    rights = {"interactions.take", "interactions.view", *more}
    return Access(Actor(ActorKind.STAFF, user.pk, name), frozenset(rights))


def make_draft(access: Access, *, now: datetime = NOON, **fields: str) -> int:
    """An open contact in front of the clerk, with these draft fields."""
    return services.start_draft(access=access, now=now, first=fields)


def make_contact(access: Access, *, now: datetime = NOON, customer_id: int | None = None, words: str = "A question"):
    """A saved contact with one answer."""
    interaction_id = make_draft(access, now=now)
    return services.finish(
        interaction_id=interaction_id,
        facts=services.ContactFacts(words=words, customer_id=customer_id),
        outcomes=[services.OutcomeFacts(OutcomeKind.ANSWERED, target_label="Opening hours")],
        access=access,
        now=now,
    )


def make_interpreted(
    access: Access, vendor: str = "Voz Línea", minutes: int | None = 12, language: str = "es", *, at=NOON, **more
):
    """A saved contact through an interpreter, as Ana Ruiz spoke."""
    facts = {"interpreter_vendor": vendor, "interpreter_number": "4711", "interpreter_minutes": minutes, **more}
    return services.finish(
        interaction_id=make_draft(access, now=at),
        facts=services.ContactFacts(words="Said by Ana Ruiz", language=language, **facts),
        outcomes=[services.OutcomeFacts(OutcomeKind.ANSWERED, target_label="Opening hours")],
        access=access,
        now=at + timedelta(minutes=5),
    )
