"""Requests as records: whose retention may end, which answer a public-records request, what leaves the house of one."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from citydesk.city.customers import queries as customers
from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.models import Note, RequestFile, ServiceRequest
from citydesk.kernel import texts
from citydesk.kernel.actors import Access
from citydesk.kernel.destruction import Due, due_rows
from citydesk.kernel.errors import NotFound
from citydesk.kernel.exports import Field, Found, Record, Wanted
from citydesk.kernel.files import files_saying


def requests_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Closed requests by when they were closed."""
    rows = due_rows(
        ServiceRequest.objects.filter(is_open=False), "closed_at", before=before, after=after, limit=limit, ids=ids
    )
    return [
        Due(pk, number, at, _known(customer), _known(address), (number,))
        for pk, number, at, customer, address in rows.values_list(
            "pk", "number", "closed_at", "customer_id", "address_id"
        )
        if at is not None
    ]


def _known(value: int | None) -> tuple[int, ...]:
    return () if value is None else (value,)


def find_records(access: Access, wanted: Wanted) -> list[Found]:
    """Requests with all the words in number, place, description, in a note or in a document, newest first."""
    rows = ServiceRequest.objects.visible_to(access)
    if wanted.since:
        rows = rows.filter(received_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(received_at__lt=wanted.until)
    if wanted.text:
        asked = SearchQuery(wanted.text, config="english", search_type="websearch")
        notes = Note.objects.filter(request_id=OuterRef("pk"), text__icontains=wanted.text)
        papers = RequestFile.objects.filter(request_id=OuterRef("pk"), file_id__in=files_saying(wanted.text))
        rows = rows.filter(Q(search=asked) | Exists(notes) | Exists(papers))
    found = rows.order_by("-received_at", "-pk")[: wanted.limit].values_list(
        "pk", "number", "received_at", "service__name", "place_label", "is_confidential"
    )
    return [
        Found(pk, number, at, ", ".join(filter(None, (service, place))), secret)
        for pk, number, at, service, place, secret in found
    ]


def records_of_people(access: Access, customer_ids: Collection[int]) -> list[int]:
    """Requests that people reported, newest first. What they follow was said by others."""
    rows = ServiceRequest.objects.visible_to(access).filter(customer_id__in=list(customer_ids), is_confidential=False)
    return list(rows.order_by("-received_at").values_list("pk", flat=True))


def read_record(access: Access, object_id: int) -> Record:
    """A request in plain fields. Raises `NotFound`."""
    row = ServiceRequest.objects.visible_to(access).defer("search").select_related("service", "team")
    found = row.filter(pk=object_id).first()
    if found is None:
        raise NotFound(_("There is no such request."))
    fields = [
        Field("service", _("Service"), found.service.name, "public"),
        Field("state", _("State"), found.state, "public"),
        Field("received", _("Received"), texts.full_time(found.received_at), "public"),
        Field(
            "closed", pgettext("when", "Closed"), texts.full_time(found.closed_at) if found.closed_at else "", "public"
        ),
        Field("team", _("Team"), found.team.name if found.team else "", "internal"),
        Field("place", _("Place"), ", ".join(filter(None, (found.place_label, found.place_detail))), "personal"),
        Field("description", _("Description"), found.description, "personal"),
        *(Field(f"answer.{code}", code, str(value), "personal") for code, value in found.answers.items()),
        Field("reporter", _("Reporter"), _reporter(found), "personal"),
        Field("public_text", _("Public text"), found.public_text, "public"),
        *_notes(access, found),
    ]
    files = RequestFile.objects.filter(request=found).order_by("pk").values_list("file_id", flat=True)
    return Record(
        found.pk,
        found.number,
        found.service.name,
        found.received_at,
        tuple(one for one in fields if one.text),
        tuple(files),
    )


def _reporter(row: ServiceRequest) -> str:
    if row.is_confidential or row.customer_id is None:
        return ""
    label = customers.labels([row.customer_id]).get(row.customer_id)
    return f"{label.display_name} ({label.number})" if label else ""


def _notes(access: Access, row: ServiceRequest) -> list[Field]:
    notes = Note.objects.filter(request=row).visible_to(access).order_by("pk")
    return [
        Field(
            f"note.{one.pk}",
            f"{_('Note')} {texts.full_time(one.written_at)}, {one.author_label}",
            one.text,
            "public" if one.kind == choices.NoteKind.PUBLIC else "confidential",
            is_of_others=one.kind != choices.NoteKind.PUBLIC,
        )
        for one in notes
    ]
