"""Producing: numbered pages without what the law protects, an index with what was withheld and why."""

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit, files
from citydesk.kernel.actors import Access
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.errors import Conflict
from citydesk.kernel.models import StoredFile
from citydesk.kernel.registries import registries
from citydesk.kernel.texts import full_time
from citydesk.management.records import engines, rules
from citydesk.management.records.choices import FILE_FIELD, PRODUCTION_PURPOSE, REQUEST_TYPE, WHOLE_FILE, RecordState
from citydesk.management.records.models import Production, RecordsRequest, Redaction, ResponsiveRecord
from citydesk.management.records.queries.law import exemptions
from citydesk.management.records.services.asking import taken, tell

_SHORTEST = 4


@dataclass
class _Package:
    """A package while it is put together."""

    parts: list[engines.Part] = field(default_factory=list)
    pages: int = 0
    log: list[dict[str, Any]] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)


def produce(*, number: str, is_checked: bool = False, access: Access, now: datetime) -> int:
    """Hand over what was decided and not yet produced. Returns the rank of the production.

    Before it goes out the package is read as anybody would read it: a text that was taken out in one place and still
    stands in another stops it (`Conflict`, the texts in its facts) unless somebody says that they looked
    (`is_checked`). Raises `Conflict` when nothing is new or records still wait for a decision.
    """
    with transaction.atomic():
        row = taken(number, access)
        known = {one["record"] for made in row.productions.all() for one in made.log}
        decided = row.records.filter(state__in=[RecordState.RESPONSIVE, RecordState.WITHHELD])
        records = list(decided.exclude(pk__in=known).order_by("made_at", "id"))
        if row.records.filter(state=RecordState.FOUND).exists():
            raise Conflict(_("Some records that were found are not decided yet."))
        if not records:
            raise Conflict(_("There is nothing new to produce."))
        first = (row.productions.aggregate(last=Max("last_page"))["last"] or 0) + 1
        with translation.override(row.language):
            package = _assemble(row, records, first, now)
            content = _bound(row, package, first, now)
        if not is_checked:
            _require_clean(content, package.secrets)
        made = _keep(row, package, content, first, access, now)
        row.page_count += package.pages
        row.save(update_fields=["page_count"])
        pages = ngettext("%(n)s page", "%(n)s pages", package.pages) % {"n": package.pages}
        tell(row, "records_produced", text=pages, actor=access.actor, now=now)
    return made.position


def _assemble(row: RecordsRequest, records: list[ResponsiveRecord], first: int, now: datetime) -> _Package:
    package, laws = _Package(), exemptions(profile.city_today(now))
    for one in records:
        line: dict[str, Any] = {
            "record": one.pk,
            "kind": str(registries.exporters[one.kind].label),
            "label": one.label,
            "made": full_time(one.made_at),
            "state": one.state,
            "first": "",
            "last": "",
            "exemptions": [],
            "files_withheld": 0,
        }
        if one.state == RecordState.WITHHELD:
            line["exemptions"] = [f"{laws[one.exemption]['name']}: {laws[one.exemption]['citation']}"]
        else:
            marks = list(Redaction.objects.filter(record=one))
            before = package.pages
            _add_record(package, row, one, marks, laws, now)
            line["first"], line["last"] = (
                rules.bates(row.number, first + before),
                rules.bates(row.number, first + package.pages - 1),
            )
            line["files_withheld"] = sum(mark.page == WHOLE_FILE for mark in marks)
            used = dict.fromkeys(mark.exemption for mark in marks)
            line["exemptions"] = [f"{laws[code]['name']}: {laws[code]['citation']}" for code in used if code in laws]
        package.log.append(line)
    return package


def _add_record(
    package: _Package,
    row: RecordsRequest,
    one: ResponsiveRecord,
    marks: list[Redaction],
    laws: dict[str, dict[str, Any]],
    now: datetime,
) -> None:
    withheld = {mark.file_id_of for mark in marks if mark.page == WHOLE_FILE}
    _require_readable(one, withheld)
    fields: list[list[str]] = []
    papers: list[tuple[str, str]] = []
    for part in one.content:
        if part["code"].removeprefix(FILE_FIELD) in map(str, withheld):
            package.secrets.add(part["text"])
            continue
        own = [
            rules.Mark(mark.start, mark.end, laws[mark.exemption]["mark"])
            for mark in marks
            if mark.field == part["code"] and mark.start is not None and mark.end is not None
        ]
        package.secrets.update(part["text"][mark.start : mark.end] for mark in own)
        shown = rules.redacted(part["text"], own)
        if part["code"].startswith(FILE_FIELD):
            papers.append((part["label"], shown))
        else:
            fields.append([part["label"], shown])
    data = {"title": f"{registries.exporters[one.kind].label} {one.label}", "fields": fields}
    _append(package, render_pdf("records/record.typ", data, language=row.language, now=now))
    for title, words in papers:
        data = {"title": f"{one.label}: {title}", "said": _only_words(), "words": words}
        _append(package, render_pdf("records/words.typ", data, language=row.language, now=now))
    for file in one.files:
        if file["id"] not in withheld:
            _add_file(package, one.label, file, [mark for mark in marks if mark.file_id_of == file["id"]])


def _only_words() -> str:
    return _("The words of the file alone: layout, pictures, formulas, comments and earlier versions are not shown.")


