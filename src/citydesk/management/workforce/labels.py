"""Words for the codes of this room, and how its numbers are written."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citydesk.city.staff.rules import in_language
from citydesk.contact.traffic.choices import Formula
from citydesk.kernel.texts import date_words
from citydesk.management.workforce.choices import (
    ActivityKind,
    AmendmentKind,
    AvailabilityKind,
    CallState,
    Model,
    ScheduleState,
    SolveState,
    StatementState,
    Verdict,
    Work,
)

FORMULA = {
    Formula.STRICT: lazy("answered in time, of all offered"),
    Formula.NET_OF_SHORT: lazy("answered in time, of offered without those who hung up at once"),
    Formula.NET_OF_ABANDONED: lazy("answered in time, of offered without those who hung up in time"),
    Formula.ANY_REMOVAL: lazy("answered or hung up in time, of all offered"),
    Formula.OF_ANSWERED: lazy("answered in time, of all answered (flatters: who hung up is left out)"),
}


STATES = {
    ScheduleState.DRAFT: lazy("Draft"),
    ScheduleState.SOLVING: lazy("Being solved"),
    ScheduleState.SOLVED: lazy("Solved"),
    ScheduleState.PUBLISHED: lazy("Published"),
    ScheduleState.SUPERSEDED: lazy("Superseded"),
}
STATE_BADGES = {
    ScheduleState.DRAFT: "draft",
    ScheduleState.SOLVING: "in_progress",
    ScheduleState.SOLVED: "open",
    ScheduleState.PUBLISHED: "closed_done",
    ScheduleState.SUPERSEDED: "closed_no_action",
}
SOLVES = {
    SolveState.WAITING: lazy("The solver has not begun yet."),
    SolveState.RUNNING: lazy("The solver is at work."),
    SolveState.DONE: lazy("The solver is done."),
    SolveState.FAILED: lazy("The solver found no schedule."),
}
# What the solver is doing, as the engines call it.
STAGES = {
    "in turn": lazy("a first schedule, person by person"),
    "cover": lazy("the best coverage without names"),
    "steady cover": lazy("coverage with steady begins"),
}
ACTIVITIES = {
    ActivityKind.WORK: lazy("Work"),
    ActivityKind.BREAK: lazy("Break"),
    ActivityKind.MEAL: lazy("Meal"),
    ActivityKind.TRAINING: lazy("Training"),
    ActivityKind.MEETING: lazy("Meeting"),
    ActivityKind.COACHING: lazy("Coaching"),
    ActivityKind.OFFLINE: lazy("Away from contacts"),
}
AVAILABILITY = {
    AvailabilityKind.CAN: lazy("Can work only then"),
    AvailabilityKind.PREFERS: lazy("Would like to work then"),
    AvailabilityKind.CANNOT: lazy("Cannot work then"),
}
# Of a day, as people say it themselves (`rules.availability.Mode`; labels know no rules).
DAY_MODES = {
    "any": lazy("Whenever my contract allows"),
    "between": lazy("Only between"),
    "never": lazy("Not at all"),
}
# By `rules.availability.Wrong`.
WRONG_HOURS = {
    "no_begin": lazy("Say from when you can work."),
    "no_end": lazy("Say until when you can work."),
    "order": lazy("The end is before the begin."),
    "likes_no_begin": lazy("Say from when you would like to work."),
    "likes_no_end": lazy("Say until when you would like to work."),
    "likes_order": lazy("The end is before the begin."),
    "likes_never": lazy("You cannot work then: leave the wish empty."),
    "likes_outside": lazy("The wish reaches beyond the hours you can work."),
}
STATEMENTS = {
    StatementState.WAITING: lazy("Waits for a decision"),
    StatementState.ACCEPTED: lazy("Accepted"),
    StatementState.DECLINED: lazy("Declined"),
    StatementState.WITHDRAWN: lazy("Taken back"),
    StatementState.REPLACED: lazy("Replaced"),
}
STATEMENT_BADGES = {
    StatementState.WAITING: "waiting",
    StatementState.ACCEPTED: "closed_done",
    StatementState.DECLINED: "refused",
    StatementState.WITHDRAWN: "closed_no_action",
    StatementState.REPLACED: "closed_no_action",
}
# The hard rules by their codes (`rules.roster.verifier.Rule`), as a planner reads them. docs/rules/rosters.md has each.
RULES = {
    "R1": lazy("Two things at the same time"),
    "R2": lazy("Not available: leave, a day off, or outside what the contract allows"),
    "R3": lazy("Hours of the week outside the contract"),
    "R4": lazy("Too little rest between two shifts"),
    "R5": lazy("Too many days in a row"),
    "R6": lazy("Meal or break too short, too early or too late"),
    "R7": lazy("Without the skill that is asked for"),
    "R8": lazy("Fewer than must be there, or fewer with a skill"),
    "R9": lazy("Overtime that nobody approved"),
    "R10": lazy("A minor, whose hours have a law of their own"),
    "C1": lazy("A shift that may not follow the one before"),
    "C2": lazy("A shift their contract does not have"),
    "C3": lazy("Too few days in a row"),
    "C4": lazy("Too few days off in a row"),
    "C5": lazy("Too many weekends"),
    "C6": lazy("Too many days in the week"),
    "C7": lazy("No shift of this kind begins or lasts like this"),
    "C8": lazy("Pinned to another shift"),
    "C9": lazy("A training in parts that are not what was asked for"),
}
# By `rules.planning.Trouble`.
TROUBLES = {
    "no_people": lazy("Nobody of the group has a contract in this week."),
    "no_templates": lazy("The profile has no shifts for this group."),
    "no_need": lazy("Nothing says yet how many people this week needs. Compute the staff required first."),
    "too_few_days": lazy("%(name)s owes at least %(asked)s hours; the days left allow %(possible)s at most."),
    "no_shift": lazy("No shift fits the days and hours of the contract of %(name)s."),
}

# Where rostered time goes that is no time for contacts, by `rules.measured.Part`; labels know no rules.
PARTS = {
    "breaks": lazy("Breaks"),
    "training": lazy("Training"),
    "meetings": lazy("Meetings"),
    "other_work": lazy("Other work"),
    "leave": lazy("Leave granted after the schedule"),
    "sick": lazy("Sick"),
    "not_there": lazy("Late, early or not there"),
    "malfunction": lazy("Equipment and systems down"),
}

# Where a slot's shrinkage comes from, by `rules.measured_slots.Source`.
SHARE_FROM = {
    "slot": lazy("of this half-hour"),
    "hours": lazy("of these hours, kept apart by the profile"),
    "weekday": lazy("of the weekday"),
    "division": lazy("of the weekday, kept apart by the profile"),
    "group": lazy("of the group"),
}
# The same as a mark in a table; what stands in the table by itself is the slot's own.
SHARE_MARKS = {
    "slot": "",
    "hours": lazy("p"),
    "weekday": lazy("d"),
    "division": lazy("p"),
    "group": lazy("g"),
}

# Days that are not like others, as the forecast's calendar calls them.
FLAGS = {
    "closed": pgettext_lazy("day", "Closed"),
    "holiday": lazy("Holiday on which the desk is open"),
    "after_closed": lazy("Day after a closed one"),
    "turn_of_month": lazy("Turn of the month"),
    "bill_drop": lazy("Bills arrive"),
    "storm": lazy("Storm"),
    "campaign": lazy("Campaign"),
}
METHODS = {
    Model.DEFAULT: lazy("Middle of four same weekdays"),
    Model.LAST_WEEK: lazy("Last same weekday"),
    Model.HOLT_WINTERS: lazy("Holt and Winters"),
}
METHOD_WORDS = {
    Model.DEFAULT: lazy(
        "The middle of what came in this slot on the last four usual days of this weekday, times the multipliers of "
        "the day, times the level of the last days. Where those are too few, the mean of all usual days of four weeks."
    ),
    Model.LAST_WEEK: lazy("What came in this slot on the last same weekday."),
    Model.HOLT_WINTERS: lazy(
        "The day's total by exponential smoothing with a season of a week, spread as on the last same weekdays."
    ),
}
VERDICTS = {
    Verdict.KEPT: lazy("No other method was better by more than half a point."),
    Verdict.SWITCHED: lazy("Another method was better by more than half a point and has taken over."),
    Verdict.TOO_FEW: lazy("Fewer than six days could be tried; that decides nothing."),
    Verdict.NOTHING: lazy("Nothing came on the days that were tried."),
}
WORK = {
    Work.WAITS: lazy("Callers who wait"),
    Work.CHAT: lazy("Chats"),
    Work.CAN_WAIT: lazy("Work that can wait"),
}


def percent(share: float) -> str:
    """A share as percent with one decimal, without the sign."""
    return f"{100 * share:.1f}"


def seconds(length: float | None) -> str:
    """A wait in seconds with one decimal; where a line grows without end or nobody is answered there is none."""
    return _("no end") if length is None else _("%(seconds)s s") % {"seconds": f"{length:,.1f}"}


def hours(minutes: float) -> str:
    """Minutes as hours and minutes, "37:30"; nothing is computed from it."""
    whole = round(minutes)
    return f"{whole // 60}:{whole % 60:02d}"


def clock(minute: int) -> str:
    """A minute of a day as people write it; after the next midnight the clock begins anew."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


