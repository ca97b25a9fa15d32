"""A public-records request from the asking to the closing; what was taken out is nowhere in what is handed over."""

import io
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
import xlsxwriter
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some
from pypdf import PdfReader

from citydesk.city.correspondence import queries as correspondence
from citydesk.contact.service_requests import services as requests
from citydesk.kernel import files
from citydesk.kernel.actors import RESIDENT, SYSTEM, SYSTEM_ACCESS
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed
from citydesk.kernel.files.inspection import DOCUMENTS
from citydesk.management.records import engines, rules, services
from citydesk.management.records.models import Production, RecordsRequest, ResponsiveRecord
from citydesk.management.records.tests.factories import (
    NOW,
    load_city_with_schedule,
    officer,
    old_request,
    paper,
    picture,
)
from tests.fixtures.papers import faults_of_pdf

database = pytest.mark.django_db(transaction=True)
WORD = "CNRYsecret4410"
SSN = "CNRYpdf8821"


def docx(*paragraphs: str, deleted: str = "") -> bytes:
    """A Word document with paragraphs, and words that its tracked history still holds."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    lines = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    history = f"<w:p><w:del><w:r><w:delText>{deleted}</w:delText></w:r></w:del></w:p>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(
            "word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{lines}{history}</w:body></w:document>'
        )
    return out.getvalue()


def sheet(*rows: list[str]) -> bytes:
    """A spreadsheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("List")
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    book.close()
    return out.getvalue()


