"""The records law and the exemptions in force."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language

from citydesk.city.profile import queries as profile
from citydesk.city.profile.rules import Snapshot
from citydesk.kernel.errors import NotFound, marked
from citydesk.management.records import rules
from citydesk.management.records.choices import EXEMPTION_SECTION, LAW_SECTION


def law_in_force(on: date) -> rules.Law:
    """The records law of the city's profile. Raises `NotFound` where it has none."""
    found = sorted(profile.entries(LAW_SECTION, on).items())
    if not found:
        raise NotFound(marked("The city's profile has no records law."))
    return rules.Law.of(*found[0])


def law_of(code: str, on: date) -> rules.Law:
    return rules.Law.of(code, profile.entry(LAW_SECTION, code, on))


def exemptions(on: date) -> dict[str, dict[str, Any]]:
    """What may be withheld: code -> name, mark, citation; in the city's order."""
    language = (get_language() or "en").split("-")[0]
    found = sorted(
        profile.entries(EXEMPTION_SECTION, on).items(), key=lambda pair: (pair[1].get("order", 100), pair[0])
    )
    return {
        code: {**body, "name": body["name"].get(language) or next(iter(body["name"].values()))} for code, body in found
    }


def run_due_example(*, given: Mapping[str, Any], profile: Snapshot) -> dict[str, Any]:
    """`given = {law, received, pages}` in local time -> due, due after one extension, the fee."""
    received: datetime = given["received"]
    on = received.date()
    law = rules.Law.of(given["law"], profile.entry(LAW_SECTION, given["law"], on))
    calendar = profile.calendar(law.calendar, on)
    zone = profile.zone(on)
    due = rules.due_at(received.replace(tzinfo=zone), law.days, law.unit, calendar)
    fee = rules.fee_of(int(given.get("pages", 0)), law)
    answer: dict[str, Any] = {"due": due.astimezone(zone), "fee": str(fee)}
    if law.most_extensions:
        answer["extended"] = rules.due_at(due, law.extension_days, law.unit, calendar).astimezone(zone)
    return answer
