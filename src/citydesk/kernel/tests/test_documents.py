"""Printed documents can be read by a screen reader, and hold words as words."""

import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from citydesk.kernel.documents import render_pdf, template_path

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
LETTER = {
    "title": "Su solicitud SR-26-000123-K",
    "city": "City of Riverton",
    "date": "24 de noviembre de 2026",
    "address": ["María Pérez", "12 Elm St"],
    "facts": [["Vence", "mar 24 nov 16:20"]],
    "paragraphs": ["#panic() $x$ *not bold* [a] \\ @nobody <tag>", "Segundo párrafo."],
    "closing": ["Atentamente", "311"],
}


def check_accessible(pdf: bytes, *, language: str, title: str) -> PdfReader:
    """What PDF/UA asks for and we can check: tagged, language, title shown, structure tree, the UA mark."""
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].split("-")[0] == language
    assert reader.metadata.title == title
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].get_data()
    return reader


def roles(reader: PdfReader) -> list[str]:
    found: list[str] = []

    def walk(node) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif hasattr(node, "get"):
            if "/S" in node:
                found.append(str(node["/S"]))
            if ("/K" in node and "/S" in node) or "/ParentTree" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    return found


def test_a_letter_is_tagged_and_its_words_are_no_commands():
    reader = check_accessible(
        render_pdf("kernel/letter.typ", LETTER, language="es"), language="es", title=LETTER["title"]
    )
    text = reader.pages[0].extract_text()
    assert "#panic()" in text
    assert "María Pérez" in text
    faces = {str(font.get_object()["/BaseFont"]) for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert faces and all("PublicSans" in face for face in faces), "a letter looks the same on every machine"
    assert "/H1" in roles(reader)


def test_a_long_list_repeats_its_head_and_tags_its_table():
    columns = [{"label": "Number"}, {"label": "Hours", "align": "right"}]
    rows = [[f"SR-26-{n:06d}", n / 4] for n in range(120)]
    pdf = render_pdf("kernel/list.typ", {"title": "Open requests", "columns": columns, "rows": rows}, language="en")
    reader = check_accessible(pdf, language="en", title="Open requests")
    assert len(reader.pages) > 1
    assert all("Number" in page.extract_text() for page in reader.pages)
    assert {"/Table", "/TH", "/TD"} <= set(roles(reader))


def test_the_same_data_at_the_same_moment_gives_the_same_file():
    assert render_pdf("kernel/letter.typ", LETTER, language="es", now=NOW) == render_pdf(
        "kernel/letter.typ", LETTER, language="es", now=NOW
    )


@pytest.mark.parametrize(
    "name", ["kernel/../../x.typ", "nowhere/letter.typ", "kernel/missing.typ", "kernel/__init__.py"]
)
def test_no_template_outside_a_rooms_documents(name):
    with pytest.raises(LookupError):
        template_path(name)
