"""Notes and files of imported requests: once, in order, told to nobody; what cannot be taken is named; taken back."""

import io
import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from citydesk.city.correspondence import queries as correspondence
from citydesk.contact.service_requests import commands, queries
from citydesk.contact.service_requests.models import Note, RequestFile, ServiceRequest
from citydesk.contact.service_requests.rules.imported_notes import safe_path
from citydesk.contact.service_requests.services import importing
from citydesk.contact.service_requests.tests.factories import MORNING, load_city
from citydesk.kernel import files
from citydesk.kernel.actors import SYSTEM, SYSTEM_ACCESS
from citydesk.kernel.audit import history_of
from citydesk.kernel.command_line import Console
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.kernel.imports.undo import StillUsed, undo_run
from citydesk.kernel.models import Destruction, ImportRefusal, ImportRun

pytestmark = pytest.mark.django_db
MAPPING = """
source = "legacy"
zone = "America/New_York"
[columns]
external_id = "Nr"
received_at = "Opened"
closed_at = "Closed"
code = "Type"
status = "Status"
[close_reasons]
withdrawn = ["cancelled"]
[status]
closed = ["cancelled", "done"]
"""
REQUESTS = """Nr,Opened,Closed,Type,Status
1,2023-12-31 22:00,,pothole,open
2,2024-01-02 10:00,2024-01-03 10:00,pothole,cancelled
"""
NOTES = """Case,When,Who,Text,Kind
1,2024-01-02 11:00,Maria Ortiz,"called the crew, card 4111 1111 1111 1111",
1,2024-01-02 11:00,Maria Ortiz,they come on Tuesday,shared
2,2024-01-02 12:00,,third,internal
1,2024-01-02 11:00,Maria Ortiz,"called the crew, card 4111 1111 1111 1111",
9,2024-01-02 12:00,X,whose,internal
1,never,X,words,internal
1,2024-01-02 12:00,X,words,secret
1,2024-01-02 12:00,X,,internal
"""
NOTE_MAPPING = """
source = "legacy"
zone = "America/New_York"
[columns]
request = "Case"
written_at = "When"
who = "Who"
text = "Text"
kind = "Kind"
[kinds]
public = ["shared"]
"""


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def place(tmp_path) -> Path:
    """A folder with the two requests already imported."""
    load_city()
    for name, text in {
        "m.toml": MAPPING, "r.csv": REQUESTS, "n.csv": NOTES, "n.toml": NOTE_MAPPING,
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text)
    importing.import_requests(
        file=tmp_path / "r.csv",
        mapping=importing.load_mapping(which=str(tmp_path / "m.toml")),
        actor=SYSTEM,
        now=MORNING,
    )
    return tmp_path


def notes(place, **more):
    return importing.import_notes(file=place / "n.csv", mapping=place / "n.toml", actor=SYSTEM, now=MORNING, **more)


def test_notes_come_once_in_order_with_who_and_when_and_nobody_is_told(place):
    assert (notes(place, is_dry=True).added, Note.objects.count()) == (3, 0)
    result = notes(place)
    assert (result.read, result.added, result.known, result.bad) == (8, 3, 1, 4)
    assert sorted((one.line, one.field) for one in result.bad_rows) == [
        (6, "request"), (7, "written_at"), (8, "kind"), (9, "text"),
    ]  # fmt: skip
    again = notes(place)
    assert (again.added, again.known, Note.objects.count()) == (0, 4, 3)
    first, second, _third = Note.objects.order_by("pk")
    assert (first.kind, second.kind, first.source) == ("internal", "public", "legacy")
    assert "4111 1111" not in first.text and first.author_label == "Maria Ortiz" and first.author is None
    assert first.written_at == datetime(2024, 1, 2, 16, tzinfo=UTC)
    request = ServiceRequest.objects.get(external_id="1")
    page = queries.get_request(SYSTEM_ACCESS, request.number, now=MORNING)
    said = [(one.who, one.sentence) for one in page.timeline]
    assert ("Maria Ortiz", "wrote a public note, imported from legacy") in said
    assert ("Maria Ortiz", "wrote an internal note, imported from legacy") in said
    assert (request.version, request.updated_at) == (1, request.received_at)
    assert not correspondence.list_messages("service_requests.request", request.pk)
    acts = [one.code for one in history_of("service_requests.request", request.pk)]
    assert acts.count("service_requests.note_imported") == 2
    assert ImportRefusal.objects.filter(run_id=result.run).count() == 4


def test_a_run_is_taken_back_whole_and_leaves_its_trace(place):
    run = notes(place).run
    with pytest.raises(Invalid):
        undo_run(run_id=run, reason=" ", actor=SYSTEM, now=MORNING)
    done = undo_run(run_id=run, reason="wrong file", actor=SYSTEM, now=MORNING)
    assert (done.taken_back, done.left, Note.objects.count()) == (3, (), 0)
    assert Destruction.objects.get(object_id=run, object_type="kernel.import_run").rows
    assert ImportRun.objects.get(pk=run).state == "undone"
    with pytest.raises(Conflict):
        undo_run(run_id=run, reason="again", actor=SYSTEM, now=MORNING)
    request = ServiceRequest.objects.get(external_id="1")
    assert history_of("service_requests.request", request.pk)[0].code == "service_requests.notes_taken_back"
    assert notes(place).added == 3