def _require_readable(one: ResponsiveRecord, withheld: Collection[int | None]) -> None:
    """A file that no copy can be made of is never left out silently. Raises `Conflict`."""
    lost = [file["name"] for file in one.files if file["kind"] == "none" and file["id"] not in withheld]
    if lost:
        facts = {"record": one.label, "files": ", ".join(lost[:3])}
        raise Conflict(_("No copy can be made of a file of %(record)s: %(files)s. Withhold it with a reason.") % facts)


def _add_file(package: _Package, label: str, file: dict[str, Any], marks: list[Redaction]) -> None:
    """A file's pages; words of documents are fields of the record and have their own pages."""
    boxes: dict[int, list[engines.Box]] = {}
    for mark in marks:
        left, top, right, bottom = mark.box
        boxes.setdefault(mark.page or 1, []).append((left, top, right, bottom))
    if file["kind"] == "pdf":
        said = _("A page of a file of %(record)s, as a picture") % {"record": label}
        _append(package, engines.redact_pdf(files.content_of(file["id"]), boxes), said)
    elif file["kind"] == "image":
        said = _("A picture of %(record)s") % {"record": label}
        _append(package, engines.picture_as_pdf(files.content_of(file["id"]), boxes.get(1, [])), said)


def _append(package: _Package, part: bytes, said: str = "") -> None:
    package.parts.append(engines.Part(part, said))
    package.pages += engines.page_count(part)


def _bound(row: RecordsRequest, package: _Package, first: int, now: datetime) -> bytes:
    """The index, then every page with its number."""
    withheld = [line for line in package.log if line["state"] == RecordState.WITHHELD]
    index: dict[str, Any] = {
        "title": _("Public-records request %(number)s") % {"number": row.number},
        "city": profile.city().name,
        "made": full_time(now),
        "heads": [_("Pages"), _("Record"), _("Made"), _("Taken out under")],
        "rows": [
            [
                f"{line['first']} – {line['last']}" if line["first"] else _("withheld"),
                f"{line['kind']} {line['label']}{_without_files(line)}",
                line["made"],
                "; ".join(line["exemptions"]),
            ]
            for line in package.log
        ],
        "withheld": ngettext("%(n)s record withheld", "%(n)s records withheld", len(withheld)) % {"n": len(withheld)},
    }
    front = render_pdf("records/index.typ", index, language=row.language, now=now)
    parts = [engines.Part(front), *package.parts]
    whole = engines.joined(parts, title=index["title"], language=row.language)
    if not package.parts:
        return whole
    labels = [rules.bates(row.number, first + at) for at in range(package.pages)]
    data = {"title": row.number, "labels": labels}
    stamps = render_pdf("records/stamps.typ", data, language=row.language, now=now)
    return engines.stamped(whole, stamps, first=engines.page_count(front) + 1)


def _without_files(line: dict[str, Any]) -> str:
    count = line["files_withheld"]
    return f" ({ngettext('%(n)s file withheld', '%(n)s files withheld', count) % {'n': count}})" if count else ""


def _require_clean(content: bytes, secrets: set[str]) -> None:
    said = [*engines.text_of(content), *engines.told_by(content)]
    text = " ".join(" ".join(said).split()).casefold()
    left = sorted(
        one
        for one in {" ".join(secret.split()) for secret in secrets}
        if len(one) >= _SHORTEST and one.casefold() in text
    )
    if left:
        raise Conflict(
            _("What was taken out in one place still stands in another: %(texts)s") % {"texts": "; ".join(left[:5])},
            left=left[:5],
        )


def _keep(
    row: RecordsRequest, package: _Package, content: bytes, first: int, access: Access, now: datetime
) -> Production:
    position = row.productions.count() + 1
    withheld = sum(line["state"] == RecordState.WITHHELD for line in package.log)
    made = Production.objects.create(
        request=row,
        position=position,
        made_at=now,
        made_by=access.actor.label[:120],
        first_page=first,
        last_page=first + package.pages - 1,
        record_count=len(package.log) - withheld,
        withheld_count=withheld,
        log=package.log,
        package=_stored(content, f"{row.number}-{position}.pdf", "application/pdf", access, now),
        table=_stored(_table(package), f"{row.number}-{position}.csv", "text/csv", access, now),
    )
    after = {"production": position, "pages": package.pages, "records": made.record_count, "withheld": withheld}
    act = audit.Act("records.produced", REQUEST_TYPE, row.pk, row.number, after=after)
    audit.record(act, actor=access.actor, now=now)
    return made


def _stored(content: bytes, name: str, content_type: str, access: Access, now: datetime) -> StoredFile:
    return files.store_made(
        content, name=name, content_type=content_type, purpose=PRODUCTION_PURPOSE, actor=access.actor, now=now
    )


def _table(package: _Package) -> bytes:
    """The index for a spreadsheet; a cell that begins like a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [_("First page"), _("Last page"), _("Kind"), _("Record"), _("Made"), _("State"), _("Taken out under")]
    )
    for line in package.log:
        label = f"{line['label']}{_without_files(line)}"
        cells = [line["first"], line["last"], line["kind"], label, line["made"], line["state"]]
        writer.writerow([_quoted(str(cell)) for cell in [*cells, "; ".join(line["exemptions"])]])
    return out.getvalue().encode("utf-8-sig")


def _quoted(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
