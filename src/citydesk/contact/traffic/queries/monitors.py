"""What the city measures of a person, and what was agreed about it: the profile's section `monitoring`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import FIGURES, MonitorCode

_SECTION = "monitoring"


@dataclass(frozen=True)
class Monitor:
    """A switch of the profile. `agreement` is the note of the labor agreement by language."""

    code: MonitorCode
    is_on: bool
    agreement: Mapping[str, str]
    own_first_days: int


def list_monitors(now: datetime) -> tuple[Monitor, ...]:
    """Every switch the profile has, on or off, in the order of the codes."""
    known = profile.entries(_SECTION, profile.city_today(now))
    return tuple(
        Monitor(code, bool(body["is_on"]), dict(body["agreement"]), body["own_first_days"])
        for code in MonitorCode
        if (body := known.get(code.value)) is not None
    )


def monitor_on(code: MonitorCode, now: datetime) -> Monitor | None:
    """A switch that is on; None where it is off or the profile does not name it."""
    return next((one for one in list_monitors(now) if one.is_on and one.code == code), None)


def is_monitored(code: MonitorCode, now: datetime) -> bool:
    """Whether the profile switches it on; what it does not name is off."""
    return monitor_on(code, now) is not None


def figures_on(now: datetime) -> dict[MonitorCode, Monitor]:
    """The figures of a week that are switched on; the others exist nowhere."""
    return {one.code: one for one in list_monitors(now) if one.is_on and one.code in FIGURES}
