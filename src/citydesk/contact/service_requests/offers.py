"""What service requests offer the house."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from citydesk.contact.service_requests import choices, queries
from citydesk.contact.service_requests.queries import approvals, coding, entry, recomputes, returns
from citydesk.contact.service_requests.rules import confidences, entry_section, sections
from citydesk.kernel.actors import Access
from citydesk.kernel.decisions import Decision
from citydesk.kernel.exports import Emergency
from citydesk.kernel.registries import (
    AuditCode,
    ExampleKind,
    Exporter,
    FactTable,
    FileGuard,
    HomeCard,
    ImportKind,
    LiveTopic,
    NavItem,
    Panel,
    Permission,
    ProfileSection,
    RetentionSeries,
    SearchHit,
    SearchSource,
    Sight,
    Subscription,
    registries,
)
from citydesk.kernel.sealed import SealedStore

_HANDLERS = "citydesk.contact.service_requests.handlers"
_QUERIES = "citydesk.contact.service_requests.queries"
_SERVICES = "citydesk.contact.service_requests.services"
_CATALOG = ("services.toml", "services/*.toml")


def build_mine(access: Access, now: datetime) -> dict[str, Any]:
    """The reader's own open requests, soonest due first."""
    return {"rows": queries.list_mine(access, limit=8), "at": now}


def build_told(access: Access, now: datetime) -> dict[str, Any]:
    """What escalations told the reader, until they have seen it."""
    return {"rows": queries.list_told(access, language=(get_language() or "en").split("-")[0]), "at": now}


def build_since(access: Access, now: datetime) -> dict[str, Any]:
    """What came back to the reader since they were last at the desk."""
    since, rows = queries.list_since_left(access)
    return {"since": since, "rows": rows, "at": now}


def build_team(access: Access, now: datetime) -> dict[str, Any]:
    """The reader's team's queue in figures."""
    mine, team = queries.list_views(access, now=now)
    return {"views": [*mine, *team]}


def build_supervised(access: Access, now: datetime) -> dict[str, Any]:
    """What waits for judgment: returned twice, with the last reason; without a code."""
    rows = returns.list_to_rule(access, limit=6) if access.may(choices.SUPERVISE) else []
    return {
        "to_rule": rows,
        "uncoded": coding.count_uncoded(access, now),
        "proposed": approvals.count_proposed(access) if access.may(choices.BULK) else 0,
        "to_verify": entry.count_to_verify(access) if access.may(choices.SUPERVISE) else 0,
        "due_times": recomputes.count_to_approve(access),
        "changed_since": recomputes.changed_since(access, now=now),
        "at": now,
    }


def build_watch(access: Access, now: datetime) -> dict[str, Any]:
    """What a supervisor looks at: late by team, to rule, held, escalated."""
    return {**queries.count_watch(access, now=now), "at": now}


def panel_of_customer(access: Access, object_id: int, now: datetime) -> dict[str, Any] | None:
    """Requests of a customer, newest first."""
    rows = queries.list_of_customer(access, object_id, limit=8)
    return {"rows": rows, "at": now} if rows else None


def find(access: Access, text: str, limit: int) -> list[SearchHit]:
    """Requests by number, or by words of what was said and where."""
    return [
        SearchHit(
            title=f"{one.number} {one.service}",
            subtitle=one.place,
            url=reverse("service_requests:detail", args=[one.number]),
            badge=one.status,
        )
        for one in queries.find_requests(access, text, limit=limit)
    ]


registries.add(
    SealedStore(
        "service_requests.proposals",
        "words in files that wait for a second person",
        "service_requests.BulkProposal",
        "given",
        ("kind",),
        turn="citydesk.kernel.lists.filters.sealed_words_anew",
    ),
    ProfileSection("service_groups", _CATALOG, sections.parse_groups),
    ProfileSection("hold_reasons", ("sla.toml",), sections.parse_hold_reasons),
    ProfileSection("sla", ("sla.toml",), sections.parse_sla, after=("calendars", "hold_reasons")),
    ProfileSection(
        "services",
        _CATALOG,
        sections.parse_services,
        after=("service_groups", "departments", "teams", "sla", "directory"),
        project=f"{_SERVICES}.project_services",
        check=confidences.check_codes,
    ),
    ProfileSection("entry_rules", ("entry_quality.toml",), entry_section.parse_entry_rules, after=("services",)),
    ProfileSection(
        "routing",
        ("routing.toml",),
        sections.parse_routing,
        after=("services", "teams", "departments"),
        check=confidences.check_rules,
    ),
    ExampleKind("due_date", "citydesk.contact.service_requests.queries.run_due_date_example"),
    ExampleKind("routing", "citydesk.contact.service_requests.queries.run_routing_example"),
)