# By `rules.swaps.SwapState`; labels know no rules.
SWAPS = {
    "offered": lazy("Offered"),
    "accepted": lazy("Accepted, waits for approval"),
    "approved": lazy("Approved"),
    "denied": lazy("Denied"),
    "declined": lazy("Declined"),
    "withdrawn": lazy("Taken back"),
    "lapsed": lazy("Lapsed"),
}
SWAP_BADGES = {
    "offered": "open",
    "accepted": "waiting",
    "approved": "closed_done",
    "denied": "refused",
    "declined": "refused",
    "withdrawn": "closed_no_action",
    "lapsed": "closed_no_action",
}
CALLS = {
    CallState.OPEN: lazy("To be decided"),
    CallState.SOLVING: lazy("The solver is at work"),
    CallState.SETTLED: lazy("Settled"),
}
CALL_BADGES = {CallState.OPEN: "waiting", CallState.SOLVING: "in_progress", CallState.SETTLED: "closed_done"}
SETTLED = {
    "option": lazy("Somebody else comes."),
    "solver": lazy("Planned again."),
}
# What somebody did or was to do, by `rules.adherence.Doing`.
DOINGS = {
    "contacts": lazy("On contacts"),
    "offline": lazy("Away from contacts"),
    "break": lazy("Break"),
    "meal": lazy("Meal"),
    "training": lazy("Training"),
    "meeting": lazy("Meeting"),
    "away": lazy("Not there"),
}
AMENDMENTS = {
    AmendmentKind.SWAP: lazy("Two people swapped."),
    AmendmentKind.GIVEN: lazy("An open shift was given."),
    AmendmentKind.SICK: lazy("Somebody cannot come."),
    AmendmentKind.REPLAN: lazy("Planned again after somebody was missing."),
}
# Notices to a person about their shifts; `%(day)s` is the day.
NOTICES = {
    "swap_offered": lazy("A colleague offers you their shift of %(day)s."),
    "swap_accepted": lazy("Your swap of %(day)s was accepted and waits for approval."),
    "swap_declined": lazy("Your swap of %(day)s was declined."),
    "swap_withdrawn": lazy("The swap of %(day)s was taken back."),
    "swap_approved": lazy("The swap of %(day)s is approved. Your shifts have changed."),
    "swap_denied": lazy("The swap of %(day)s was denied. Your shifts stay as they were."),
    "shift_open": lazy("There is an open shift on %(day)s to bid for."),
    "bid_won": lazy("The open shift of %(day)s is yours."),
    "bid_lost": lazy("The open shift of %(day)s went to somebody else or is not needed any more."),
    "sick_called": lazy("Somebody of the team cannot come on %(day)s."),
    "shift_taken": lazy("Your shift of %(day)s was taken off because you cannot come."),
    "shift_changed": lazy("Your shift of %(day)s has changed."),
    "hours_said": lazy("Somebody of the team says when they can work from %(day)s on."),
    "hours_accepted": lazy("Your working hours from %(day)s on are accepted."),
    "hours_declined": lazy("Your working hours from %(day)s on are declined. The reason is under When I can work."),
    "week_published": lazy("The schedule of the week of %(day)s is published."),
    "week_changed": lazy("The schedule of the week of %(day)s was published anew. Your shifts have changed."),
}


