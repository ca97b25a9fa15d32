"""Uploads: only what it says it is, without what it should not carry, opened only by whom the guard lets."""

import io
import socket
import struct
import threading
import zipfile
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.errors import Invalid, NotFound
from citydesk.kernel.files import content_of, links_to, store_made, store_upload, sweep_orphans
from citydesk.kernel.files.inspection import safe_name
from citydesk.kernel.files.scanning import ScannerDown, scan, scan_file
from citydesk.kernel.models import StoredFile
from citydesk.kernel.registries import FileGuard, registries

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def photo(fmt="JPEG", size=(640, 480), mode="RGB", **save) -> bytes:
    image = Image.new(mode, size, "#336699" if mode != "RGBA" else (10, 20, 30, 0))
    out = io.BytesIO()
    image.save(out, fmt, **save)
    return out.getvalue()


def photo_with_place() -> bytes:
    image = Image.new("RGB", (640, 480), "red")
    exif = Image.Exif()
    exif[0x0110] = "CANARY-CAMERA"
    exif[0x0112] = 6  # lies on its side
    gps = exif.get_ifd(0x8825)
    gps[2] = (35.0, 2.0, 44.0)
    gps[29] = "CANARY-GPS"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"CANARY-COMMENT")
    return out.getvalue()


def pdf(change=None, **save) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out, **save)
    return out.getvalue()


def keep(content: bytes, name: str, **more) -> StoredFile:
    return store_upload(SimpleUploadedFile(name, content), purpose="test", actor=SYSTEM, now=NOW, **more)


@pytest.mark.django_db
def test_a_photo_loses_its_place_and_stands_upright():
    raw = photo_with_place()
    assert b"CANARY" in raw
    row = keep(raw, "../../Foto de María.JPG")
    kept = content_of(row.pk)
    assert b"CANARY" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()
    assert (row.width, row.height) == (480, 640)
    assert row.original_name == "Foto de María.jpg"
    assert row.content_type == "image/jpeg"
    assert row.has_thumbnail
    assert len(row.token) == 43


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fmt", "mode", "name", "kept"),
    [
        ("PNG", "RGBA", "a.png", "image/png"),
        ("PNG", "P", "a.png", "image/png"),
        ("WEBP", "RGB", "a.webp", "image/jpeg"),
        ("GIF", "P", "a.gif", "image/jpeg"),
        ("JPEG", "L", "a.jpeg", "image/jpeg"),
        ("JPEG", "CMYK", "a.jpg", "image/jpeg"),
        ("JPEG", "RGB", "", "image/jpeg"),
    ],
)
def test_pictures_of_every_kind_are_drawn_anew(fmt, mode, name, kept):
    row = store_upload(photo(fmt, mode=mode), name=name, purpose="test", actor=SYSTEM, now=NOW)
    assert row.content_type == kept
    Image.open(io.BytesIO(content_of(row.pk))).load()


def test_a_huge_picture_is_made_smaller():
    from citydesk.kernel.files.images import clean_image

    picture = clean_image(photo(size=(6000, 3000)))
    assert (picture.width, picture.height) == (4096, 2048)


def office(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>", **parts}.items():
            package.writestr(name, content)
    return out.getvalue()


def png_bomb() -> bytes:
    """A PNG whose head promises 60,000 by 60,000 pixels."""
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def script(document):
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def launch(document):
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
    document.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=action)])


def attachment(document):
    document.attachments["evil.exe"] = b"MZ"


def deep_script(document):
    action = document.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=document.make_stream(b"x")))
    document.pages[0].AA = pikepdf.Dictionary(O=action)