registries.add(
    Permission(choices.VIEW, _("Read requests of one's departments")),
    Permission(choices.VIEW_ALL, _("Read all requests that are not confidential")),
    Permission(choices.EDIT, _("Work on requests")),
    Permission(choices.ASSIGN, _("Assign requests")),
    Permission(choices.CLOSE, _("Close requests")),
    Permission(choices.CORRECT, _("Correct requests")),
    Permission(choices.CONFIDENTIAL, _("Read confidential requests and who made them")),
    Permission(choices.BULK, _("Change many requests at once")),
    Permission(choices.NOTES, _("Read and write internal notes")),
    Permission(choices.REVIEW_PUBLIC, _("Review what becomes public")),
    Permission(choices.RELEASE_HELD, _("Release requests held by spam brakes")),
    Permission(choices.RECOMPUTE, _("Propose and approve new due times")),
)

registries.add(
    *(
        AuditCode(f"service_requests.{code}", sentence, icon=icon, is_public=is_public)
        for code, sentence, icon, is_public in (
            ("recorded", _("recorded the request"), "plus", True),
            ("routed", _("routed the request"), "arrow", False),
            ("assigned", _("assigned the request to {team_name} {owner_name}"), "arrow", True),
            ("accepted", _("accepted the request"), "tick", False),
            ("undone", _("took the last act back"), "back", False),
            ("returned", _("returned the request to the desk"), "back", False),
            ("ruled", _("ruled that it belongs to {team_name}"), "arrow", False),
            ("started", _("started work"), "half", True),
            ("work_started", _("noted that the crew started work"), "work", True),
            ("made_safe", _("made the place safe"), "shield", True),
            ("held", _("put the request on hold"), "pause", True),
            ("hold_ended", _("The hold reached its limit; the clock runs again"), "clock", True),
            ("resumed", _("Clock runs again"), "clock", True),
            ("asked", _("asked the resident"), "bubble", True),
            ("answered", _("The resident answered"), "bubble", True),
            ("referred", _("referred the request to {to}"), "arrow", True),
            ("referral_accepted", _("noted that the other side takes it on"), "tick", False),
            ("referral_back", _("took the request back from outside"), "back", False),
            ("closed", _("closed the request"), "disc", True),
            ("reopened", _("reopened the request"), "ring", True),
            ("joined", _("joined {number} to this request"), "join", False),
            ("part_added", _("added {number} as a part"), "join", False),
            ("part_removed", _("took {number} out of the parts"), "join", False),
            ("became_part", _("made the request a part of {number}"), "join", False),
            ("left_main", _("took the request out of {number}"), "join", False),
            ("corrected", _("corrected the request"), "edit", False),
            ("clock_changed", _("Urgency and clock changed"), "clock", False),
            ("public_text", _("changed the public text"), "globe", False),
            ("public_note", _("wrote to the people who follow"), "globe", True),
            ("note", _("wrote an internal note"), "lock", False),
            ("file_added", _("added a file"), "camera", False),
            ("file_reviewed", _("reviewed a photo"), "camera", False),
            ("followed", _("added somebody to be told"), "people", False),
            ("me_too", _("noted that somebody has the same trouble"), "people", False),
            ("asked_again", _("noted that somebody asked again"), "phone", False),
            ("unfollowed", _("ended somebody's messages"), "people", False),
            ("reach_changed", _("changed how somebody is told"), "people", False),
            ("status_told", _("told the status to a caller"), "phone", True),
            ("code_word_tried", _("tried a code word: {fits}"), "lock", False),
            ("kept_in_confidence", _("kept the request in confidence"), "lock", False),
            ("identity_opened", _("opened the identity"), "lock", False),
            ("work_order_made", _("made work order {number}"), "work", False),
            ("work_result", _("The crew reported {result} on {number}"), "work", False),
            ("work_reopened", _("Work order {number} was reopened"), "work", False),
            ("work_cancelled", _("Work order {number} was cancelled"), "work", False),
            ("released", _("released the request from the spam brake"), "tick", False),
            ("escalated", _("Escalated: {percent} percent of the time is used"), "clock", False),
            ("recomputed", _("The due time was computed anew"), "clock", False),
            ("entry_verified", _("verified how the request was taken down"), "tick", False),
            ("bulk_proposed", _("proposed an act on {count} requests"), "people", False),
            ("bulk_approved", _("approved an act on {count} requests"), "people", False),
            ("bulk_refused", _("refused an act on {count} requests"), "people", False),
            ("recompute_asked", _("let new due times be counted"), "clock", False),
            ("recompute_counted", _("New due times were counted"), "clock", False),
            ("recompute_stopped", _("stopped new due times"), "clock", False),
            ("recompute_proposed", _("proposed new due times"), "clock", False),
            ("recompute_approved", _("approved new due times"), "clock", False),
            ("recompute_refused", _("refused new due times"), "clock", False),
            ("recompute_applied", _("New due times were applied"), "clock", False),
            ("imported", _("imported the request"), "plus", False),
            ("import_changed", _("The old system changed it: {was} to {state}"), "plus", False),
            ("note_imported", _("brought over a note"), "lock", False),
            ("file_imported", _("brought over a file"), "camera", False),
            ("notes_taken_back", _("took imported notes back: {count}"), "back", False),
            ("files_taken_back", _("took imported files back: {count}"), "back", False),
        )
    )
)