def weekday(number: int) -> str:
    """A weekday's name; Monday is 0."""
    return str(WEEKDAYS[number])


def in_part(title: str, part: int) -> str:
    """What an activity is called; of a training in two parts which one it is."""
    return _("%(title)s, part %(part)s of 2") % {"title": title, "part": part} if part else title


def dayname(day: date) -> str:
    """A day with its weekday: "Mon 30 Nov"."""
    return date_words(day, "D j M")


def share(value: float | None) -> str:
    """A share in percent with one decimal; a dash where there is none."""
    return "–" if value is None else f"{percent(value)} %"


def length(span: int) -> str:
    """Seconds as hours, minutes and seconds, "7:52:30"."""
    return f"{span // 3600}:{span // 60 % 60:02d}:{span % 60:02d}"


def clock_second(moment: datetime) -> str:
    """The city's clock to the second; without seconds on the full minute."""
    here = timezone.localtime(moment)
    return here.strftime("%H:%M:%S" if here.second else "%H:%M")


def week_named(monday: date) -> str:
    """A week by its first and last day: "30 Nov - 6 Dec 2026"."""
    sunday = date.fromordinal(monday.toordinal() + 6)
    return f"{date_words(monday, 'j M')} – {date_words(sunday, 'j M Y')}"


def solver_time(seconds: int) -> str:
    """How long the solver may work, as a choice."""
    if seconds < 60:
        return _("%(n)s seconds") % {"n": seconds}
    return ngettext("%(n)s minute", "%(n)s minutes", seconds // 60) % {"n": seconds // 60}


def template_name(names: dict[str, dict[str, str]], code: str) -> str:
    """A shift's name in the reader's language."""
    return in_language(names.get(code, {}), get_language() or "", default=code)
