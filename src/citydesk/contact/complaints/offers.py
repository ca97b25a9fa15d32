"""What complaints offer the house."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from citydesk.contact.complaints import labels, queries
from citydesk.contact.complaints.choices import APPEAL, APPROVE, HANDLE, OBJECT, OPEN, SECTION, VIEW
from citydesk.contact.complaints.rules import sections
from citydesk.kernel.actors import Access
from citydesk.kernel.decisions import Decision
from citydesk.kernel.exports import Emergency
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
    registries,
)


def find(access: Access, text: str, limit: int) -> list[SearchHit]:
    """Complaints by their number or their request's; never by their words."""
    return [
        SearchHit(
            title=f"{row['number']} {row['class_name']}",
            subtitle=row["request_number"],
            url=reverse("complaints:detail", args=[row["number"]]),
            badge=str(labels.STATES[row["state"]]),
        )
        for row in queries.find_complaints(access, text, limit)
    ]


def build_own(access: Access, now: datetime) -> dict[str, Any]:
    """The reader's own complaints, for opening pages."""
    return {"rows": queries.list_own(access), "labels": labels, "at": now}


def build_to_approve(access: Access, now: datetime) -> dict[str, Any]:
    """What waits for the reader's yes or no."""
    return {"rows": queries.list_to_approve(access), "labels": labels, "at": now}


def build_appeals(access: Access, now: datetime) -> dict[str, Any]:
    """Appeals that are to be decided."""
    return {"rows": queries.list_appeals_due(access, now), "labels": labels, "at": now}


registries.add(
    ProfileSection(
        SECTION,
        ("complaints.toml",),
        sections.parse_classes,
        after=("services", "teams", "calendars"),
        check=sections.check_classes,
    ),
    Permission(VIEW, _("Read complaints that are in one's sight")),
    Permission(OPEN, _("Open complaints from requests")),
    Permission(HANDLE, _("Work on complaints of one's team")),
    Permission(APPROVE, _("Approve plans and letters of complaints, within limits")),
    Permission(APPEAL, _("Decide appeals against decisions on complaints")),
    NavItem("complaints", _("Complaints"), "complaints:list", VIEW, order=100),
    SearchSource("complaints", _("Complaints"), find, VIEW, order=40),
    Fold("complaints.of_request", "service_requests.request.more", _("Complaint"), "complaints:of_request", VIEW),
    HomeCard(
        "complaints.own",
        ("representative", "department", "supervisor"),
        build_own,
        "complaints/card_own.jinja",
        HANDLE,
        order=30,
    ),
    HomeCard(
        "complaints.to_approve",
        ("department", "supervisor", "director"),
        build_to_approve,
        "complaints/card_to_approve.jinja",
        APPROVE,
        order=12,
    ),
    HomeCard(
        "complaints.appeals",
        ("representative", "department", "director"),
        build_appeals,
        "complaints/card_appeals.jinja",
        APPEAL,
        order=13,
    ),
    RetentionSeries(
        OBJECT,
        _("Complaints"),
        "closed_at",
        due="citydesk.contact.complaints.queries.retention.complaints_due",
        destroy="citydesk.contact.complaints.services.destruction.destroy_complaints",
    ),
    RetentionPart(
        "complaints.of_request",
        "service_requests.request",
        "citydesk.contact.complaints.services.destruction.destroy_of_requests",
    ),
)

registries.add(
    *(
        AuditCode(f"complaints.{code}", sentence, icon=icon)
        for code, sentence, icon in (
            ("opened", _("opened the complaint"), "add"),
            ("taken_up", _("took the complaint up"), "flag"),
            ("handed_over", _("gave the complaint to {name}"), "arrow_forward"),
            ("planned", _("wrote a plan, round {round}"), "edit"),
            ("submitted", _("put the plan before those who approve"), "arrow_forward"),
            ("plan_agreed", _("agreed to the plan; somebody else must, too"), "check"),
            ("plan_approved", _("approved the plan"), "check"),
            ("plan_sent_back", _("sent the plan back"), "undo"),
            ("offered", _("made the offer"), "forum"),
            ("accepted", _("noted that the offer was accepted"), "check"),
            ("refused", _("noted that the offer was refused"), "undo"),
            ("logged", _("wrote into the log"), "forum"),
            ("offer_kept", _("noted that something offered is done"), "check"),
            ("decided", _("decided the complaint"), "check_circle"),
            ("letter_rewritten", _("wrote the letter anew"), "edit"),
            ("letter_approved", _("approved the letter"), "check"),
            ("letter_sent_back", _("sent the letter back"), "undo"),
            ("letter_printed", _("printed the letter"), "print"),
            ("letter_mailed", _("mailed the letter"), "mail"),
            ("appealed", _("took the appeal in"), "undo"),
            ("appeal_decided", _("decided the appeal"), "check_circle"),
            ("closed", _("closed the complaint"), "check_circle"),
            ("withdrawn", _("noted that the complaint was withdrawn"), "check_circle"),
        )
    )
)