_UNDOING = f"{_SERVICES}.importing.undoing"
registries.add(
    ImportKind("requests", _("Requests"), f"{_UNDOING}.used_requests", f"{_UNDOING}.take_back_requests"),
    ImportKind("open311", _("Requests by Open311"), f"{_UNDOING}.used_requests", f"{_UNDOING}.take_back_requests"),
    ImportKind("notes", _("Notes"), f"{_UNDOING}.used_notes", f"{_UNDOING}.take_back_notes"),
    ImportKind("attachments", _("Attachments"), f"{_UNDOING}.used_files", f"{_UNDOING}.take_back_files"),
)

registries.add(
    Subscription("service_requests.RequestRecorded", f"{_HANDLERS}.on_recorded"),
    Subscription("service_requests.RequestAssigned", f"{_HANDLERS}.on_assigned"),
    Subscription("service_requests.RequestClosed", f"{_HANDLERS}.on_closed"),
    Subscription("service_requests.RequestReopened", f"{_HANDLERS}.on_reopened"),
    Subscription("service_requests.ResidentAsked", f"{_HANDLERS}.on_asked"),
    Subscription("service_requests.PublicUpdateWritten", f"{_HANDLERS}.on_public_update"),
    Subscription("service_requests.RequestEscalated", f"{_HANDLERS}.on_escalated"),
    Subscription("service_requests.FollowerAdded", f"{_HANDLERS}.on_follower_added"),
    Subscription("work_orders.WorkOrderStarted", f"{_HANDLERS}.on_work_started"),
    Subscription("work_orders.WorkOrderCompleted", f"{_HANDLERS}.on_work_completed"),
    Subscription("work_orders.WorkOrderReopened", f"{_HANDLERS}.on_work_reopened"),
    Subscription("work_orders.WorkOrderCancelled", f"{_HANDLERS}.on_work_cancelled"),
    Subscription("interactions.PromiseMade", f"{_HANDLERS}.on_promise"),
    Subscription("interactions.PromiseTied", f"{_HANDLERS}.on_promise"),
    Subscription("interactions.PromiseSettled", f"{_HANDLERS}.on_promise"),
    Subscription("interactions.ContactRelinked", f"{_HANDLERS}.on_contact_relinked"),
)

