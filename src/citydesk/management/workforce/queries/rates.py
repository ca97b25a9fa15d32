"""What a paid hour of a group costs, as the profile has it, with what is known of where the number comes from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from citydesk.city.profile import queries as profile
from citydesk.kernel.errors import NotFound
from citydesk.management.workforce.choices import SECTION


@dataclass(frozen=True)
class Rate:
    """Dollars of a paid hour by the profile in force on a day. `is_sample`: invented, until the city puts its own."""

    hourly: Decimal
    on: date
    is_sample: bool
    source: str
    as_of: str


def rate_on(code: str, on: date) -> Rate | None:
    """The rate of a group on a day; None where the profile of that day has none."""
    try:
        body = profile.entry(SECTION, code, on)
    except NotFound:
        return None
    if body.get("hourly_cost") is None:
        return None
    known = body.get("provenance", {})
    given = {**known.get("*", {}), **known.get("hourly_cost", {})}
    return Rate(
        Decimal(str(body["hourly_cost"])),
        on,
        bool(given.get("sample")),
        str(given.get("source", "")),
        str(given.get("as_of", "")),
    )
