"""What problems offer the house."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from citydesk.contact.problems import choices, labels, queries
from citydesk.contact.problems.rules import sections
from citydesk.kernel.actors import Access
from citydesk.kernel.registries import (
    AuditCode,
    Exporter,
    FactTable,
    Fold,
    HomeCard,
    Measure,
    MovableWork,
    NavItem,
    Permission,
    ProfileSection,
    RetentionPart,
    RetentionSeries,
    SearchHit,
    SearchSource,
    Subscription,
    registries,
)

_HANDLERS = "citydesk.contact.problems.handlers"


def find(access: Access, text: str, limit: int) -> list[SearchHit]:
    """Problems by number, title or place, for the find box."""
    return [
        SearchHit(
            f"{row['number']} {row['title']}",
            row["place_label"],
            reverse("problems:detail", args=[row["number"]]),
            str(labels.STATES[row["state"]]),
        )
        for row in queries.find_problems(access, text, limit)
    ]


def found_card(*, access: Access, now: datetime) -> dict[str, Any]:
    """What the rules found and nobody has looked at, and what departments owe."""
    return {
        "count": queries.count_new(access),
        "rows": queries.list_new(access),
        "owed": queries.list_owed(access),
        "labels": labels,
        "at": now,
    }


def asked_card(*, access: Access, now: datetime) -> dict[str, Any]:
    """What a department was asked to do about problems."""
    return {"owed": queries.list_owed(access), "labels": labels, "at": now}


def research_card(*, access: Access, now: datetime) -> dict[str, Any]:
    """What the reader was asked to find out."""
    return {"rows": queries.list_mine(access), "at": now}


registries.add(
    ProfileSection("recurrence", ("recurrence.toml",), sections.parse_recurrence, after=("services",)),
    Permission(choices.VIEW, _("See the problems of one's departments")),
    Permission(choices.VIEW_ALL, _("See all problems and recurrences")),
    Permission(choices.WORK, _("Work on problems and ask departments")),
    Permission(choices.ANSWER, _("Answer for one's department")),
    Permission(choices.RESEARCH, _("Ask research questions")),
    NavItem("problems", _("Problems"), "problems:list", choices.VIEW, order=105),
    SearchSource("problems", _("Problems"), find, choices.VIEW, order=40),
    HomeCard("problems.found", ("supervisor",), found_card, "problems/card_found.jinja", choices.WORK, order=50),
    HomeCard("problems.asked", ("department",), asked_card, "problems/card_asked.jinja", choices.VIEW, order=35),
    HomeCard(
        "problems.research",
        ("representative", "department", "supervisor"),
        research_card,
        "problems/card_research.jinja",
        choices.VIEW,
        order=28,
    ),
    Fold(
        "problems.of_request",
        "service_requests.request.more",
        _("Problems and research"),
        "problems:of_request",
        choices.VIEW,
        order=40,
    ),
    RetentionSeries(
        "problems.problem",
        _("Problems"),
        "closed_at",
        due="citydesk.contact.problems.queries.retention.problems_due",
        destroy="citydesk.contact.problems.services.destruction.destroy_problems",
    ),
    RetentionPart(
        "problems.of_request",
        "service_requests.request",
        "citydesk.contact.problems.services.destruction.destroy_of_requests",
    ),
    Subscription("customers.CustomersMerged", f"{_HANDLERS}.on_customers_merged"),
    Subscription("customers.CustomersUnmerged", f"{_HANDLERS}.on_customers_unmerged"),
    Subscription("problems.ActionRequested", f"{_HANDLERS}.on_action_requested"),
    Subscription("problems.ResearchAsked", f"{_HANDLERS}.on_research_asked"),
    Subscription("problems.ResearchAnswered", f"{_HANDLERS}.on_research_answered"),
)

registries.add(
    *(
        AuditCode(f"problems.{code}", sentence, icon=icon)
        for code, sentence, icon in (
            ("opened", _("opened the problem: {title}"), "add_circle_outline"),
            ("recurrence_added", _("added a recurrence of {number} requests"), "autorenew"),
            ("dismissed", _("put the recurrence aside"), "close"),
            ("requests_added", _("added {number}"), "add"),
            ("request_removed", _("took {number} out"), "remove"),
            ("written", _("wrote analysis and recommendation"), "edit"),
            ("remedied", _("noted since when the remedy is in place"), "construction"),
            ("action_asked", _("asked a department"), "send"),
            ("action_accepted", _("accepted for the department"), "check"),
            ("action_declined", _("declined for the department"), "undo"),
            ("action_done", _("reported it as done"), "check_circle"),
            ("action_withdrawn", _("took the request to the department back"), "undo"),
            ("action_chased", _("reminded the department"), "timer"),
            ("closed", _("closed the problem"), "check_circle"),
            ("reopened", _("opened the problem again"), "autorenew"),
            ("given", _("gave it to a colleague"), "people"),
            ("research_asked", _("asked the question"), "help"),
            ("research_answered", _("wrote the finding"), "check_circle"),
            ("research_moved", _("moved the task"), "event"),
            ("research_withdrawn", _("took the question back"), "undo"),
            ("research_published", _("told residents what was found out"), "public"),
            ("research_reminded", _("reminded of the task"), "timer"),
        )
    )
)


def _counted(at: str) -> str:
    """Problems by the city's day of one of their moments, as measures read them. `at` is a word of this file."""
    return (
        f"FROM (SELECT (p.{at} AT TIME ZONE %(zone)s)::date AS day, p.department_id, "  # noqa: S608
        "coalesce(c.code, '') AS service_code, p.result FROM problems_problem p "
        f"LEFT JOIN service_requests_servicecode c ON c.id = p.service_id WHERE p.{at} IS NOT NULL) f "
        "WHERE f.day >= %(from_day)s AND f.day < %(to_day)s {filters}"
    )