_ROWS = (
    "FROM (SELECT (c.{at} AT TIME ZONE %(zone)s)::date AS day, c.class_code, c.team_id, c.outcome, c.decided_at,"
    " c.due_at FROM complaints_complaint c WHERE c.{at} IS NOT NULL) f"
    " WHERE f.day >= %(from_day)s AND f.day < %(to_day)s {{filters}}"
)
_OPENED, _DECIDED, _APPEALED = (_ROWS.format(at=at) for at in ("opened_at", "decided_at", "appealed_at"))
_OFFERS = (
    "FROM (SELECT (p.settled_at AT TIME ZONE %(zone)s)::date AS day, c.class_code, c.team_id, c.outcome,"
    " o.kind AS offer, o.amount FROM complaints_offer o JOIN complaints_plan p ON p.id = o.plan_id"
    " JOIN complaints_complaint c ON c.id = p.complaint_id WHERE p.state = 'approved') f"
    " WHERE f.day >= %(from_day)s AND f.day < %(to_day)s {filters}"
)
_COLUMNS = {"class": "class_code", "team": "team_id", "outcome": "outcome"}
registries.add(
    MovableWork(
        "complaints.complaint",
        _("Complaints"),
        count="citydesk.contact.complaints.queries.absence.count_handled",
        move="citydesk.contact.complaints.services.moving.move_handled",
        take_back="citydesk.contact.complaints.services.moving.take_handled_back",
        order=30,
    ),
)
_RECORDS = "citydesk.contact.complaints.queries.records"
registries.add(
    Exporter(
        "complaints.complaint",
        _("Complaints"),
        find=f"{_RECORDS}.find_records",
        of_people=f"{_RECORDS}.records_of_people",
        read=f"{_RECORDS}.read_record",
        order=60,
    ),
    Emergency(
        "complaints.complaint",
        _("Complaint"),
        find="citydesk.contact.complaints.queries.under_glass.find_under_glass",
        read="citydesk.contact.complaints.queries.under_glass.read_under_glass",
    ),
    FactTable("complaints", "complaints_complaint", "opened_at", columns=_COLUMNS, permission="statistics.view"),
    FactTable(
        "complaint_offers",
        "complaints_offer",
        "settled_at",
        columns={**_COLUMNS, "offer": "offer"},
        permission="statistics.view",
    ),
    Measure(
        "complaints_opened",
        _("Complaints opened"),
        _("Complaints by the city's day they were opened, whatever became of them."),
        "count",
        "complaints",
        f"SELECT count(*) AS value {_OPENED}",
    ),
    Measure(
        "complaints_decided",
        _("Complaints decided"),
        _("Complaints by the city's day they were decided. Withdrawn ones are not decided."),
        "count",
        "complaints",
        f"SELECT count(*) AS value {_DECIDED}",
    ),
    Measure(
        "complaints_on_time_share",
        _("Complaints decided on time"),
        _("Of the complaints decided in these days, the share decided by the day their class names."),
        "percent",
        "complaints",
        "SELECT count(*) FILTER (WHERE f.decided_at <= f.due_at) AS numerator, count(*) AS denominator,"
        f" 100.0 * count(*) FILTER (WHERE f.decided_at <= f.due_at) / nullif(count(*), 0) AS value {_DECIDED}",
    ),
    Measure(
        "complaints_appealed",
        _("Appeals against decisions on complaints"),
        _("Appeals by the city's day they came."),
        "count",
        "complaints",
        f"SELECT count(*) AS value {_APPEALED}",
    ),
    Measure(
        "complaint_offers_count",
        _("Offers to complainants"),
        _("Offers of approved plans by the city's day the plan was approved; by kind: credit, waiver, apology, work."),
        "count",
        "complaint_offers",
        f"SELECT count(*) AS value {_OFFERS}",
    ),
    Measure(
        "complaint_offers_dollars",
        _("Dollars offered to complainants"),
        _("The sum of credits and waivers of the plans approved in these days."),
        "dollars",
        "complaint_offers",
        f"SELECT coalesce(sum(f.amount), 0) AS value {_OFFERS}",
    ),
)

_DECISIONS = "citydesk.contact.complaints.queries.decisions"
registries.add(
    Decision(
        "complaints.approvals",
        _("Plans and letters of complaints"),
        f"{_DECISIONS}.approvals",
        APPROVE,
        "complaints:list",
        "show=to_approve",
        "complaints:detail",
        order=10,
    ),
    Decision(
        "complaints.appeals",
        _("Appeals against decisions on complaints"),
        f"{_DECISIONS}.appeals",
        APPEAL,
        "complaints:list",
        "show=appeals",
        "complaints:detail",
        order=11,
    ),
)
