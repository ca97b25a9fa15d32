"""Searching everything for a request, deciding what was found, taking out what the law protects."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit, files
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.exports import Found, Record, Wanted
from citydesk.kernel.registries import Exporter, in_order, load_dotted, registries
from citydesk.management.records import engines, rules
from citydesk.management.records.choices import FILE_FIELD, REQUEST_TYPE, WHOLE_FILE, RecordState
from citydesk.management.records.models import RecordsRequest, Redaction, ResponsiveRecord
from citydesk.management.records.queries.law import exemptions
from citydesk.management.records.services.asking import taken

_MOST = 500


def search_records(
    *,
    number: str,
    text: str,
    since: date | None = None,
    until: date | None = None,
    kinds: Collection[str] = (),
    access: Access,
    now: datetime,
) -> dict[str, int]:
    """Look through every kind of record the searcher may see; what is new becomes found. Returns found by kind.

    The search itself is on record: whoever answers must show what was looked for. Raises `Invalid`, `Conflict`.
    """
    if not text.strip() and not (since and until):
        raise Invalid(_("Write words to look for, or the first and the last day."), field="text")
    if since and until and since > until:
        raise Invalid(_("The first day lies after the last."), field="until")
    wanted = Wanted(text.strip(), _start(since), _start(until + timedelta(days=1)) if until else None, _MOST)
    with transaction.atomic():
        row = taken(number, access)
        counts = {}
        for one in in_order(registries.exporters.values()):
            if not kinds or one.code in kinds:
                found = load_dotted(one.find)(access, wanted)
                counts[one.code] = len(found)
                _add(row, one, found, now)
        after = {"text": text.strip(), "from": since, "to": until, "found": counts}
        act = audit.Act("records.searched", REQUEST_TYPE, row.pk, row.number, after=after)
        audit.record(act, actor=access.actor, now=now)
    return counts


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), tzinfo=profile.local_zone()) if day else None


def _add(row: RecordsRequest, kind: Exporter, found: list[Found], now: datetime) -> None:
    ResponsiveRecord.objects.bulk_create(
        [
            ResponsiveRecord(
                request=row,
                kind=kind.code,
                object_id=one.id,
                label=one.number[:80],
                title=one.summary[:200],
                made_at=one.at,
                found_at=now,
            )
            for one in found
        ],
        ignore_conflicts=True,
    )


def decide_records(
    *,
    number: str,
    record_ids: Collection[int],
    state: str,
    exemption: str = "",
    reason: str = "",
    access: Access,
    now: datetime,
) -> int:
    """Say of found records whether they answer the request, are withheld whole under an exemption, or are unrelated.

    A responsive record is copied as it is now: what is redacted is what is produced. Returns how many were decided.
    """
    if state not in (RecordState.RESPONSIVE, RecordState.WITHHELD, RecordState.UNRELATED):
        raise Invalid(_("Choose what it is."), field="state")
    if state == RecordState.WITHHELD:
        _require_exemption(exemption, now)
    with transaction.atomic():
        row = taken(number, access)
        found = list(ResponsiveRecord.objects.select_for_update().filter(request=row, pk__in=list(record_ids)))
        for one in found:
            one.state, one.reason = state, reason.strip()[:300]
            one.exemption = exemption if state == RecordState.WITHHELD else ""
            one.decided_by, one.decided_at = access.actor.label[:120], now
            if state == RecordState.RESPONSIVE and not one.content:
                _copy(one, load_dotted(registries.exporters[one.kind].read)(access, one.object_id))
                audit.record_read(
                    object_type=one.kind,
                    object_id=one.object_id,
                    purpose=f"records {row.number}",
                    actor=access.actor,
                    now=now,
                )
            one.save()
        after = {"state": state, "records": [one.label for one in found], "exemption": exemption}
        act = audit.Act("records.decided", REQUEST_TYPE, row.pk, row.number, after=after, reason=reason.strip())
        audit.record(act, actor=access.actor, now=now)
    return len(found)


def _copy(one: ResponsiveRecord, record: Record) -> None:
    one.title = record.title[:200]
    one.content = [
        {"code": part.code, "label": part.label, "text": part.text, "class": part.data_class} for part in record.fields
    ]
    one.files = [_file(link) for link in files.links_to(record.file_ids)]
    one.content += [_file_text(at, file) for at, file in enumerate(one.files, 1) if file["kind"] == "words"]


def _file(link: files.FileLink) -> dict[str, Any]:
    """A file and how it will be handed over: as pages, as its words alone, or not at all (`none`)."""
    if link.content_type == "application/pdf":
        return {"id": link.id, "name": link.name, "kind": "pdf", "pages": engines.page_count(files.content_of(link.id))}
    if link.kind == "image":
        return {"id": link.id, "name": link.name, "kind": "image", "pages": 1}
    kind = "words" if _words_of(link.id, link.content_type) else "none"
    return {"id": link.id, "name": link.name, "kind": kind, "pages": 0, "type": link.content_type}


def _words_of(file_id: int, content_type: str) -> str:
    try:
        return files.text_of(files.content_of(file_id), content_type)
    except files.NoText:
        return ""


def _file_text(rank: int, file: Mapping[str, Any]) -> dict[str, Any]:
    """The words of an office document or a text file as a field of the record, so that they are redacted as fields are.

    Its name (a name may tell who sent it), layout, pictures, formulas, comments and earlier versions stay in the house.
    """
    return {
        "code": f"{FILE_FIELD}{file['id']}",
        "label": _("Words of file %(n)s") % {"n": rank},
        "text": _words_of(file["id"], file["type"]),
        "class": "confidential",
    }


def redact_text(
    *, number: str, record_id: int, field: str, phrase: str, exemption: str, access: Access, now: datetime
) -> int:
    """Take a phrase out of a field wherever it stands there, or out of all fields (`field` empty); an empty phrase
    takes the whole field. Returns how many marks were made; `Invalid` when the phrase is nowhere."""
    _require_exemption(exemption, now)
    if not field and not phrase.strip():
        raise Invalid(_("Write the words to take out, or choose a field."), field="phrase")
    with transaction.atomic():
        one = _record(number, record_id, access)
        marks = [
            Redaction(record=one, field=part["code"], start=start, end=end, exemption=exemption)
            for part in one.content
            if not field or part["code"] == field
            for start, end in rules.stretches(part["text"], phrase.strip())
        ]
        if not marks:
            raise Invalid(_("These words do not stand there."), field="phrase")
        return _keep(one, marks, access, now)


def redact_page(
    *,
    number: str,
    record_id: int,
    file_id: int,
    page: int = 1,
    box: engines.Box | None = None,
    areas: Collection[tuple[int, engines.Box]] = (),
    phrase: str = "",
    exemption: str,
    access: Access,
    now: datetime,
) -> int:
    """Take an area of a page out of a file, several areas (page, area), or a phrase wherever its text stands (PDF).

    Areas are shares of the page.

    Returns how many marks were made. Raises `Invalid`.
    """
    _require_exemption(exemption, now)
    with transaction.atomic():
        one = _record(number, record_id, access)
        file = next((part for part in one.files if part["id"] == file_id), None)
        if file is None:
            raise NotFound(_("There is no such file."))
        if phrase.strip():
            if file["kind"] != "pdf":
                raise Invalid(_("Words are found in PDFs alone. Mark an area."), field="phrase")
            places = engines.boxes_of_phrase(files.content_of(file_id), phrase.strip())
            if not places:
                raise Invalid(_("These words do not stand there."), field="phrase")
        else:
            asked: Collection[tuple[int, engines.Box | None]] = [*areas] or [(page, box)]
            places = [(at, _checked_box(one, at, int(file["pages"]))) for at, one in asked]
        marks = [
            Redaction(record=one, file_id_of=file_id, page=at, box=list(area), exemption=exemption)
            for at, area in places
        ]
        return _keep(one, marks, access, now)


def withhold_file(*, number: str, record_id: int, file_id: int, exemption: str, access: Access, now: datetime) -> None:
    """Leave a file out whole, under an exemption that the index names. Raises `NotFound`, `Invalid`, `Conflict`."""
    _require_exemption(exemption, now)
    with transaction.atomic():
        one = _record(number, record_id, access)
        if all(part["id"] != file_id for part in one.files):
            raise NotFound(_("There is no such file."))
        if Redaction.objects.filter(record=one, file_id_of=file_id, page=WHOLE_FILE).exists():
            raise Conflict(_("This file is withheld already."))
        mark = Redaction(record=one, file_id_of=file_id, page=WHOLE_FILE, box=[0, 0, 1, 1], exemption=exemption)
        _keep(one, [mark], access, now)


def drop_redaction(*, number: str, record_id: int, redaction_id: int, access: Access, now: datetime) -> None:
    """Take a mark back before the record is produced."""
    with transaction.atomic():
        one = _record(number, record_id, access)
        row = Redaction.objects.filter(record=one, pk=redaction_id).first()
        if row is None:
            raise NotFound(_("There is no such mark."))
        after = {"record": one.label, "field": row.field or f"page {row.page}", "exemption": row.exemption}
        row.delete()
        act = audit.Act("records.unredacted", REQUEST_TYPE, one.request_id, number, after=after)
        audit.record(act, actor=access.actor, now=now)


def _keep(one: ResponsiveRecord, marks: list[Redaction], access: Access, now: datetime) -> int:
    for mark in marks:
        mark.by, mark.at = access.actor.label[:120], now
    Redaction.objects.bulk_create(marks)
    after = {"record": one.label, "marks": len(marks), "exemption": marks[0].exemption}
    act = audit.Act("records.redacted", REQUEST_TYPE, one.request_id, one.request.number, after=after)
    audit.record(act, actor=access.actor, now=now)
    return len(marks)


def _record(number: str, record_id: int, access: Access) -> ResponsiveRecord:
    row = taken(number, access)
    one = ResponsiveRecord.objects.filter(request=row, pk=record_id).first()
    if one is None:
        raise NotFound(_("There is no such record."))
    if one.state != RecordState.RESPONSIVE:
        raise Conflict(_("Only records that will be produced are redacted."))
    return one


def _require_exemption(code: str, now: datetime) -> None:
    if code not in exemptions(profile.city_today(now)):
        raise Invalid(_("Choose the exemption."), field="exemption")


def _checked_box(box: engines.Box | None, page: int, pages: int) -> engines.Box:
    if box is None or not 1 <= page <= pages:
        raise Invalid(_("There is no such page."), field="page")
    left, top, right, bottom = box
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise Invalid(_("The area does not lie on the page."), field="left")
    return box
