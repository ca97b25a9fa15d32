"""The copy of one person's data: what the house knows about them, without what it knows about others."""

import io
import json
import zipfile
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.customers import queries as customers
from citydesk.city.profile import queries as profile
from citydesk.kernel import audit, files
from citydesk.kernel.actors import Access, ActorKind
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.errors import Invalid
from citydesk.kernel.exports import Record
from citydesk.kernel.files import FileLink, link_to
from citydesk.kernel.models import StoredFile
from citydesk.kernel.outbox import plain
from citydesk.kernel.registries import Exporter, in_order, load_dotted, registries
from citydesk.kernel.texts import full_time
from citydesk.management.records.choices import EXPORT_PERSON, EXPORT_PURPOSE

# Fields of these classes leave the house with the person's own copy.
_OWN = frozenset({"public", "personal", "internal"})


@dataclass(frozen=True)
class PersonCopy:
    """The files of a copy (`sent`: what the person sent us, packed; None without any) and how many records."""

    data: FileLink
    paper: FileLink
    counts: dict[str, int]
    sent: FileLink | None = None


def export_person(*, customer_id: int, reason: str, language: str, access: Access, now: datetime) -> PersonCopy:
    """Make the copy as JSON and as PDF, with the files the person sent. Act, reason and reading are on record.

    Left out: notes of colleagues, confidential fields, everything others said, and requests made in confidence (those
    name nobody). Raises `NotAllowed`, `Invalid` without a reason.
    """
    access.require(EXPORT_PERSON)
    if not reason.strip():
        raise Invalid(_("Say who asked for the copy and how they proved who they are."), field="reason")
    canonical = customers.canonical(customer_id)
    label = customers.labels([canonical])[canonical]
    with transaction.atomic():
        found = _records(customers.ids_of(canonical), access)
        theirs = _sent_by_them(found)
        facts = {
            "city": profile.city().name,
            "person": label.number,
            "made_at": now,
            "records": {kind.code: [_plain(one) for one in records] for kind, records in found},
            "files": [{"record": one.record, "name": one.name, "sha256": one.sha256} for one in theirs],
        }
        content = json.dumps(plain(facts), ensure_ascii=False, indent=1).encode()
        paper = render_pdf("records/person.typ", _paper(label, found, now), language=language, now=now)
        stem = f"{label.number}-{now:%Y-%m-%d}"
        data_file, paper_file = (
            files.store_made(
                content_of, name=name, content_type=kind, purpose=EXPORT_PURPOSE, actor=access.actor, now=now
            )
            for content_of, name, kind in (
                (content, f"{stem}.json", "application/json"),
                (paper, f"{stem}.pdf", "application/pdf"),
            )
        )
        packed = _packed(theirs, f"{stem}-files.zip", access, now)
        counts = {kind.code: len(records) for kind, records in found}
        actor = access.actor
        after = {"records": sum(counts.values()), "data": data_file.sha256}
        act = audit.Act(
            "records.person_exported", "customers.customer", canonical, label.number, after=after, reason=reason
        )
        audit.record(act, actor=actor, now=now)
        audit.record_read(
            object_type="customers.customer", object_id=canonical, purpose="copy of data", actor=actor, now=now
        )
    return PersonCopy(link_to(data_file), link_to(paper_file), counts, link_to(packed) if packed else None)


@dataclass(frozen=True)
class _Sent:
    """A file the person sent, under the number of its record."""

    id: int
    record: str
    name: str
    sha256: str


def _sent_by_them(found: list[tuple[Exporter, list[Record]]]) -> list[_Sent]:
    """Photos and papers that residents sent; what staff added stays out, and what a scanner refused."""
    numbers = {file_id: one.number for _kind, records in found for one in records for file_id in one.file_ids}
    rows = StoredFile.objects.filter(pk__in=numbers, created_by_kind=ActorKind.RESIDENT).exclude(scan_state="infected")
    return [
        _Sent(pk, numbers[pk], f"{numbers[pk]}-{pk}-{name}", sha256)
        for pk, name, sha256 in rows.order_by("pk").values_list("pk", "original_name", "sha256")
    ]


def _packed(sent: list[_Sent], name: str, access: Access, now: datetime) -> StoredFile | None:
    if not sent:
        return None
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for one in sent:
            package.writestr(one.name, files.content_of(one.id))
    return files.store_made(
        out.getvalue(), name=name, content_type="application/zip", purpose=EXPORT_PURPOSE, actor=access.actor, now=now
    )


def _records(ids: list[int], access: Access) -> list[tuple[Exporter, list[Record]]]:
    found = []
    for kind in in_order(registries.exporters.values()):
        read = load_dotted(kind.read)
        found.append((kind, [read(access, one) for one in load_dotted(kind.of_people)(access, ids)]))
    return found


def _plain(record: Record) -> dict[str, Any]:
    return {
        "number": record.number,
        "title": record.title,
        "at": record.at,
        "fields": [asdict(one) for one in record.fields if one.data_class in _OWN and not one.is_of_others],
    }


def _paper(label: Any, found: list[tuple[Exporter, list[Record]]], now: datetime) -> dict[str, Any]:
    return {
        "title": _("Copy of the data about %(name)s") % {"name": label.display_name},
        "made": full_time(now),
        "city": profile.city().name,
        "kinds": [
            {
                "name": str(kind.label),
                "records": [
                    {"title": one["number"], "fields": [[part["label"], part["text"]] for part in one["fields"]]}
                    for one in map(_plain, records)
                ],
            }
            for kind, records in found
            if records
        ],
    }
