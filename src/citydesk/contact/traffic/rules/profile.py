"""The profile's sections `queues` and `pauses` (`[queue.<code>]`, `[pause.<code>]` of queues.toml) and `monitoring`."""

from citydesk.city.profile.rules import Fields, Item, Reading
from citydesk.contact.traffic.choices import (
    NOT_AS_HEADLINE,
    AgentStateKind,
    Formula,
    MonitorCode,
    QueueChannel,
)
from citydesk.contact.traffic.rules.desk import TOLD_BY_DESK
from citydesk.contact.traffic.rules.expected import OWN_FIRST_DAYS
from citydesk.contact.traffic.rules.intervals import LENGTHS


def parse_queues(reading: Reading) -> list[Item]:
    """`[queue.<code>]`: channel, names, service-level target and formula, short abandons, calendar, who tells it."""
    return [entry.item(_queue(entry)) for entry in reading.tables("queue")]


def _queue(entry: Fields) -> dict[str, object]:
    formula = entry.choice("formula", list(Formula))
    if formula in set(NOT_AS_HEADLINE):
        entry.problem("leaves long abandons out: it may not be the queue's own formula", "formula")
    target = entry.decimal("sl_target", at_least=0, at_most=1)
    minutes = entry.optional.whole("slot_minutes", 30)
    if minutes not in LENGTHS:
        entry.problem("must be 15 or 30", "slot_minutes")
    channel = entry.choice("channel", list(QueueChannel))
    return {
        "name": entry.translated("name"),
        "channel": channel,
        "formula": formula,
        "sl_target": target,
        "sl_threshold_s": entry.whole("sl_threshold", at_least=1, at_most=30 * 86_400),
        "short_abandon_s": entry.whole("short_abandon", at_least=0, at_most=600),
        "acw_max_s": entry.whole("acw_max", at_least=0, at_most=86_400),
        "slot_minutes": minutes,
        "calendar": entry.code("calendar", of="calendars"),
        "source_names": entry.optional.words("source_names"),
        "callback_keys": entry.optional.words("callback_keys"),
        "from_desk": entry.optional.boolean("from_desk", channel in set(TOLD_BY_DESK)),
        "languages": entry.optional.words("languages"),
        "order": entry.optional.whole("order", 100),
    }


def parse_trunks(reading: Reading) -> list[Item]:
    """`[trunk.<code>]`: the contexts of the switch's plan in which calls from outside arrive, those in which callers
    hear that the desk is closed, and by which calendar it is."""
    return [
        entry.item(
            {
                "name": entry.translated("name"),
                "contexts": entry.words("contexts"),
                "closed": entry.optional.words("closed"),
                "calendar": entry.optional.code("calendar", of="calendars"),
            }
        )
        for entry in reading.tables("trunk")
    ]


def parse_pauses(reading: Reading) -> list[Item]:
    """`[pause.<code>]`: what the reasons of pauses mean that the city's switch uses."""
    known = [one for one in AgentStateKind if one not in (AgentStateKind.ON_CONTACT, AgentStateKind.RINGING)]
    return [
        entry.item({"words": entry.words("words"), "state": entry.choice("state", known)})
        for entry in reading.tables("pause")
    ]


def parse_monitoring(reading: Reading) -> list[Item]:
    """`[monitor.<code>]` of monitoring.toml: what is measured of a person, and what was agreed with labor about it.

    What the profile does not name is not measured.
    """
    return [entry.item(_monitor(entry)) for entry in reading.tables("monitor")]


def _monitor(entry: Fields) -> dict[str, object]:
    if entry.key not in list(MonitorCode):
        entry.problem(f"is nothing that can be measured; known are {', '.join(MonitorCode)}")
    return {
        "is_on": entry.boolean("is_on"),
        "agreement": entry.translated("agreement"),
        "own_first_days": entry.optional.whole("own_first_days", OWN_FIRST_DAYS, at_least=0, at_most=31),
    }