def locked_odt() -> bytes:
    """An OpenDocument text whose first part says that it is locked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", "<x/>")
    raw = bytearray(out.getvalue())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + flags] |= 1
    return bytes(raw)


def packed(*, compression: int) -> bytes:
    """An OpenDocument text whose first part is packed in a way that nobody knows."""
    raw = bytearray(locked_odt())
    for mark, flags, method in ((b"PK\x03\x04", 6, 8), (b"PK\x01\x02", 8, 10)):
        at = raw.index(mark)
        raw[at + flags] &= 0xFE
        raw[at + method] = compression
    return bytes(raw)


def office_in_a_pdf() -> bytes:
    """One file that is a PDF to a reader of PDF and a package to a word processor."""
    return pdf() + office({})


def pdf_in_an_office() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        package.writestr("a.pdf", pdf())
        package.writestr("[Content_Types].xml", "<x/>")
        package.writestr("word/document.xml", "<x/>")
    return out.getvalue()


REFUSED = {
    "empty": ("a.jpg", b""),
    "svg": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    "svg as png": ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "html": ("a.html", b"<html>"),
    "html as text": ("a.txt", b"  <!DOCTYPE html><script>"),
    "program": ("a.exe", b"MZ" + b"\0" * 100),
    "program as photo": ("a.jpg", b"MZ" + b"\0" * 100),
    "pdf as photo": ("a.jpg", pdf()),
    "photo as pdf": ("a.pdf", photo()),
    "photo cut short": ("a.jpg", photo()[:500]),
    "photo of too many pixels": ("a.png", png_bomb()),
    "polyglot pdf": ("a.pdf", b"GIF89a;\n" + pdf()),
    "pdf that is none": ("a.pdf", b"%PDF-1.7\nnothing"),
    "pdf with password": ("a.pdf", pdf(encryption=pikepdf.Encryption(owner="x", user="y"))),
    "pdf owner locked": ("a.pdf", pdf(encryption=pikepdf.Encryption(owner="x", user=""))),
    "pdf with script": ("a.pdf", pdf(script)),
    "pdf with script in object stream": (
        "a.pdf",
        pdf(deep_script, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    ),
    "pdf that launches": ("a.pdf", pdf(launch)),
    "pdf with attachment": ("a.pdf", pdf(attachment)),
    "zip": ("a.zip", office({})),
    "zip bomb": ("a.docx", office({"word/big.bin": b"\0" * 30_000_000})),
    "macros": ("a.docx", office({"word/vbaProject.bin": b"x"})),
    "no kind": ("", b"hello"),
    "latin text": ("a.txt", "José".encode("latin-1")),
    "double ending": ("photo.jpg.exe", photo()),
    "pdf that is a package too": ("a.pdf", office_in_a_pdf()),
    "package that is a pdf too": ("a.docx", pdf_in_an_office()),
    "locked package": ("a.odt", locked_odt()),
    "package packed in no known way": ("a.odt", packed(compression=99)),
    "html behind blanks": ("a.csv", b" " * 500 + b"<script>alert(1)</script>"),
    "html behind a comment": ("a.txt", b"<!-- --><script>alert(1)</script>"),
    "php as text": ("a.txt", b"<?php system($_GET['a']);"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_what_it_says_is_refused_in_words(case):
    name, content = REFUSED[case]
    with pytest.raises(Invalid) as caught:
        store_upload(content, name=name, purpose="t", actor=SYSTEM, now=NOW, allowed=("image", "pdf", "text", "office"))
    assert caught.value.field == "file"
    assert caught.value.message
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_what_is_sound_is_taken():
    kinds = ("image", "pdf", "text", "office")
    for name, content in (("a.pdf", pdf()), ("a.txt", "Buenos días".encode()), ("a.docx", office({}))):
        row = keep(content, name, allowed=kinds)
        assert content_of(row.pk) == content
    with pytest.raises(Invalid, match="not taken here"):
        keep(pdf(), "a.pdf", allowed=("image",))
    with pytest.raises(Invalid, match="too large"):
        keep(photo(), "a.jpg", max_bytes=100)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\me\\x.jpg", "x.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "a Set-Cookie  x.jpg"),
        ("\u202egpj.exe", "gpj.jpg"),
        ("...", "file.jpg"),
        ("x" * 300 + ".jpg", "x" * 120 + ".jpg"),
        ("\0.jpg", "file.jpg"),
    ],
)
def test_names_lose_paths_and_tricks(given, kept):
    assert safe_name(given, "jpg") == kept


@pytest.mark.django_db
def test_the_same_photo_twice_is_stored_once_and_stays_two_files():
    one, two = keep(photo(), "a.jpg"), keep(photo(), "b.jpg")
    assert one.sha256 == two.sha256
    assert one.token != two.token
    assert [link.name for link in links_to([two.pk, one.pk, 999_999])] == ["b.jpg", "a.jpg"]


# -- opening ---------------------------------------------------------------------------------------------------------

opened: list[int] = []


def yes(access, file_id):
    opened.append(file_id)
    return True


def no(access, file_id):
    return False


@pytest.fixture
def guards():
    before = dict(registries.file_guards)
    registries.add(FileGuard("test", f"{__name__}.yes"), FileGuard("shut", f"{__name__}.no"))
    import sys

    sys.modules.setdefault(__name__, sys.modules[yes.__module__])
    yield
    registries.file_guards.clear()
    registries.file_guards.update(before)


@pytest.mark.django_db
def test_a_picture_opens_in_a_sandbox_and_a_document_downloads(client, guards):
    row = keep(photo(), "Día.jpg")
    answer = client.get(f"/files/{row.token}/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == content_of(row.pk)
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == "inline; filename=\"D_a.jpg\"; filename*=UTF-8''D%C3%ADa.jpg"
    assert "no-store" in answer["Cache-Control"]
    small = client.get(f"/files/{row.token}/?small=1")
    assert max(Image.open(io.BytesIO(b"".join(small.streaming_content))).size) == 320
    paper = keep(pdf(), "a.pdf")
    assert client.get(f"/files/{paper.token}/")["Content-Disposition"].startswith("attachment")
    made = store_made(b"x", name="list.csv", content_type="text/csv", purpose="test", actor=SYSTEM, now=NOW)
    assert client.get(f"/files/{made.token}/")["Content-Disposition"].startswith('attachment; filename="list.csv"')


@pytest.mark.django_db
def test_without_guard_or_with_a_shut_one_there_is_nothing(client, guards):
    for purpose in ("shut", "unguarded"):
        row = store_upload(photo(), name="a.jpg", purpose=purpose, actor=SYSTEM, now=NOW)
        assert client.get(f"/files/{row.token}/").status_code == 404
    assert client.get("/files/guess/").status_code == 404
    assert client.post(f"/files/{keep(photo(), 'a.jpg').token}/").status_code == 405


# -- scanning --------------------------------------------------------------------------------------------------------

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture
def clamd():
    """A small stand-in that speaks clamd's INSTREAM and knows one virus."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                talk, _address = server.accept()
            except OSError:
                return
            with talk, talk.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack("!L", stream.read(4))[0]:
                    content += stream.read(length)
                talk.sendall(b"stream: Eicar-Test FOUND\0" if EICAR in content else b"stream: OK\0")

    threading.Thread(target=serve, daemon=True).start()
    yield f"127.0.0.1:{server.getsockname()[1]}"
    server.close()