_HELPED = "count(*) FILTER (WHERE f.result IN ('solved', 'improved'))"
_OPENED, _CLOSED = _counted("opened_at"), _counted("closed_at")
_MOVING, _LYING = "citydesk.contact.problems.services.moving", "citydesk.contact.problems.queries.absence"
registries.add(
    MovableWork(
        "problems.research",
        _("Research"),
        count=f"{_LYING}.count_research",
        move=f"{_MOVING}.move_all_research",
        take_back=f"{_MOVING}.take_research_back",
        order=10,
    ),
    MovableWork(
        "problems.problem",
        _("Problems"),
        count=f"{_LYING}.count_problems",
        move=f"{_MOVING}.move_problems",
        take_back=f"{_MOVING}.take_problems_back",
        order=20,
    ),
)
_RECORDS = "citydesk.contact.problems.queries.records"
registries.add(
    Exporter(
        "problems.problem",
        _("Problems"),
        find=f"{_RECORDS}.find_records",
        of_people=f"{_RECORDS}.records_of_people",
        read=f"{_RECORDS}.read_record",
        order=70,
    ),
    FactTable(
        "problems",
        "problems_problem",
        "opened_at",
        columns={"department": "department_id", "code": "service_code", "reason": "result"},
        permission="statistics.view",
    ),
    Measure(
        "problems_opened",
        _("Problems opened"),
        _("Problems by the city's day they were opened, from a recurrence or by hand."),
        "count",
        "problems",
        "SELECT count(*) AS value " + _OPENED,
    ),
    Measure(
        "problems_closed",
        _("Problems closed"),
        _("Problems by the city's day they were closed, whatever their result."),
        "count",
        "problems",
        "SELECT count(*) AS value " + _CLOSED,
    ),
    Measure(
        "problems_helped_share",
        _("Problems that a remedy helped"),
        _(
            "Share of the problems closed with the result solved or improved. The result is the owner's decision; the "
            "counts before and after stand on the problem's page."
        ),
        "percent",
        "problems",
        f"SELECT {_HELPED} AS numerator, count(*) AS denominator, "
        f"100.0 * {_HELPED} / nullif(count(*), 0) AS value " + _CLOSED,
    ),
)
