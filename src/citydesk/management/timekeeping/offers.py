"""What timekeeping offers the house. Rooms above offer panels beside a leave request (`choices.REQUEST_PAGE`)."""

from django.utils.translation import gettext_lazy as _

from citydesk.kernel.registries import (
    AuditCode,
    ExampleKind,
    NavItem,
    Permission,
    ProfileSection,
    registries,
)
from citydesk.management.timekeeping import choices
from citydesk.management.timekeeping.rules import sections

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
    Permission(choices.AUDIT, _("Read all time sheets and leave, without reasons")),
    NavItem("timekeeping", _("Time"), "timekeeping:mine", choices.OWN, order=750),
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
