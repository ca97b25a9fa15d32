"""What workforce offers the house: the rights to plan staff, groups in the profile, its pages in the bar."""

from django.utils.translation import gettext_lazy as _

from citydesk.contact.traffic.choices import MONTH_REPORT as TRAFFIC_MONTH
from citydesk.kernel.decisions import Decision
from citydesk.kernel.registries import (
    AuditCode,
    HomeCard,
    LiveTopic,
    NavItem,
    Panel,
    Permission,
    ProfileSection,
    RetentionSeries,
    registries,
)
from citydesk.kernel.told import Told
from citydesk.management.timekeeping.choices import MONTH_REPORT, REQUEST_PAGE
from citydesk.management.workforce.choices import (
    ADHERENCE,
    ALL_TEAMS,
    CALLS_TOPIC,
    COST,
    FLAG_SECTION,
    FORECAST,
    OWN,
    PLAN,
    SCHEDULES,
    SECTION,
    TEMPLATE_SECTION,
    VIEW,
)
from citydesk.management.workforce.queries import leave_panel
from citydesk.management.workforce.queries.measured import month_lost, traffic_lost
from citydesk.management.workforce.queries.mine import next_shift_card
from citydesk.management.workforce.queries.next_hours import next_hours_panel
from citydesk.management.workforce.rules import profile, shift_templates

registries.add(
    RetentionSeries(
        "workforce.forecasts",
        _("Forecasts of queues"),
        "made_at",
        due="citydesk.management.workforce.queries.records.forecasts_due",
        destroy="citydesk.management.workforce.services.destruction.destroy_forecasts",
    ),
    RetentionSeries(
        "workforce.backtests",
        _("Backtests of forecasts"),
        "made_at",
        due="citydesk.management.workforce.queries.records.backtests_due",
        destroy="citydesk.management.workforce.services.destruction.destroy_backtests",
    ),
    RetentionSeries(
        "workforce.schedules",
        _("Schedules and what became of them"),
        "made_at",
        due="citydesk.management.workforce.queries.records.schedules_due",
        destroy="citydesk.management.workforce.services.destruction.destroy_schedules",
    ),
    *(
        RetentionSeries(
            f"workforce.{code}",
            label,
            trigger,
            due=f"citydesk.management.workforce.queries.records_of_people.{code}_due",
            destroy=f"citydesk.management.workforce.services.destruction.destroy_{code}",
        )
        for code, label, trigger in (
            ("contracts", _("Contracts of people who are scheduled"), "last"),
            ("statements", _("Hours that people said themselves"), "last"),
            ("noted_hours", _("Hours that planners wrote down of people"), "day"),
            ("gatherings", _("Trainings and meetings of weeks"), "last"),
            ("notices", _("Notices about shifts"), "read_at"),
            ("feeds", _("Calendar addresses that ended"), "ended_at"),
        )
    ),
    Permission(VIEW, _("Ask how many people a load needs")),
    Permission(FORECAST, _("Put one's own word in place of a forecast")),
    NavItem("workforce", _("Staffing"), "workforce:start", VIEW, order=760),
    ProfileSection(
        SECTION,
        ("staffing.toml",),
        profile.parse_staffing,
        after=("calendars", "queues", "teams", "skills"),
        project="citydesk.management.workforce.services.project_groups",
        check=profile.check_staffing,
    ),
    ProfileSection(FLAG_SECTION, ("staffing.toml",), profile.parse_flags, after=("holidays", "queues")),
    AuditCode("workforce.override_made", _("put {amount} in place of the forecast of {object}: {reason}"), icon="edit"),
    AuditCode("workforce.override_ended", _("let the forecast's own values of {object} stand again"), icon="undo"),
    AuditCode("workforce.method_changed", _("foretells {object} by {after}, no longer by {before}"), icon="flag"),
)

registries.add(
    Permission(OWN, _("See and swap one's own shifts, call in sick, read one's own adherence")),
    Permission(ADHERENCE, _("Read the adherence of one's own teams")),
    *(
        AuditCode(f"workforce.{code}", sentence, icon=icon)
        for code, sentence, icon in (
            ("swap_offered", _("offered the shift of {object} to a colleague"), "arrow_forward"),
            ("swap_accepted", _("accepted the swap of {object}"), "check"),
            ("swap_declined", _("declined the swap of {object}"), "undo"),
            ("swap_withdrawn", _("took the swap of {object} back"), "undo"),
            ("swap_approved", _("approved the swap of {object}"), "check"),
            ("swap_denied", _("denied the swap of {object}"), "undo"),
            ("swap_lapsed", _("let the swap of {object} lapse"), "schedule"),
            ("shift_opened", _("offered an open shift on {object}"), "add"),
            ("shift_given", _("gave the open shift of {object}"), "check"),
            ("shift_closed", _("closed the open shift of {object}"), "undo"),
            ("bid_placed", _("would take the open shift of {object}"), "arrow_forward"),
            ("bid_withdrawn", _("took the bid for {object} back"), "undo"),
            ("sick_called", _("said that nobody comes for the shift of {object}"), "flag"),
            ("plan_asked", _("asked for a new plan of {object}"), "arrow_forward"),
            ("plan_stopped", _("stopped the solver of {object}"), "undo"),
            ("plan_found", _("found a new plan for {object}"), "check"),
            ("call_settled", _("settled the missing shift of {object}"), "check"),
            ("hours_said", _("said when they can work, from {from}"), "edit"),
            ("hours_withdrawn", _("took back when they can work, from {from}"), "undo"),
            ("hours_accepted", _("accepted when {object} can work, from {from}"), "check"),
            ("hours_declined", _("declined when {object} can work, from {from}"), "undo"),
            ("feed_opened", _("made a calendar address for one's own shifts"), "lock"),
            ("feed_closed", _("ended the calendar address of one's own shifts"), "undo"),
        )
    ),
)

