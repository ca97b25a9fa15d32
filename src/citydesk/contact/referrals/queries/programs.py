"""Programs that are told of events, what was sent to them, and systems that referrals are handed over to."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citydesk.contact.referrals import labels
from citydesk.contact.referrals.choices import CONNECT, Way
from citydesk.contact.referrals.models import Agency, Delivery, OutsideCall, Webhook
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.lists import ChoiceFilter, Column, Key, ListSpec, Option, Sort

_HOOK = (
    "id", "name", "url", "events", "state", "failures", "made_at", "made_by_label",
    "service_codes", "department__code", "department__name", "shares", "agreement", "agreement_ends_on",
)  # fmt: skip
_LINE = ("id", "event_id", "event", "state", "tries", "status", "problem", "made_at", "next_at", "done_at")

DELIVERIES = ListSpec(
    code="deliveries",
    columns=(
        Column(code="made", label=gettext_lazy("Happened"), value="made_at", kind="moment"),
        Column(
            code="event",
            label=gettext_lazy("Event"),
            value=lambda row: str(labels.HOOK_EVENT_NAMES.get(row["event"], row["event"])),
        ),
        Column(code="event_id", label=gettext_lazy("Event's id")),
        Column(code="state", label=gettext_lazy("Status"), value=lambda row: str(labels.DELIVERIES[row["state"]])),
        Column(code="tries", label=gettext_lazy("Tries"), kind="number"),
        Column(code="answer", label=gettext_lazy("Answer"), value=lambda row: row["problem"] or row["status"] or ""),
    ),
    sorts=(Sort("newest", gettext_lazy("Newest"), (Key("made_at", is_descending=True),)),),
    default_sort="newest",
    filters=(
        ChoiceFilter(
            code="state",
            label=gettext_lazy("Status"),
            field="state",
            options=tuple(Option(code.value, name) for code, name in labels.DELIVERIES.items()),
        ),
    ),
    fields=_LINE,
)


def list_webhooks(access: Access) -> list[dict[str, Any]]:
    """All programs with how many deliveries wait or failed, without their secrets. Raises `NotAllowed`."""
    access.require(CONNECT)
    counts = {
        "waiting": Count("deliveries", filter=Q(deliveries__state="waiting")),
        "failed": Count("deliveries", filter=Q(deliveries__state="failed")),
    }
    return list(Webhook.objects.annotate(**counts).order_by("name", "id").values(*_HOOK, *counts))


def get_webhook(access: Access, webhook_id: int) -> dict[str, Any]:
    """One program. Raises `NotAllowed`, `NotFound`."""
    access.require(CONNECT)
    found = Webhook.objects.filter(pk=webhook_id).values(*_HOOK).first()
    if found is None:
        raise NotFound(_("There is no such program."))
    return dict(found)


def list_deliveries(access: Access, webhook_id: int) -> QuerySet[Delivery]:
    """What was sent to a program, for a list page: ids and codes, no words of any record."""
    access.require(CONNECT)
    return Delivery.objects.filter(webhook_id=webhook_id)


def list_systems(access: Access) -> list[dict[str, Any]]:
    """Open311 systems that referrals are handed over to: whether we have a key, what waits, what went wrong last."""
    access.require(CONNECT)
    calls = OutsideCall.objects.filter(next_at__isnull=False).exclude(problem="")
    problems = dict(calls.order_by("pk").values_list("referral__agency_id", "problem"))
    rows = Agency.objects.filter(way=Way.OPEN311, is_active=True)
    return [
        {
            "code": one.code,
            "name": labels.in_language(one.names),
            "url": one.open311.get("url", ""),
            "has_key": bool(one.open311_key),
            "problem": problems.get(one.pk, ""),
        }
        for one in rows
    ]
