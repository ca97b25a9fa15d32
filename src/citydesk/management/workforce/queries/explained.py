"""Why a slot needs so many: each kind of work, the table of neighbors, and the same question for the what-if page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff.rules import in_language
from citydesk.contact.traffic.choices import Formula
from citydesk.management.workforce.choices import Work
from citydesk.management.workforce.labels import FORMULA, percent
from citydesk.management.workforce.models import Requirement
from citydesk.management.workforce.queries.groups import GroupRow, profile_settings_on, queues_of
from citydesk.management.workforce.queries.measured import ShrinkageLook, SlotShare, share_at
from citydesk.management.workforce.queries.words import explanation
from citydesk.management.workforce.rules.groups import Settings
from citydesk.management.workforce.rules.loads import Load
from citydesk.management.workforce.rules.requirement import Goal, Row, neighbors
from citydesk.management.workforce.rules.requirement import Requirement as Found

MINUTE = 60.0
# A row keeps its shrinkage to four digits.
_SAME = 0.0001


@dataclass(frozen=True)
class PoolExplained:
    """One kind of work of a slot: what comes, the sentence that says why so many, and two fewer to two more.

    `queues` are (name, contacts, seconds, whether the seconds are usual ones); `question` asks the what-if page.
    """

    work: Work
    agents: int
    contacts: float
    handle_s: float
    patience_s: float | None
    is_usual_patience: bool
    promise: str
    sentence: str
    rows: tuple[Row, ...]
    queues: tuple[tuple[str, float, float, bool], ...]
    question: Mapping[str, str]


@dataclass(frozen=True)
class SlotExplained:
    """A slot: the row, its pools, and what is done of work that can wait (`waiting`: (hours, people added)). `opening`
    is why the desk opens with so many people (`least` of the row); `idle` of them nothing that comes asks for. `share`
    is where its shrinkage comes from; None where something else is planned with by now."""

    row: Requirement
    pools: tuple[PoolExplained, ...]
    waiting: tuple[float, int] | None
    opening: str = ""
    idle: int = 0
    share: SlotShare | None = None


def explain_slot(row: Requirement, group: GroupRow, look: ShrinkageLook) -> SlotExplained:
    """How the number of a slot came about, from what was kept with it. `look` is at the shrinkage of its week."""
    names = {one.code: one.name for one in queues_of(group.id)}
    waiting = next((one for one in row.parts if one["work"] == Work.CAN_WAIT), None)
    settings = profile_settings_on(group.code, row.day)
    hourly = settings.hourly
    pools = tuple(
        _pool(row, one, names, "" if hourly is None else f"{hourly:f}")
        for one in row.parts
        if one["work"] != Work.CAN_WAIT
    )
    added = waiting["agents"] if waiting else 0
    return SlotExplained(
        row,
        pools,
        (waiting["hours"], added) if waiting else None,
        _opening(settings, row) if row.least else "",
        max(0, row.required - added - sum(one.agents for one in pools)),
        _share(look.settings, row),
    )


def shares_of(rows: Iterable[Requirement], settings: Settings) -> dict[int, SlotShare]:
    """Where the shrinkage of a week's slots comes from, by row; rows whose shrinkage is another by now are missing."""
    found = ((one.pk, _share(settings, one)) for one in rows)
    return {pk: share for pk, share in found if share}


def _share(settings: Settings, row: Requirement) -> SlotShare | None:
    found = share_at(settings, row.day.weekday(), _minute(row))
    return found if abs(found.shrinkage.whole - float(row.shrinkage)) < _SAME else None


def _minute(row: Requirement) -> int:
    here = row.starts_at.astimezone(profile.local_zone())
    return here.hour * 60 + here.minute


def _opening(settings: Settings, row: Requirement) -> str:
    """Why so many must be there, in the reader's words; empty where the profile says another number by now."""
    holding = (one for one in settings.openings if one.holds(row.day.weekday(), _minute(row), row.minutes))
    found = next((one for one in holding if one.people == row.least), None)
    return in_language(found.why, get_language() or "") if found else ""


def _pool(row: Requirement, part: Mapping[str, Any], names: Mapping[str, str], hourly: str) -> PoolExplained:
    seconds = row.minutes * MINUTE
    load = Load(part["felt"] / seconds, part["handle_s"], part["patience_s"])
    goal = Goal(part["target"], part["threshold_s"], Formula(part["formula"]), part["short_s"], part["most_busy"])
    rows = neighbors(load, goal, part["agents"])
    here = next(one for one in rows if one.agents == part["agents"])
    found = Found(load, goal, part["agents"], 0, here.figures)
    return PoolExplained(
        work=Work(part["work"]),
        agents=part["agents"],
        contacts=part["contacts"],
        handle_s=part["handle_s"],
        patience_s=part["patience_s"],
        is_usual_patience=part["is_usual_patience"],
        promise=_promise(part, names),
        sentence=explanation(found, rows),
        rows=tuple(rows),
        queues=tuple(
            (names.get(one["code"], one["code"]), one["contacts"], one["handle_s"], one["is_usual_handle"])
            for one in part["queues"]
        ),
        question=_question(row, part, hourly),
    )


def _promise(part: Mapping[str, Any], names: Mapping[str, str]) -> str:
    facts = {
        "queue": names.get(part["queue"], part["queue"]),
        "target": percent(part["target"]),
        "threshold": f"{part['threshold_s']:,.0f}",
        "formula": FORMULA[Formula(part["formula"])],
    }
    return _("%(queue)s decides: %(target)s %% within %(threshold)s s; %(formula)s.") % facts


def _question(row: Requirement, part: Mapping[str, Any], hourly: str) -> dict[str, str]:
    """The fields of the what-if page."""
    return {
        "volume": f"{part['felt']:g}",
        "interval": str(row.minutes),
        "aht": f"{part['handle_s']:g}",
        "patience": "" if part["patience_s"] is None else f"{part['patience_s']:g}",
        "people": str(part["agents"]),
        "target": f"{100 * part['target']:g}",
        "threshold": f"{part['threshold_s']:g}",
        "formula": part["formula"],
        "short": f"{part['short_s']:g}",
        "shrinkage": f"{100 * float(row.shrinkage):g}",
        "hourly": hourly,
    }