registries.add(
    Permission(SCHEDULES, _("Read schedules of one's own teams")),
    Permission(PLAN, _("Plan one's own teams: contracts, availability, schedules, publishing")),
    Permission(ALL_TEAMS, _("Read schedules of every team")),
    Panel("workforce.leave", REQUEST_PAGE, leave_panel.build, "workforce/leave_panel.jinja", SCHEDULES, order=10),
    ProfileSection(
        TEMPLATE_SECTION,
        ("shift_templates.toml",),
        shift_templates.parse_templates,
        after=("skills", SECTION),
        project="citydesk.management.workforce.services.project_templates",
    ),
    *(
        AuditCode(f"workforce.{code}", sentence, icon=icon)
        for code, sentence, icon in (
            ("schedule_begun", _("began the version {object}"), "add"),
            ("schedule_solve_asked", _("asked the solver for {object}"), "arrow_forward"),
            ("schedule_solve_stopped", _("stopped the solver of {object}"), "undo"),
            ("schedule_solved", _("kept the solver's schedule {object}: cost {cost}, none below {bound}"), "check"),
            ("schedule_unsolved", _("found no schedule for {object}"), "flag"),
            ("schedule_published", _("published {object}"), "check"),
            ("shift_set", _("set a shift of {name} by hand"), "edit"),
            ("shift_removed", _("took a shift of {name} away"), "undo"),
            ("shift_pinned", _("pinned a shift of {name}"), "lock"),
            ("shift_unpinned", _("let a shift of {name} be moved again"), "undo"),
            ("contract_set", _("wrote down the contract of {object} from {from}"), "edit"),
            ("contract_ended", _("ended a contract with {object}"), "undo"),
        )
    ),
)
registries.add(
    LiveTopic(CALLS_TOPIC, permission=PLAN),
    NavItem("workforce.mine", _("My schedule"), "workforce:mine", OWN, order=745),
    HomeCard(
        "workforce.next_shift",
        ("representative",),
        next_shift_card,
        "workforce/card_next_shift.jinja",
        OWN,
        order=20,
        column="side",
    ),
)

registries.add(
    Permission(COST, _("Read coverage and cost of every group, nobody by name")),
    AuditCode("workforce.shrinkage_taken", _("plans {object} with the shrinkage that was measured"), icon="check"),
    AuditCode("workforce.shrinkage_dropped", _("plans {object} with the profile's shrinkage again"), icon="undo"),
    Told("workforce.month", MONTH_REPORT, month_lost, SCHEDULES),
    Told("workforce.traffic_month", TRAFFIC_MONTH, traffic_lost, SCHEDULES),
    AuditCode("workforce.skills_taken", _("said which skills the slots of {object} need"), icon="check"),
    AuditCode("workforce.skills_dropped", _("plans {object} with the profile's skills again"), icon="undo"),
    NavItem("workforce.cost", _("Coverage and cost"), "workforce:cost", COST, order=765),
)

# The live board of the queues has a place for what is to come (`contact.traffic`).
registries.add(
    Panel("workforce.next_hours", "traffic.board", next_hours_panel, "workforce/next_hours.jinja", VIEW, order=10),
)

_DECISIONS = "citydesk.management.workforce.queries.decisions"
registries.add(
    Decision(
        "workforce.swaps",
        _("Swaps of shifts"),
        f"{_DECISIONS}.swaps",
        PLAN,
        "workforce:changes",
        one_url_name="workforce:swap",
        order=52,
    ),
    Decision(
        "workforce.hours",
        _("Hours people say they can work"),
        f"{_DECISIONS}.hours",
        PLAN,
        "workforce:changes",
        one_url_name="workforce:contract",
        order=53,
    ),
    Decision(
        "workforce.schedules",
        _("Solved weeks to publish"),
        f"{_DECISIONS}.schedules",
        PLAN,
        "workforce:schedules",
        one_url_name="workforce:schedule",
        order=54,
    ),
)
