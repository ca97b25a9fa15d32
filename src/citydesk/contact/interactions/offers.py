"""What contacts offer the house: rights, audit words, promises and drafts on opening pages, search, facts."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from citydesk.city.profile.rules import Item, Reading
from citydesk.contact.interactions import labels, queries, rules
from citydesk.contact.interactions.choices import (
    INTERPRETERS,
    LIVE_TOPIC,
    SUPERVISE,
    TAKE,
    VIEW,
    WATCH_TOPIC,
    Channel,
    HelpKind,
)
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of
from citydesk.kernel.registries import (
    AuditCode,
    Exporter,
    FactTable,
    HealthCheck,
    HomeCard,
    LiveTopic,
    Measure,
    NavItem,
    Paper,
    Permission,
    ProfileSection,
    RetentionSeries,
    SearchHit,
    SearchSource,
    Subscription,
    registries,
)
from citydesk.kernel.shell import provide


def build_promises(access: Access, now: datetime) -> dict[str, Any]:
    """The clerk's open promises, the next due first."""
    return {"promises": queries.list_promises(access=access, now=now, limit=8), "now": now}


def build_unfinished(access: Access, now: datetime) -> dict[str, Any]:
    """The clerk's parked and handed-over contacts."""
    return {"contacts": queries.list_open_contacts(access=access, now=now)}


def build_watch(access: Access, now: datetime) -> dict[str, Any]:
    """What a supervisor must see: calls for help, old drafts, privacy tasks."""
    return {
        "help_calls": queries.list_alerts(access=access, now=now),
        "old_drafts": queries.list_old_drafts(access=access, now=now, limit=8),
        "privacy_tasks": queries.list_privacy_tasks(access=access),
        "now": now,
    }


def build_forms(access: Access, now: datetime) -> dict[str, Any]:
    """Printed intake forms somebody must look for."""
    return {"outstanding": queries.count_outstanding()}


def find_form_paper(access: Access, number: str) -> tuple[int, str, str] | None:
    """A batch of printed forms by any of its numbers, as a paper."""
    batch = queries.find_batch(access=access, number=number)
    return (
        None if batch is None else (batch.id, batch.first_number, reverse("interactions:form_paper", args=[batch.id]))
    )


def parse_paper_form(reading: Reading) -> list[Item]:
    """`[paper_form.intake]`: the codes a printed form lists, and what it asks for every code, in each language."""
    return [
        entry.item(
            {
                "services": entry.optional.codes("services", of="services"),
                "urgency": entry.optional.translated_list("urgency"),
            }
        )
        for entry in reading.tables("paper_form")
    ]


def find(access: Access, text: str, limit: int) -> list[SearchHit]:
    """A contact by its number."""
    return [
        SearchHit(
            title=one.number,
            subtitle=one.words[:80],
            url=reverse("interactions:detail", args=[one.number]),
            badge=str(labels.CHANNELS[Channel(one.channel)]),
        )
        for one in queries.find_contacts(access=access, text=text, limit=limit)
    ]


def shell_alerts(request: Any) -> list[dict[str, Any]]:
    """Unanswered calls for help, for the region on top of every page of those who may answer them."""
    access = access_of(request)
    if not access.may(SUPERVISE):
        return []
    return [_alert(one) for one in queries.list_alerts(access=access, now=utc_now())]


_ALERT_WORDS = {
    HelpKind.PANIC: (_("%(who)s needs help now: %(place)s"), "warning"),
    HelpKind.ASK: (_("%(who)s asks for you: %(place)s"), "help"),
    HelpKind.CALLER: (_("%(who)s took a contact you should know of"), "phone"),
}


def _alert(one: dict[str, Any]) -> dict[str, Any]:
    """A call for help in the words of the shell."""
    kind = HelpKind(one["kind"])
    sentence, icon = _ALERT_WORDS[kind]
    place = one["location"] or str(_("place unknown"))
    is_caller = kind == HelpKind.CALLER
    has_draft = one["interaction_id"] and not is_caller
    return {
        "id": one["id"],
        "is_urgent": kind == HelpKind.PANIC,
        "icon": icon,
        "title": str(sentence) % {"who": one["who"], "place": place},
        "text": one["text"],
        "at": one["asked_at"],
        "url": reverse("interactions:watch_draft", args=[one["interaction_id"]]) if has_draft else "",
        "url_text": str(_("see the contact")),
        "ack_url": reverse("interactions:help_answer", args=[one["id"]]),
        "ack_text": str(_("Seen") if is_caller else _("I go there")),
    }


