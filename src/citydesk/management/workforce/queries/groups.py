"""Groups: who takes the contacts of which queues, and what they plan with."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.profile.rules import UnknownEntry
from citydesk.city.staff.rules import in_language
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.management.workforce.choices import SECTION, VIEW, Work
from citydesk.management.workforce.models import GroupQueue, ShrinkageSetting, StaffingGroup
from citydesk.management.workforce.rules.groups import Settings, settings_of, with_shrinkage
from citydesk.management.workforce.rules.measured_slots import read_back
from citydesk.management.workforce.rules.shrinkage import Shrinkage


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as pages and other rooms show it. `names` by language, `name` in that of who reads."""

    id: int
    code: str
    names: dict[str, str]
    team_id: int
    slot_minutes: int
    calendar_code: str
    is_active: bool

    @property
    def name(self) -> str:
        return in_language(self.names, get_language() or "", default=self.code)


@dataclass(frozen=True, slots=True)
class TakenQueue:
    """A queue of a group and the kind of its work."""

    queue_id: int
    code: str
    names: dict[str, str]
    work: Work

    @property
    def name(self) -> str:
        return in_language(self.names, get_language() or "", default=self.code)


def list_groups(access: Access) -> tuple[GroupRow, ...]:
    """The active groups in the profile's order. Raises `NotAllowed`."""
    access.require(VIEW)
    return all_groups()


def all_groups() -> tuple[GroupRow, ...]:
    """The active groups in the profile's order, for callers that decide themselves who sees which."""
    return tuple(_row(one) for one in StaffingGroup.objects.filter(is_active=True))


def get_group(code: str) -> GroupRow:
    """A group by its code. Raises `NotFound`."""
    row = StaffingGroup.objects.filter(code=code).first()
    if row is None:
        raise NotFound(_("There is no such group."))
    return _row(row)


def queues_of(group_id: int) -> tuple[TakenQueue, ...]:
    """The queues a group takes, in the profile's order."""
    rows = GroupQueue.objects.filter(group_id=group_id).values_list("queue_id", "queue__code", "queue__name", "work")
    return tuple(TakenQueue(key, code, dict(names), Work(work)) for key, code, names, work in rows)


def settings_on(code: str, on: date) -> Settings:
    """What a group plans with on a day: the profile's, with the shrinkage somebody put in its place. One statement.
    Raises `UnknownEntry`."""
    found = profile_settings_on(code, on)
    rows = ShrinkageSetting.objects.filter(group__code=code, first__lte=on).order_by("-version")
    planned, unplanned, by_slot = rows.values_list("planned", "unplanned", "measure__by_slot").first() or (None,) * 3
    if planned is None or unplanned is None:
        return found
    return with_shrinkage(found, Shrinkage(float(planned), float(unplanned)), read_back(by_slot))


def profile_settings_on(code: str, on: date) -> Settings:
    """What the profile says a group plans with on a day. Raises `UnknownEntry`."""
    return settings_of(code, profile.entry(SECTION, code, on))


def notice_days_on(code: str, on: date) -> int:
    """For how many days from today on published shifts are moved by a person alone; 0 for a group that the profile does
    not know on that day."""
    try:
        return profile_settings_on(code, on).notice_days
    except UnknownEntry:
        return 0


def _row(one: StaffingGroup) -> GroupRow:
    return GroupRow(
        id=one.pk,
        code=one.code,
        names=dict(one.names),
        team_id=one.team_id,
        slot_minutes=one.slot_minutes,
        calendar_code=one.calendar_code,
        is_active=one.is_active,
    )


def taken_queues() -> tuple[str, ...]:
    """The codes of all queues that active groups take: those that are foretold."""
    rows = GroupQueue.objects.filter(group__is_active=True, queue__is_active=True)
    return tuple(rows.order_by("group__position", "position", "id").values_list("queue__code", flat=True))


def group_of_queue(queue_id: int) -> GroupRow | None:
    """The group that takes a queue."""
    taken = GroupQueue.objects.select_related("group").filter(queue_id=queue_id).first()
    return _row(taken.group) if taken else None