def test_requests_keep_their_numbers_outside_practice(place):
    run = ImportRun.objects.get(kind="requests").pk
    with pytest.raises(Conflict, match="never used twice"):
        undo_run(run_id=run, reason="all wrong", actor=SYSTEM, now=MORNING)
    closed = ServiceRequest.objects.get(external_id="2")
    assert closed.close_reason == "withdrawn"


def picture() -> bytes:
    image = Image.new("RGB", (40, 30), (200, 10, 10))
    where = image.getexif()
    where[0x010E] = "home of Ana"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=where)
    return out.getvalue()


MANIFEST = """request,file,name,added_at,caption,is_photo,who
1,in/a.jpg,hole.jpg,2024-01-02 11:30,the hole,yes,Maria Ortiz
1,in\\a.jpg,again.jpg,,,,
2,in/letter.txt,letter.txt,,,no,
2,../out.csv,,,,,
2,in/link.txt,,,,,
2,in/b.pdf,,,,,
2,in/big.jpg,,,,,
2,in/none.jpg,,,,,
7,in/a.jpg,,,,,
2,in/a.jpg,x.jpg,,,maybe,
"""


@pytest.fixture
def manifest(place, settings):
    folder = place / "old"
    (folder / "in").mkdir(parents=True)
    settings.UPLOAD_MAX_BYTES = 50_000
    for name, content in {
        "a.jpg": picture(), "letter.txt": b"Dear city,", "b.pdf": b"no pdf", "big.jpg": b"x" * 50_001,
    }.items():  # fmt: skip
        (folder / "in" / name).write_bytes(content)
    (place / "out.csv").write_text("secret")
    (folder / "in" / "link.txt").symlink_to(place / "out.csv")
    (place / "f.csv").write_text(MANIFEST)
    return place


def attach(place, **more):
    return importing.import_attachments(
        file=place / "f.csv", folder=place / "old", source="legacy", actor=SYSTEM, now=MORNING, **more
    )


def test_files_come_once_cleaned_and_wait_for_review(manifest):
    assert attach(manifest, is_dry=True).added == 3 and not RequestFile.objects.exists()
    result = attach(manifest)
    assert (result.added, result.known) == (2, 1)
    assert [(one.line, one.field) for one in result.bad_rows] == [
        (5, "file"), (6, "file"), (7, "file"), (8, "file"), (9, "file"), (10, "request"), (11, "is_photo"),
    ]  # fmt: skip
    assert attach(manifest).added == 0
    photo, paper = RequestFile.objects.order_by("pk")
    assert (photo.kind, photo.review_state, photo.is_public, photo.caption) == ("photo", "pending", False, "the hole")
    assert (photo.added_by, photo.added_at) == ("Maria Ortiz", datetime(2024, 1, 2, 16, 30, tzinfo=UTC))
    assert b"home of Ana" not in files.content_of(photo.file_id)
    assert paper.kind == "document" and ServiceRequest.objects.get(external_id="1").photo_count == 1
    acts = history_of("service_requests.request", photo.request_id)
    assert acts[0].code == "service_requests.file_imported" and acts[0].after["who"] == "Maria Ortiz"


def test_files_are_taken_back_unless_somebody_judged_them(manifest, django_capture_on_commit_callbacks):
    run = attach(manifest).run
    RequestFile.objects.filter(kind="photo").update(review_state="reviewed")
    with pytest.raises(StillUsed) as refused:
        undo_run(run_id=run, reason="wrong folder", actor=SYSTEM, now=MORNING)
    assert [one.why for one in refused.value.used] == ["reviewed"] and RequestFile.objects.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        done = undo_run(run_id=run, reason="wrong folder", leave_used=True, actor=SYSTEM, now=MORNING)
    assert (done.taken_back, len(done.left), RequestFile.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("said", ["", "/etc/passwd", "a/../../b", "..\\b", "C:\\x.jpg", ".."])
def test_paths_that_lead_out_are_refused(said):
    with pytest.raises(Invalid):
        safe_path(said)


def command(*words: str) -> int:
    parser = ArgumentParser()
    commands.register(parser.add_subparsers())
    given = parser.parse_args(["import", *words])
    return int(given.run(given, Console(as_json=True)))


def test_compare_names_what_differs(place, capsys):
    words = (str(place / "r.csv"), "--mapping", str(place / "m.toml"))
    assert command("compare", *words) == 0
    said = json.loads(capsys.readouterr().out)
    # The last evening of the year belongs to the year of the file's zone.
    assert [(one["year"], one["status"], one["in_file"], one["here"]) for one in said["lines"]] == [
        (2023, "open", 1, 1), (2024, "closed", 1, 1),
    ]  # fmt: skip
    with (place / "r.csv").open("a") as opened:
        opened.write("3,2024-02-02 10:00,,pothole,open\n1,2023-12-31 22:00,,pothole,open\nbad,never,,pothole,open\n")
    assert command("compare", *words) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["missing"], said["twice"], said["bad"], len(said["differing"])) == (["3"], 1, 1, 1)
    assert command("notes", str(place / "n.csv"), "--mapping", str(place / "n.toml")) == 1
    assert command("attachments", str(place / "n.csv"), "--folder", str(place), "--source", "x", "--column",
                   "request=Case", "--column", "file=Who", "--dry-run") == 1  # fmt: skip
