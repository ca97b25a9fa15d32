"""What correspondence offers the house."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from citydesk.city.correspondence import labels, queries, rules
from citydesk.city.correspondence.choices import MAIL_LETTERS, REPAIR, REPRINT, VIEW
from citydesk.city.profile.rules import Item, Reading
from citydesk.kernel.actors import Access
from citydesk.kernel.registries import (
    AuditCode,
    Exporter,
    HomeCard,
    NavItem,
    Panel,
    Paper,
    Permission,
    ProfileSection,
    RetentionSeries,
    registries,
)


def parse_templates(reading: Reading) -> list[Item]:
    """Message templates: one file per code and language; the same fields in every language, none unknown."""
    items = []
    for document in reading.documents():
        texts: dict[str, dict[str, str]] = {}
        for language, front in document.fronts.items():
            texts[language] = {
                "subject": front.text("subject"),
                "sms": front.optional.text("sms"),
                "body": document.texts[language],
            }
            front.optional.text("purpose")
            words = rules.Template(document.code, language, **texts[language])
            for name in rules.unknown_fields(words):
                front.problem(f"no message can fill {{{name}}}")
        items.append(document.item({"texts": texts}))
    return items


def messages_panel(*, access: Any, object_id: int, now: Any) -> dict[str, Any] | None:
    """Messages about a request, for its page."""
    rows = queries.list_messages("service_requests.request", object_id, limit=20)
    return {"messages": rows, "states": labels.MESSAGE_STATE}


def find_letters(access: Access, number: str) -> tuple[int, str, str] | None:
    """A printed batch of letters by its number, as a paper."""
    if not number.isdecimal():
        return None
    batch, _rows = queries.get_batch(access, int(number))
    return batch.id, number, reverse("correspondence:batch_paper", args=[batch.id])


def build_letters(access: Access, now: datetime) -> dict[str, Any]:
    """Letters that wait for a person, for opening pages."""
    return queries.count_letters()


registries.add(
    Permission(VIEW, _("See messages to residents")),
    Permission(REPAIR, _("Send failed messages again, settle unknown ones")),
    Permission(MAIL_LETTERS, _("Print letters and mark them as mailed")),
    Permission(REPRINT, _("Note papers that were not printed, print them again")),
    Paper("letters", _("Batch of letters"), find_letters, MAIL_LETTERS, order=30),
    NavItem("papers", _("To print again"), "correspondence:papers", REPRINT, order=89),
    AuditCode("papers.not_printed", _("noted the paper as not printed"), icon="print"),
    AuditCode("papers.printed_again", _("printed the paper again: copy {copy}"), icon="print"),
    AuditCode("papers.came_out", _("noted that the paper had come out"), icon="print"),
    AuditCode("letters.printed", _("printed letters: {letters}"), icon="print"),
    AuditCode("letters.mailed", _("marked letters as mailed: {letters}"), icon="mail"),
    HomeCard(
        "correspondence.letters",
        ("representative", "supervisor"),
        build_letters,
        "correspondence/card_letters.jinja",
        MAIL_LETTERS,
        order=45,
    ),
    AuditCode("messages.released", _("released a held message"), icon="mail"),
    AuditCode("messages.sent_again", _("sent a message again"), icon="mail"),
    AuditCode("messages.settled", _("settled a message whose outcome was unknown: {state}"), icon="mail"),
    AuditCode("messages.stopped", _("stopped an unsent message"), icon="mail"),
    ProfileSection("templates", ("templates/*.md",), parse_templates, after=("city",)),
    Panel("messages", "service_requests.request", messages_panel, "correspondence/panel.jinja", VIEW, order=40),
    RetentionSeries(
        "correspondence.messages",
        _("Messages to residents"),
        "written_at",
        due="citydesk.city.correspondence.queries.messages_due",
        destroy="citydesk.city.correspondence.services.destruction.destroy_messages",
    ),
    Exporter(
        "correspondence.message",
        _("Messages"),
        find="citydesk.city.correspondence.queries.find_message_records",
        of_people="citydesk.city.correspondence.queries.messages_of_people",
        read="citydesk.city.correspondence.queries.read_message_record",
        order=40,
    ),
)
