"""The copy of one person's data: what the house knows about them, without what it knows about others."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.customers import queries as customers
from citydesk.city.profile import queries as profile
from citydesk.kernel import audit, files
from citydesk.kernel.actors import Access
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.errors import Invalid
from citydesk.kernel.exports import Record
from citydesk.kernel.files import FileLink, link_to
from citydesk.kernel.outbox import plain
from citydesk.kernel.registries import Exporter, in_order, load_dotted, registries
from citydesk.kernel.texts import full_time
from citydesk.management.records.choices import EXPORT_PERSON, EXPORT_PURPOSE

# Fields of these classes leave the house with the person's own copy.
_OWN = frozenset({"public", "personal", "internal"})


@dataclass(frozen=True)
class PersonCopy:
    """The two files of a copy, and how many records of each kind they hold."""

    data: FileLink
    paper: FileLink
    counts: dict[str, int]


def export_person(*, customer_id: int, reason: str, language: str, access: Access, now: datetime) -> PersonCopy:
    """Make the copy as JSON and as PDF. The act, its reason and the reading are on record.

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
        facts = {
            "city": profile.city().name,
            "person": label.number,
            "made_at": now,
            "records": {kind.code: [_plain(one) for one in records] for kind, records in found},
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
    return PersonCopy(link_to(data_file), link_to(paper_file), counts)


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