provide("alerts", shell_alerts)
registries.add(
    HealthCheck("interactions.raw", _("Reports received"), "citydesk.contact.interactions.queries.raw.check_raw"),
    Permission(TAKE, _("Take contacts")),
    Permission(VIEW, _("Read contacts")),
    Permission(SUPERVISE, _("Supervise contacts: open drafts, promises and calls for help of others")),
    Permission(INTERPRETERS, _("Check the minutes of interpreters, without what was said")),
    NavItem("interpreters", _("Interpreters"), "interactions:interpreters", INTERPRETERS, order=89),
    AuditCode("interactions.saved", _("saved the contact {number}"), icon="phone"),
    AuditCode("interactions.handed_over", _("handed the open contact over"), icon="arrow"),
    AuditCode("interactions.taken_over", _("took the open contact over"), icon="arrow"),
    AuditCode("interactions.handed_back", _("handed the open contact back"), icon="arrow"),
    AuditCode("interactions.advised", _("wrote a note on the open contact"), icon="edit"),
    AuditCode("interactions.dropped", _("dropped the contact"), icon="ring-dash"),
    AuditCode("interactions.relinked", _("linked the contact to another person"), icon="edit"),
    AuditCode("interactions.received_corrected", _("corrected when it was received: {after}"), icon="clock"),
    AuditCode("interactions.promised", _("promised something by {due}"), icon="clock"),
    AuditCode("interactions.promise_done", _("settled the promise: {state}"), icon="tick"),
    AuditCode("interactions.promise_moved", _("moved the promise to {due}"), icon="clock"),
    AuditCode("interactions.promise_withdrawn", _("withdrew the promise"), icon="ring-dash"),
    AuditCode("interactions.promise_reassigned", _("gave the promise to a colleague"), icon="arrow"),
    AuditCode("interactions.help_ask", _("asked the supervisor"), icon="help"),
    AuditCode("interactions.help_panic", _("pressed the panic key at {place}"), icon="octagon"),
    AuditCode("interactions.caller_alert", _("told the supervisors of a caller: {class}"), icon="help"),
    AuditCode("interactions.help_answered", _("answered a call for help"), icon="tick"),
    AuditCode("interactions.privacy_done", _("closed a privacy task"), icon="lock"),
    AuditCode("interactions.forms_printed", _("printed {count} intake forms, {first} to {last}"), icon="print"),
    AuditCode("interactions.form_noted", _("noted the form as {state}"), icon="edit"),
    ProfileSection("paper_form", ("paper_form.toml",), parse_paper_form, after=("services",)),
    Paper("intake_forms", _("Printed forms"), find_form_paper, SUPERVISE, order=40),
    NavItem("forms", _("Printed forms"), "interactions:forms", SUPERVISE, order=88),
    LiveTopic(LIVE_TOPIC, permission=SUPERVISE),
    LiveTopic(WATCH_TOPIC, permission=SUPERVISE),
    Subscription("interactions.ContactSaved", "citydesk.contact.interactions.handlers.on_contact_saved"),
    HomeCard(
        "interactions.promises",
        ("representative", "supervisor", "department"),
        build_promises,
        "interactions/card_promises.jinja",
        TAKE,
        order=20,
    ),
    HomeCard(
        "interactions.unfinished",
        ("representative",),
        build_unfinished,
        "interactions/card_unfinished.jinja",
        TAKE,
        order=30,
    ),
    HomeCard("interactions.watch", ("supervisor",), build_watch, "interactions/card_watch.jinja", SUPERVISE, order=15),
    HomeCard("interactions.forms", ("supervisor",), build_forms, "interactions/card_forms.jinja", SUPERVISE, order=48),
    SearchSource("interactions", _("Contacts"), find, VIEW, order=60),
    FactTable(
        "contacts",
        "interactions_contactfact",
        "received_at",
        columns={
            "channel": "channel",
            "direction": "direction",
            "language": "language",
            "caller_class": "caller_class",
            "reason": "reason_code",
            "outcome": "outcome",
            "representative": "representative_id",
            "district": "district",
        },
        refresh="citydesk.contact.interactions.services.refresh_contact_facts",
        permission="statistics.view",
    ),
    RetentionSeries(
        "interactions.contact",
        _("Contacts"),
        "recorded_at",
        due="citydesk.contact.interactions.queries.records.contacts_due",
        destroy="citydesk.contact.interactions.services.destruction.destroy_contacts",
    ),
    Exporter(
        "interactions.contact",
        _("Contacts"),
        find="citydesk.contact.interactions.queries.records.find_records",
        of_people="citydesk.contact.interactions.queries.records.records_of_people",
        read="citydesk.contact.interactions.queries.records.read_record",
        order=30,
    ),
    RetentionSeries(
        "interactions.forms",
        _("Printed intake forms"),
        "printed_at",
        due="citydesk.contact.interactions.queries.records.forms_due",
        destroy="citydesk.contact.interactions.services.destruction.destroy_forms",
    ),
    RetentionSeries(
        "interactions.raw",
        _("Raw input"),
        "received_at",
        due="citydesk.contact.interactions.queries.records.raw_due",
        destroy="citydesk.contact.interactions.services.destruction.destroy_raw",
    ),
)

