"""A small city with a schedule, officers, and records old enough to go."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from PIL import Image

from citydesk.city.correspondence import services as correspondence
from citydesk.city.customers.tests.factories import make_customer
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import OutcomeKind
from citydesk.contact.interactions.tests.factories import clerk, make_draft
from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.tests.factories import everything, load_city, make_request
from citydesk.kernel import files
from citydesk.kernel.actors import SYSTEM, SYSTEM_ACCESS, Access
from citydesk.kernel.documents import render_pdf
from citydesk.management.records import engines

# Tuesday 24 November 2026, 12:00 in New York; the records of the tests are from four years before.
NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=4 * 366)


def load_city_with_schedule(*, now: datetime = NOW, extra: dict[str, str] | None = None) -> None:
    """The small city, with the demo city's schedule and templates, and what a test adds."""
    riverton = Path(settings.PROFILES_DIR) / "riverton"
    letters = {f"templates/{one.name}": one.read_text() for one in (riverton / "templates").glob("*.md")}
    own = {
        name: (riverton / name).read_text()
        for name in ("retention.toml", "public_records.toml")
        if (riverton / name).is_file()
    }
    load_city({**letters, **own, **(extra or {})}, now=now)


def officer(name: str = "rosa", role: str = "records_officer") -> Access:
    """A person with the rights of a role, found again by the name."""
    return access_of(get_user_model().objects.filter(username=name).first() or make_user(name, roles=[role]))


def boss() -> Access:
    """A person who may do all with requests."""
    found = get_user_model().objects.filter(username="boss").first()
    if found is None:
        return everything()
    rights = frozenset(value for name, value in vars(choices).items() if name.isupper() and isinstance(value, str))
    return Access(access_of(found).actor, rights | {"desk.supervise"})


def picture(color: str = "red") -> bytes:
    """A small PNG of one color."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), color).save(out, "PNG")
    return out.getvalue()


def paper(*texts: str) -> bytes:
    """A PDF that says some texts, one a page."""
    parts = [
        render_pdf("records/record.typ", {"title": "Paper", "fields": [["Said", one]]}, language="en") for one in texts
    ]
    return engines.joined([engines.Part(one) for one in parts], title="Paper", language="en")


def old_request(word: str, *, now: datetime = LONG_AGO, **more: Any) -> Any:
    """A closed request with everything on it that says `word`: words, note, follower, photo, messages, history."""
    person = make_customer(word, "Resident", email=f"{word.lower()}@example.org", now=now)
    reporter = requests.Person(f"{word} Resident", "email", f"{word.lower()}@example.org", "en", person.id)
    row = make_request("pothole", now=now, description=f"It says {word}", reporter=reporter, **more)
    everybody = boss()
    requests.add_note(request_id=row.id, kind="internal", text=f"A note about {word}", access=everybody, now=now)
    stored = files.store_upload(picture(), purpose="service_requests.file", name=f"{word}.png", actor=SYSTEM, now=now)
    requests.add_file(request_id=row.id, file_id=stored.pk, caption=word, access=SYSTEM_ACCESS, now=now)
    correspondence.send(
        template="acknowledged",
        language="en",
        channel="email",
        to=f"{word.lower()}@example.org",
        fields={"number": row.number, "name": word},
        about=correspondence.About("service_requests.request", row.id, row.number),
        key=f"ack:{row.id}",
        customer_id=person.id,
        actor=SYSTEM,
        now=now,
    )
    requests.close(request_id=row.id, reason="done", text=f"Filled, {word}", access=everybody, now=now)
    row.refresh_from_db()
    return row


def old_contact(word: str, customer_id: int, *, now: datetime = LONG_AGO) -> int:
    """A saved contact whose words say `word`."""
    access = clerk()
    draft = make_draft(access, now=now, words=word)
    interactions.finish(
        interaction_id=draft,
        facts=interactions.ContactFacts(words=f"They told us {word}", customer_id=customer_id),
        outcomes=[interactions.OutcomeFacts(OutcomeKind.ANSWERED, target_label=f"About {word}")],
        access=access,
        now=now,
    )
    return draft
