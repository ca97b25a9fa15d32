"""Skills that the slots of a group's week need: in force, in the profile, and as the load itself proposes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from citydesk.city.profile import queries as profile
from citydesk.city.staff.rules import in_language
from citydesk.contact.traffic import queries as traffic
from citydesk.contact.traffic.choices import Formula
from citydesk.contact.traffic.queries import LanguageSeen
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.kernel.errors import NotFound
from citydesk.management.workforce.choices import Work
from citydesk.management.workforce.models import Requirement, SkillSetting
from citydesk.management.workforce.queries.groups import GroupRow, TakenQueue, profile_settings_on, queues_of
from citydesk.management.workforce.rules.requirement import Goal
from citydesk.management.workforce.rules.skill_load import (
    BLOCK,
    LEAST_KNOWN,
    Evidence,
    LoadSlot,
    Need,
    Pool,
    Seen,
    propose,
)
from citydesk.management.workforce.rules.skill_needs import SkillNeed

DAYS = 56
_PER_HOUR = 60


def skill_needs_on(code: str, on: date) -> tuple[SkillNeed, ...]:
    """What a group's slots need on a day; nothing for a group the profile of that day does not have."""
    setting = setting_on(code, on)
    return profile_needs_on(code, on) if setting is None else kept_needs(setting)


def profile_needs_on(code: str, on: date) -> tuple[SkillNeed, ...]:
    """What the profile says."""
    try:
        return profile_settings_on(code, on).skills
    except NotFound:
        return ()


def setting_on(code: str, on: date) -> SkillSetting | None:
    """The version that stands in place of the profile's needs on a day; None where the profile's hold."""
    rows = SkillSetting.objects.filter(group__code=code, first__lte=on).select_related("made_by")
    found = rows.order_by("-version").first()
    return found if found is not None and found.needs is not None else None


def kept_needs(setting: SkillSetting) -> tuple[SkillNeed, ...]:
    """A version's rows as rules know them."""
    return tuple(
        SkillNeed(
            one["skill"],
            int(one["at_least"]),
            frozenset(one["weekdays"]),
            tuple((opens, closes) for opens, closes in one["windows"]),
        )
        for one in setting.needs or ()
    )


def skill_names(on: date) -> dict[str, str]:
    """Skill code to its name in the reader's language."""
    language = get_language() or ""
    return {
        code: in_language(body["name"], language, default=code) for code, body in profile.entries("skills", on).items()
    }


@dataclass(frozen=True, slots=True)
class QueueSeen:
    """What is known of a queue's contacts: how many, how many of them needed the skill; `told` (a share) where the
    profile says it of all of them. `is_enough`: a share is made of it."""

    name: str
    known: int
    asking: int
    told: float | None

    @property
    def is_enough(self) -> bool:
        return self.told is not None or self.known >= LEAST_KNOWN


@dataclass(frozen=True, slots=True)
class SkillLook:
    """A skill of a language: what the load of the week asks of it, and what that is made of."""

    skill: str
    rows: tuple[Need, ...]
    queues: tuple[QueueSeen, ...]


@dataclass(frozen=True)
class SkillsLook:
    """Skills of a group's week from all sides. `first` to `last`: the days whose contacts were looked at."""

    monday: date
    first: date
    last: date
    looks: tuple[SkillLook, ...]
    in_force: tuple[SkillNeed, ...]
    setting: SkillSetting | None

    def at_least(self, skill: str, row: Need) -> int:
        """What is in force in the hours of a proposed row: the least of its hours."""
        mine = [one for one in self.in_force if one.skill == skill]
        return min(
            max((one.at_least for one in mine if one.holds(weekday, minute)), default=0)
            for weekday in row.weekdays
            for minute in range(row.opens, row.closes, _PER_HOUR)
        )


def skills_look(group: GroupRow, monday: date, today: date) -> SkillsLook:
    """What the load of a week asks of skills, beside what is in force. A fixed number of statements. For callers that
    have authorised."""
    taken = queues_of(group.id)
    first, last = today - timedelta(days=DAYS), today - timedelta(days=1)
    zone = profile.local_zone()
    seen = traffic.languages_seen(
        queue_ids=[one.queue_id for one in taken],
        since=day_bounds(first, zone).since,
        until=day_bounds(last, zone).until,
    )
    slots = _slots(group, monday)
    looks = tuple(
        _look(skill, str(body["language"]), taken, seen, slots, monday)
        for skill, body in sorted(profile.entries("skills", monday).items())
        if body.get("language")
    )
    setting = setting_on(group.code, monday)
    in_force = profile_needs_on(group.code, monday) if setting is None else kept_needs(setting)
    return SkillsLook(monday, first, last, looks, in_force, setting)


def _look(
    skill: str,
    language: str,
    taken: tuple[TakenQueue, ...],
    seen: list[LanguageSeen],
    slots: list[LoadSlot],
    monday: date,
) -> SkillLook:
    codes = {one.queue_id: one.code for one in taken}
    found: dict[tuple[str, int], Seen] = {}
    for one in seen:
        key = (codes[one.queue_id], one.hour * _PER_HOUR // BLOCK)
        is_asking = one.language == language
        more = Seen(one.contacts, one.contacts, one.handled, one.handle_s) if is_asking else Seen(one.contacts)
        found[key] = found.get(key, Seen()) + more
    evidence = Evidence(found, _told(language, taken, monday))
    wholes = [(one, evidence.whole(one.code)) for one in taken if one.work is not Work.CAN_WAIT]
    queues = tuple(QueueSeen(one.name, whole.known, whole.asking, evidence.told.get(one.code)) for one, whole in wholes)
    return SkillLook(skill, propose(slots, evidence), queues)


def _told(language: str, taken: tuple[TakenQueue, ...], on: date) -> dict[str, float]:
    """Queues of one language, as the profile says: all of their contacts are in it, or none."""
    known = profile.entries("queues", on)
    languages = {one.code: list(known.get(one.code, {}).get("languages", ())) for one in taken}
    return {code: float(some == [language]) for code, some in languages.items() if len(some) == 1}


def _slots(group: GroupRow, monday: date) -> list[LoadSlot]:
    """The week's slots with what comes in each that must be answered at once, as the requirement kept it."""
    rows = Requirement.objects.filter(group_id=group.id, day__gte=monday, day__lt=monday + timedelta(days=7))
    found = []
    for one in rows.order_by("starts_at"):
        local = timezone.localtime(one.starts_at, profile.local_zone())
        pools = tuple(_pool(part) for part in one.parts if part["work"] != Work.CAN_WAIT)
        minute = local.hour * _PER_HOUR + local.minute
        found.append(LoadSlot(one.day.weekday(), minute, one.minutes, one.scheduled, float(one.shrinkage), pools))
    return found


def _pool(part: Mapping[str, Any]) -> Pool:
    goal = Goal(part["target"], part["threshold_s"], Formula(part["formula"]), part["short_s"], part["most_busy"])
    queues = tuple((one["code"], float(one["contacts"]), float(one["handle_s"])) for one in part["queues"])
    return Pool(goal, part["patience_s"], queues)
