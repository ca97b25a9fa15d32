"""What timekeeping offers the house. Rooms above offer panels beside a leave request (`choices.REQUEST_PAGE`)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from citydesk.kernel.actors import Access
from citydesk.kernel.decisions import Decision
from citydesk.kernel.registries import (
    AuditCode,
    ExampleKind,
    HomeCard,
    ImportKind,
    NavItem,
    Permission,
    ProfileSection,
    RetentionSeries,
    registries,
)
from citydesk.kernel.shell import provide
from citydesk.management.timekeeping import choices, forms, labels, queries
from citydesk.management.timekeeping.rules import sections
from citydesk.management.timekeeping.views.bar import clock_of


def build_week(access: Access, now: datetime) -> dict[str, Any]:
    """A person's own week so far, and weeks they have not submitted."""
    return {"week": queries.own_week(access, now), "labels": labels, "hours": forms.hours_text}


def build_waiting(access: Access, now: datetime) -> dict[str, Any]:
    """What waits for who approves."""
    return {"waiting": queries.waiting_for(access, now)}


def build_hours(access: Access, now: datetime) -> dict[str, Any]:
    """The hours of the whole in the pay period that ended last."""
    span, sums, hidden = queries.hours_of_all(access, now)
    return {"span": span, "sums": sums, "hidden": hidden, "hours": forms.hours_text}


provide("clock", clock_of)

_IMPORTING = "citydesk.management.timekeeping.services.importing"

registries.add(
    ProfileSection(choices.TIME_SECTION, ("timekeeping.toml",), sections.parse_policy),
    ProfileSection(
        choices.LEAVE_SECTION,
        ("leave.toml",),
        sections.parse_leave,
        after=("absence_kinds",),
        project="citydesk.management.timekeeping.services.project_leave_types",
    ),
    ProfileSection(choices.BLACKOUT_SECTION, ("leave.toml",), sections.parse_blackouts, after=("teams",)),
    ExampleKind("workweek_pay", "citydesk.management.timekeeping.queries.examples.run_pay_example"),
    Permission(choices.OWN, _("Clock, write and submit one's own time, ask for leave")),
    Permission(choices.VIEW, _("Read time sheets and leave that are in one's sight")),
    Permission(choices.APPROVE, _("Approve time sheets and leave of those one approves for")),
    Permission(choices.TEAM, _("Approve for one's own teams, and let others do it for a while")),
    Permission(choices.PAYROLL, _("Read hours of approved sheets, make payroll files, write terms and balances")),
    Permission(choices.FILES, _("Read payroll files")),
    Permission(choices.SUMS, _("Read hours of teams, of nobody by name")),
    Permission(choices.AUDIT, _("Read all time sheets and leave, without reasons")),
    ImportKind("time", _("Time entries"), f"{_IMPORTING}.used_time", f"{_IMPORTING}.take_back_time"),
    NavItem("timekeeping", _("Time"), "timekeeping:mine", choices.OWN, order=750),
)

registries.add(
    HomeCard(
        "timekeeping.week",
        ("representative",),
        build_week,
        "timekeeping/card_week.jinja",
        choices.OWN,
        order=60,
        column="side",
    ),
    HomeCard(
        "timekeeping.waiting", ("supervisor",), build_waiting, "timekeeping/card_waiting.jinja", choices.TEAM, order=25
    ),
    HomeCard("timekeeping.hours", ("director",), build_hours, "timekeeping/card_hours.jinja", choices.SUMS, order=70),
)

_DUE = "citydesk.management.timekeeping.queries.retention"
_DESTROY = "citydesk.management.timekeeping.services.destruction"

# Balances of leave are sums of all rows of the ledger: it has no series and stays, as do the terms of people.
registries.add(
    RetentionSeries(
        "timekeeping.time",
        _("Time of locked weeks"),
        "locked_at",
        due=f"{_DUE}.time_due",
        destroy=f"{_DESTROY}.destroy_time",
    ),
    RetentionSeries(
        "timekeeping.leave",
        _("Requests for leave"),
        "last",
        due=f"{_DUE}.leave_due",
        destroy=f"{_DESTROY}.destroy_leave",
    ),
    RetentionSeries(
        "timekeeping.attendance",
        _("Attendance exceptions"),
        "scheduled_to",
        due=f"{_DUE}.attendance_due",
        destroy=f"{_DESTROY}.destroy_attendance",
    ),
    RetentionSeries(
        "timekeeping.payroll_file",
        _("Payroll files with their time sheets"),
        "made_at",
        due=f"{_DUE}.files_due",
        destroy=f"{_DESTROY}.destroy_files",
    ),
)

registries.add(
    *(
        AuditCode(f"timekeeping.{code}", sentence, icon=icon)
        for code, sentence, icon in (
            ("submitted", _("submitted the time sheet as complete and true"), "arrow_forward"),
            ("recalled", _("took the time sheet back"), "undo"),
            ("approved", _("approved the time sheet"), "check"),
            ("sent_back", _("sent the time sheet back"), "undo"),
            ("locked", _("locked the time sheet in the payroll file {file}"), "lock"),
            ("adjusted", _("adjusted the locked week of {week}"), "edit"),
            ("exported", _("made the payroll file {object} of {sheets} time sheets"), "file_download"),
            ("leave_drafted", _("wrote down a wish for leave"), "edit"),
            ("leave_asked", _("asked for leave"), "arrow_forward"),
            ("leave_approved", _("approved the leave"), "check"),
            ("leave_denied", _("denied the leave"), "undo"),
            ("leave_cancelled", _("cancelled the leave"), "undo"),
            ("paper_seen", _("noted that the paper for the leave was seen"), "check"),
            ("balance_adjusted", _("adjusted the balance of {object}"), "edit"),
            ("delegated", _("lets {name} approve from {from} until {until}"), "arrow_forward"),
            ("delegation_ended", _("lets {name} approve no more"), "undo"),
            ("terms_set", _("wrote down the terms of {object}"), "edit"),
            ("attendance_found", _("found that schedule and clock differ"), "flag"),
            ("attendance_confirmed", _("let the attendance exception count"), "check"),
            ("attendance_excused", _("excused the attendance exception"), "undo"),
        )
    )
)

_DECISIONS = "citydesk.management.timekeeping.queries.decisions"
registries.add(
    Decision(
        "timekeeping.sheets",
        _("Time sheets"),
        f"{_DECISIONS}.sheets",
        choices.APPROVE,
        "timekeeping:approvals",
        one_url_name="timekeeping:sheet",
        order=50,
    ),
    Decision(
        "timekeeping.leave",
        _("Leave people ask for"),
        f"{_DECISIONS}.leave",
        choices.APPROVE,
        "timekeeping:approvals",
        one_url_name="timekeeping:request",
        order=51,
    ),
)