registries.add(
    NavItem("queue", _("Queue"), "service_requests:queue", choices.VIEW, order=30),
    LiveTopic(choices.LIVE_TOPIC, permission=choices.VIEW),
    Sight("service_requests.people", "customers.customer", f"{_QUERIES}.customers_in_sight"),
    FileGuard(choices.FILE_PURPOSE, f"{_QUERIES}.may_open_file"),
    SearchSource("service_requests", _("Requests"), find, choices.VIEW, order=10),
    HomeCard(
        "service_requests.mine",
        ("representative", "department", "supervisor"),
        build_mine,
        "service_requests/card_mine.jinja",
        choices.VIEW,
        order=25,
    ),
    HomeCard(
        "service_requests.since",
        ("representative", "department"),
        build_since,
        "service_requests/card_since.jinja",
        choices.VIEW,
        order=6,
    ),
    HomeCard(
        "service_requests.told",
        ("representative", "department", "supervisor", "director"),
        build_told,
        "service_requests/card_told.jinja",
        choices.VIEW,
        order=8,
    ),
    HomeCard(
        "service_requests.team",
        ("representative", "department"),
        build_team,
        "service_requests/card_team.jinja",
        choices.VIEW,
        order=40,
    ),
    HomeCard(
        "service_requests.supervised",
        ("supervisor", "representative"),
        build_supervised,
        "service_requests/card_supervised.jinja",
        choices.CORRECT,
        order=12,
    ),
    HomeCard(
        "service_requests.watch",
        ("supervisor",),
        build_watch,
        "service_requests/card_watch.jinja",
        choices.VIEW,
        order=10,
    ),
    Panel(
        "service_requests.of_customer",
        "customers.customer",
        panel_of_customer,
        "service_requests/panel_requests.jinja",
        choices.VIEW,
        order=10,
    ),
    FactTable(
        "requests",
        "service_requests_requestfact",
        "received_at",
        columns={
            "code": "service_code",
            "group": "group_code",
            "department": "department_id",
            "team": "team_id",
            "district": "council",
            "channel": "channel",
            "reason": "close_reason",
            "state": "state",
        },
        refresh=f"{_SERVICES}.refresh_request_facts",
        permission="statistics.view",
    ),
    RetentionSeries(
        "service_requests.request",
        _("Service requests"),
        "closed_at",
        due="citydesk.contact.service_requests.queries.records.requests_due",
        destroy="citydesk.contact.service_requests.services.destruction.destroy_requests",
    ),
    Exporter(
        "service_requests.request",
        _("Requests"),
        find="citydesk.contact.service_requests.queries.records.find_records",
        of_people="citydesk.contact.service_requests.queries.records.records_of_people",
        read="citydesk.contact.service_requests.queries.records.read_record",
        order=20,
    ),
    Emergency(
        "service_requests.request",
        _("Request"),
        find="citydesk.contact.service_requests.queries.under_glass.find_under_glass",
        read="citydesk.contact.service_requests.queries.under_glass.read_under_glass",
        reporter="citydesk.contact.service_requests.services.confidential.open_reporter_under_glass",
    ),
)
registries.add(
    *(
        Decision(
            f"service_requests.{code}", label, f"{_QUERIES}.decisions.{code}", right, all_url, query, one_url, order
        )
        for code, label, right, all_url, query, one_url, order in (
            (
                *("returns", _("Requests that departments returned twice"), choices.SUPERVISE),
                *("service_requests:returns", "", "service_requests:detail", 20),
            ),
            (
                *("many", _("Acts on many requests"), choices.BULK),
                *("service_requests:approvals", "", "", 22),
            ),
            (
                *("due_times", _("New due times of open requests"), choices.RECOMPUTE),
                *("service_requests:recomputes", "", "service_requests:recompute", 24),
            ),
            (
                *("public_texts", _("Public texts to review"), choices.REVIEW_PUBLIC),
                *("service_requests:queue", "show=open&mark=to_review", "service_requests:detail", 26),
            ),
            (
                *("photos", _("Photos to review before the public sees them"), choices.REVIEW_PUBLIC),
                *("service_requests:queue", "show=open&mark=photo", "service_requests:review_photo", 28),
            ),
        )
    ),
)
