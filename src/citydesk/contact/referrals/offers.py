"""What referrals offer the house."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from citydesk.city.profile import queries as profile
from citydesk.contact.referrals import labels, queries
from citydesk.contact.referrals.choices import (
    CONNECT,
    FILE_PURPOSE,
    HOOK_PURPOSE,
    KEY_PURPOSE,
    OBLIGE,
    REPORT,
    SEND,
    VIEW,
)
from citydesk.contact.referrals.queries.lists import list_pressing
from citydesk.contact.referrals.rules import sections
from citydesk.kernel.actors import Access
from citydesk.kernel.numbering import parse_number
from citydesk.kernel.registries import (
    AuditCode,
    Exporter,
    FileGuard,
    Fold,
    HomeCard,
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
from citydesk.kernel.sealed import SealedStore

_HANDLERS = "citydesk.contact.referrals.handlers"
_SERVICES = "citydesk.contact.referrals.services"
_RECORDS = "citydesk.contact.referrals.queries.records"
_DESTRUCTION = "citydesk.contact.referrals.services.destruction"


def chase_card(*, access: Access, now: datetime) -> dict[str, Any]:
    """Who outside has not answered, what is new: for opening pages."""
    return {
        "counts": queries.count_chase(access, now),
        "rows": list_pressing(access, now),
        "labels": labels,
        "at": now,
    }


def dues_card(*, access: Access, now: datetime) -> dict[str, Any]:
    """Obligations that are overdue or near, for opening pages."""
    today = profile.city_today(now)
    return {
        "counts": queries.count_dues(access, today),
        "rows": queries.next_dues(access, today),
        "labels": labels,
        "today": today,
    }


def find_referrals(access: Access, text: str, limit: int) -> list[SearchHit]:
    """Referrals by number: their own, the request's, the other side's."""
    return [
        SearchHit(
            f"{row['number']} {labels.in_language(row['agency__names'])}",
            f"{row['request_number']} {row['place_label']}",
            reverse("referrals:detail", args=[row["number"]]),
            str(labels.STATES[row["state"]]),
        )
        for row in queries.find_referrals(access, parse_number(text) or "", text, limit)
    ]


registries.add(
    Permission(VIEW, _("See referrals to other agencies")),
    Permission(SEND, _("Refer requests and answer other agencies")),
    NavItem("referrals", _("Referrals"), "referrals:list", VIEW, order=110),
    SearchSource("referrals", _("Referrals"), find_referrals, VIEW, order=45),
    HomeCard(
        "referrals",
        ("representative", "supervisor", "department"),
        chase_card,
        "referrals/card.jinja",
        VIEW,
        order=70,
        column="side",
    ),
    Fold(
        "referrals",
        "service_requests.request.referrals",
        _("Referrals by link"),
        "referrals:of_request",
        VIEW,
    ),
    ProfileSection(
        "agencies",
        ("agencies.toml",),
        sections.parse_agencies,
        after=("directory", "departments", "calendars"),
        project=f"{_SERVICES}.project_agencies",
    ),
    FileGuard(FILE_PURPOSE, "citydesk.contact.referrals.queries.may_open_file"),
    SealedStore(
        "referrals.webhooks",
        "secrets of programs that are told of events",
        "referrals.Webhook",
        "secret",
        ("name",),
        HOOK_PURPOSE,
    ),
    SealedStore(
        "referrals.agencies", "our keys to agencies' systems", "referrals.Agency", "open311_key", ("code",), KEY_PURPOSE
    ),
    RetentionSeries(
        "referrals.referral",
        _("Referrals"),
        "ended_at",
        due=f"{_RECORDS}.referrals_due",
        destroy=f"{_DESTRUCTION}.destroy_referrals",
    ),
    RetentionPart("referrals.of_request", "service_requests.request", f"{_DESTRUCTION}.destroy_of_requests"),
    Exporter(
        "referrals.referral",
        _("Referrals"),
        find=f"{_RECORDS}.find_referral_records",
        of_people=f"{_RECORDS}.referrals_of_people",
        read=f"{_RECORDS}.read_referral_record",
        order=60,
    ),
    Exporter(
        "referrals.violation",
        _("Violations reported"),
        find=f"{_RECORDS}.find_violation_records",
        of_people=f"{_RECORDS}.violations_of_people",
        read=f"{_RECORDS}.read_violation_record",
        order=65,
    ),
    Subscription("service_requests.RequestRecorded", f"{_HANDLERS}.on_request_recorded"),
    Subscription("service_requests.RequestClosed", f"{_HANDLERS}.on_request_closed"),
    Subscription("service_requests.RequestStateChanged", f"{_HANDLERS}.on_request_moved"),
    Subscription("service_requests.RequestReopened", f"{_HANDLERS}.on_request_reopened"),
    Subscription("knowledge.AcceptanceAsked", f"{_HANDLERS}.on_acceptance_asked"),
    Subscription("referrals.ReferralAnswered", f"{_HANDLERS}.on_answered"),
    Permission(REPORT, _("Report violations to agencies in charge")),
    Permission(OBLIGE, _("See obligations to regulators and file proofs")),
    HomeCard(
        "obligations",
        ("supervisor", "department", "director"),
        dues_card,
        "referrals/dues_card.jinja",
        OBLIGE,
        order=75,
        column="side",
    ),
    ProfileSection(
        "obligations",
        ("obligations.toml",),
        sections.parse_obligations,
        after=("agencies", "departments"),
        project=f"{_SERVICES}.project_obligations",
    ),
    RetentionSeries(
        "referrals.violation",
        _("Violations reported"),
        "outcome_on",
        due=f"{_RECORDS}.violations_due",
        destroy=f"{_DESTRUCTION}.destroy_violations",
    ),
    RetentionSeries(
        "referrals.obligation",
        _("Proofs for regulators"),
        "filed_on",
        due=f"{_RECORDS}.dues_due",
        destroy=f"{_DESTRUCTION}.destroy_dues",
    ),
    RetentionSeries(
        "referrals.delivery",
        _("What programs were told"),
        "made_at",
        due=f"{_RECORDS}.deliveries_due",
        destroy=f"{_DESTRUCTION}.destroy_deliveries",
    ),
    Permission(CONNECT, _("Connect programs: webhooks, keys")),
    NavItem("referrals.programs", _("Programs"), "referrals:programs", CONNECT, order=810),
)
registries.add(
    *(
        AuditCode(f"referrals.{code}", sentence, icon=icon)
        for code, sentence, icon in (
            ("sent", _("referred {request} to {agency}"), "link"),
            ("accepted", _("takes it on"), "check"),
            ("message", _("wrote"), "mail"),
            ("returned", _("returned it"), "undo"),
            ("done", _("says it is done"), "check_circle"),
            ("wrote", _("wrote to {agency}"), "mail"),
            ("seen", _("noted the answer as seen"), "check"),
            ("reminded", _("reminded {agency}"), "schedule"),
            ("new_link", _("made a new link for {agency}"), "link"),
            ("revoked", _("revoked the link of {agency}"), "key"),
            ("ended", _("ended the referral to {agency}"), "undo"),
            ("violation_reported", _("reported the violation to {agency}"), "link"),
            ("violation_taken", _("noted that {agency} looks into it"), "check"),
            ("violation_closed", _("noted how it ended"), "check_circle"),
            ("obligation_filed", _("filed what was due on {due}"), "check"),
            ("handed_over", _("has it in its own system"), "link"),
            ("not_reached", _("was not reached over its own system"), "error"),
            ("key_set", _("set our key to the system of {object}"), "key"),
            ("hook_made", _("connected the program {object}"), "link"),
            ("hook_changed", _("changed what the program {object} hears of"), "edit"),
            ("hook_active", _("resumed the program {object}"), "link"),
            ("hook_paused", _("paused the program {object}"), "pause"),
            ("hook_ended", _("ended the program {object}"), "cancel"),
            ("hook_paused_itself", _("paused the program {object} after many failures"), "pause"),
            ("redelivered", _("sent an event to {object} again"), "link"),
        )
    ),
)