_COUNTED = "FROM interactions_contactfact f WHERE f.received_at >= %(from)s AND f.received_at < %(to)s {filters}"
registries.add(
    Measure(
        "contacts_count",
        _("Contacts"),
        _("Saved contacts by the time the resident spoke or wrote. Drafts and dropped contacts are not counted."),
        "count",
        "contacts",
        f"SELECT count(*) AS value {_COUNTED}",
    ),
    Measure(
        "contacts_repeat_rate",
        _("Repeat contacts"),
        _("Share of contacts in which a resident was told how an existing request stands."),
        "percent",
        "contacts",
        "SELECT count(*) FILTER (WHERE f.is_repeat) AS numerator, count(*) AS denominator,"
        f" 100.0 * count(*) FILTER (WHERE f.is_repeat) / nullif(count(*), 0) AS value {_COUNTED}",
    ),
    Measure(
        "contacts_first_resolution",
        _("Resolved at the first contact, by repeat contacts"),
        _(
            "Of contacts answered without a request, by residents who are known, the share after which the same "
            "resident did not come again about the same matter within seven days. Contacts of the last seven days are "
            "left out, nobody knows yet, and so are those of people who are not known; both stand beside it. What "
            "representatives say and what residents answer are other numbers, never averaged with this one."
        ),
        "percent",
        "contacts",
        rules.share_of_fates(
            rules.BY_REPEAT, "stayed", "again", {"first_early": "early", "first_nameless": "nameless"}
        ),
        version=2,
        drill="contacts",
    ),
    Measure(
        "contacts_first_said",
        _("Resolved at the first contact, as representatives say"),
        _(
            "Of contacts with residents who called, came or wrote, the share of which whoever took it said at the end "
            "that the matter is settled with it, by those of which it was said either way. Where nothing was said it "
            "is not known: that is no yes, it is left out and stands beside it. Contacts that nobody took, such as web "
            "forms, are not asked about. Nobody looks later whether it was so: there are no days to wait."
        ),
        "percent",
        "contacts",
        rules.share_of_fates(rules.BY_FLAG, "yes", "no", {"said_unknown": "unknown"}),
        drill="contacts",
    ),
    Measure(
        "contacts_handle_seconds_mean",
        _("Mean handle time"),
        _("Mean active seconds of contacts taken live; parked time is left out."),
        "seconds",
        "contacts",
        "SELECT sum(f.active_seconds) AS numerator, count(f.active_seconds) AS denominator,"
        f" avg(f.active_seconds) AS value {_COUNTED}",
    ),
)
