"""Complaints as records: which answer a public-records request, and what leaves the house of one.

A complaint is confidential work: whoever gathers sees only what the complaint's own rule of sight shows them, and every
field but dates and states is classed confidential, so that the gatherer decides about each before it is produced.
"""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from citydesk.contact.complaints import labels
from citydesk.contact.complaints.choices import ComplaintState, EntryKind, OfferKind
from citydesk.contact.complaints.models import Complaint, LogEntry, Plan
from citydesk.contact.complaints.queries.policy import class_on
from citydesk.contact.complaints.queries.sight import seen
from citydesk.kernel import texts
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.exports import Field, Found, Record, Wanted
from citydesk.kernel.numbering import parse_number


def find_records(access: Access, wanted: Wanted) -> list[Found]:
    """Complaints in sight with the words in number, what was told, plan, log, decision or appeal, newest first.

    The line tells the number of the request alone: what it is about is read by opening it.
    """
    rows = seen(access)
    if wanted.since:
        rows = rows.filter(received_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(received_at__lt=wanted.until)
    if wanted.text:
        number = parse_number(wanted.text)
        rows = rows.filter(Q(number=number) | Q(request_number=number) if number else _with_words(wanted.text))
    found = rows.order_by("-received_at", "-pk")[: wanted.limit]
    return [
        Found(pk, number, at, _("About %(number)s") % {"number": request}, is_confidential=True)
        for pk, number, at, request in found.values_list("pk", "number", "received_at", "request_number")
    ]


def _with_words(text: str) -> Q:
    said = Q(told__icontains=text) | Q(decision__icontains=text)
    said |= Q(appeal_words__icontains=text) | Q(appeal_decision__icontains=text) | Q(letter_to__icontains=text)
    plans = Plan.objects.filter(complaint=OuterRef("pk"))
    offered = plans.filter(Q(summary__icontains=text) | Q(offers__words__icontains=text))
    log = LogEntry.objects.filter(complaint=OuterRef("pk"), words__icontains=text)
    return said | Exists(offered) | Exists(log)


def records_of_people(access: Access, customer_ids: Collection[int]) -> list[int]:
    """None: a complaint names no customer. Who complained in confidence is not found by their file."""
    return []


def read_record(access: Access, object_id: int) -> Record:
    """A complaint in plain fields. Raises `NotFound`."""
    row = seen(access).select_related("team").filter(pk=object_id).first()
    if row is None:
        raise NotFound(_("There is no such complaint."))
    klass = class_on(row.class_code, row.policy_date)
    fields = [
        Field("class", _("Class"), klass.name_in("en"), "confidential"),
        Field("state", _("State"), str(labels.STATES[ComplaintState(row.state)]), "internal"),
        Field("request", _("Request"), row.request_number, "internal"),
        Field("received", _("Received"), texts.full_time(row.received_at), "internal"),
        Field(
            "closed", pgettext("when", "Closed"), texts.full_time(row.closed_at) if row.closed_at else "", "internal"
        ),
        Field("team", _("Team"), row.team.name, "internal"),
        Field("told", _("What they complain of"), row.told, "confidential"),
        *_plans(row),
        *_log(row),
        Field("decision", _("Decision"), row.decision, "confidential"),
        Field("appeal", _("Appeal"), row.appeal_words, "confidential"),
        Field("appeal_decision", _("Decision on the appeal"), row.appeal_decision, "confidential"),
        Field("letter_to", _("Letter to"), row.letter_to, "confidential"),
    ]
    title = _("Complaint about %(number)s") % {"number": row.request_number}
    return Record(row.pk, row.number, title, row.received_at, tuple(one for one in fields if one.text))


def _plans(row: Complaint) -> list[Field]:
    found = []
    for plan in row.plans.prefetch_related("offers"):
        offers = [
            " ".join(filter(None, (str(labels.OFFERS[OfferKind(one.kind)]), f"{one.amount or ''}", one.words)))
            for one in plan.offers.all()
        ]
        text = "\n".join([plan.summary, *offers])
        found.append(Field(f"plan.{plan.pk}", _("Plan %(n)s") % {"n": plan.round}, text, "confidential"))
    return found


def _log(row: Complaint) -> list[Field]:
    return [
        Field(
            f"log.{one.pk}",
            f"{labels.ENTRIES[EntryKind(one.kind)]} {texts.full_time(one.happened_at)}",
            f"{one.words} {one.amount or ''}".strip(),
            "confidential",
        )
        for one in row.log.all()
    ]
