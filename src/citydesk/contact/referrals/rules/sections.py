"""The profile's files of this room."""

from typing import Any

from citydesk.city.profile.rules import Fields, Item, Reading
from citydesk.contact.referrals.choices import AgencyKind, Recurrence, Way

# What another system's status may mean here.
ANSWERED = ("accept", "done", "return")


def parse_agencies(reading: Reading) -> list[Item]:
    """`[agency.<code>]`: whom requests are referred to, how, and what was agreed with them."""
    return [_agency(entry) for entry in reading.tables("agency")]


def _agency(entry: Fields) -> Item:
    way = entry.choice("way", [one.value for one in Way])
    email = entry.optional.text("email")
    if way == Way.EMAIL and not email:
        entry.problem("needs an e-mail address for this way", "email")
    open311 = _open311(entry.optional.table("open311")) if way == Way.OPEN311 else {}
    return entry.item(
        {
            "name": entry.translated("name"),
            "open311": open311,
            "kind": entry.choice("kind", [one.value for one in AgencyKind]),
            "office": entry.optional.code("office", of="directory"),
            "department": entry.optional.code("department", of="departments"),
            "calendar": entry.optional.code("calendar", of="calendars"),
            "way": way,
            "email": email,
            "language": entry.optional.choice("language", entry.notes.languages, "en"),
            "acknowledge_hours": entry.whole("acknowledge_hours", at_least=1, at_most=400),
            "finish_hours": entry.optional.whole("finish_hours", 0, at_least=0, at_most=4000),
            "remind_hours": entry.optional.whole("remind_hours", 8, at_least=1, at_most=400),
            "reminders": entry.optional.whole("reminders", 3, at_least=0, at_most=10),
            "link_days": entry.optional.whole("link_days", 60, at_least=1, at_most=400),
            "closes": entry.optional.boolean("closes", False),
            "people": [_person(one) for one in entry.optional.tables("people")],
            "agreements": [_agreement(one) for one in entry.optional.tables("agreements")],
        }
    )


def _open311(entry: Fields) -> dict[str, Any]:
    url = entry.text("url")
    if not url.startswith(("https://", "http://")):
        entry.problem("must be the base address of an Open311 endpoint", "url")
    codes, statuses = entry.optional.table("codes"), entry.optional.table("statuses")
    return {
        "url": url.rstrip("/"),
        "jurisdiction": entry.optional.text("jurisdiction"),
        "codes": {code: codes.text(code) for code in codes.raw},
        "default_code": entry.optional.text("default_code"),
        "statuses": {code: statuses.choice(code, ANSWERED) for code in statuses.raw},
        "minutes": entry.optional.whole("minutes", 15, at_least=1, at_most=1440),
    }


def _person(entry: Fields) -> dict[str, Any]:
    return {
        "name": entry.text("name"),
        "subjects": entry.optional.translated("subjects"),
        "phone": entry.optional.phone("phone"),
        "email": entry.optional.text("email"),
    }


def _agreement(entry: Fields) -> dict[str, Any]:
    begins, ends = entry.date("signed_on"), entry.optional.date("ends_on")
    if begins and ends and ends < begins:
        entry.problem("is before signed_on", "ends_on")
    return {"name": entry.translated("name"), "signed_on": begins, "ends_on": ends}


def parse_obligations(reading: Reading) -> list[Item]:
    """`[obligation.<code>]`: what the city owes a regulator, by which rule, when first and how often."""
    return [
        entry.item(
            {
                "name": entry.translated("name"),
                "regulator": entry.code("regulator", of="agencies"),
                "department": entry.optional.code("department", of="departments"),
                "citation": entry.text("citation"),
                "recurrence": entry.choice("recurrence", [one.value for one in Recurrence]),
                "first_due": entry.date("first_due"),
                "remind_days": entry.optional.whole("remind_days", 14, at_least=0, at_most=365),
                "remind_to": entry.optional.text("remind_to"),
            }
        )
        for entry in reading.tables("obligation")
    ]