@pytest.mark.django_db
def test_an_unscanned_file_is_kept_from_the_public_and_an_infected_one_from_all(client, guards, settings, clamd):
    settings.CLAMD_ADDRESS = clamd
    good = keep(photo(), "a.jpg")
    bad = keep(EICAR, "a.txt", allowed=("text",))
    assert good.scan_state == "waiting"
    assert client.get(f"/files/{good.token}/").status_code == 404
    assert scan_file(file_id=good.pk, now=NOW) == "clean"
    assert scan_file(file_id=bad.pk, now=NOW) == "infected"
    assert client.get(f"/files/{good.token}/").status_code == 200
    assert client.get(f"/files/{bad.token}/").status_code == 404


@pytest.mark.django_db
def test_a_scanner_that_is_down_leaves_the_file_in_quarantine(settings):
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    row = keep(photo(), "a.jpg")
    with pytest.raises(ScannerDown):
        scan_file(file_id=row.pk, now=NOW)
    row.refresh_from_db()
    assert row.scan_state == "waiting"
    with pytest.raises(ScannerDown):
        scan(b"x", "/nowhere/clamd.sock")


# -- sweeping --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_sweep_takes_only_old_bytes_without_a_row():
    kept, lost = keep(photo(size=(11, 11)), "a.jpg"), keep(photo(size=(12, 12)), "b.jpg")
    StoredFile.objects.filter(pk=lost.pk).delete()
    assert sweep_orphans(now=datetime.now(UTC)) == 0  # it may be an upload that is just being written
    sweep_orphans(now=datetime.now(UTC) + timedelta(days=2))
    assert content_of(kept.pk)
    assert not default_storage.exists(f"content/{lost.sha256[:2]}/{lost.sha256}")
    with pytest.raises(NotFound):
        content_of(lost.pk)