def odt(text: str) -> bytes:
    """An OpenDocument text."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("text", "text"))
    )
    body = f"<office:body><office:text><text:p>{text}<text:s/>end</text:p></office:text></office:body>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
    return out.getvalue()


def everything_in(content: bytes) -> bytes:
    """Every byte of a PDF with every stream unpacked."""
    found = [content]
    with pikepdf.open(io.BytesIO(content)) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Stream):
                try:
                    found.append(bytes(thing.read_bytes()))
                except (pikepdf.PdfError, zlib.error):
                    found.append(bytes(thing.read_raw_bytes()))
            found.append(str(thing).encode())
    return b"\n".join(found)


@given(some.text(), some.lists(some.tuples(some.integers(-5, 60), some.integers(-5, 60)), max_size=8))
def test_marked_letters_are_gone_and_the_others_stay_in_order(text, ranges):
    marks = [rules.Mark(start, end, "X") for start, end in ranges]
    covered = {at for start, end in ranges for at in range(max(0, start), min(len(text), end))}
    kept = "".join(letter for at, letter in enumerate(text) if at not in covered)
    assert rules.redacted(text, marks).replace("[X]", "") == kept.replace("[X]", "")


def test_a_page_that_is_redacted_has_no_text_behind_the_black():
    content = paper(f"Nothing {SSN} here", "The second page stays")
    places = engines.boxes_of_phrase(content, SSN)
    assert [page for page, _box in places] == [1]
    done = engines.redact_pdf(content, {1: [box for _page, box in places]})
    first, second = (page.extract_text() for page in PdfReader(io.BytesIO(done)).pages)
    assert SSN not in first
    assert "second page stays" in second.replace("\n", " ")
    assert SSN.encode() not in everything_in(done)
    assert SSN in engines.text_of(content)[0]


def test_pages_asked_for_together_are_drawn_one_after_the_other(monkeypatch):
    import pypdfium2

    content = paper(*(f"Page {at}" for at in range(4)))
    alone = [engines.page_picture(content, at) for at in range(1, 5)]
    inside, most, real = [], [], pypdfium2.PdfDocument

    class Watched(real):
        def __init__(self, *given):
            inside.append(self)
            most.append(len(inside))
            super().__init__(*given)

        def close(self):
            super().close()
            inside.remove(self)

    monkeypatch.setattr(pypdfium2, "PdfDocument", Watched)
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda at: engines.page_picture(content, at), [1, 2, 3, 4] * 3))
    assert together == alone * 3 and set(most) == {1}


@database
def test_the_clock_follows_the_law_and_an_extension_says_why():
    load_city_with_schedule()
    asked = services.Asked("All reports about Oak Street", "web", email="press@example.org", language="es")
    made = services.take_request(asked=asked, actor=RESIDENT, now=NOW)
    assert made.due_at == datetime(2026, 12, 4, 22, 0, tzinfo=UTC)
    rosa = officer()
    with pytest.raises(Invalid):
        services.extend_request(number=made.number, reason=" ", access=rosa, now=NOW)
    due = services.extend_request(number=made.number, reason="Many records", access=rosa, now=NOW)
    assert due > made.due_at
    services.extend_request(number=made.number, reason="Still many", access=rosa, now=NOW)
    with pytest.raises(Conflict):
        services.extend_request(number=made.number, reason="Again", access=rosa, now=NOW)
    row = RecordsRequest.objects.get()
    letters = correspondence.list_messages("records.request", row.pk)
    assert {one["template_code"] for one in letters} == {"records_received", "records_extended"}
    assert all("Solicitud" in one["body"] or "solicitud" in one["body"] for one in letters)
    with pytest.raises(NotAllowed):
        services.close_request(
            number=made.number, reason="withdrawn", answer="", access=officer("dana", "representative"), now=NOW
        )


@database
def test_a_production_holds_no_canary_and_its_pages_are_numbered():
    load_city_with_schedule()
    row = old_request(WORD, now=NOW - timedelta(days=20))
    stored = files.store_upload(
        paper(f"Number {SSN}", "Nothing else"), purpose="service_requests.file", name="p.pdf", actor=SYSTEM, now=NOW
    )
    requests.add_file(request_id=row.id, file_id=stored.pk, is_photo=False, access=SYSTEM_ACCESS, now=NOW)
    rosa = officer()
    made = services.take_request(asked=services.Asked("Potholes", "phone"), actor=rosa.actor, now=NOW)
    found = services.search_records(number=made.number, text=WORD, access=rosa, now=NOW)
    assert found["service_requests.request"] == 1 and found["correspondence.message"] >= 1
    with pytest.raises(Conflict):
        services.produce(number=made.number, access=rosa, now=NOW)
    records = {one.kind: one.pk for one in ResponsiveRecord.objects.all()}
    request = records.pop("service_requests.request")
    common = {"number": made.number, "access": rosa, "now": NOW}
    services.decide_records(record_ids=[request], state="responsive", **common)
    services.decide_records(
        record_ids=ResponsiveRecord.objects.filter(state="found").values_list("pk", flat=True),
        state="withheld",
        exemption="identity",
        **common,
    )
    services.redact_text(record_id=request, field="description", phrase=WORD, exemption="identity", **common)
    with pytest.raises(Conflict) as left:
        services.produce(**common)
    assert WORD in str(left.value.message)
    services.redact_text(record_id=request, field="", phrase=WORD.lower(), exemption="identity", **common)
    services.redact_page(record_id=request, file_id=stored.pk, phrase=SSN, exemption="complainant", **common)
    one = ResponsiveRecord.objects.get(pk=request)
    photo = next(file for file in one.files if file["kind"] == "image")
    services.redact_page(
        record_id=request, file_id=photo["id"], page=1, box=(0.0, 0.0, 1.0, 1.0), exemption="identity", **common
    )
    assert services.produce(**common) == 1

    production = Production.objects.get()
    package, table = files.content_of(production.package_id), files.content_of(production.table_id)
    pages = PdfReader(io.BytesIO(package)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for word in (WORD, SSN):
        assert word.lower() not in text.lower()
        assert word.lower().encode() not in everything_in(package).lower()
        assert word.lower() not in table.decode("utf-8-sig").lower()
    assert "PRA 504(f)" in text and "Sample Public Records Act, section 504(m)" in text
    label = made.number.rsplit("-", 1)[0]
    assert (production.first_page, production.last_page) == (1, len(pages) - 1)
    assert f"{label}-000001" in pages[1].extract_text()
    assert f"{label}-{production.last_page:06d}" in pages[-1].extract_text()
    assert "withheld" in table.decode("utf-8-sig")
    services.close_request(reason="produced", answer="Here they are.", **common)
    answer = Client().get(reverse("public_records:status", args=[made.token]))
    said = answer.content.decode()
    assert "Here they are." in said and WORD not in said
    link = answer.content.decode().split('href="/files/')[1].split('"')[0]
    assert b"".join(Client().get(f"/files/{link}").streaming_content).startswith(b"%PDF")


@database
def test_somebody_asks_on_the_public_page_and_an_officer_works_on_it():
    load_city_with_schedule()
    row = old_request("Oakridge", now=NOW - timedelta(days=20))
    visitor, rosa = Client(), Client()
    officer()
    rosa.force_login(get_user_model().objects.get(username="rosa"), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert visitor.post(reverse("public_records:ask"), {"words": " "}).status_code == 422
    answer = visitor.post(reverse("public_records:ask"), {"words": "Everything about Oakridge"})
    made = RecordsRequest.objects.get()
    assert answer.headers["Location"] == reverse("public_records:status", args=[made.token])
    assert "Everything about Oakridge" in visitor.get(answer.headers["Location"]).content.decode()
    assert made.number in rosa.get(reverse("records:requests")).content.decode()
    page = reverse("records:request", args=[made.number])
    search = reverse("records:act", args=[made.number, "search"])
    for typed, field, words in (
        ({"since": "11/24/2026"}, "since", "Write the date as 2026-11-24."),
        ({"until": "2026-02-30"}, "until", "Write the date as 2026-11-24."),
        ({"since": "2026-11-24", "until": "2026-11-01"}, "until", "The first day lies after the last."),
    ):
        answer = rosa.post(search, {"text": "Oakridge", **typed})
        beside = answer.content.decode().split(f'for="f-{field}"')[1].split(f'name="{field}"')[0]
        assert answer.status_code == 400 and words in beside
    rosa.post(search, {"text": "Oakridge"})
    assert row.number in rosa.get(page).content.decode()
    one = ResponsiveRecord.objects.get(kind="service_requests.request")
    others = list(ResponsiveRecord.objects.exclude(pk=one.pk).values_list("pk", flat=True))
    decide = reverse("records:act", args=[made.number, "decide"])
    rosa.post(decide, {"record": [one.pk], "state": "responsive"})
    refused = rosa.post(decide, {"record": others, "state": "withheld"})
    assert refused.status_code == 400 and "Choose the exemption." in refused.content.decode()
    rosa.post(decide, {"record": others, "state": "unrelated"})
    record = reverse("records:record", args=[made.number, one.pk])
    rosa.post(record, {"phrase": "Oakridge", "exemption": "identity"})
    shown = rosa.get(record).content.decode()
    assert "[PRA 504(f)]" in shown
    photo = ResponsiveRecord.objects.get(pk=one.pk).files[0]
    picture_of = rosa.get(reverse("records:page", args=[made.number, one.pk, photo["id"], 1]))
    assert picture_of.content.startswith(b"\x89PNG")
    box = {"file_id": photo["id"], "page": "1", "left": "0", "top": "0", "width": "50", "height": "50"}
    assert rosa.post(record, {**box, "exemption": "identity"}).status_code == 302
    assert rosa.post(record, {**box, "width": "200", "exemption": "identity"}).status_code == 400
    rosa.post(reverse("records:act", args=[made.number, "produce"]))
    assert Production.objects.get().record_count == 1
    rosa.post(reverse("records:act", args=[made.number, "close"]), {"close_reason": "produced", "answer": "Done."})
    made.refresh_from_db()
    assert made.state == "closed"
    assert visitor.get(page).status_code == 302
    assert picture()


@database
def test_words_of_documents_are_found_taken_out_and_handed_over_without_the_document():
    load_city_with_schedule()
    row = old_request("Plain", now=NOW - timedelta(days=20))
    sent = {
        "letter.docx": docx("Dear city", f"My number is {SSN}", deleted=f"{WORD}old"),
        "list.xlsx": sheet(["Name", "Phone"], [f"Neighbor {WORD}", "555"]),
        "note.odt": odt("An open text"),
        "told.txt": b"A plain text",
        "rows.csv": b"a,b\nc,d\n",
        "empty.docx": docx(),
    }
    stored = {}
    for name, content in sent.items():
        stored[name] = files.store_upload(
            content, purpose="service_requests.file", name=name, actor=SYSTEM, now=NOW, allowed=DOCUMENTS
        ).pk
        requests.add_file(
            request_id=row.id, file_id=stored[name], is_photo=False, access=SYSTEM_ACCESS, now=NOW, caption=""
        )
        files.index_words(file_id=stored[name])
    rosa = officer()
    made = services.take_request(asked=services.Asked("Letters", "phone"), actor=rosa.actor, now=NOW)
    common = {"number": made.number, "access": rosa, "now": NOW}
    # Found by what stands in the document alone; not by what its author took out.
    assert services.search_records(text=SSN, **common)["service_requests.request"] == 1
    assert services.search_records(text=f"{WORD}old", **common)["service_requests.request"] == 0
    one = ResponsiveRecord.objects.get(kind="service_requests.request")
    services.decide_records(record_ids=[one.pk], state="responsive", **common)
    one.refresh_from_db()
    fields = {part["code"]: part["text"] for part in one.content}
    assert (
        "Dear city" in fields[f"file.{stored['letter.docx']}"] and WORD not in fields[f"file.{stored['letter.docx']}"]
    )
    assert f"Neighbor {WORD} | 555" in fields[f"file.{stored['list.xlsx']}"]
    assert fields[f"file.{stored['note.odt']}"] == "An open text end"
    assert fields[f"file.{stored['rows.csv']}"] == "a | b\nc | d"
    for word in (SSN, WORD):
        services.redact_text(record_id=one.pk, field="", phrase=word, exemption="identity", **common)
    with pytest.raises(Conflict) as lost:
        services.produce(**common)
    assert "empty.docx" in str(lost.value.message)
    for name, law in (("empty.docx", "not_reproducible"), ("told.txt", "counsel")):
        services.withhold_file(record_id=one.pk, file_id=stored[name], exemption=law, **common)
    with pytest.raises(Conflict):
        services.withhold_file(record_id=one.pk, file_id=stored["told.txt"], exemption="counsel", **common)
    services.produce(**common)
    production = Production.objects.get()
    package = files.content_of(production.package_id)
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(package)).pages).split())
    assert "Dear city" in text and "An open text" in text and "The words of the file alone" in text
    assert "2 files withheld" in text and "section 530" in text
    assert sorted(set(faults_of_pdf(package))) == []
    for gone in (SSN, WORD, "A plain text", "letter.docx"):
        assert gone not in text and gone.encode() not in everything_in(package), gone


@database
def test_drawn_areas_are_taken_out_together_and_nothing_lies_under_them():
    load_city_with_schedule()
    row = old_request("Drawn", now=NOW - timedelta(days=20))
    content = paper(f"First {SSN}", f"Second {WORD}")
    stored = files.store_upload(content, purpose="service_requests.file", name="p.pdf", actor=SYSTEM, now=NOW)
    requests.add_file(request_id=row.id, file_id=stored.pk, is_photo=False, access=SYSTEM_ACCESS, now=NOW)
    rosa, client = officer(), Client()
    client.force_login(get_user_model().objects.get(username="rosa"), backend=settings.AUTHENTICATION_BACKENDS[0])
    made = services.take_request(asked=services.Asked("Papers", "phone"), actor=rosa.actor, now=NOW)
    common = {"number": made.number, "access": rosa, "now": NOW}
    services.search_records(text="Drawn", **common)
    one = ResponsiveRecord.objects.get(kind="service_requests.request")
    services.decide_records(record_ids=[one.pk], state="responsive", **common)
    others = ResponsiveRecord.objects.exclude(pk=one.pk).values_list("pk", flat=True)
    services.decide_records(record_ids=others, state="unrelated", **common)
    (_page, first), *_more = engines.boxes_of_phrase(content, SSN)
    (_page, second), *_more = engines.boxes_of_phrase(content, WORD)
    drawn = "\n".join(
        " ".join(
            f"{100 * part:.1f}" if at else str(part)
            for at, part in enumerate((page, left, top, right - left, bottom - top))
        )
        for page, (left, top, right, bottom) in ((1, first), (2, second))
    )
    address = reverse("records:record", args=[made.number, one.pk])
    given = {"file_id": stored.pk, "page": "1", "exemption": "identity"}
    wrong = client.post(address, {**given, "areas": "1 2 3"})
    assert wrong.status_code == 400 and b"Write five numbers a line" in wrong.content and b"1 2 3" in wrong.content
    assert client.post(address, {**given, "areas": "3 1 1 1 1"}).status_code == 400
    done = client.post(address, {**given, "areas": drawn})
    assert done.headers["Location"].endswith(f"?last=identity#pages-{stored.pk}")
    assert one.redactions.count() == 2
    services.produce(**common)
    package = files.content_of(Production.objects.get().package_id)
    for gone in (SSN, WORD):
        assert gone not in "".join(engines.text_of(package)) and gone.encode() not in everything_in(package)
