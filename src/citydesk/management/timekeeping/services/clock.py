"""The clock on the desk: a press of a button ends what ran and begins what comes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.interactions.choices import TAKE
from citydesk.contact.traffic import services as traffic
from citydesk.contact.traffic.choices import AgentStateKind
from citydesk.contact.traffic.rules import StateRecord
from citydesk.kernel import live
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.management.timekeeping.choices import ClockState, EntrySource
from citydesk.management.timekeeping.models import Clock, Punch
from citydesk.management.timekeeping.queries.policy import policy_on
from citydesk.management.timekeeping.queries.sheets import ClockNow
from citydesk.management.timekeeping.rules.spans import Span
from citydesk.management.timekeeping.services.locked import me, needed, somebody
from citydesk.management.timekeeping.services.rows import NewEntry, write

# What the clock's states are to whoever plans the queues. Time at work that is none of the others is time for contacts.
AS_AGENT = {
    ClockState.WORK: AgentStateKind.AVAILABLE,
    ClockState.BREAK: AgentStateKind.BREAK,
    ClockState.MEAL: AgentStateKind.MEAL,
    ClockState.TRAINING: AgentStateKind.TRAINING,
    ClockState.MEETING: AgentStateKind.MEETING,
    ClockState.TRAVEL: AgentStateKind.OFFLINE_WORK,
}


def punch(*, state: str, access: Access, now: datetime) -> None:
    """Tell the clock what begins now; what ran until now becomes an entry.

    Raises `Invalid` for an unknown state, `Conflict` where the clock shows it already, or where what runs began longer
    ago than the longest shift: then the person says when they stopped (`close_forgotten`).
    """
    person = me(access)
    if state not in set(ClockState):
        raise Invalid(_("The clock has no such state."), field="state")
    with transaction.atomic():
        clock = _locked(person)
        if clock.state == state:
            raise Conflict(_("The clock shows this already."))
        if clock.state != ClockState.OUT:
            if is_forgotten(clock, now):
                raise Conflict(_("The clock was left running. Say first when you stopped."), field="ended_at")
            _end(clock, now, access, now)
        before = ClockNow(clock.state, clock.since)
        _set(clock, state, now)
        _tell_traffic(before, state, now, access, now)


def close_forgotten(*, ended_at: datetime, reason: str, access: Access, now: datetime) -> None:
    """Stop a clock that was left running, at the moment the person says, with the reason.

    Raises `Invalid` for a moment before it began, in the future or after more than the longest shift.
    """
    person = me(access)
    why = needed(reason, _("Say why the clock was left running."))
    with transaction.atomic():
        clock = _locked(person)
        if clock.state == ClockState.OUT or clock.since is None:
            raise Conflict(_("The clock is not running."))
        if not clock.since < ended_at <= now:
            raise Invalid(_("Say a moment after it began, and not in the future."), field="ended_at")
        _end(clock, ended_at, access, now, reason=why)
        before = ClockNow(clock.state, clock.since)
        _set(clock, ClockState.OUT, ended_at)
        _tell_traffic(before, ClockState.OUT, ended_at, access, now)


def is_forgotten(clock: Clock, now: datetime) -> bool:
    """Whether what runs began longer ago than the longest shift."""
    if clock.state == ClockState.OUT or clock.since is None:
        return False
    longest = policy_on(profile.city_today(now)).longest_shift
    return Span(clock.since, now).seconds > longest


def _locked(person: int) -> Clock:
    Clock.objects.get_or_create(user_id=person)
    return Clock.objects.select_for_update().get(user_id=person)


def _end(clock: Clock, end: datetime, access: Access, now: datetime, *, reason: str = "") -> None:
    if clock.since is None or end <= clock.since:
        return
    source = EntrySource.MANUAL if reason else EntrySource.CLOCK
    new = NewEntry(Span(clock.since, end), clock.state, source, reason)
    write(clock.user_id, new, access=access, now=now)


def _set(clock: Clock, state: str, at: datetime) -> None:
    clock.state, clock.since = state, None if state == ClockState.OUT else at
    clock.save(update_fields=["state", "since"])
    Punch.objects.create(user_id=clock.user_id, state=state, at=at)
    live.notify(f"user.{clock.user_id}", {"clock": state})


def _tell_traffic(before: ClockNow, state: str, at: datetime, access: Access, now: datetime) -> None:
    """Where the profile makes the desk the source: what a person who takes contacts did until now, and does from now.

    Whoever is clocked out is in no state.
    """
    if not access.may(TAKE) or not policy_on(profile.city_today(now)).tells_traffic:
        return
    name = staff.get_user(somebody(access)).username
    told = []
    if before.since is not None and before.since < at:
        told.append(StateRecord(agent=name, state=AS_AGENT[ClockState(before.state)], since=before.since, until=at))
    if state != ClockState.OUT:
        told.append(StateRecord(agent=name, state=AS_AGENT[ClockState(state)], since=at, until=None))
    traffic.take_states(states=told, now=now)
